"""Completions: all that the answers still missing could turn out to be.

A completion answers every fact that is unknown and applicable. It leaves a fact out whose `only_if` its answers make
false, and it makes no contradiction true that does not hold already.
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate, islice
from random import Random
from typing import TYPE_CHECKING, Final

from advisor.compiled import kept
from advisor.condition_sets import ConditionSet, bits
from advisor.conditions import facts_read
from advisor.frozen import Frozen
from advisor.library import shipped_library
from advisor.uncertainty.answering import questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from advisor.conditions import Facts, FactValue
    from advisor.library import LibraryCase
    from advisor.pack import RulePack
    from advisor.uncertainty.answering import Answering, Questions

_SEED: Final = 20261121
_MENDS: Final = 40


class Nearness(Frozen):
    """How completions are drawn from labelled cases. Set beforehand; advisor.training.calibration measures the result.

    A case weighs exp(`sharpness` x (answers shared with the user's - answers that differ)). `copied` is the chance that
    an answer is taken from the one case that a completion follows, else it comes from all cases by their weights, with
    `usual` cases' worth of what is usual overall and `even` of no preference.
    """

    sharpness: float = 0.5
    copied: float = 0.7
    usual: float = 2.0
    even: float = 0.5


NEARNESS: Final = Nearness()


class Donors:
    """Labelled cases with their answers as places (advisor.uncertainty.answering), and what is usual over all."""

    def __init__(self, pack: RulePack, cases: Sequence[LibraryCase]) -> None:
        known = questions(pack).by_id
        placed = {name: _placed(answering) for name, answering in known.items()}
        self.answers: list[dict[str, int]] = []
        for case in cases:
            # A pack of one's own may ask other questions than the cases answer, and offer other answers.
            found = ((name, placed[name](value)) for name, value in case.facts.items() if name in placed)
            self.answers.append({name: place for name, place in found if place is not None})
        self.usual: dict[str, list[float]] = {}
        counts = {name: [0.0] * len(answering.values) for name, answering in known.items()}
        for places in self.answers:
            for name, place in places.items():
                counts[name][place] += 1
        for name, own in counts.items():
            total = sum(own)
            self.usual[name] = [count / total if total else 0.0 for count in own]
        self.contradictions = ConditionSet(questions(pack).contradictions)
        self.read = [facts_read(condition) for condition in questions(pack).contradictions]


def _placed(answering: Answering) -> Callable[[FactValue], int | None]:
    """Return what finds the place of an answer, None for one that the question does not take."""
    values = answering.values
    if answering.fact.kind != "number":
        return {value: place for place, value in enumerate(values)}.get

    def place(value: FactValue) -> int | None:
        known = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= values[0]  # type: ignore[operator]
        return answering.place(value) if known else None

    return place


def shipped_donors(pack: RulePack) -> Donors:
    """Return the shipped cases as donors for a pack."""
    return kept(pack, "donors", lambda pack: Donors(pack, shipped_library().cases))


def drawn(
    pack: RulePack,
    facts: Facts,
    count: int,
    donors: Donors | None = None,
    nearness: Nearness = NEARNESS,
    seed: int = _SEED,
) -> list[dict[str, FactValue]]:
    """Return up to `count` completions, drawn from the cases nearest to the answers; the same ones every time.

    There are fewer only where contradictions leave hardly any.
    """
    asked = questions(pack)
    source = donors if donors is not None else shipped_donors(pack)
    if not asked.unanswered(facts):
        return [dict(facts)] * count
    random = Random(seed)  # noqa: S311 - a sample, no secret
    weights = _weights(asked, source, facts, nearness)
    draw = _Draw(asked, facts, _spread(source, facts, weights, nearness), random, nearness.copied)
    cumulative = list(accumulate(weights))
    holding, _ = source.contradictions.truths(facts)
    result: list[dict[str, FactValue]] = []
    for _ in range(count):
        donor = source.answers[bisect(cumulative, random.random() * cumulative[-1])] if cumulative else {}
        completion = draw.following(donor)
        for _ in range(_MENDS):
            broken = source.contradictions.truths(completion)[0] & ~holding
            if not broken:
                result.append(completion)
                break
            draw.mend(completion, [source.read[i] for i in bits(broken)])
    return result or list(islice(every(pack, facts), 1))


class _Draw:
    """Draws answers to the facts that a case leaves open."""

    def __init__(
        self, asked: Questions, facts: Facts, spread: dict[str, list[float]], random: Random, copied: float
    ) -> None:
        self.asked = asked
        self.facts = facts
        self.open_ = [(name, asked.by_id[name]) for name in asked.by_id if name not in facts]
        self.spread = spread
        self.random = random
        self.copied = copied

    def following(self, donor: Mapping[str, int]) -> dict[str, FactValue]:
        """Return answers to all facts, mostly those of one donor where it has them."""
        completion = dict(self.facts)
        chance = self.random.random
        for name, answering in self.open_:
            if answering.only_if is not None and answering.only_if.truth(completion) is False:
                continue
            place = donor.get(name)
            if place is None or chance() >= self.copied:
                cumulative = self.spread[name]
                place = bisect(cumulative, chance() * cumulative[-1], 0, len(cumulative) - 1)
            completion[name] = answering.values[place]
        return completion

    def mend(self, completion: dict[str, FactValue], contradictions: Iterable[frozenset[str]]) -> None:
        """Draw one answer of each contradiction again, and what applies because of it."""
        for read in contradictions:
            names = sorted(name for name in read if name in completion and name not in self.facts)
            if not names:
                continue
            self._draw(completion, self.random.choice(names))
        for name, answering in self.open_:
            if answering.only_if is None:
                continue
            if answering.only_if.truth(completion) is False:
                completion.pop(name, None)
            elif name not in completion:
                self._draw(completion, name)

    def _draw(self, completion: dict[str, FactValue], name: str) -> None:
        cumulative = self.spread[name]
        place = bisect(cumulative, self.random.random() * cumulative[-1], 0, len(cumulative) - 1)
        completion[name] = self.asked.by_id[name].values[place]


def _weights(asked: Questions, source: Donors, facts: Facts, nearness: Nearness) -> list[float]:
    """Return how much each donor counts."""
    places = {name: asked.by_id[name].place(value) for name, value in facts.items() if name in asked.by_id}
    scores = []
    for answers in source.answers:
        score = 0
        for name in places.keys() & answers.keys():
            score += 1 if answers[name] == places[name] else -1
        scores.append(score)
    most = max(scores, default=0)
    factor = [2.718281828459045 ** (-nearness.sharpness * step) for step in range(most - min(scores, default=0) + 1)]
    return [factor[most - score] for score in scores]


def _spread(source: Donors, facts: Facts, weights: list[float], nearness: Nearness) -> dict[str, list[float]]:
    """Return, for each fact, the cumulative weights of its answers."""
    counts = {
        name: [nearness.usual * share + nearness.even / len(shares) for share in shares]
        for name, shares in source.usual.items()
        if name not in facts
    }
    for answers, weight in zip(source.answers, weights, strict=True):
        for name, place in answers.items():
            if name in counts:
                counts[name][place] += weight
    return {name: list(accumulate(values)) for name, values in counts.items()}


def every(pack: RulePack, facts: Facts, names: Sequence[str] | None = None) -> Iterator[dict[str, FactValue]]:
    """Yield every completion; with `names`, the completions of these facts alone, as far as they contradict nothing."""
    asked = questions(pack)
    wanted = [name for name in asked.by_id if name not in facts and (names is None or name in names)]
    exempt = asked.holding(facts)

    def extend(position: int, so_far: dict[str, FactValue]) -> Iterator[dict[str, FactValue]]:
        if position == len(wanted):
            yield dict(so_far)
            return
        name = wanted[position]
        if not asked.applies(name, so_far):
            yield from extend(position + 1, so_far)
            return
        for value in asked.by_id[name].values:
            so_far[name] = value
            if not asked.contradicted(name, so_far, exempt):
                yield from extend(position + 1, so_far)
            del so_far[name]

    yield from extend(0, dict(facts))


def extended(
    asked: Questions, facts: Facts, answers: Mapping[str, FactValue | None], steps: int = 2000
) -> dict[str, FactValue] | None:
    """Return a completion with some answers (None: the question must not apply), or None where none is found.

    Looks at no more than `steps` answers, so that None may also mean that the search was given up.
    """
    unknown = [name for name in asked.by_id if name not in facts]
    open_ = [name for name in unknown if name in asked.entangled]
    exempt = asked.holding(facts)
    left = steps
    given = {name: value for name, value in answers.items() if value is not None and name in asked.entangled}
    sure = {**facts, **given}
    if any(asked.contradicted(name, sure, exempt) or not asked.applies(name, sure) for name in given):
        return None  # at once: no other answer mends that

    def extend(position: int, so_far: dict[str, FactValue]) -> dict[str, FactValue] | None:
        nonlocal left
        if position == len(open_):
            return so_far
        name = open_[position]
        if not asked.applies(name, so_far):
            return extend(position + 1, so_far) if answers.get(name) is None else None
        if name in answers and answers[name] is None:
            return None
        wanted = answers.get(name)
        for value in asked.by_id[name].values if wanted is None else (wanted,):
            left -= 1
            so_far[name] = value
            if left > 0 and not asked.contradicted(name, so_far, exempt):
                found = extend(position + 1, so_far)
                if found is not None:
                    return found
            del so_far[name]
        return None

    free = {}
    for name in unknown:
        if name not in asked.entangled:
            wanted = answers.get(name)
            free[name] = asked.by_id[name].values[0] if wanted is None else wanted
    return extend(0, {**facts, **free})
