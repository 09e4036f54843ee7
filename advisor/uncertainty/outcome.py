"""Which approach some answers lead to, without the words around it: the engine's fastest path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.approaches import APPROACHES
from advisor.compiled import compiled
from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.pack import RulePack


class Outcome(Frozen):
    """The approach that answers lead to, and the loss of the best plan of each approach that is not blocked."""

    approach: Approach
    losses: Mapping[Approach, float]

    @property
    def margin(self) -> float | None:
        """Return how much more loss the second-best approach has; None when all others are blocked."""
        others = [loss for approach, loss in self.losses.items() if approach != self.approach]
        return min(others) - self.losses[self.approach] if others else None

    def lead(self, approach: Approach) -> float:
        """Return how much less loss an approach has than the best other one (at most 1 either way)."""
        others = min((loss for name, loss in self.losses.items() if name != approach), default=float("inf"))
        return max(-1.0, min(1.0, others - self.losses.get(approach, 1e9)))


def leading_approach(pack: RulePack, facts: Facts) -> Approach:
    """Return the approach of the best plan."""
    engine = compiled(pack)
    true, _ = engine.truths(facts)
    totals = engine.card.totals(true)
    return APPROACHES[engine.search.leader(engine.excess(totals, true), engine.works(totals), engine.blocked(true))]


def outcome(pack: RulePack, facts: Facts) -> Outcome:
    """Return the approach of the best plan and the least loss of each approach."""
    engine = compiled(pack)
    true, _ = engine.truths(facts)
    totals = engine.card.totals(true)
    numbers = (engine.excess(totals, true), engine.works(totals), engine.blocked(true))
    leader, losses = engine.search.losses(*numbers)
    return Outcome(
        approach=APPROACHES[leader],
        losses={name: loss for name, loss in zip(APPROACHES, losses, strict=True) if loss is not None},
    )
