"""The outlook on a case: which approaches the answers still missing would lead to, and how often."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from advisor.frozen import Frozen
from advisor.uncertainty.answering import questions
from advisor.uncertainty.completions import NEARNESS, drawn
from advisor.uncertainty.outcome import leading_approach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.conditions import Facts, FactValue
    from advisor.pack import RulePack
    from advisor.uncertainty.completions import Donors, Nearness

COMPLETIONS: Final = 100


class Outlook(Frozen):
    """What drawn completions lead to. `approach` is where the answers known (and the description) lead now."""

    facts: Facts
    description: str | None
    approach: Approach
    completions: tuple[Mapping[str, FactValue], ...]
    approaches: tuple[Approach, ...]
    open_: tuple[str, ...]

    @property
    def stays(self) -> float:
        """Return the probability that the approach survives the remaining answers; 1 when nothing is unanswered."""
        if not self.open_:
            return 1.0
        same = sum(approach == self.approach for approach in self.approaches)
        return (same + 0.5) / (len(self.approaches) + 1)

    @property
    def counts(self) -> Counter[Approach]:
        """Return how many completions lead to each approach."""
        return Counter(self.approaches)


def look_ahead(
    pack: RulePack,
    facts: Facts,
    count: int = COMPLETIONS,
    donors: Donors | None = None,
    nearness: Nearness = NEARNESS,
    description: str | None = None,
) -> Outlook:
    """Return the outlook over `count` drawn completions."""
    open_ = tuple(questions(pack).unanswered(facts))
    completions = drawn(pack, facts, count, donors, nearness) if open_ else [dict(facts)]
    return Outlook(
        facts=facts,
        description=description,
        approach=leading_approach(pack, facts, description),
        completions=tuple(completions),
        approaches=tuple(leading_approach(pack, completion, description) for completion in completions),
        open_=open_,
    )
