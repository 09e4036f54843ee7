"""Which GPUs train and serve an open model: what fits, and what is cheapest of it."""

from __future__ import annotations

from operator import le
from typing import TYPE_CHECKING, NamedTuple

from advisor.cost.compute import ComputeJob, gpu_hours
from advisor.cost.hardware import Device, device, devices
from advisor.cost.memory import MemoryJob, training_memory
from advisor.cost.methods import read_method, read_precision
from advisor.cost.ranges import Range
from advisor.cost.serving import ServingJob, serving_memory, throughput
from advisor.cost.shapes import ModelSize, shape_of
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.cost.numbers import Numbers
    from advisor.cost.prices import Prices

_COUNTS = (1, 2, 4, 8)


class Training(NamedTuple):
    """GPUs for training: how many of which, hours of one GPU for a million tokens, and USD for a GPU-hour."""

    device: str
    n_gpus: int
    memory_bytes: Range
    hours_per_mtok: Range
    usd_hour: Range
    source: str


class Serving(NamedTuple):
    """GPUs for one replica, seconds of the replica for one request at full load, and USD for a GPU-hour."""

    device: str
    n_gpus: int
    memory_bytes: Range
    tokens_per_second: Range
    seconds_per_request: Range
    usd_hour: Range
    source: str


def priced_devices(numbers: Numbers, prices: Prices, name: str = "auto") -> Iterator[tuple[Device, Range, str]]:
    """Yield devices that have a price, with USD per hour and its source; only the named one unless it is `auto`."""
    chosen = None if name == "auto" else device(numbers, name).name
    for each in devices(numbers):
        row = prices.find("gpu_range", each.name)
        if row is not None and chosen in (None, each.name):
            yield each, row.range, row.origin()


def training_choice(
    numbers: Numbers, prices: Prices, parameters: float, method_name: str, sequence: float, *, gpu: str = "auto"
) -> Training:
    """Return the GPUs on which training costs least among those it fits. Raises AdvisorError when it fits on none."""
    method, _ = read_method(method_name)
    shape = shape_of(numbers, parameters)
    head_room = numbers.value("training", "head_room")
    found: list[tuple[float, Training]] = []
    for each, usd, source in priced_devices(numbers, prices, gpu):
        for count in _COUNTS:
            job = MemoryJob(
                parameters=parameters,
                shape=shape,
                method=method,
                precision=read_precision(None, method).value,
                sequence=sequence,
                n_gpus=count,
            )
            memory = training_memory(numbers, job).total
            if memory.mid * head_room > each.memory_bytes:
                continue
            compute = ComputeJob(parameters, shape, method, Range.exact(1e6), each, count)
            hours = gpu_hours(numbers, compute)
            found.append((hours.mid * usd.mid, Training(each.name, count, memory, hours, usd, source)))
            break
    if not found:
        raise AdvisorError(Problem(f"training {parameters / 1e9:g}B by {method_name} fits on none of up to 8 GPUs"))
    return min(found, key=lambda pair: pair[0])[1]


def serving_choices(
    numbers: Numbers, prices: Prices, parameters: float, input_len: float, output_len: float, *, gpu: str = "auto"
) -> tuple[Serving, ...]:
    """Return every way to serve on 1 to 8 GPUs of one kind that fits. Raises AdvisorError when there is none."""
    size, shape = ModelSize(parameters, parameters), shape_of(numbers, parameters)
    concurrency = numbers.value("serving", "defaults", "concurrency")
    found: list[Serving] = []
    for each, usd, source in priced_devices(numbers, prices, gpu):
        for count in _COUNTS:
            few = ServingJob(size, shape, "16bit", each, count, input_len, max(output_len, 1.0), 4)
            memory = serving_memory(numbers, few)
            if memory.mid > each.memory_bytes * count * numbers.value("serving", "usable_memory"):
                continue
            many = ServingJob(size, shape, "16bit", each, count, input_len, max(output_len, 1.0), concurrency)
            rate = throughput(numbers, many)
            found.append(Serving(each.name, count, memory, rate, max(output_len, 1.0) / rate, usd, source))
    if not found:
        raise AdvisorError(Problem(f"serving {parameters / 1e9:g}B with these lengths fits on none of up to 8 GPUs"))
    return _never_beaten(found)


def _never_beaten(choices: list[Serving]) -> tuple[Serving, ...]:
    """Return the choices without those that another beats, at any volume and at every end of the ranges."""
    figures = [_figures(each) for each in choices]
    return tuple(
        each
        for each, ours in zip(choices, figures, strict=True)
        if not any(theirs != ours and all(map(le, theirs, ours)) for theirs in figures)
    )


def _figures(each: Serving) -> tuple[float, ...]:
    """Return what an hour of a replica costs and how long a request keeps it busy, each with its ends."""
    price, seconds = each.usd_hour * each.n_gpus, each.seconds_per_request
    return (price.low, price.mid, price.high, seconds.low, seconds.mid, seconds.high)


def undominated(choices: tuple[Serving, ...]) -> tuple[Serving, ...]:
    """Return the choices that are cheapest for some volume: dearer replicas only where a request costs less."""
    kept: list[Serving] = []
    for each in sorted(choices, key=lambda s: (s.usd_hour.mid * s.n_gpus, s.seconds_per_request.mid)):
        per_request = each.usd_hour.mid * each.n_gpus * each.seconds_per_request.mid
        if all(per_request < k.usd_hour.mid * k.n_gpus * k.seconds_per_request.mid for k in kept):
            kept.append(each)
    return tuple(kept)
