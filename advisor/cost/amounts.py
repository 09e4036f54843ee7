"""The few operations beside `+ * /` that cost formulas need on an amount of any kind.

An amount is a number, a `Range`, or a numpy array of draws: each formula is written once and serves for the estimate,
for break-even points and for sampling. All operations here are monotone, so a range keeps its order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

from advisor.cost.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Callable

Amount: TypeAlias = Any


def mapped(amount: Amount, function: Callable[[Any], Any]) -> Amount:
    """Return a function that does not fall, applied to an amount (to the ends and the middle of a range)."""
    if isinstance(amount, Range):
        return Range(function(amount.low), function(amount.mid), function(amount.high))
    return function(amount)


def at_least(amount: Amount, floor: Amount) -> Amount:
    """Return the larger of two amounts, end by end and draw by draw."""
    return _paired(amount, floor, max, "maximum")


def at_most(amount: Amount, ceiling: Amount) -> Amount:
    """Return the smaller of two amounts, end by end and draw by draw."""
    return _paired(amount, ceiling, min, "minimum")


def rounded_up(amount: Amount) -> Amount:
    """Return an amount rounded up to whole units, a hair's breadth above a whole one being that one."""
    if isinstance(amount, Range):
        return mapped(amount, rounded_up)
    if isinstance(amount, int | float):
        return float(math.ceil(amount - 1e-9))
    import numpy

    return numpy.ceil(amount - 1e-9)


def shortfall(needed: Amount, available: float) -> Amount:
    """Return how much of what is needed is not yet there, never below zero."""
    if isinstance(needed, Range):
        return mapped(needed, lambda end: shortfall(end, available))
    return at_least(needed - available, 0.0)


def middle(amount: Amount) -> float:
    """Return the middle of a range, or the number itself."""
    return amount.mid if isinstance(amount, Range) else float(amount)


def _paired(first: Amount, second: Amount, scalar: Callable[[float, float], float], array: str) -> Amount:
    if isinstance(first, float | int) and isinstance(second, float | int):
        return scalar(first, second)
    if isinstance(first, Range) or isinstance(second, Range):
        a, b = Range.of(first), Range.of(second)
        return Range(scalar(a.low, b.low), scalar(a.mid, b.mid), scalar(a.high, b.high))
    import numpy

    return getattr(numpy, array)(first, second)
