"""What an interview says about where it stands, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.answers import answer_in_words
from advisor.explain import inside
from advisor.wording import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.facts import Fact, FactValue
    from advisor.interview.guide import Standing, Why
    from advisor.interview.session import Offer


def percent(share: float) -> str:
    """Return a probability in percent; only certainty is 0% or 100%."""
    if 0 < share < 1:
        share = min(max(share, 0.01), 0.99)
    return f"{round(share * 100)}%"


def lean(standing: Standing) -> str:
    """Return where the answers lean and how sure that is."""
    if standing.leaning is None or standing.probability is None:
        return "No answers yet, so nothing to lean to."
    if standing.stable:
        return f"Settled: {standing.leaning}. No further answer can change it."
    if standing.stays is None:
        return f"Leaning to: {standing.leaning} ({percent(standing.probability)} likely)."
    # One number only: beside it, how likely the leaning is on these answers alone would seem to contradict it.
    return f"Leaning to: {standing.leaning}. Chance that the remaining answers leave it so: {percent(standing.stays)}."


def offer_title(offer: Offer, standing: Standing) -> str:
    """Return why the interview may stop now."""
    if offer == "complete":
        return "No question is left to ask. Show the report?"
    leaning = inside(standing.leaning or "")
    if offer == "stable" or standing.stays is None:
        return f"Your answers settle it: {leaning}. No further answer can change that. Stop here?"
    return (
        f"Your answers most likely settle it: {leaning}. With a chance of {percent(standing.stays)} "
        "no further answer changes that. Stop here?"
    )


def why_asked(why: Why) -> list[str]:
    """Return why a question is asked and what its answers would do, one sentence to a line."""
    leanings: dict[str, list[str]] = {}
    for effect in why.effects:
        leanings.setdefault(inside(effect.leaning), []).append(effect.answer)
    if not leanings:
        return [why.because]
    if len(leanings) == 1:
        leaning = next(iter(leanings))
        return [why.because, f"By itself every answer leaves the leaning at {leaning}; with others it may change it."]
    most = max(leanings, key=lambda leaning: len(leanings[leaning]))
    told = [(_either(answers), leaning) for leaning, answers in leanings.items()]
    if len(leanings[most]) > 1:
        told = [*(pair for pair in told if pair[1] != most), ("any other answer", most)]
    (words, leaning), *others = told
    leads = [f"{words} would lead to {leaning}", *(f"{words} to {leaning}" for words, leaning in others)]
    return [why.because, f"{'; '.join(leads)}."]


def _either(words: list[str]) -> str:
    quoted = [f'"{word}"' for word in words]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}" if len(quoted) > 1 else quoted[0]


def noted(fact: Fact, value: FactValue | None) -> str:
    """Return that an answer was saved; None stands for one that is not known."""
    words = "not known" if value is None else answer_in_words(fact, value)
    return f"Saved: {fact.short}: {words}."


def from_words(words: Sequence[str]) -> str:
    """Return why an answer is proposed: the words of the description that it rests on."""
    return f"the description says {' and '.join(map(quoted, words))}"


def proposals_noted(count: int) -> str:
    """Return that the description answers some questions."""
    return f"Your description seems to answer {counted(count, 'questions', 'question')}. Confirm or correct each first."


def number_wanted(fact: Fact) -> str:
    """Return what kind of number a question takes, with examples."""
    unit = fact.unit or ""
    if unit.startswith("fraction"):
        return "Type a share, such as 25% or 0.25."
    if unit.startswith("USD"):
        return f"Type an amount in {unit}, such as $500, 5k or 2M."
    examples = {"milliseconds": "300 ms or 2 s", "weeks": "3 or 3 weeks"}.get(unit, "200, 10k or 2M")
    return f"Type a number of {unit}, such as {examples}."
