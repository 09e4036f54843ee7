"""What follows from the totals: the cheapest option, and from which volume on that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.estimate.curves import Curve, break_even, only_between
from advisor.cost.estimate.options import PLANS
from advisor.cost_result import BreakEven, OptionCost
from advisor.wording import about, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def cheapest_of(costs: Sequence[OptionCost]) -> str | None:
    """Return the id of the cheapest option that lasts the whole horizon; plans count as what they consist of."""
    lasting = [cost for cost in costs if cost.total and not cost.flags and cost.id not in PLANS]
    usable = lasting or [cost for cost in costs if cost.total]
    best = min(usable, key=lambda cost: cost.total.mid if cost.total else 0.0, default=None)
    return best.id if best else None


def break_evens(
    costs: Sequence[OptionCost], curves: Mapping[str, Curve], cheapest: str | None, volume: float
) -> tuple[BreakEven, ...]:
    """Return for each other option from which volume on it is cheaper than the option that is cheapest now."""
    if cheapest is None:
        return ()
    names = {cost.id: cost.name for cost in costs}
    found = []
    for option, curve in curves.items():
        done = option in (cheapest, *_no_dearer(costs, cheapest)) or _same(costs, option, cheapest)
        if done or curve.months != curves[cheapest].months:
            continue
        at = break_even(curve, curves[cheapest], volume)
        window = only_between(curve, curves[cheapest], volume) if at is None else None
        text = _sentence(names, option, cheapest, at, window)
        found.append(BreakEven(option=option, against=cheapest, requests_per_month=at, sentence=text))
    return tuple(found)


def last_overtaken(
    costs: Sequence[OptionCost], curves: Mapping[str, Curve], cheapest: str | None, volume: float
) -> BreakEven | None:
    """Return from which volume on the cheapest option is cheaper than the one that it overtook last, or None."""
    if cheapest is None:
        return None
    names = {cost.id: cost.name for cost in costs}
    found = []
    for option, curve in curves.items():
        if option in (cheapest, *PLANS) or curve.months != curves[cheapest].months or _same(costs, option, cheapest):
            continue
        at = break_even(curves[cheapest], curve, 1.0)
        if at is not None and 2 < at <= volume:
            text = _sentence(names, cheapest, option, at, None)
            found.append(BreakEven(option=cheapest, against=option, requests_per_month=at, sentence=text))
    return max(found, key=lambda point: point.requests_per_month or 0, default=None)


def _no_dearer(costs: Sequence[OptionCost], cheapest: str) -> set[str]:
    """Return the plans that cost no more than the option that is called cheapest, as a simple prompt may."""
    totals = {cost.id: cost.total.mid for cost in costs if cost.total}
    return {name for name in PLANS if name in totals and totals[name] <= totals[cheapest]}


def _same(costs: Sequence[OptionCost], one: str, other: str) -> bool:
    """Return whether two options cost the same to the cent, as a plan does that is one of the options."""
    totals = {cost.id: cost.total for cost in costs}
    return not {one, other}.isdisjoint(PLANS) and totals[one] == totals[other]


def _sentence(
    names: Mapping[str, str], option: str, against: str, at: int | None, window: tuple[int, int] | None
) -> str:
    one, other = names[option], in_sentence(names[against])
    if at is not None:
        return f"{one} is cheaper than {other} from {at:,} requests a month on."
    if window is not None:
        first, last = about(window[0]), about(window[1])
        return f"{one} is cheaper than {other} only between about {first} and {last} requests a month."
    return f"{one} is never cheaper than {other}, up to 10 billion requests a month."


def first_sentence(
    costs: Sequence[OptionCost],
    cheapest: str | None,
    comparisons: Sequence[BreakEven],
    below: BreakEven | None,
    volume: float,
    months: float,
    *,
    assumed: bool = False,
) -> str:
    """Return which option is cheapest at the volume and from which volume on that changes."""
    if cheapest is None:
        return "No option could be priced."
    best = next(cost for cost in costs if cost.id == cheapest)
    total = best.total.mid if best.total else 0.0
    start = (
        f"At {format_number(round(volume))} requests a month{' (assumed)' if assumed else ''} "
        f"{in_sentence(best.name)} is cheapest: "
        f"about {about(total)} USD over {months:g} months"
    )
    names = {cost.id: cost.name for cost in costs}
    changes = [c for c in comparisons if c.requests_per_month is not None and c.option not in PLANS]
    if not changes and below is not None:
        then = about(below.requests_per_month or 0)
        return f"{start}; below about {then} requests a month, {in_sentence(names[below.against])} costs less."
    if not changes:
        return f"{start}, and no other option becomes cheaper at a larger volume."
    nearest = min(changes, key=lambda c: c.requests_per_month or 0)
    volume_then = about(nearest.requests_per_month or 0)
    return f"{start}; from about {volume_then} requests a month on, {in_sentence(names[nearest.option])} costs less."


def in_sentence(name: str) -> str:
    """Return an option's name as it stands inside a sentence."""
    return name[:1].lower() + name[1:]
