"""What the words for a training method, its precision, optimizer and parallelism mean for memory and compute."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple


class Method(NamedTuple):
    """How weights are changed. `stage` is `tuning`, `continued`, `pretraining` or `rlhf`."""

    adapter: bool = False
    quantized: bool = False
    preference: bool = False
    stage: str = "tuning"


class Reading(NamedTuple):
    """A value read from free text, and a note where the text was not understood."""

    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sharding:
    """Which parts of the training state are divided among the GPUs, and whether they are moved to the host."""

    weights: bool = True
    gradients: bool = True
    optimizer: bool = True
    activations: bool = False
    offload: bool = False
    note: str = field(default="", compare=False)


EVERYTHING_DIVIDED = Sharding()


def read_method(text: str | None) -> tuple[Method, str]:
    """Return the method that a text such as `qlora`, `lora_dpo` or `full_continued_pretrain` names, and a note."""
    if text is None:
        return Method(), "method not stated: full fine-tuning assumed"
    words = text.lower().replace("-", "_").replace(" ", "_")
    quantized = "qlora" in words or ("lora" in words and bool(re.search(r"4bit|int4|nf4", words)))
    adapter = quantized or any(w in words for w in ("lora", "adapter", "peft", "dora", "prefix", "prompt_tuning"))
    stage = "tuning"
    if "pretrain" in words or "pre_train" in words:
        continued = any(w in words for w in ("continu", "domain", "adaptive"))
        stage = "continued" if continued else "pretraining"
    elif any(w in words for w in ("rlhf", "ppo", "grpo")):
        stage = "rlhf"
    preference = any(w in words for w in ("dpo", "orpo", "kto", "preference"))
    known = (
        adapter
        or preference
        or stage != "tuning"
        or any(w in words for w in ("full", "sft", "finetun", "fine_tun", "tune", "distill"))
    )
    return Method(adapter, quantized, preference, stage), "" if known else f"method '{text}' not known: full assumed"


def read_precision(text: str | None, method: Method) -> Reading:
    """Return `4bit`, `8bit`, `32bit`, `pure16`, `mixed16` or `some16` (16 bit, state not told) and a note."""
    default = "4bit" if method.quantized else "some16"
    if text is None:
        return Reading(default)
    words = text.lower().replace("-", "_")
    if re.search(r"nf4|int4|fp4|4_?bit|gptq|awq|w4", words):
        return Reading("4bit")
    if re.search(r"int8|fp8|8_?bit|w8", words):
        return Reading("8bit")
    if "pure" in words:
        return Reading("pure16")
    if "mixed" in words or "amp" in words:
        return Reading("mixed16")
    if re.search(r"bf16|fp16|float16|half|16", words):
        return Reading(default)
    if re.search(r"fp32|float32|tf32|32", words):
        return Reading("32bit")
    return Reading(default, f"precision '{text}' not known: {default} assumed")


def read_sharding(text: str | None, n_gpus: float) -> Sharding:
    """Return how the state is divided by `zero1`..`zero3`, `fsdp`, `deepspeed`, `ddp` or tensor parallelism."""
    if text is None:
        return Sharding()
    words = re.sub(r"[\s_\-]", "", text.lower())
    offload = "offload" in words or "cpu" in words
    if "zero3" in words or "stage3" in words or "fsdp" in words or "fullshard" in words:
        return Sharding(offload=offload)
    if "zero1" in words or "stage1" in words:
        return Sharding(weights=False, gradients=False, offload=offload)
    # DeepSpeed's examples and the integrations that only say `deepspeed` use stage 2.
    if "zero" in words or "deepspeed" in words or "stage2" in words:
        return Sharding(weights=False, offload=offload)
    if "ddp" in words or "data" in words:
        return Sharding(weights=False, gradients=False, optimizer=False, offload=offload)
    if re.search(r"tensor|pipeline|tp|pp|megatron|devicemap|model", words):
        return Sharding(activations=True, offload=offload)
    note = f"parallelism '{text}' not known: everything but activations divided" if n_gpus > 1 else ""
    return Sharding(offload=offload, note=note)
