"""Memory, throughput and price of serving a model on own or rented GPUs.

Units: bytes, output tokens per second, USD per million tokens. Constants and sources: `rules/cost/serving.yaml`.
A roofline of one decoding step: reading weights and cache, matrix products, small kernels, all-reduces, the server's
own work between steps, and the prefill of new requests. Valid for decoder-only transformers on one node without
speculative decoding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from advisor.cost.ranges import Range, add_independent

if TYPE_CHECKING:
    from advisor.cost.hardware import Device
    from advisor.cost.numbers import Numbers
    from advisor.cost.shapes import ModelSize, Shape


class ServingJob(NamedTuple):
    """What is served and how. `precision` is `16bit`, `8bit` or `4bit`; lengths are tokens of one request."""

    size: ModelSize
    shape: Shape
    precision: str
    device: Device
    n_gpus: float = 1
    input_len: float = 161
    output_len: float = 338
    sequences: float = 1  # in flight at most
    fixed_batch: bool = False  # a batch that starts and ends together, against a queue of requests
    old_engine: bool = False


def weight_bytes(numbers: Numbers, parameters: float, precision: str) -> Range:
    """Return the bytes of the weights at a precision, without buffers."""
    return numbers.range("serving", "bytes_per_parameter", precision) * parameters


def serving_memory(numbers: Numbers, job: ServingJob) -> Range:
    """Return bytes over all GPUs: weights, cache of all sequences at full length, and run time.

    Source: `N x bytes x 1.05 + KV + 1 to 2 GB`, stas00/ml-engineering.
    """
    weights = weight_bytes(numbers, job.size.total, job.precision) * numbers.range("serving", "weights_overhead")
    cache = job.shape.kv_bytes_per_token() * (job.input_len + job.output_len) * job.sequences
    runtime = numbers.range("serving", "runtime_gb") * (1e9 * job.n_gpus)
    return add_independent((weights, Range.exact(cache), runtime))


def running_sequences(numbers: Numbers, job: ServingJob) -> float:
    """Return how many sequences can run at once: those in flight, the engine's limit, and what the cache can hold."""
    weights = weight_bytes(numbers, job.size.total, job.precision).mid
    room = job.device.memory_bytes * job.n_gpus * numbers.value("serving", "usable_memory") - weights
    room -= numbers.value("serving", "runtime_gb") * 1e9 * job.n_gpus
    # Engines give out cache as sequences grow, so that a running one holds half of its output on average.
    per_sequence = job.shape.kv_bytes_per_token() * (job.input_len + job.output_len / 2)
    held = room / per_sequence if per_sequence else math.inf
    limit = math.inf if job.fixed_batch else numbers.value("serving", "max_sequences")
    return max(1.0, min(job.sequences, limit, held))


def step_seconds(numbers: Numbers, job: ServingJob, running: float) -> Range:
    """Return the seconds of one decoding step of `running` sequences, prefill of their successors included."""
    share = numbers.range("serving", "bandwidth_share", "single" if running <= 1 else "batched")
    read = _bytes_read(numbers, job, running) / (share * (job.device.bandwidth * job.n_gpus))
    rate = numbers.range("serving", "compute_share") * (_peak(job) * job.n_gpus)
    products = Range.exact(2 * job.size.active * running) / rate
    prefill = Range.exact(2 * job.size.active * running * job.input_len / max(job.output_len, 1)) / rate
    larger = read if read.mid >= products.mid else products
    kernels = numbers.range("serving", "kernel_seconds_per_layer") * job.shape.layers
    host_kind = "old_vllm" if job.old_engine else "other"
    host = numbers.range("serving", "host_seconds_per_sequence", host_kind) * (running if running > 1 else 0)
    step = numbers.range("serving", "step_seconds")
    return add_independent((larger, prefill, kernels, step, host, _all_reduce(numbers, job, running)))


def throughput(numbers: Numbers, job: ServingJob) -> Range:
    """Return output tokens per second over all sequences.

    Sources: bandwidth and compute shares of stas00/ml-engineering and Qwen; server work of the vLLM 0.6.0 post.
    """
    running = running_sequences(numbers, job)
    rate = Range.exact(running) / step_seconds(numbers, job, running)
    if running > 1:
        rate = rate * numbers.range("serving", "batch_busy" if job.fixed_batch else "queue_busy")
    if job.size.mixture:
        rate = rate * numbers.range("serving", "moe_penalty")
    return rate


def _bytes_read(numbers: Numbers, job: ServingJob, running: float) -> Range:
    share = job.size.active / job.size.total
    # The more sequences run, the more of the experts are read in a step.
    touched = 1 - (1 - share) ** running if job.size.mixture else 1.0
    weights = weight_bytes(numbers, job.size.total, job.precision) * touched
    length = job.input_len + job.output_len / 2
    return weights + job.shape.kv_bytes_per_token() * length * running


def _peak(job: ServingJob) -> float:
    return job.device.flops * (2 if job.precision == "8bit" and job.device.fp8 else 1)


def _all_reduce(numbers: Numbers, job: ServingJob, running: float) -> Range:
    """Return seconds of the two all-reduces a layer of tensor parallelism; ring traffic is 2 (n-1)/n of the message."""
    if job.n_gpus <= 1:
        return Range.exact(0.0)
    message = 2 * running * job.shape.hidden * 2 * (job.n_gpus - 1) / job.n_gpus
    wire = Range.exact(message) / numbers.range("serving", "nvlink_bytes_per_second")
    return (numbers.range("serving", "allreduce_seconds") + wire) * (2 * job.shape.layers)


def prefill_rate(numbers: Numbers, job: ServingJob) -> Range:
    """Return input tokens per second: `peak x share / (2 N)`."""
    return numbers.range("serving", "compute_share") * (_peak(job) * job.n_gpus / (2 * job.size.active))


def usd_per_million_tokens(n_gpus: float, usd_per_gpu_hour: Range, tokens_per_second: Range, load: Range) -> Range:
    """Return USD per million tokens: `gpus x price / (tokens/s x 3600 x load) x 10^6`; `load` is mean over peak."""
    return usd_per_gpu_hour * (n_gpus * 1e6 / 3600) / (tokens_per_second * load)


def replicas_needed(peak_tokens_per_second: float, tokens_per_second: float, minimum: int = 1) -> int:
    """Return how many replicas serve the peak: at least `minimum`, else peak over throughput, rounded up."""
    if peak_tokens_per_second <= 0:
        return minimum
    return max(minimum, math.ceil(peak_tokens_per_second / tokens_per_second - 1e-9))
