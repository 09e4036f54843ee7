"""What to ask next: the questions whose answers say most about the approach that all answers will lead to."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Final

from advisor.frozen import Frozen
from advisor.uncertainty.answering import questions
from advisor.uncertainty.outcome import leading_approach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.approaches import Approach
    from advisor.conditions import Facts, FactValue
    from advisor.facts import Fact
    from advisor.pack import RulePack
    from advisor.uncertainty.outlook import Outlook

LOOKED_INTO: Final = 10  # the questions for which each answer's effect is worked out before the last ranking


class Effect(Frozen):
    """Where one answer would lead, with the other answers as they are."""

    answer: FactValue
    words: str
    approach: Approach


class NextQuestion(Frozen):
    """A question worth asking.

    `gain` is the expected drop in uncertainty (bits) about the approach; `sure` the share of completions in which the
    answers known and this one already lead where all answers lead.
    """

    fact: Fact
    gain: float
    sure: float
    effects: tuple[Effect, ...]


def next_questions(pack: RulePack, outlook: Outlook, most: int = 3) -> tuple[NextQuestion, ...]:
    """Return the best questions to ask, the best first.

    First by the expected drop in uncertainty; of those, the ones whose answer brings the advice nearest to the final
    one come first. A question that tells nothing about the approach is asked after all that do, in the questionnaire's
    order.
    """
    gains = {name: _gain(pack, outlook, name) for name in outlook.open_}
    order = list(pack.questionnaire.by_id)
    ranked = sorted(gains, key=lambda name: (-round(gains[name], 9), order.index(name)))
    found = []
    for name in ranked[: max(most, LOOKED_INTO)]:
        effects = answer_effects(pack, outlook.facts, name, outlook.description)
        found.append(
            NextQuestion(
                fact=pack.questionnaire.by_id[name],
                gain=gains[name],
                sure=_sure(outlook, name, effects),
                effects=effects,
            )
        )
    found.sort(key=lambda question: -round(question.gain + question.sure, 9))
    return tuple(found[:most])


def _gain(pack: RulePack, outlook: Outlook, name: str) -> float:
    """Return the expected drop in entropy of the approach, less what chance alone would show in so few completions."""
    answering = questions(pack).by_id[name]
    groups: defaultdict[FactValue | None, Counter[Approach]] = defaultdict(Counter)
    for completion, approach in zip(outlook.completions, outlook.approaches, strict=True):
        groups[completion.get(name)][approach] += 1
    if len(groups) < 2 or len(answering.values) < 2:
        return 0.0
    total = len(outlook.approaches)
    kinds = len(outlook.counts)
    after = sum(sum(group.values()) * entropy(group.values()) for group in groups.values()) / total
    chance = (len(groups) - 1) * (kinds - 1) / (2 * total * math.log(2))
    return entropy(outlook.counts.values()) - after - chance


def entropy(counts: Iterable[int]) -> float:
    """Return the entropy in bits of some counts."""
    counts = [count for count in counts if count]
    total = sum(counts)
    return -sum(count / total * math.log2(count / total) for count in counts) if total else 0.0


def answer_effects(pack: RulePack, facts: Facts, name: str, description: str | None = None) -> tuple[Effect, ...]:
    """Return where each answer to a question would lead; answers that contradict the known ones are left out."""
    asked = questions(pack)
    answering = asked.by_id[name]
    exempt = asked.holding(facts)
    effects = []
    for place, value in enumerate(answering.values):
        answered = {**facts, name: value}
        if not asked.contradicted(name, answered, exempt):
            effects.append(
                Effect(
                    answer=value, words=answering.words(place), approach=leading_approach(pack, answered, description)
                )
            )
    return tuple(effects)


def in_short(pack: RulePack, name: str, effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Return effects with neighboring intervals of a number that lead to the same approach as one."""
    answering = questions(pack).by_id[name]
    if answering.fact.kind != "number":
        return tuple(effects)
    placed = [(answering.place(effect.answer), effect) for effect in effects]
    found = []
    # Neighbors' places grow as their positions do.
    for _, group in groupby(enumerate(placed), key=lambda pair: (pair[1][0] - pair[0], pair[1][1].approach)):
        run = [own for _, own in group]
        (first, effect), (last, _) = run[0], run[-1]
        found.append(Effect(answer=effect.answer, words=answering.words(first, last), approach=effect.approach))
    return tuple(found)


def _sure(outlook: Outlook, name: str, effects: tuple[Effect, ...]) -> float:
    leads = {effect.answer: effect.approach for effect in effects}
    hits = sum(
        leads.get(completion[name], outlook.approach) == approach
        if name in completion
        else outlook.approach == approach
        for completion, approach in zip(outlook.completions, outlook.approaches, strict=True)
    )
    return hits / len(outlook.approaches)
