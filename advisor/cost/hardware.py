"""Accelerators: what a name or a free text stands for, and the figures of a device (`rules/cost/gpus.yaml`)."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from advisor.errors import AdvisorError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.cost.numbers import Numbers


class Device(NamedTuple):
    """One accelerator: peak dense 16-bit rate (FLOP/s), memory bandwidth (bytes/s), memory (bytes)."""

    name: str
    flops: float
    bandwidth: float
    memory_bytes: float
    fp8: bool
    family: str


def _device(name: str, row: dict[str, object]) -> Device:
    def number(key: str) -> float:
        return float(str(row[key]))

    return Device(
        name=name,
        flops=number("tflops") * 1e12,
        bandwidth=number("bandwidth_gbs") * 1e9,
        # A card sold as 80 GB holds 80 GiB.
        memory_bytes=number("memory_gb") * 2**30,
        fp8=bool(row["fp8"]),
        family=str(row["family"]),
    )


def devices(numbers: Numbers) -> Iterator[Device]:
    """Yield every known device, in the order of the table."""
    for name, row in numbers.at("gpus", "devices").items():
        yield _device(name, row)


def device(numbers: Numbers, name: str) -> Device:
    """Return the device that a user names. Raises AdvisorError with the nearest name when there is none."""
    found = find(numbers, name)
    if found is None:
        known = list(numbers.at("gpus", "devices"))
        raise AdvisorError(
            Problem(f"unknown GPU '{name}' (known: {', '.join(known)})", suggestion=nearest(name, known))
        )
    return found


def find(numbers: Numbers, text: str) -> Device | None:
    """Return the device that a free text such as `8x A100 SXM, 80 GB` names, or None.

    A text that states only a memory size stands for the typical device of that size.
    """
    rows = numbers.at("gpus", "devices")
    words = [re.sub(r"^\d+x(?=[a-z])", "", word) for word in re.findall(r"[a-z0-9]+", text.lower())]
    words += [a + b for a, b in pairwise(words)]
    memory = re.search(r"(\d+)\s*gi?b", text.lower())
    size = int(memory.group(1)) if memory else None
    best: list[tuple[tuple[int, bool, bool], str]] = []
    for name, row in rows.items():
        lengths = [len(n) for n in row["names"] for word in words if _names(word, n)]
        if lengths:
            fits = size is not None and row["memory_gb"] == size
            best.append(((max(lengths), fits, bool(row.get("preferred"))), name))
    if best:
        top = max(key for key, _ in best)
        name = next(name for key, name in best if key == top)
        return _device(name, rows[name])
    return _typical([_device(name, row) for name, row in rows.items() if row["memory_gb"] == size])


def _typical(same_size: list[Device]) -> Device | None:
    """Return a device with the geometric mean rates of those that have one size of memory."""
    if not same_size:
        return None
    first = same_size[0]
    flops = math.prod(d.flops for d in same_size) ** (1 / len(same_size))
    bandwidth = math.prod(d.bandwidth for d in same_size) ** (1 / len(same_size))
    return Device(first.name, flops, bandwidth, first.memory_bytes, False, first.family)


def default_device(numbers: Numbers) -> Device:
    """Return the device that is assumed when none is stated."""
    name = str(numbers.at("gpus", "default_device"))
    return _device(name, numbers.at("gpus", "devices", name))


def _names(word: str, name: str) -> bool:
    if word == name:
        return True
    rest = word.removeprefix(name)
    # `a100sxm` is an A100, but `l40s` is no L4 and `a100` no A10.
    return rest != word and rest[0].isalpha() and len(rest) > 1
