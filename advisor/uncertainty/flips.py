"""Flips: the smallest changes of known answers that give another approach."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

from advisor.conditions import facts_read
from advisor.frozen import Frozen
from advisor.uncertainty.answering import questions
from advisor.uncertainty.outcome import outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.approaches import Approach
    from advisor.conditions import Facts, FactValue
    from advisor.pack import RulePack
    from advisor.plans import Choice, Plan
    from advisor.uncertainty.outcome import Outcome

SHOWN: Final = 10
PAIRS_TRIED: Final = 100


class Change(Frozen):
    """One known answer turned into another; `words` are those of the interval or option that it turns into."""

    fact: str
    before: FactValue
    after: FactValue
    words: str


class Flip(Frozen):
    """Changes that give another approach. `margin` is how much more probable it then is than the second-best one.

    `influence` is "team" where the team can bring every change about, else "given".
    """

    changes: tuple[Change, ...]
    approach: Approach
    margin: float
    influence: Literal["team", "given"]


def flips(
    pack: RulePack,
    facts: Facts,
    choice: Choice,
    description: str | None = None,
    most: int = SHOWN,
    pairs: int = PAIRS_TRIED,
) -> tuple[Flip, ...]:
    """Return single changes of answers that give another approach; pairs only where there is no single one.

    Of the answers to one question that lead to the same approach only the nearest is kept. What the team can act on
    comes first, then what would change the advice most clearly. At most `pairs` pairs are tried, first those whose
    changes alone come nearest to changing the advice.
    """
    now = choice.best.approach
    tried = [(change, outcome(pack, _changed(facts, change), description)) for change in changes(pack, facts)]
    singles = [
        _flip(pack, (change,), result)
        for change, result in tried
        if result.approach != now and allowed(pack, facts, (change,))
    ]
    found = singles or list(
        _pairs(pack, facts, choice, [(change, result.lead(now)) for change, result in tried], description, pairs)
    )
    return tuple(_ordered(_nearest(pack, found))[:most])


def changes(pack: RulePack, facts: Facts) -> Iterator[Change]:
    """Yield every change of one known answer, in an order that does not depend on that of the answers."""
    for name, answering in questions(pack).by_id.items():
        if name not in facts:
            continue
        value = facts[name]
        present = answering.place(value)
        for place in range(len(answering.values)):
            if place != present:
                yield Change(
                    fact=name, before=value, after=answering.nearest(place, value), words=answering.words(place)
                )


def allowed(pack: RulePack, facts: Facts, changes: tuple[Change, ...]) -> bool:
    """Return whether changes leave the other answers applicable and make no contradiction true that was not."""
    asked = questions(pack)
    changed = _changed(facts, *changes)
    for change in changes:
        for child in asked.children[change.fact]:
            if child in changed and not asked.applies(child, changed) and asked.applies(child, facts):
                return False
    exempt = asked.holding(facts)
    return not any(asked.contradicted(change.fact, changed, exempt) for change in changes)


def _changed(facts: Facts, *changes: Change) -> dict[str, FactValue]:
    return {**facts, **{change.fact: change.after for change in changes}}


def _flip(pack: RulePack, changes: tuple[Change, ...], result: Outcome) -> Flip:
    by_id = pack.questionnaire.by_id
    team = all(by_id[change.fact].within_reach(change.before, change.after) for change in changes)
    return Flip(
        changes=changes,
        approach=result.approach,
        margin=result.lead(result.approach),
        influence="team" if team else "given",
    )


def _pairs(
    pack: RulePack,
    facts: Facts,
    choice: Choice,
    singles: list[tuple[Change, float]],
    description: str | None,
    most: int,
) -> Iterator[Flip]:
    """Yield pairs of changes that give another approach, over what the two best plans depend on."""
    now = choice.best.approach
    weighty = depended_on(pack, choice.ranked[:2])
    near = [(change, lead) for change, lead in singles if change.fact in weighty]
    both = [(a, b, x + y) for (a, x), (b, y) in combinations(near, 2) if a.fact != b.fact]
    both.sort(key=lambda pair: pair[2])
    for first, second, _ in both[:most]:
        result = outcome(pack, _changed(facts, first, second), description)
        if result.approach != now and allowed(pack, facts, (first, second)):
            yield _flip(pack, (first, second), result)


def depended_on(pack: RulePack, plans: tuple[Plan, ...]) -> set[str]:
    """Return the facts that the losses of some plans rest on: through their parts and the gaps that these close."""
    found: set[str] = set()
    for part in (part for plan in plans for part in plan.parts):
        option = part.option
        conditions = [*(rule.condition for rule in option.rules), *(clause.condition for clause in option.blocks)]
        for gap, share in zip(pack.gaps, option.closes, strict=True):
            if share:
                conditions += [rule.condition for rule in gap.rules]
                conditions += [gap.settled_by.condition] if gap.settled_by else []
        found.update(*map(facts_read, conditions))
    return found


def _nearest(pack: RulePack, found: list[Flip]) -> list[Flip]:
    """Return one flip of each set of facts and approach: that with the fewest steps between answers."""
    asked = questions(pack).by_id

    def steps(flip: Flip) -> int:
        return sum(
            abs(asked[change.fact].place(change.after) - asked[change.fact].place(change.before))
            if asked[change.fact].fact.kind == "number"
            else 1
            for change in flip.changes
        )

    kept: dict[tuple[tuple[str, ...], Approach], Flip] = {}
    for flip in found:
        key = (tuple(change.fact for change in flip.changes), flip.approach)
        known = kept.get(key)
        if known is None or (steps(flip), -flip.margin) < (steps(known), -known.margin):
            kept[key] = flip
    return list(kept.values())


def _ordered(found: list[Flip]) -> list[Flip]:
    return sorted(found, key=lambda flip: (flip.influence != "team", -round(flip.margin, 9)))
