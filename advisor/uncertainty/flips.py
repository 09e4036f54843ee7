"""Flips: the smallest changes of known answers that give another approach."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

from advisor.conditions import facts_read
from advisor.frozen import Frozen
from advisor.uncertainty.answering import questions
from advisor.uncertainty.outcome import leading_approach, outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.approaches import Approach
    from advisor.conditions import Facts, FactValue
    from advisor.pack import RulePack
    from advisor.plans import Choice, Plan
    from advisor.uncertainty.outcome import Outcome

SHOWN: Final = 10
PAIRS_TRIED: Final = 150


class Change(Frozen):
    """One known answer turned into another; `words` are those of the interval or option that it turns into."""

    fact: str
    before: FactValue
    after: FactValue
    words: str


class Flip(Frozen):
    """Changes that give another approach. `margin` is how much more loss the second-best approach then has.

    `influence` is "team" where the team can act on every change, else "given".
    """

    changes: tuple[Change, ...]
    approach: Approach
    margin: float | None
    influence: Literal["team", "given"]


def flips(
    pack: RulePack, facts: Facts, choice: Choice, most: int = SHOWN, pairs: int = PAIRS_TRIED
) -> tuple[Flip, ...]:
    """Return single changes of answers that give another approach; pairs only where there is no single one.

    Of the answers to one question that lead to the same approach only the nearest is kept. What the team can act on
    comes first, then what would change the advice most clearly. At most `pairs` pairs are tried, first those whose
    changes alone come nearest to changing the advice.
    """
    tried = list(changes(pack, facts))
    found = _flipping(pack, facts, choice, ((change,) for change in tried))
    if not found:
        found = _flipping(pack, facts, choice, _pairs(pack, facts, choice, tried)[:pairs])
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
    team = all(by_id[change.fact].influence == "team" for change in changes)
    return Flip(changes=changes, approach=result.approach, margin=result.margin, influence="team" if team else "given")


def _flipping(pack: RulePack, facts: Facts, choice: Choice, sets: Iterable[tuple[Change, ...]]) -> list[Flip]:
    """Return those of some sets of changes that give another approach."""
    now = choice.best.approach
    return [
        _flip(pack, each, outcome(pack, changed))
        for each in sets
        if leading_approach(pack, changed := _changed(facts, *each)) != now and allowed(pack, facts, each)
    ]


def _pairs(pack: RulePack, facts: Facts, choice: Choice, singles: list[Change]) -> list[tuple[Change, Change]]:
    """Return pairs of changes of what the two best plans depend on; first those that alone come nearest to a flip."""
    weighty = depended_on(pack, choice.ranked[:2])
    near = [
        (change, outcome(pack, _changed(facts, change)).lead(choice.best.approach))
        for change in singles
        if change.fact in weighty
    ]
    both = [(a, b, x + y) for (a, x), (b, y) in combinations(near, 2) if a.fact != b.fact]
    both.sort(key=lambda pair: pair[2])
    return [(first, second) for first, second, _ in both]


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
        if known is None or (steps(flip), -(flip.margin or 0)) < (steps(known), -(known.margin or 0)):
            kept[key] = flip
    return list(kept.values())


def _ordered(found: list[Flip]) -> list[Flip]:
    return sorted(found, key=lambda flip: (flip.influence != "team", -round(flip.margin or 0, 9)))
