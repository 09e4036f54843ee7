"""Shapes of language models: layers, hidden size and key-value width when a source states only a size or a name."""

from __future__ import annotations

import bisect
import math
import re
from typing import TYPE_CHECKING, NamedTuple

from advisor.cost.ranges import Range

if TYPE_CHECKING:
    from advisor.cost.numbers import Numbers


class Shape(NamedTuple):
    """Layers, hidden size, width of the key (and of the value) cache a layer, and vocabulary size."""

    layers: float
    hidden: float
    kv_width: float
    vocabulary: Range

    def kv_bytes_per_token(self, bytes_per_value: float = 2.0) -> float:
        """Return the bytes of key-value cache for one token: 2 x layers x width x bytes (Llama 3.1 8B: 131,072)."""
        return 2 * self.layers * self.kv_width * bytes_per_value


class ModelSize(NamedTuple):
    """Parameters in all and active for one token (equal for dense models)."""

    total: float
    active: float

    @property
    def mixture(self) -> bool:
        """Whether the model is a mixture of experts."""
        return self.active < self.total


def shape_of(
    numbers: Numbers,
    parameters: float,
    *,
    layers: float | None = None,
    hidden: float | None = None,
    vocabulary: float | None = None,
) -> Shape:
    """Return the shape of a dense model of `parameters`, keeping what is known; the rest is interpolated."""
    table = numbers.at("models", "dense")
    billions = parameters / 1e9

    def between(column: str) -> float:
        sizes = [float(row["params_b"]) for row in table]
        place = min(max(bisect.bisect_left(sizes, billions), 1), len(sizes) - 1)
        low, high = table[place - 1], table[place]
        share = (math.log(billions) - math.log(low["params_b"])) / (
            math.log(high["params_b"]) - math.log(low["params_b"])
        )
        share = min(max(share, 0.0), 1.0)
        return float(low[column] ** (1 - share) * high[column] ** share)

    size = numbers.range("models", "vocabulary") if vocabulary is None else Range.exact(vocabulary)
    return Shape(layers or between("layers"), hidden or between("hidden"), between("kv_width"), size)


def size_of(numbers: Numbers, name: str) -> ModelSize | None:
    """Return the size that a model's name states (`Llama-3.1-8B-FP8`, `Qwen3-30B-A3B`, `mixtral-8x7b`), or None."""
    text = name.lower().replace("_", "-")
    for mixture, row in numbers.at("models", "mixtures").items():
        if mixture in text:
            return ModelSize(row["total_b"] * 1e9, row["active_b"] * 1e9)
    experts = re.search(r"(\d+)x(\d+(?:\.\d+)?)b\b", text)
    if experts:
        # Two experts of eight are active in the published models of this naming; the shared part is about a sixth.
        total = float(experts.group(1)) * float(experts.group(2)) * 0.84
        return ModelSize(total * 1e9, total * 1e9 * min(1.0, 2.2 / float(experts.group(1))))
    sizes = re.findall(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)\s?b(?![a-z0-9])", text)
    active = re.search(r"(?<![a-z0-9])a(\d+(?:\.\d+)?)b(?![a-z0-9])", text)
    if not sizes:
        return None
    total = float(sizes[0]) * 1e9
    return ModelSize(total, min(total, float(active.group(1)) * 1e9) if active else total)
