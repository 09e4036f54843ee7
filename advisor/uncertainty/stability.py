"""Whether the approach can still change: a proof over all completions, never a guess.

The unknown facts are split one after the other. A part of the completions is done when the present approach's best plan
has less loss than any plan with another name, whatever the open answers turn out to be: every gap and every option then
lies in an interval, and the difference of two plans is bounded gap by gap, what both hold counted once.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, Literal

from advisor.approaches import APPROACHES
from advisor.compiled import compiled
from advisor.conditions import facts_read
from advisor.frozen import Frozen
from advisor.uncertainty.bounds import Space
from advisor.uncertainty.completions import extended
from advisor.uncertainty.outcome import leading_approach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.conditions import Facts, FactValue
    from advisor.heavy_sets import Parts
    from advisor.pack import RulePack
    from advisor.plan_search import PlanSearch

COMPARISONS: Final = 2500
_LEAF: Final = 15  # comparisons that finding the best plan takes as long as
_SURELY: Final = 1e-9  # by how much less loss counts as less


class Stability(Frozen):
    """Whether an approach survives every completion: proven, refuted by `example`, or not settled within the limit."""

    proof: Literal["proven", "refuted", "open"]
    example: Mapping[str, FactValue] | None = None

    @property
    def stable(self) -> bool:
        """Return whether no completion gives another approach."""
        return self.proof == "proven"


class Box(Frozen):
    """What lies within bounds: excess severities and how well options work; `maybe` and `surely` blocked options."""

    excess: tuple[list[float], list[float]]
    works: tuple[list[float], list[float]]
    maybe_blocked: int
    surely_blocked: int


def stability(pack: RulePack, facts: Facts, comparisons: int = COMPARISONS) -> Stability:
    """Return whether any completion gives another approach than the answers known.

    Compares about `comparisons` pairs of plans before it gives up, so that it ends at the same place every time.
    """
    return _Proof(pack, facts, comparisons).run()


class _Proof:
    """The splitting of one case's completions."""

    def __init__(self, pack: RulePack, facts: Facts, comparisons: int) -> None:
        self.pack = pack
        self.facts = facts
        self.left = comparisons
        self.engine = compiled(pack)
        self.space = Space(pack, facts)
        self.asked = self.space.asked
        self.now = leading_approach(pack, facts)
        true, unknown = self.engine.truths(facts)
        deciding = [name for name in self.space.values if name in self.asked.deciding]
        self.single = 0  # the rules that read one unknown fact
        for i, condition in enumerate(self.engine.card.conditions.all):
            if unknown >> i & 1 and condition is not None:
                self.single |= (1 << i) if sum(name in self.space.values for name in facts_read(condition)) == 1 else 0
        self.moves = {name: self._moves(name, true) for name in deciding}

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
            open_ = [name for name in self.moves if name not in facts and self.asked.applies(name, facts)]
            if self.left <= 0:
                return Stability(proof="open")
            if not open_:
                self.left -= _LEAF
                if leading_approach(self.pack, facts) == self.now:
                    continue
                answers = {name: facts.get(name) for name in self.moves}
                example = extended(self.asked, self.facts, answers)
                if example is not None:
                    return Stability(proof="refuted", example=example)
                settled = False
                continue
            if self._holds(facts, open_):
                continue
            name = self._next(facts, open_)
            stack += [{**facts, name: value} for value in self.space.values[name] if value is not None]
        return Stability(proof="proven" if settled else "open")

    def _next(self, facts: Facts, open_: list[str]) -> str:
        """Return the fact to split by: one that can move the most, parents before what depends on them."""

        def weight(name: str) -> float:
            low, high = self.moves[name]
            return sum(high) - sum(low)

        name = max(open_, key=lambda name: (weight(name), name))
        only_if = self.asked.by_id[name].only_if
        if only_if is not None and only_if.truth(facts) is None:
            parents = [parent for parent in sorted(facts_read(only_if)) if parent in open_]
            name = parents[0] if parents else name
        return name

    def _holds(self, facts: Facts, open_: list[str]) -> bool:
        """Return whether the present approach is the best in every completion of some answers."""
        self.left -= _LEAF
        box = self._box(facts, open_)
        middle = [(low + high) / 2 for low, high in zip(*box.excess, strict=True)]
        works = [(low + high) / 2 for low, high in zip(*box.works, strict=True)]
        best = self.engine.search.best(middle, works, box.maybe_blocked)[APPROACHES.index(self.now)]
        if best is None:
            return False
        safe, compared = _unthreatened(self.engine.search, best.parts, APPROACHES.index(self.now), box, self.left)
        self.left -= compared
        return safe

    def _box(self, facts: Facts, open_: list[str]) -> Box:
        engine = self.engine
        true, unknown = engine.truths(facts)
        low, high = engine.card.bounds(true, unknown & ~self.single)
        for name in open_:
            down, up = self.moves[name]
            low = [a + b for a, b in zip(low, down, strict=True)]
            high = [a + b for a, b in zip(high, up, strict=True)]
        never = sum(bit for bit in engine.settled if unknown & bit)
        maybe = engine.blocked(true | unknown)
        return Box(
            excess=(engine.excess(low, true | never), engine.excess(high, true)),
            works=(engine.works(low), engine.works(high)),
            maybe_blocked=maybe,
            surely_blocked=engine.blocked(true),
        )


def _unthreatened(search: PlanSearch, plan: Parts, name: int, box: Box, most: int) -> tuple[bool, int]:
    """Return whether no plan that may bear another name could have as little loss as a plan within some bounds.

    Also returns how many plans were compared; more than `most` are not, and then it is not proven.
    """
    compared = 0
    for heavy in search.heavy:
        if heavy.name == name:
            continue
        for choice in heavy.choices:
            if choice.mask & box.surely_blocked:
                continue
            compared += 1
            if least_difference(search, choice.parts, plan, box, free=True) > _SURELY:
                continue
            for light in product(*((None, *group) for group in search.light)):
                parts = tuple(i for i in light if i is not None and not box.surely_blocked >> i & 1)
                compared += 1
                if compared > most or least_difference(search, parts + choice.parts, plan, box) <= _SURELY:
                    return False, compared
    return True, compared


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
