"""Boxes: intervals that hold every gap and every option for some part of a case's completions.

The difference of two plans is bounded gap by gap, what both hold counted once.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from advisor.approaches import APPROACHES
from advisor.compiled import compiled
from advisor.conditions import facts_read
from advisor.frozen import Frozen
from advisor.heavy_sets import common_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.conditions import Facts
    from advisor.heavy_sets import HeavySet, Parts
    from advisor.pack import RulePack
    from advisor.plan_search import PlanSearch
    from advisor.uncertainty.bounds import Interval, Space


class Box(Frozen):
    """What lies within bounds: excess severities and how well options work; `maybe` and `surely` blocked options."""

    excess: tuple[list[float], list[float]]
    works: tuple[list[float], list[float]]
    maybe_blocked: int
    surely_blocked: int


class Boxes:
    """The boxes of one case. `moves` holds how far the answer to each open fact alone can move each total."""

    def __init__(self, pack: RulePack, space: Space) -> None:
        self.pack = pack
        self.engine = compiled(pack)
        self.space = space
        true, unknown = self.engine.truths(space.facts)
        self._single = 0  # the rules that read one unknown fact
        for i, condition in enumerate(self.engine.card.conditions.all):
            if unknown >> i & 1 and condition is not None:
                single = sum(name in space.values for name in facts_read(condition)) == 1
                self._single |= (1 << i) if single else 0
        self.moves = {name: self._moves(name, true) for name in space.values if name in space.asked.deciding}

    def _moves(self, name: str, true: int) -> tuple[list[float], list[float]]:
        """Return how far the answers to one fact alone can move each total, down and up."""
        card = self.engine.card
        seen = []
        for value in self.space.values[name]:
            holds = true if value is None else self.engine.truths({**self.space.facts, name: value})[0]
            seen.append(card.totals(holds & self._single & ~true))
        return [min(column) for column in zip(*seen, strict=True)], [max(column) for column in zip(*seen, strict=True)]

    def box(self, facts: Facts, open_: Sequence[str]) -> Box:
        """Return the box of all completions of some answers; `open_` are the facts that may still be answered."""
        engine = self.engine
        true, unknown = engine.truths(facts)
        low, high = engine.card.bounds(true, unknown & ~self._single)
        moves = [self.moves[name] for name in open_ if name in self.moves]
        low = [sum(column) for column in zip(low, *(down for down, _ in moves), strict=True)]
        high = [sum(column) for column in zip(high, *(up for _, up in moves), strict=True)]
        never = sum(bit for bit in engine.settled if unknown & bit)
        return Box(
            excess=(engine.excess(low, true | never), engine.excess(high, true)),
            works=(engine.works(low), engine.works(high)),
            maybe_blocked=engine.blocked(true | unknown),
            surely_blocked=engine.blocked(true),
        )

    def sharpened(self, box: Box, severities: Sequence[Interval]) -> Box:
        """Return a box of all completions with the excess severities cut to the bounds of the gaps."""
        low, high = [*box.excess[0]], [*box.excess[1]]
        true, unknown = self.engine.truths(self.space.facts)
        for g, interval in enumerate(severities):
            before = self.engine.before[g]
            if not (true | unknown) & self.engine.settled[g]:
                low[g] = max(low[g], (interval.low - before) / (1 - before))
            high[g] = min(high[g], max((interval.high - before) / (1 - before), 0.0))
        return box.replaced(excess=(low, high))


def middle_plans(search: PlanSearch, box: Box) -> list[Parts | None]:
    """Return, for each approach, a good plan in the middle of a box, surely of its name and surely not blocked."""
    excess = [(low + high) / 2 for low, high in zip(*box.excess, strict=True)]
    works = [(low + high) / 2 for low, high in zip(*box.works, strict=True)]
    best = search.best(excess, works, box.maybe_blocked)
    return [None if found is None else _surely_named(search, found.parts, name) for name, found in enumerate(best)]


def _surely_named(search: PlanSearch, parts: Parts, name: int) -> Parts:
    """Return a plan without the heavy options that could give it another name on other answers."""
    if common_name([search.approach_of[i] for i in parts if search.is_heavy[i]]) == name:
        return parts
    return tuple(i for i in parts if not search.is_heavy[i] or search.approach_of[i] == name)


def least_leads(
    search: PlanSearch, plan: Parts, name: int, box: Box, between: tuple[float, float], most: float = math.inf
) -> tuple[dict[int, float] | None, int]:
    """Return, for each other name, how much more loss than a plan its plans have at least within some bounds.

    A name without any plan is left out. None where one lead does not exceed the lower number of `between`, and after
    `most` comparisons; leads above the upper number are not made sharper. Also returns how many plans were compared.
    """
    lost, far = between
    leads: dict[int, float] = {}
    compared = 0
    beside = _light_sets(search, box)
    for heavy in search.heavy:
        names = possible_names(heavy) - {name}
        if not names:
            continue
        for choice in heavy.choices:
            if choice.mask & box.surely_blocked:
                continue
            compared += 1
            lead = least_difference(search, choice.parts, plan, box, free=True)
            if lead <= far:
                lead = math.inf
                for light in beside:
                    compared += 1
                    lead = min(lead, least_difference(search, light + choice.parts, plan, box))
                    if compared > most or lead <= lost:
                        return None, compared
            for other in names:
                leads[other] = min(lead, leads.get(other, math.inf))
    return leads, compared


def possible_names(heavy: HeavySet) -> set[int]:
    """Return the names that plans with a heavy set may bear."""
    return {*heavy.approaches} if heavy.name is None else {heavy.name}


def _light_sets(search: PlanSearch, box: Box) -> list[Parts]:
    """Return the sets of light options among which the best is within some bounds, whatever heavy ones stand beside.

    Left out are options that can't repay their burden anywhere, and sets without one that always does.
    """
    (excess_low, excess_high), (works_low, works_high) = box.excess, box.works
    left = [1.0] * len(excess_low)  # of each gap at least, by the heavy options
    for i in search.heavy_places:
        for g, share in search.closes[i]:
            left[g] *= 1 - share * works_high[i]
    groups: list[tuple[int | None, ...]] = []
    for group in search.light:
        others = [*left]
        for other in search.light:
            for i in other if other is not group else ():
                for g, share in search.closes[i]:
                    others[g] *= 1 - share * works_high[i]
        worth = [
            i
            for i in group
            if not box.surely_blocked >> i & 1
            and sum([excess_high[g] * share * works_high[i] for g, share in search.closes[i]]) > search.burdens[i]
        ]
        needed = any(
            not box.maybe_blocked >> i & 1
            and sum([excess_low[g] * others[g] * share * works_low[i] for g, share in search.closes[i]])
            > search.burdens[i]
            for i in worth
        )
        groups.append((*worth,) if needed else (None, *worth))
    return [tuple([i for i in chosen if i is not None]) for chosen in product(*groups)]


def maybe_out(search: PlanSearch, box: Box) -> set[int]:
    """Return the names of which every plan may be blocked."""
    sure = [
        possible_names(heavy)
        for heavy in search.heavy
        if heavy.name is not None and any(not choice.mask & box.maybe_blocked for choice in heavy.choices)
    ]
    return {*range(len(APPROACHES))}.difference(*sure)


def least_difference(
    search: PlanSearch, other: Sequence[int], plan: Sequence[int], box: Box, free: bool = False
) -> float:
    """Return a bound below the loss of `other` less that of `plan`.

    With `free`, every light option beside `other` costs nothing and works at its best.
    """
    (excess_low, excess_high), (works_low, works_high) = box.excess, box.works
    gaps = len(excess_low)
    mine, theirs = [1.0] * gaps, [1.0] * gaps
    common_low, common_high = [1.0] * gaps, [1.0] * gaps
    shared = set(other) & set(plan)
    burden = 0.0
    for i in other:
        burden += 0.0 if i in shared else search.burdens[i]
        for g, share in search.closes[i]:
            if i in shared:
                common_low[g] *= 1 - share * works_high[i]
                common_high[g] *= 1 - share * works_low[i]
            else:
                theirs[g] *= 1 - share * works_high[i]
    for i in plan:
        if i not in shared:
            burden -= search.burdens[i]
            for g, share in search.closes[i]:
                mine[g] *= 1 - share * works_low[i]
    if free:
        for group in search.light:
            best = [0.0] * gaps
            for i in group:
                for g, share in search.closes[i]:
                    best[g] = max(best[g], share * works_high[i])
            theirs = [left * (1 - share) for left, share in zip(theirs, best, strict=True)]
    total = burden
    for g in range(gaps):
        gap = theirs[g] - mine[g]
        total += gap * (common_high[g] * excess_high[g] if gap < 0 else common_low[g] * excess_low[g])
    return total
