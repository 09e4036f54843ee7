"""What an option costs as a function of the volume, and from which volume on one option is cheaper than another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from advisor.cost.amounts import Amount, middle

if TYPE_CHECKING:
    from advisor.cost.estimate.line import Line

_MOST_REQUESTS = 10_000_000_000
_STEPS_A_DECADE = 8


@dataclass(frozen=True)
class Curve:
    """The total of an option over its months for any volume. Parts that do not depend on the volume are summed once."""

    once: Amount
    monthly: Amount
    request: Amount
    moving_monthly: tuple[Line, ...]
    moving_request: tuple[Line, ...]
    months: float
    spread: Amount

    def total(self, volume: float) -> Amount:
        """Return USD over the months at a volume of requests a month."""
        month, request = self.monthly, self.request
        for line in self.moving_monthly:
            month = month + line.amount_at(volume)
        for line in self.moving_request:
            request = request + line.amount_at(volume)
        return self.once + (month + request * (self.spread * volume)) * self.months

    @cached_property
    def steps(self) -> tuple[float, ...]:
        """The middle totals at the volumes at which curves are compared, rounded up to whole requests."""
        return tuple(middle(self.total(math.ceil(volume))) for volume in volumes())


def curve_of(lines: Sequence[Line], months: float, spread: Amount) -> Curve:
    """Return the curve of an option whose lines hold numbers or arrays of draws."""
    fixed = [line for line in lines if line.at is None]
    moving = [line for line in lines if line.at is not None]

    def summed(phase: str) -> Amount:
        total: Amount = 0.0
        for line in fixed:
            if line.phase == phase:
                total = total + line.amount
        return total

    return Curve(
        once=summed("upfront"),
        monthly=summed("monthly"),
        request=summed("request"),
        moving_monthly=tuple(line for line in moving if line.phase == "monthly"),
        moving_request=tuple(line for line in moving if line.phase == "request"),
        months=months,
        spread=spread,
    )


@cache
def volumes() -> tuple[float, ...]:
    """Return the volumes at which curves are compared: 8 a decade from 1 to 10 billion requests a month."""
    decades = round(math.log10(_MOST_REQUESTS))
    return tuple(10 ** (step / _STEPS_A_DECADE) for step in range(decades * _STEPS_A_DECADE + 1))


def break_even(dear: Curve, cheap: Curve, start: float) -> int | None:
    """Return the volume above `start` from which `dear` costs no more than `cheap` at all larger ones, None for never.

    At the volume returned `dear` is not dearer, and one request a month less it is. Larger volumes are looked at in
    steps, up to 10 billion requests a month.
    """
    above: int | None = None
    for volume, one, other in reversed(_beyond(dear, cheap, start)):
        if one > other:
            return None if above is None else _between(dear, cheap, volume, above)
        above = volume
    return None if above is None else _between(dear, cheap, math.floor(start), above)


def _beyond(dear: Curve, cheap: Curve, start: float) -> list[tuple[int, float, float]]:
    """Return the volumes looked at above `start`, each with the totals of two curves."""
    steps = zip(volumes(), dear.steps, cheap.steps, strict=True)
    return [(math.ceil(volume), one, other) for volume, one, other in steps if volume > start]


def _between(dear: Curve, cheap: Curve, below: int, above: int) -> int:
    """Return the volume at which `dear` stops being dearer, which it is at `below` and not at `above`."""
    while above - below > 1:
        half = (below + above) // 2
        if _not_dearer(dear, cheap, half):
            above = half
        else:
            below = half
    return above


def only_between(dear: Curve, cheap: Curve, start: float) -> tuple[int, int] | None:
    """Return the first and last volume looked at where `dear` is not dearer, though it is at the largest; or None."""
    found = [volume for volume, one, other in _beyond(dear, cheap, start) if one <= other]
    return (found[0], found[-1]) if found else None


def _not_dearer(dear: Curve, cheap: Curve, volume: float) -> bool:
    return middle(dear.total(volume)) <= middle(cheap.total(volume))


class Middles(Mapping[str, float]):
    """The middles of a mapping of ranges."""

    def __init__(self, amounts: Mapping[str, Amount]) -> None:
        self._amounts = amounts

    def __getitem__(self, name: str) -> float:
        return middle(self._amounts[name])

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._amounts)

    def __len__(self) -> int:
        return len(self._amounts)
