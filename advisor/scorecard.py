"""Weighted conditions added up into several totals, compiled into tables of sums.

The conditions that feed the same totals stand together in bytes of the bit set of advisor.condition_sets; a table for
each byte holds the sum of the weights for every pattern of its bits. Only patterns that occur are ever worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from advisor.condition_sets import ConditionSet, bits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.conditions import Condition, Facts

Item = TypeVar("Item")

_BYTE = 8
_UNIT = 1 << 64
"""Weights are added as whole numbers of this part, so that sums are exact and their order changes nothing."""


class Weighted(NamedTuple, Generic[Item]):
    """A condition whose weight counts towards some totals while it holds; `item` is what it is for its owner."""

    condition: Condition
    weight: float
    totals: tuple[int, ...]
    item: Item


class _Sums(dict[int, int]):
    """The sum of the weights in one byte of the bit set, by the byte's pattern; filled as patterns occur."""

    def __init__(self, weights: list[float]) -> None:
        super().__init__()
        self.weights = [round(weight * _UNIT) for weight in weights]
        self[0] = 0

    def __missing__(self, pattern: int) -> int:
        rest = pattern & (pattern - 1)  # without its lowest bit
        total = self[pattern] = self[rest] + self.weights[(pattern ^ rest).bit_length() - 1]
        return total


class _Items(dict[int, tuple[Item, ...]], Generic[Item]):
    """The items in one byte of the bit set, by the byte's pattern; filled as patterns occur."""

    def __init__(self, items: list[Item]) -> None:
        super().__init__()
        self.items_ = items

    def __missing__(self, pattern: int) -> tuple[Item, ...]:
        found = self[pattern] = tuple(self.items_[i] for i in bits(pattern))
        return found


class Scorecard(Generic[Item]):
    """Weighted conditions, summed into `totals` totals; `also` are further conditions decided in the same pass.

    `extra[i]` is the bit of `also[i]`. Safe to use from several threads.
    """

    def __init__(self, weighted: Sequence[Weighted[Item]], totals: int, also: Sequence[Condition] = ()) -> None:
        groups: dict[tuple[int, ...], list[Weighted[Item]]] = {}
        for entry in weighted:
            groups.setdefault(entry.totals, []).append(entry)
        conditions: list[Condition | None] = []
        self._sums: list[_Sums] = []
        self._lower: list[_Sums] = []
        self._items: list[_Items[Item]] = []
        spans: list[list[tuple[int, int]]] = [[] for _ in range(totals)]
        masks = [0] * totals
        for members, entries in groups.items():
            first = len(self._sums)
            for start in range(0, len(entries), _BYTE):
                chunk = entries[start : start + _BYTE]
                self._sums.append(_Sums([entry.weight for entry in chunk]))
                self._lower.append(_Sums([min(entry.weight, 0) for entry in chunk]))
                self._items.append(_Items([entry.item for entry in chunk]))
                mask = ((1 << len(chunk)) - 1) << len(conditions)
                conditions += [entry.condition for entry in chunk] + [None] * (_BYTE - len(chunk))
                for total in members:
                    masks[total] |= mask
            for total in members:
                spans[total].append((first, len(self._sums)))
        self.masks = tuple(masks)
        self._spans = tuple(tuple(span) for span in spans)
        self._bytes = len(self._sums)
        self._inside = (1 << len(conditions)) - 1
        self.extra = tuple(1 << (len(conditions) + i) for i in range(len(also)))
        self.conditions = ConditionSet([*conditions, *also])

    def truths(self, facts: Facts) -> tuple[int, int]:
        """Return the masks of the conditions that are true and of those that are unknown."""
        return self.conditions.truths(facts)

    def totals(self, true: int) -> list[float]:
        """Return each total over the conditions of a mask."""
        return [total / _UNIT for total in self._added(self._sums, true)]

    def total(self, place: int, true: int) -> float:
        """Return one total over the conditions of a mask."""
        data = (true & self._inside).to_bytes(self._bytes, "little")
        sums = self._sums
        return sum([sums[k][data[k]] for first, end in self._spans[place] for k in range(first, end)]) / _UNIT

    def bounds(self, true: int, unknown: int) -> tuple[list[float], list[float]]:
        """Return the least and the most that each total can be, each unknown condition being true or false."""
        sure = self._added(self._sums, true)
        lower = self._added(self._lower, unknown)
        both = self._added(self._sums, unknown)
        low = [(a + b) / _UNIT for a, b in zip(sure, lower, strict=True)]
        return low, [(a + c - b) / _UNIT for a, b, c in zip(sure, lower, both, strict=True)]

    def contributions(self, true: int) -> list[tuple[Item, ...]]:
        """Return the items of a mask that count towards each total, in their order."""
        data = (true & self._inside).to_bytes(self._bytes, "little")
        found = [table[pattern] for table, pattern in zip(self._items, data, strict=True)]
        return [
            tuple([item for first, end in span for part in found[first:end] for item in part]) for span in self._spans
        ]

    def _added(self, tables: list[_Sums], mask: int) -> list[int]:
        data = (mask & self._inside).to_bytes(self._bytes, "little")
        found = [table[pattern] for table, pattern in zip(tables, data, strict=True)]
        return [sum([sum(found[first:end]) for first, end in span]) for span in self._spans]
