"""A quantity that is known only within a range: a middle value with a low and a high end.

The two ends are read as the 10th and the 90th percentile. Products combine as independent log-normal quantities and
sums as independent quantities, so that the ends of a result are those of the result and not the sum of all extremes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Range:
    """A non-negative quantity: `low <= mid <= high`, the ends being an 80 % interval. The unit is the caller's."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.mid <= self.high < math.inf:
            raise ValueError(f"not a range: low {self.low}, mid {self.mid}, high {self.high}")

    @classmethod
    def exact(cls, value: float) -> Range:
        """Return a quantity that is known exactly."""
        return cls(value, value, value)

    @classmethod
    def of(cls, value: Range | float) -> Range:
        """Return `value` itself when it is a range, else an exact quantity."""
        return value if isinstance(value, Range) else cls.exact(value)

    @property
    def spread(self) -> float:
        """High over low; 1 for an exact quantity, infinite when only the low end is zero."""
        if self.low > 0:
            return self.high / self.low
        return 1.0 if self.high == 0 else math.inf

    def holds(self, value: float) -> bool:
        """Return whether `value` lies within the two ends, with a rounding allowance of one part in 10^9."""
        return self.low * (1 - 1e-9) <= value <= self.high * (1 + 1e-9)

    def __mul__(self, other: Range | float) -> Range:
        """Return the product of two independent quantities (log-normal combination)."""
        if not isinstance(other, Range):
            return Range(self.low * other, self.mid * other, self.high * other)
        mid = self.mid * other.mid
        if self.low <= 0 or other.low <= 0:
            return Range(self.low * other.low, mid, self.high * other.high)
        down = math.hypot(math.log(self.mid / self.low), math.log(other.mid / other.low))
        up = math.hypot(math.log(self.high / self.mid), math.log(other.high / other.mid))
        return Range(min(mid * math.exp(-down), mid), mid, max(mid * math.exp(up), mid))

    __rmul__ = __mul__

    def inverse(self) -> Range:
        """Return one over the quantity. Raises ZeroDivisionError when it may be zero."""
        return Range(1 / self.high, 1 / self.mid, 1 / self.low)

    def __truediv__(self, other: Range | float) -> Range:
        """Return the quotient of two independent quantities."""
        if isinstance(other, Range):
            return self * other.inverse()
        return Range(self.low / other, self.mid / other, self.high / other)

    def __rtruediv__(self, other: float) -> Range:
        return self.inverse() * other

    def __add__(self, other: Range | float) -> Range:
        """Return the sum of two independent quantities (their distances from the middle add in quadrature)."""
        return add_independent((self, Range.of(other)))

    __radd__ = __add__

    def at_least(self, floor: float) -> Range:
        """Return the quantity with each end raised to `floor` where it is below it."""
        return Range(max(self.low, floor), max(self.mid, floor), max(self.high, floor))

    def at_most(self, ceiling: float) -> Range:
        """Return the quantity with each end lowered to `ceiling` where it is above it."""
        return Range(min(self.low, ceiling), min(self.mid, ceiling), min(self.high, ceiling))

    def widened(self, other: Range) -> Range:
        """Return this middle value with the wider of the two pairs of ends."""
        return Range(min(self.low, other.low), self.mid, max(self.high, other.high))


def add_independent(parts: Iterable[Range]) -> Range:
    """Return the sum of quantities that do not move together. The ends stay within the sums of all ends."""
    terms = list(parts)
    mid = math.fsum(term.mid for term in terms)
    down = math.sqrt(math.fsum((term.mid - term.low) ** 2 for term in terms))
    up = math.sqrt(math.fsum((term.high - term.mid) ** 2 for term in terms))
    return Range(max(0.0, mid - down), mid, mid + up)


def add_together(parts: Iterable[Range]) -> Range:
    """Return the sum of quantities that share their uncertain inputs and so move together: ends add."""
    terms = list(parts)
    low = math.fsum(term.low for term in terms)
    mid = math.fsum(term.mid for term in terms)
    high = math.fsum(term.high for term in terms)
    return Range(min(low, mid), mid, max(high, mid))
