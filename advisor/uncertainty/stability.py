"""Whether the approach can still change: a proof over all completions, never a guess.

The unknown facts are split one after the other. A part of the completions is done when the present approach's best plan
has so much less loss than any plan with another name that neither the rules nor the classifier can prefer another,
whatever the open answers turn out to be: every gap and every option then lies in an interval, and the difference of two
plans is bounded gap by gap, what both hold counted once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

from advisor.approaches import APPROACHES
from advisor.compiled import compiled
from advisor.conditions import facts_read
from advisor.uncertainty.bounds import Space
from advisor.uncertainty.completions import extended
from advisor.uncertainty.opinion_bounds import OpinionBounds
from advisor.uncertainty.outcome import leading_approach, second_opinion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.conditions import Facts, FactValue
    from advisor.heavy_sets import HeavySet, Parts
    from advisor.pack import RulePack
    from advisor.plan_search import PlanSearch

COMPARISONS: Final = 1500
_LEAF: Final = 20  # comparisons that judging a part of the completions takes as long as
_SURELY: Final = 1e-9  # by how much less loss counts as less
_FAR: Final = 4.0  # so many temperatures behind, a plan counts for nothing
_LOST: Final = 2.0  # so many temperatures ahead, no classifier makes up for it


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether an approach survives every completion: proven, refuted by `example`, or not settled within the limit."""

    proof: Literal["proven", "refuted", "open"]
    example: Mapping[str, FactValue] | None = None

    @property
    def stable(self) -> bool:
        """Return whether no completion gives another approach."""
        return self.proof == "proven"


@dataclass(frozen=True, slots=True)
class Box:
    """What lies within bounds: excess severities and how well options work; `maybe` and `surely` blocked options."""

    excess: tuple[list[float], list[float]]
    works: tuple[list[float], list[float]]
    maybe_blocked: int
    surely_blocked: int


def stability(
    pack: RulePack, facts: Facts, description: str | None = None, comparisons: int = COMPARISONS
) -> Stability:
    """Return whether any completion gives another approach than the answers known.

    Compares about `comparisons` pairs of plans before it gives up, so that it ends at the same place every time.
    """
    return _Proof(pack, facts, description, comparisons).run()


class _Proof:
    """The splitting of one case's completions."""

    def __init__(self, pack: RulePack, facts: Facts, description: str | None, comparisons: int) -> None:
        self.pack = pack
        self.facts = facts
        self.description = description
        self.left = comparisons
        self.engine = compiled(pack)
        self.space = Space(pack, facts)
        self.asked = self.space.asked
        self.now = leading_approach(pack, facts, description)
        true, unknown = self.engine.truths(facts)
        self.counting = [name for name in self.space.values if name in self.asked.counting]
        self.single = 0  # the rules that read one unknown fact
        for i, condition in enumerate(self.engine.card.conditions.all):
            if unknown >> i & 1 and condition is not None:
                self.single |= (1 << i) if sum(name in self.space.values for name in facts_read(condition)) == 1 else 0
        self.moves = {name: self._moves(name, true) for name in self.counting if name in self.asked.deciding}
        self.opinion = self._opinion()
        self.thin = self.opinion is not None and self.opinion.thin(
            len(facts) + sum(None not in own for own in self.space.values.values())
        )
        self.weights = {name: self._weight(name) for name in self.counting}

    def _opinion(self) -> OpinionBounds | None:
        """Return what bounds the classifier; None where the rules decide alone."""
        classifier = second_opinion(self.pack)
        if classifier is None:
            return None
        values = {name: self.space.values[name] for name in self.counting}
        return OpinionBounds(self.pack, classifier, self.now, self.description, values)

    def _weight(self, name: str) -> float:
        """Return how much the answer to a fact can move."""
        low, high = self.moves.get(name, ((), ()))
        return sum(high) - sum(low) + (self.opinion.swing(name) if self.opinion else 0.0)

    def _moves(self, name: str, true: int) -> tuple[list[float], list[float]]:
        """Return how far the answers to one fact alone can move each total, down and up."""
        card = self.engine.card
        seen = []
        for value in self.space.values[name]:
            holds = true if value is None else self.engine.truths({**self.facts, name: value})[0]
            seen.append(card.totals(holds & self.single & ~true))
        return [min(column) for column in zip(*seen, strict=True)], [max(column) for column in zip(*seen, strict=True)]

    def run(self) -> Stability:
        """Return what the proof comes to."""
        stack: list[dict[str, FactValue]] = [dict(self.facts)]
        settled = True
        while stack:
            facts = stack.pop()
            if any(c.truth(facts) is True for c in self.space.contradictions):
                continue
            if self.left <= 0:
                return Stability("open")
            open_ = [name for name in self.counting if name not in facts and self.asked.applies(name, facts)]
            if not open_:
                self.left -= _LEAF
                if leading_approach(self.pack, facts, self.description) == self.now:
                    continue
                answers = {name: facts.get(name) for name in self.counting}
                example = extended(self.asked, self.facts, answers)
                if example is not None:
                    return Stability("refuted", example)
                settled = False
                continue
            if self._holds(facts, open_):
                continue
            name = self._next(facts, open_)
            stack += [{**facts, name: value} for value in self.space.values[name] if value is not None]
        return Stability("proven" if settled else "open")

    def _next(self, facts: Facts, open_: list[str]) -> str:
        """Return the fact to split by: one that can move the most, parents before what depends on them."""
        name = max(open_, key=lambda name: (self.weights[name], name))
        only_if = self.asked.by_id[name].only_if
        if only_if is not None and only_if.truth(facts) is None:
            parents = [parent for parent in sorted(facts_read(only_if)) if parent in open_]
            name = parents[0] if parents else name
        return name

    def _holds(self, facts: Facts, open_: list[str]) -> bool:
        """Return whether the present approach comes out in every completion of some answers."""
        self.left -= _LEAF
        if self.thin:
            return False
        box = self._box(facts, open_)
        middle = [(low + high) / 2 for low, high in zip(*box.excess, strict=True)]
        works = [(low + high) / 2 for low, high in zip(*box.works, strict=True)]
        best = self.engine.search.best(middle, works, box.maybe_blocked)[APPROACHES.index(self.now)]
        if best is None:
            return False
        now = APPROACHES.index(self.now)
        scale = self.pack.temperature if self.opinion else 0.0
        leads, compared = _leads(
            self.engine.search, best.parts, now, box, (_SURELY - _LOST * scale, _SURELY + _FAR * scale), self.left
        )
        self.left -= compared
        if leads is None:
            return False
        if self.opinion is None:
            return True
        possible = {
            i
            for heavy in self.engine.search.heavy
            for i in _names(heavy, now)
            if any(not choice.mask & box.maybe_blocked for choice in heavy.choices)
        }
        return self.opinion.stays(facts, open_, leads, {*leads} - possible)

    def _box(self, facts: Facts, open_: list[str]) -> Box:
        engine = self.engine
        true, unknown = engine.truths(facts)
        low, high = engine.card.bounds(true, unknown & ~self.single)
        for name in open_:
            if name not in self.moves:
                continue
            down, up = self.moves[name]
            low = [a + b for a, b in zip(low, down, strict=True)]
            high = [a + b for a, b in zip(high, up, strict=True)]
        never = sum(bit for bit in engine.settled if unknown & bit)
        maybe = engine.blocked(true | unknown)
        return Box(
            (engine.excess(low, true | never), engine.excess(high, true)),
            (engine.works(low), engine.works(high)),
            maybe,
            engine.blocked(true),
        )


def _leads(
    search: PlanSearch, plan: Parts, name: int, box: Box, between: tuple[float, float], most: int
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
        names = _names(heavy, name)
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


def _names(heavy: HeavySet, name: int) -> set[int]:
    """Return the names other than one that plans with a heavy set may bear."""
    return ({*heavy.approaches} if heavy.name is None else {heavy.name}) - {name}


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
