"""One line of an option's cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from advisor.cost.amounts import Amount

Phase = Literal["upfront", "monthly", "request"]
Amounts: TypeAlias = Mapping[str, Amount]


class Line(NamedTuple):
    """USD paid once, a month or a request. `family` names the uncertain inputs that it shares with other lines.

    `at` gives the amount for a volume (expected requests a month) where it depends on it; otherwise `amount` holds.
    """

    id: str
    label: str
    phase: Phase
    family: str
    amount: Amount = 0.0
    source: str = ""
    at: Callable[[float], Amount] | None = None

    def amount_at(self, volume: float) -> Amount:
        """Return the amount at a volume of requests a month."""
        return self.amount if self.at is None else self.at(volume)
