"""Estimates of published serving throughput."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from advisor.cost.hardware import Device
from advisor.cost.serving import ServingJob, throughput

if TYPE_CHECKING:
    from advisor.cost.check.inputs import Inputs
    from advisor.cost.ranges import Range


def tokens_per_second(inputs: Inputs) -> Range:
    """Return output tokens per second over all sequences of the stated batch or concurrency."""
    numbers = inputs.numbers
    size = inputs.size()
    batch, concurrency = inputs.number("batch"), inputs.number("concurrency")
    sequences = batch or concurrency
    if sequences is None:
        sequences = numbers.value("serving", "defaults", "concurrency")
        inputs.note(f"{sequences:g} sequences at once assumed")
    job = ServingJob(
        size=size,
        shape=inputs.shape(size.active if size.mixture else size.total),
        precision=_precision(inputs),
        device=_device(inputs),
        n_gpus=inputs.gpu_count(),
        input_len=inputs.number("input_len") or numbers.value("serving", "defaults", "input_len"),
        output_len=inputs.number("output_len") or numbers.value("serving", "defaults", "output_len"),
        sequences=sequences,
        fixed_batch=batch is not None,
        old_engine=_old(inputs.text("engine")),
    )
    return throughput(numbers, job)


def _precision(inputs: Inputs) -> str:
    words = f"{inputs.text('precision') or ''} {inputs.text('model') or ''}".lower()
    if re.search(r"fp8|int8|8.?bit|w8", words):
        return "8bit"
    if re.search(r"int4|nf4|fp4|4.?bit|awq|gptq|w4", words):
        return "4bit"
    return "16bit"


def _device(inputs: Inputs) -> Device:
    bandwidth = inputs.number("bandwidth_gbs")
    device = inputs.device()
    if bandwidth is None:
        return device
    return Device(device.name, device.flops, bandwidth * 1e9, device.memory_bytes, device.fp8, device.family)


def _old(engine: str | None) -> bool:
    """Return whether the engine is a vLLM before 0.6, whose server kept the GPU waiting."""
    found = re.search(r"vllm\D*0\.(\d+)", (engine or "").lower())
    return bool(found) and int(found.group(1)) < 6  # type: ignore[union-attr]
