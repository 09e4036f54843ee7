"""Lines for machines that serve a model: own GPUs, or a provider's dedicated deployment, paid by the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.amounts import Amount, at_least, at_most, rounded_up
from advisor.cost.estimate.line import Amounts, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.cost.estimate.hardware_choice import Serving
    from advisor.cost.estimate.options import Option
    from advisor.cost.estimate.setting import Setting

HOURS_A_MONTH = 730
_SECONDS_A_MONTH = HOURS_A_MONTH * 3600


def hosting_lines(option: Option, setting: Setting, q: Amounts) -> Iterator[Line]:
    """Yield the monthly line for machines: replicas by volume, at least the minimum, on the cheapest that fits."""
    if option.tuning == "hosted":
        if setting.tuned.tokens is None and setting.tuned.gpu_usd_hour is not None:
            yield _dedicated(option, setting, q)
        return
    if option.tuning is None and setting.hosted_allowed:
        return
    if setting.on_device:
        return
    choices = setting.serving(option)
    rates = _useful([_rates(each, _gpu_price(setting, each, q), option, setting, q) for each in choices])
    shared = q["gpu_overhead"] / q["tasks_on_one_base"]
    replicas = q["minimum_replicas"]

    def at(volume: float) -> Amount:
        amounts = [_month_usd(rate, volume, replicas) for rate in rates]
        lowest = amounts[0]
        for amount in amounts[1:]:
            lowest = at_most(lowest, amount)
        return lowest * shared

    smallest = min(choices, key=lambda each: each.usd_hour.mid * each.n_gpus)
    label = f"Serving on own GPUs (from {smallest.n_gpus} x {smallest.device})"
    yield Line("hosting", label, "monthly", "hosting", 0.0, smallest.source, at)


def _gpu_price(setting: Setting, each: Serving, q: Amounts) -> Amount:
    return q[setting.driver(f"gpu_usd:{each.device}", each.usd_hour)]


def _rates(each: Serving, price: Amount, option: Option, setting: Setting, q: Amounts) -> tuple[Amount, Amount]:
    """Return replicas kept busy by one request a month, and USD a month for one replica."""
    name = f"gpu_seconds:{each.device}x{each.n_gpus}:{each.seconds_per_request.mid:.6g}"
    seconds = q[setting.driver(name, each.seconds_per_request)] * (q["model_calls"] if option.tools else 1.0)
    load = seconds * q["volume_spread"] / (q["utilization"] * _SECONDS_A_MONTH)
    return load, price * (each.n_gpus * HOURS_A_MONTH)


def _useful(rates: list[tuple[Amount, Amount]]) -> list[tuple[Amount, Amount]]:
    """Return the rates without those that are never cheapest, where they are plain numbers (which is quick to tell)."""
    if not all(isinstance(load, int | float) and isinstance(price, int | float) for load, price in rates):
        return rates
    useful: list[tuple[Amount, Amount]] = []
    for load, price in sorted(rates, key=lambda rate: (rate[1], rate[0])):
        if not useful or load < useful[-1][0]:
            useful.append((load, price))
    return useful


def _month_usd(rates: tuple[Amount, Amount], volume: float, minimum: Amount) -> Amount:
    """Return USD a month: replicas for the volume, rounded up and at least the minimum, times the price of one."""
    load, price = rates
    return at_least(rounded_up(load * volume), minimum) * price


def _dedicated(option: Option, setting: Setting, q: Amounts) -> Line:
    """Return the line of a provider's dedicated deployment, billed by GPU time, idle time included."""
    tuned = setting.tuned
    assert tuned.gpu_usd_hour is not None  # noqa: S101
    price = q[setting.driver(f"deployment_usd:{tuned.provider}", tuned.gpu_usd_hour)]
    each = min(setting.serving_on(option, tuned.gpu), key=lambda choice: choice.n_gpus)
    rates = _rates(each, price, option, setting, q)

    minimum, tasks = q["minimum_replicas"], q["tasks_on_one_base"]

    def at(volume: float) -> Amount:
        return _month_usd(rates, volume, minimum) / tasks

    label = f"Dedicated deployment at {tuned.provider} ({each.n_gpus} x {tuned.gpu})"
    return Line("hosting", label, "monthly", "hosting", 0.0, tuned.hosting_source, at)
