"""Seeded sampling with shared draws: how likely one option costs less than another, and which inputs decide that.

Every uncertain quantity has one array of draws, by its name, whatever options use it: what two options share cancels
out in their difference. numpy is imported here only.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.cost.estimate.curves import Curve, curve_of
from advisor.cost.estimate.lines import lines_of
from advisor.cost.ranges import Range
from advisor.cost_result import BreakEven, Comparison, Money, Sampling, Swing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from advisor.cost.amounts import Amount
    from advisor.cost.estimate.build import Priced
    from advisor.cost.estimate.options import Option
    from advisor.cost.estimate.setting import Setting

_TENTH = 1.2815515655446004  # the 90th percentile of the standard normal distribution
_FARTHEST = 2.5  # in standard deviations
_SHARES = ("cache_miss_rate", "utilization", "tuned_prompt_share")
_STEPS = 28
_MOST_REQUESTS = 1e10
_SHOWN = 6


class Draws(Mapping[str, "Amount"]):
    """Arrays of draws by name, the same for every option; exact quantities stay numbers."""

    def __init__(self, setting: Setting, draws: int, seed: int) -> None:
        self._ranges = setting.amounts()
        self._draws, self._seed = draws, seed
        self._made: dict[str, Amount] = {}

    def __getitem__(self, name: str) -> Amount:
        if name not in self._made:
            value = self._ranges[name]
            self._made[name] = value.mid if value.low == value.high else self._drawn(name, value)
        return self._made[name]

    def _drawn(self, name: str, value: Range) -> NDArray[np.float64]:
        random = np.random.default_rng([self._seed, zlib.crc32(name.encode())])
        z = np.clip(random.standard_normal(self._draws), -_FARTHEST, _FARTHEST) / _TENTH
        drawn = _skewed(value, z)
        return np.minimum(drawn, 1.0) if name in _SHARES else drawn

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)


class OneAtATime(Mapping[str, "Amount"]):
    """Arrays in which each uncertain quantity is once at its low and once at its high end, the others in the middle."""

    def __init__(self, ranges: Mapping[str, Amount], names: Sequence[str]) -> None:
        self._ranges, self._names = ranges, {name: place for place, name in enumerate(names)}

    def __getitem__(self, name: str) -> Amount:
        value = self._ranges[name]
        if name not in self._names:
            return value.mid
        array = np.full(2 * len(self._names), value.mid)
        array[2 * self._names[name]], array[2 * self._names[name] + 1] = value.low, value.high
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)


def sampled(
    setting: Setting,
    options: Sequence[Option],
    priced: Sequence[Priced],
    cheapest: str,
    comparisons: Sequence[BreakEven],
    *,
    draws: int,
    seed: int,
) -> tuple[Sampling, tuple[BreakEven, ...]]:
    """Return what the draws say, and the break-even points with their intervals."""
    months = {each.option.id: each.cost.months for each in priced if each.curve is not None}
    few = replace(setting, few_machines=True)
    drawn = Draws(few, draws, seed)
    curves = _curves(options, months, few, drawn)
    volume = setting.assumptions.number("requests_per_month")
    uncertain = setting.assumptions.range("requests_per_month")
    now: Any = drawn["requests_per_month"] if uncertain.low < uncertain.high else volume
    totals = {name: _filled(_total(curve, volume, now), draws) for name, curve in curves.items()}
    names = sorted(n for n in {**setting.assumptions.used, **setting.drivers} if _uncertain(setting, n))
    ends = _curves(options, months, few, OneAtATime(few.amounts(), names))
    swings = {name: _filled(curve.total(volume), 2 * len(names)) for name, curve in ends.items()}
    compared = {point.option for point in comparisons}
    found = tuple(
        Comparison(
            option=name,
            against=cheapest,
            probability_cheaper=round(float(np.mean(totals[name] < totals[cheapest])), 4),
            swings=_swings(setting, names, swings[name] - swings[cheapest]),
        )
        for name in curves
        if name in compared
    )
    result = Sampling(
        draws=draws, seed=seed, totals={name: _money(total) for name, total in totals.items()}, comparisons=found
    )
    return result, _with_intervals(comparisons, curves, volume, draws)


def _curves(
    options: Sequence[Option], months: Mapping[str, float], setting: Setting, q: Mapping[str, Amount]
) -> dict[str, Curve]:
    return {
        option.id: curve_of(lines_of(option, setting, q), months[option.id], q["volume_spread"])
        for option in options
        if option.id in months
    }


def _total(curve: Curve, volume: float, now: Any) -> Amount:
    """Return totals at the expected volume, scaled to the drawn volume where the volume itself is not known."""
    if isinstance(now, float):
        return curve.total(volume)
    return replace(curve, spread=curve.spread * (now / volume)).total(volume)


def _uncertain(setting: Setting, name: str) -> bool:
    value = setting.drivers.get(name) or setting.assumptions.all[name].value
    return isinstance(value, Range) and value.low < value.high and name != "requests_per_month"


def _skewed(value: Range, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return draws with `low` and `high` at z = -1 and 1: log-normal on each side, normal where the low end is zero."""
    if value.low > 0:
        spread = np.where(z < 0, np.log(value.mid / value.low), np.log(value.high / value.mid))
        return np.asarray(value.mid * np.exp(z * spread))
    distance = np.where(z < 0, value.mid - value.low, value.high - value.mid)
    return np.maximum(value.mid + z * distance, 0.0)


def _filled(amount: Amount, size: int) -> NDArray[np.float64]:
    return np.broadcast_to(np.asarray(amount, dtype=float), (size,))


def _money(total: NDArray[np.float64]) -> Money:
    low, mid, high = np.percentile(total, [10, 50, 90])
    return Money(low=round(float(low), 2), mid=round(float(mid), 2), high=round(float(high), 2))


def _swings(setting: Setting, names: Sequence[str], difference: NDArray[np.float64]) -> tuple[Swing, ...]:
    pairs = difference.reshape(-1, 2)
    order = np.argsort(-np.abs(pairs[:, 1] - pairs[:, 0]), kind="stable")[:_SHOWN]
    return tuple(
        Swing(
            input=names[place],
            about=_about(setting, names[place]),
            at_low=round(float(pairs[place, 0]), 2),
            at_high=round(float(pairs[place, 1]), 2),
        )
        for place in order
        if abs(pairs[place, 1] - pairs[place, 0]) >= 0.01
    )


def _about(setting: Setting, name: str) -> str:
    known = setting.assumptions.all.get(name)
    if known is not None:
        return known.about
    kind, _, rest = name.partition(":")
    what = rest.partition(":")[0]
    words = {
        "gpu_usd": "price of a GPU hour",
        "gpu_seconds": "seconds of a GPU for one request",
        "train_hours": "GPU hours for a million training tokens",
        "training_usd": "price of a million training tokens",
        "deployment_usd": "price of an hour of a dedicated deployment",
        "cache_miss_rate": "share of requests that miss the cache",
        "store_overhead": "size of the index over the raw vectors",
        "fixed_minutes": "fixed minutes of a training run",
    }
    return f"{words.get(kind, kind.replace('_', ' '))}{f' ({what})' if what else ''}"


def _with_intervals(
    comparisons: Sequence[BreakEven], curves: Mapping[str, Curve], volume: float, draws: int
) -> tuple[BreakEven, ...]:
    """Return break-even points with the 10th and 90th percentile of the draws; None where that end is never."""
    if not comparisons:
        return ()
    start = max(volume, 1.0)
    grid = np.geomspace(start, max(_MOST_REQUESTS, start * 10), _STEPS)
    against = comparisons[0].against
    base = np.stack([_filled(curves[against].total(float(v)), draws) for v in grid])
    found = []
    for each in comparisons:
        other = np.stack([_filled(curves[each.option].total(float(v)), draws) for v in grid])
        points = _crossings(grid, other - base)
        low, high = np.percentile(points, [10, 90], method="nearest")
        share = float(np.mean(np.isfinite(points)))
        found.append(
            each.model_copy(
                update={
                    "low": round(float(low)) if np.isfinite(low) else None,
                    "high": round(float(high)) if np.isfinite(high) else None,
                    "share_of_draws": round(share, 4),
                }
            )
        )
    return tuple(found)


def _crossings(grid: NDArray[np.float64], difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each draw the volume from which the difference stays at or below zero, infinite where it does not."""
    dearer = difference > 0
    steps, columns = len(grid), np.arange(difference.shape[1])
    # The last step at which it is dearer, -1 where it never is.
    last = np.where(dearer.any(axis=0), steps - 1 - np.argmax(dearer[::-1], axis=0), -1)
    before, first = np.clip(last, 0, steps - 2), np.clip(last + 1, 1, steps - 1)
    above, below = difference[before, columns], difference[first, columns]
    falls = above > below
    share = np.where(falls, above / np.where(falls, above - below, 1.0), 1.0)
    between = grid[before] + np.clip(share, 0.0, 1.0) * (grid[first] - grid[before])
    points = np.where(last < 0, grid[0], between)
    return np.asarray(np.where(last == steps - 1, np.inf, points))
