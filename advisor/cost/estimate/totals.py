"""From lines to totals: rounded so that the middle values of the lines add up, ends combined by family."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from advisor.cost.ranges import Range, add_independent, add_together
from advisor.cost_result import CostLine, Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.cost.estimate.line import Line

_CENTS = 2
_REQUEST_DIGITS = 8


def cost_lines(lines: Iterable[Line], volume: float, requests: Range, months: float) -> tuple[CostLine, ...]:
    """Return lines with their amounts and their totals over `months`; `requests` is the uncertain number a month."""
    found = []
    for line in lines:
        amount = Range.of(line.amount_at(volume))
        digits = _REQUEST_DIGITS if line.phase == "request" else _CENTS
        rounded = money(amount, digits)
        # Totals are of the exact amounts: a request's price would lose too much by rounding first.
        total = money(over_horizon(line, amount, requests, months), _CENTS)
        found.append(
            CostLine(id=line.id, label=line.label, phase=line.phase, amount=rounded, total=total, source=line.source)
        )
    return tuple(found)


def over_horizon(line: Line, amount: Range, requests: Range, months: float) -> Range:
    """Return what a line costs over the horizon."""
    if line.phase == "upfront":
        return amount
    if line.phase == "monthly":
        return amount * months
    return amount * requests * months


def combined(lines: Iterable[Line], parts: Iterable[Money], digits: int = _CENTS) -> Money:
    """Return the sum of lines: middle values exactly; ends together within a family, independent between families."""
    families: dict[str, list[Range]] = {}
    mids = Decimal(0)
    for line, part in zip(lines, parts, strict=True):
        families.setdefault(line.family, []).append(Range(part.low, part.mid, part.high))
        mids += Decimal(str(part.mid))
    whole = add_independent(add_together(members) for members in families.values())
    mid = float(_rounded(mids, digits))
    low, high = float(_rounded(Decimal(str(whole.low)), digits)), float(_rounded(Decimal(str(whole.high)), digits))
    return Money(low=min(low, mid), mid=mid, high=max(high, mid))


def money(amount: Range, digits: int = _CENTS) -> Money:
    """Return a range rounded to cents (or finer, for the price of a request)."""
    low, mid, high = (float(_rounded(Decimal(str(end)), digits)) for end in (amount.low, amount.mid, amount.high))
    return Money(low=low, mid=mid, high=high)


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
