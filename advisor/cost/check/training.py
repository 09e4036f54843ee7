"""Estimates of published training figures: memory, GPU-hours and USD."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from advisor.cost.check.inputs import Inputs, NotComputableError, count_of
from advisor.cost.compute import ComputeJob, flops_hours, gpu_hours, padded_tokens, utilization
from advisor.cost.memory import MemoryJob, training_memory
from advisor.cost.methods import read_method, read_precision, read_sharding
from advisor.cost.ranges import Range

if TYPE_CHECKING:
    from advisor.cost.prices import Prices

_LEAN = re.compile(r"minim|optimi[sz]|unsloth|lean|low.?mem|liger|offload", re.IGNORECASE)


def memory_bytes(inputs: Inputs, *, per_gpu: bool) -> Range:
    """Return the bytes of a training job, of one GPU or over all of them."""
    method, note = read_method(inputs.text("method"))
    inputs.note(note)
    precision = read_precision(inputs.text("precision"), method)
    inputs.note(precision.note)
    n_gpus = inputs.gpu_count()
    sharding = read_sharding(inputs.text("parallelism"), n_gpus)
    inputs.note(sharding.note)
    parameters = inputs.size().total
    defaults = ("training", "defaults")
    job = MemoryJob(
        parameters=parameters,
        shape=inputs.shape(parameters),
        method=method,
        precision=precision.value,
        optimizer=inputs.text("optimizer") or "adamw",
        sequence=inputs.number("seq_len") or inputs.number("max_seq_len") or inputs.numbers.value(*defaults, "seq_len"),
        micro_batch=inputs.number("micro_batch") or inputs.numbers.value(*defaults, "micro_batch"),
        checkpointing=inputs.flag("activation_checkpointing"),
        chunked_loss=inputs.flag("chunked_loss"),
        plain_loss=inputs.number("vocab") is not None,
        lean=bool(_LEAN.search(inputs.text("implementation") or "")),
        n_gpus=n_gpus,
        sharding=sharding,
    )
    each = training_memory(inputs.numbers, job).total
    if inputs.text("gpu"):
        # The job ran on that device, so it did not use more than the device has.
        each = each.at_most(inputs.device().memory_bytes)
    return each if per_gpu else each * n_gpus


def hours(inputs: Inputs) -> Range:
    """Return GPU-hours: wall time x GPUs where stated, else FLOPs over the utilized rate."""
    stated = inputs.number("gpu_hours") or _wall_hours(inputs)
    if stated:
        return Range.exact(stated)
    method, note = read_method(inputs.text("method"))
    inputs.note(note)
    flops = inputs.number("total_flops")
    size = inputs.size() if not flops or _has_size(inputs) else None
    parameters = size.active if size else 1e9
    job = ComputeJob(
        parameters=parameters,
        shape=inputs.shape(parameters),
        method=method,
        tokens=Range.exact(1.0) if flops else training_tokens(inputs),
        device=inputs.device(),
        n_gpus=inputs.gpu_count(),
        sequence=inputs.number("seq_len"),
        micro_batch=inputs.number("micro_batch"),
        packed=inputs.flag("packed"),
        stream=bool(inputs.number("tokens") or flops) and not _examples(inputs),
        offload="offload" in (inputs.text("parallelism") or "").lower(),
        whole_run=bool(_examples(inputs)),
    )
    if flops:
        return flops_hours(Range.exact(flops), job.device, utilization(inputs.numbers, job))
    return gpu_hours(inputs.numbers, job)


def training_tokens(inputs: Inputs) -> Range:
    """Return tokens over all passes. Raises NotComputableError when no amount of data is stated."""
    epochs = inputs.range("epochs")
    tokens = inputs.range("tokens")
    if tokens:
        return tokens * (epochs or 1.0)
    examples = _examples(inputs)
    if examples is None:
        raise NotComputableError("neither the amount of data nor the time is stated")
    if epochs is None:
        epochs = inputs.numbers.range("training", "defaults", "epochs")
        inputs.note(f"{epochs.mid:g} passes assumed")
    conversations = inputs.number("conversations") is not None
    limit = inputs.number("max_seq_len") or inputs.number("seq_len")
    if limit and inputs.flag("packed"):
        each = padded_tokens(inputs.numbers, None, conversation=conversations).at_most(limit)
    else:
        each = padded_tokens(inputs.numbers, limit, conversation=conversations)
    if limit is None:
        inputs.note(f"{each.mid:g} tokens an example assumed")
    return each * epochs * examples


def usd(inputs: Inputs, prices: Prices) -> Range:
    """Return USD of training: tokens x price where it is billed so, else GPU-hours x price of the hour."""
    per_token = inputs.number("usd_per_mtok")
    if per_token:
        tokens = training_tokens(inputs) + (inputs.number("validation_tokens") or 0.0)
        return tokens * (per_token / 1e6)
    node_price = inputs.number("usd_per_node_hour")
    if node_price and _hours_of_day(inputs) and not inputs.number("gpu_hours"):
        return Range.exact(node_price * _hours_of_day(inputs) * _nodes(inputs))
    return _runs(inputs, hours(inputs)) * _hour_price(inputs, prices) / _tasks(inputs)


def _examples(inputs: Inputs) -> float | None:
    stated = inputs.number("examples") or inputs.number("conversations")
    return stated or count_of(inputs.text("dataset"), "(?:examples|conversations|samples|pairs)")


def _has_size(inputs: Inputs) -> bool:
    return bool(inputs.number("params_b") or inputs.number("params_total_b"))


def _hours_of_day(inputs: Inputs) -> float:
    """Return the wall-clock hours that are stated, 0 when none are."""
    total = (inputs.number("hours") or 0.0) + (inputs.number("minutes") or 0.0) / 60
    return total + (inputs.number("days") or 0.0) * 24


def _wall_hours(inputs: Inputs) -> float:
    wall = _hours_of_day(inputs)
    return wall * inputs.gpu_count() if wall else 0.0


def _nodes(inputs: Inputs) -> float:
    per_node = inputs.numbers.value("checks", "gpus_per_node")
    found = re.search(r"(?<!\d)(\d{1,3})\s*x", inputs.text("node") or "", re.IGNORECASE)
    if found:
        per_node = float(found.group(1))
    count = inputs.number("n_gpus")
    return max(1.0, count / per_node) if count else 1.0


def _runs(inputs: Inputs, one: Range) -> Range:
    words = (inputs.text("method") or "").lower()
    if "all development runs" in words or "all runs" in words:
        return one * inputs.numbers.range("training", "development_runs")
    return one


def _tasks(inputs: Inputs) -> float:
    """Return 1: figures are of one task, or averages over several."""
    if inputs.number("tasks"):
        inputs.note("read as the average for one task")
    return 1.0


def _hour_price(inputs: Inputs, prices: Prices) -> Range:
    """Return USD per GPU-hour: stated, stated for a node, of the named cloud, of the year, or of the market."""
    stated = inputs.number("usd_per_gpu_hour")
    if stated:
        return Range.exact(stated)
    node = inputs.number("usd_per_node_hour")
    if node:
        found = re.search(r"(\d{1,3})\s*x", inputs.text("node") or "", re.IGNORECASE)
        return Range.exact(node / (float(found.group(1)) if found else inputs.numbers.value("checks", "gpus_per_node")))
    overhead = inputs.numbers.range("training", "job_overhead")
    between = inputs.range("usd_per_gpu_hour_range")
    if between:
        return between * overhead
    device = inputs.device()
    price = _market_price(inputs, prices, device.name, device.family)
    if "spot" in (inputs.text("gpu") or "").lower():
        price = price * prices.one("adjustment", "spot").range
    return price * overhead


def _market_price(inputs: Inputs, prices: Prices, device: str, family: str) -> Range:
    cloud = (inputs.text("cloud") or "").lower()
    year = inputs.number("year") or inputs.year
    if year:
        rows = [row for row in prices.of_kind("gpu_history") if row.item == family]
        if rows:
            row = min(rows, key=lambda row: abs(row.figures["year"] - year))
            inputs.note(f"price of a GPU hour in {row.figures['year']:.0f}")
            return row.range
    offers = [row.figure() for row in prices.of_kind("gpu_hour") if row.item == device and row.provider in cloud]
    if cloud and offers:
        inputs.note(f"today's prices of {cloud}")
        ordered = sorted(offers)
        return Range(0.7 * ordered[0], ordered[len(ordered) // 2], 1.3 * ordered[-1])
    row = prices.find("gpu_range", device) or prices.one("gpu_range", "A100-80GB")
    inputs.note(f"today's market price of {row.item}")
    return row.range
