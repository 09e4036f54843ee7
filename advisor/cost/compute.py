"""Compute of training: FLOPs, the share of the peak that a stack reaches, and GPU-hours.

Units: FLOPs, hours of one GPU. Constants and their sources: `rules/cost/training.yaml`. Valid for dense transformers
(for mixtures of experts pass the active parameters); the attention term is added where the sequence exceeds the
hidden size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from advisor.cost.ranges import Range

if TYPE_CHECKING:
    from advisor.cost.hardware import Device
    from advisor.cost.methods import Method
    from advisor.cost.numbers import Numbers
    from advisor.cost.shapes import Shape


class ComputeJob(NamedTuple):
    """A training job as far as its time depends on it. `tokens` is of all passes; None means not stated."""

    parameters: float
    shape: Shape
    method: Method
    tokens: Range
    device: Device
    n_gpus: float = 1
    sequence: float | None = None
    micro_batch: float | None = None
    packed: bool | None = None
    stream: bool = False  # tokens were counted as a stream of full sequences, not as padded examples
    offload: bool = False
    whole_run: bool = False  # loading, evaluating and saving count too


def training_flops(numbers: Numbers, job: ComputeJob) -> Range:
    """Return model FLOPs: `6 N D` for full training, `4 N D` for adapters on frozen weights.

    Source: llm-foundry README and EleutherAI's calculators. Recomputed activations are not counted (MFU, not HFU).
    """
    kind = "adapter" if job.method.adapter else "full"
    per_token = numbers.value("training", "flops_per_parameter_and_token", kind) * job.parameters
    if job.sequence and not job.packed and job.sequence > job.shape.hidden:
        factor = numbers.value("training", "flops_per_parameter_and_token", "attention")
        per_token += factor * job.shape.layers * job.shape.hidden * job.sequence * (4 if kind == "adapter" else 6) / 6
    return job.tokens * per_token * (1.5 if job.method.preference else 1.0)


def utilization(numbers: Numbers, job: ComputeJob) -> Range:
    """Return the model FLOPs utilization (0 to 1) to expect of the usual stack for such a job."""
    rate = numbers.range("training", "mfu", *_setting(job))
    if job.method.adapter and job.sequence and not job.packed:
        kind = "qlora" if job.method.quantized else "lora"
        rate = rate * _fill(numbers, kind, job.sequence * (job.micro_batch or 1))
    if job.offload:
        rate = rate * numbers.range("training", "offload_slowdown")
    return rate.at_most(0.75)


def _setting(job: ComputeJob) -> tuple[str, ...]:
    method = job.method
    if method.stage == "rlhf":
        return ("rlhf",)
    if method.adapter:
        return ("qlora",) if method.quantized else ("lora",)
    if method.stage == "continued":
        return ("continued",)
    if method.stage == "pretraining" or job.packed or job.stream:
        return ("pretraining", job.device.family)
    return ("full",)


def _fill(numbers: Numbers, kind: str, tokens_per_step: float) -> float:
    """Return the share of the full rate that short steps reach, 1 from 2,048 tokens up."""
    half = numbers.value("training", "tokens_to_fill", kind)
    return min(1.0, tokens_per_step / (tokens_per_step + half) * (2048 + half) / 2048)


def gpu_hours(numbers: Numbers, job: ComputeJob) -> Range:
    """Return the GPU-hours of one run: FLOPs over peak rate and utilization, and for whole runs the fixed minutes."""
    return flops_hours(training_flops(numbers, job), job.device, utilization(numbers, job)) + _fixed(numbers, job)


def flops_hours(flops: Range, device: Device, rate: Range) -> Range:
    """Return GPU-hours for a number of FLOPs at a utilization `rate` of the device's peak."""
    return flops / (rate * (device.flops * 3600))


def _fixed(numbers: Numbers, job: ComputeJob) -> Range:
    if not job.whole_run:
        return Range.exact(0.0)
    return numbers.range("training", "fixed_minutes") * (job.n_gpus / 60)


def padded_tokens(numbers: Numbers, limit: float | None, *, conversation: bool = False) -> Range:
    """Return tokens per example, padding included, when examples may be up to `limit` tokens long.

    Up to 512 the limit itself (padding fills it); above, the longer the limit the fewer examples fill it.
    """
    if limit is None:
        return numbers.range(
            "training", "defaults", "tokens_per_conversation" if conversation else "tokens_per_example"
        )
    if conversation:
        return numbers.range("training", "defaults", "conversation_fill") * limit
    full = numbers.value("training", "defaults", "full_length")
    if limit <= full:
        return Range(0.4 * limit, limit, limit)
    falloff = numbers.range("training", "defaults", "length_falloff")
    by_falloff = [full * (limit / full) ** (1 - end) for end in (falloff.high, falloff.mid, falloff.low)]
    return Range(*by_falloff)
