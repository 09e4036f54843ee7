"""The inputs of one published figure, read leniently: what is not understood gets the default and a note."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from advisor.cost.hardware import Device, default_device, find
from advisor.cost.ranges import Range
from advisor.cost.shapes import ModelSize, Shape, shape_of, size_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.cost.numbers import Numbers

_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)\s*([km](?![a-z]))?", re.IGNORECASE)


class NotComputableError(Exception):
    """What a source states does not suffice for an estimate; the text says what is missing."""


@dataclass
class Inputs:
    """The stated inputs, by key, the constants, and the notes taken while reading them."""

    values: Mapping[str, Any]
    numbers: Numbers
    notes: list[str] = field(default_factory=list)
    as_of: date = date(2026, 11, 20)
    year: float | None = None  # when the figure was published, where that is known

    def note(self, text: str) -> None:
        """Keep a note, once, unless it is empty."""
        if text and text not in self.notes:
            self.notes.append(text)

    def number(self, key: str) -> float | None:
        """Return a positive number, also out of a text such as `about 24`; None when there is none."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return float(value) if math.isfinite(value) and value > 0 else None
        found = first_number(str(value))
        self.note("" if found else f"'{key}' not understood: default used")
        return found

    def need(self, key: str) -> float:
        """Return a number. Raises NotComputableError when the source does not state it."""
        value = self.number(key)
        if value is None:
            raise NotComputableError(f"{key} is not stated")
        return value

    def range(self, key: str) -> Range | None:
        """Return two stated ends as a range with their geometric mean, or one number as exact."""
        value = self.values.get(key)
        if isinstance(value, str):
            value = [float(n.replace(",", "")) for n, _ in _NUMBER.findall(value)] or None
        if isinstance(value, list | tuple):
            ends = sorted(float(v) for v in value if isinstance(v, int | float) and not isinstance(v, bool) and v > 0)
            return Range(ends[0], math.sqrt(ends[0] * ends[-1]), ends[-1]) if ends else None
        number = self.number(key)
        return None if number is None else Range.exact(number)

    def text(self, key: str) -> str | None:
        """Return a text, or None when it is missing or empty."""
        value = self.values.get(key)
        return None if value is None or not str(value).strip() else str(value)

    def flag(self, key: str) -> bool | None:
        """Return a flag, None when it is not stated."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return value
        if value is None:
            return None
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        if str(value).strip().lower() not in words:
            self.note(f"'{key}' not understood: default used")
        return words.get(str(value).strip().lower())

    def device(self) -> Device:
        """Return the GPU that `gpu` or `node` names, else the default device with a note."""
        for key in ("gpu", "node"):
            text = self.text(key)
            found = find(self.numbers, text) if text else None
            if found:
                return found
            if text:
                self.note(f"GPU '{text}' not known")
        assumed = default_device(self.numbers)
        self.note(f"{assumed.name} assumed")
        return assumed

    def gpu_count(self) -> float:
        """Return the number of GPUs: stated, or out of a text such as `8xH100`, else 1."""
        count = self.number("n_gpus")
        if count:
            return count
        for key in ("node", "gpu"):
            found = re.search(r"(?<!\d)(\d{1,3})\s*[x\u00d7]", self.text(key) or "", re.IGNORECASE)
            if found:
                return float(found.group(1))
        return 1.0

    def size(self) -> ModelSize:
        """Return the model's size: stated, or out of a name. Raises NotComputableError when neither gives it."""
        total = self.number("params_total_b") or self.number("params_b")
        if total:
            active = self.number("params_active_b") or total
            return ModelSize(total * 1e9, min(total, active) * 1e9)
        for key in ("model", "base", "method"):
            found = size_of(self.numbers, self.text(key) or "")
            if found:
                return found
        raise NotComputableError("the size of the model is not stated")

    def shape(self, parameters: float) -> Shape:
        """Return the model's shape, with the stated layers, hidden size and vocabulary."""
        return shape_of(
            self.numbers,
            parameters,
            layers=self.number("layers"),
            hidden=self.number("hidden"),
            vocabulary=self.number("vocab"),
        )


def first_number(text: str) -> float | None:
    """Return the first number in a text, `9,800` and `52k` included, or None."""
    found = _NUMBER.search(text)
    if not found:
        return None
    factor = {"k": 1e3, "m": 1e6}.get((found.group(2) or "").lower(), 1.0)
    return float(found.group(1).replace(",", "")) * factor


def count_of(text: str | None, noun: str) -> float | None:
    """Return the number that stands before a noun in a text: `about 9,800 examples` has 9,800 examples."""
    found = re.search(rf"(\d[\d,.]*\s*[kKmM]?)\s+(?:\w+\s+)?{noun}", text or "")
    return first_number(found.group(1)) if found else None
