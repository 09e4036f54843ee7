"""Memory of training: weights, gradients, optimizer state, activations, logits and overhead.

Units: bytes. Constants and their sources: `rules/cost/training.yaml`. Valid for decoder-only transformers trained
with Adam-like optimizers and flash attention, 0.1 to 500 billion parameters; sequence or context parallelism is not
modelled.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from advisor.cost.methods import EVERYTHING_DIVIDED, Method, Sharding
from advisor.cost.ranges import Range, add_independent

if TYPE_CHECKING:
    from advisor.cost.numbers import Numbers
    from advisor.cost.shapes import Shape


class MemoryJob(NamedTuple):
    """A training job as far as its memory depends on it. None means not stated."""

    parameters: float
    shape: Shape
    method: Method
    precision: str = "some16"
    optimizer: str = "adamw"
    sequence: float = 1024
    micro_batch: float = 1
    checkpointing: bool | None = None
    chunked_loss: bool | None = None
    plain_loss: bool = False  # the source counts logits over a vocabulary that it states
    lean: bool = False
    n_gpus: float = 1
    sharding: Sharding = EVERYTHING_DIVIDED


class TrainingMemory(NamedTuple):
    """Parts of the memory of one GPU, and its total, in bytes."""

    weights: Range
    gradients: Range
    optimizer: Range
    activations: Range
    logits: Range
    overhead: Range
    total: Range


def training_memory(numbers: Numbers, job: MemoryJob) -> TrainingMemory:
    """Return the memory of one GPU in bytes.

    Sources: stas00/ml-engineering (bytes per parameter), Korthikanti et al. 2022 (activations), QLoRA (4-bit weights).
    """
    shard = job.n_gpus
    weights, gradients, optimizer = _state(numbers, job)
    weights = weights / (shard if job.sharding.weights else 1)
    gradients = gradients / (shard if job.sharding.gradients else 1)
    optimizer = optimizer / (shard if job.sharding.optimizer else 1)
    if job.sharding.offload:
        optimizer = optimizer * 0.0
    activations = _activations(numbers, job) / (shard if job.sharding.activations else 1)
    logits = _logits(numbers, job) / (shard if job.sharding.activations else 1)
    overhead = numbers.range("training", "overhead_gb") * 1e9
    stack = numbers.range("training", "stack")
    rest = add_independent((gradients, optimizer, activations, logits, overhead))
    if job.lean:
        rest = rest * numbers.range("training", "optimized_stack")
    # Weights are held whatever the stack does.
    total = ((weights + rest) * stack).at_least(weights.low)
    return TrainingMemory(weights, gradients, optimizer, activations, logits, overhead, total)


def _bytes(numbers: Numbers, name: str) -> Range:
    return numbers.range("training", "bytes_per_parameter", name)


def _state(numbers: Numbers, job: MemoryJob) -> tuple[Range, Range, Range]:
    """Return weights, gradients and optimizer state of the whole model in bytes."""
    if job.method.adapter:
        per_rank = numbers.range("training", "adapter_widths") * (job.shape.layers * job.shape.hidden)
        trained = (numbers.range("training", "adapter_rank") * per_rank).at_most(0.05 * job.parameters)
        adapter = trained * _bytes(numbers, "adapter_parameter")
        return _frozen_weights(numbers, job), Range.exact(0.0), adapter
    weights, gradients, optimizer = _full_state(numbers, job)
    if job.method.preference:
        weights = weights + _bytes(numbers, "weights_16bit")  # the frozen reference model
    return weights * job.parameters, gradients * job.parameters, optimizer * job.parameters


def _frozen_weights(numbers: Numbers, job: MemoryJob) -> Range:
    if job.precision == "4bit":
        # Embeddings and head stay in 16 bit; models up to about 4 billion parameters share the two.
        tables = 1 if job.parameters < 4e9 else 2
        kept = job.shape.vocabulary * (tables * job.shape.hidden)
        kept = kept.at_most(0.5 * job.parameters)
        body = Range.exact(job.parameters - kept.mid) * _bytes(numbers, "weights_4bit")
        return body + kept * 2
    name = {"8bit": "weights_8bit", "32bit": "weights_32bit"}.get(job.precision, "weights_16bit")
    return _bytes(numbers, name) * job.parameters


def _full_state(numbers: Numbers, job: MemoryJob) -> tuple[Range, Range, Range]:
    """Return bytes per parameter of weights, gradients and optimizer (with the master copy) for full training."""
    if job.precision == "32bit":
        weights, gradients, states = (
            _bytes(numbers, "weights_32bit"),
            _bytes(numbers, "weights_32bit"),
            _bytes(numbers, "adam_states_32bit"),
        )
    elif job.precision == "pure16":
        weights, gradients, states = (
            _bytes(numbers, "weights_16bit"),
            _bytes(numbers, "gradients_16bit"),
            _bytes(numbers, "adam_states_16bit"),
        )
    else:
        weights, gradients = _bytes(numbers, "weights_16bit"), _bytes(numbers, "gradients_mixed")
        states = _bytes(numbers, "adam_states_32bit")
    words = job.optimizer.lower().replace("-", "").replace("_", "").replace(" ", "")
    if "8bit" in words:
        states = _bytes(numbers, "paged_states" if "paged" in words else "adam_states_8bit")
    elif "adafactor" in words or "galore" in words or "lomo" in words:
        states = _bytes(numbers, "factored_states")
    elif "sgd" in words or "lion" in words or "muon" in words:
        states = _bytes(numbers, "momentum_states")
    if "inbackward" in words or ("fused" in words and "backward" in words) or "lomo" in words:
        gradients = gradients * 0.0
    if job.precision in ("mixed16", "some16", "8bit", "4bit"):
        states = states + _bytes(numbers, "master_weights")
    if job.precision == "some16":  # 16 bit may mean mixed or pure: the low end is that of pure 16 bit
        gradients = gradients.widened(_bytes(numbers, "gradients_16bit")) if gradients.mid else gradients
        states = Range(min(states.low, _bytes(numbers, "adam_states_16bit").low), states.mid, states.high)
    return weights, gradients, states


def _activations(numbers: Numbers, job: MemoryJob) -> Range:
    """Return bytes: with checkpointing `tokens x (2 h L + 34 h)`, without `tokens x 34 h L`."""
    tokens = job.sequence * job.micro_batch * (2 if job.method.preference else 1)
    layer = numbers.range("training", "activations", "layer") * (tokens * job.shape.hidden)
    kept = numbers.value("training", "activations", "checkpointed_layer_input")
    inputs = Range.exact(kept * tokens * job.shape.hidden * job.shape.layers)
    if job.lean:
        inputs = inputs * numbers.range("training", "activations", "offloaded")
    checkpointed = inputs + layer
    if job.checkpointing is False:
        return layer * job.shape.layers
    if job.checkpointing is None and not job.lean:
        # Not stated: most recipes recompute all layers; some recompute a part, half way in the logarithm.
        part = math.sqrt(checkpointed.mid * layer.mid * job.shape.layers)
        return Range(checkpointed.low, checkpointed.mid, max(checkpointed.high, part))
    return checkpointed


def _logits(numbers: Numbers, job: MemoryJob) -> Range:
    if job.chunked_loss or job.lean:
        return Range.exact(0.0)
    kind = "plain" if job.plain_loss or job.chunked_loss is False else "unknown"
    tokens = job.sequence * job.micro_batch * (2 if job.method.preference else 1)
    return numbers.range("training", "logits", kind) * (tokens * job.shape.vocabulary.mid)
