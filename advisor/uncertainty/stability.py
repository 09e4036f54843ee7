"""Whether the approach can still change: a proof over all completions, never a guess.

The unknown facts are split one after the other. A part of the completions is done when the present approach's best plan
has so much less loss than any plan with another name that neither the rules nor the classifier can prefer another,
whatever the open answers turn out to be: every gap and every option then lies in an interval, and the difference of two
plans is bounded gap by gap, what both hold counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from advisor.approaches import APPROACHES
from advisor.conditions import facts_read
from advisor.frozen import Frozen
from advisor.uncertainty.bounds import Space
from advisor.uncertainty.boxes import Boxes, least_leads, maybe_out, middle_plans
from advisor.uncertainty.completions import extended
from advisor.uncertainty.opinion_bounds import opinion_bounds
from advisor.uncertainty.outcome import leading_approach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.conditions import Facts, FactValue
    from advisor.pack import RulePack

COMPARISONS: Final = 1500
_LEAF: Final = 20  # comparisons that judging a part of the completions takes as long as
_SURELY: Final = 1e-9  # by how much less loss counts as less
_FAR: Final = 4.0  # so many temperatures behind, a plan counts for nothing
_LOST: Final = 2.0  # so many temperatures ahead, no classifier makes up for it


class Stability(Frozen):
    """Whether an approach survives every completion: proven, refuted by `example`, or not settled within the limit."""

    proof: Literal["proven", "refuted", "open"]
    example: Mapping[str, FactValue] | None = None

    @property
    def stable(self) -> bool:
        """Return whether no completion gives another approach."""
        return self.proof == "proven"


def stability(
    pack: RulePack,
    facts: Facts,
    description: str | None = None,
    comparisons: int = COMPARISONS,
    boxes: Boxes | None = None,
) -> Stability:
    """Return whether any completion gives another approach than the answers known.

    Compares about `comparisons` pairs of plans before it gives up, so that it ends at the same place every time.
    `boxes` are those of the answers, where they are there already.
    """
    return _Proof(pack, boxes or Boxes(pack, Space(pack, facts)), description, comparisons).run()


class _Proof:
    """The splitting of one case's completions."""

    def __init__(self, pack: RulePack, boxes: Boxes, description: str | None, comparisons: int) -> None:
        self.pack = pack
        self.boxes = boxes
        self.space = boxes.space
        self.facts = self.space.facts
        self.description = description
        self.left = comparisons
        self.asked = self.space.asked
        self.now = leading_approach(pack, self.facts, description)
        self.counting = [name for name in self.space.values if name in self.asked.counting]
        self.opinion = opinion_bounds(pack, self.space, self.now, description)
        self.weights = {name: self._weight(name) for name in self.counting}

    def _weight(self, name: str) -> float:
        """Return how much the answer to a fact can move."""
        low, high = self.boxes.moves.get(name, ((), ()))
        return sum(high) - sum(low) + (self.opinion.swing(name) if self.opinion else 0.0)

    def run(self) -> Stability:
        """Return what the proof comes to."""
        stack: list[dict[str, FactValue]] = [dict(self.facts)]
        settled = True
        while stack:
            facts = stack.pop()
            if any(c.truth(facts) is True for c in self.space.contradictions):
                continue
            if self.left <= 0:
                return Stability(proof="open")
            open_ = [name for name in self.counting if name not in facts and self.asked.applies(name, facts)]
            if not open_:
                self.left -= _LEAF
                if leading_approach(self.pack, facts, self.description) == self.now:
                    continue
                answers = {name: facts.get(name) for name in self.counting}
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
        name = max(open_, key=lambda name: (self.weights[name], name))
        only_if = self.asked.by_id[name].only_if
        if only_if is not None and only_if.truth(facts) is None:
            parents = [parent for parent in sorted(facts_read(only_if)) if parent in open_]
            name = parents[0] if parents else name
        return name

    def _holds(self, facts: Facts, open_: list[str]) -> bool:
        """Return whether the present approach comes out in every completion of some answers."""
        self.left -= _LEAF
        if self.opinion is not None and self.opinion.thin:
            return False
        now, search = APPROACHES.index(self.now), self.boxes.engine.search
        box = self.boxes.box(facts, open_)
        best = middle_plans(search, box)[now]
        if best is None:
            return False
        scale = self.pack.temperature if self.opinion else 0.0
        between = _SURELY - _LOST * scale, _SURELY + _FAR * scale
        leads, compared = least_leads(search, best, now, box, between, self.left)
        self.left -= compared
        if leads is None:
            return False
        return self.opinion is None or self.opinion.stays(facts, open_, leads, maybe_out(search, box))
