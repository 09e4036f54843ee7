"""Many conditions compiled into bit sets, so that all of them are decided for one set of answers at once.

Bit i stands for condition i. Every answer has a mask of the conditions that it does not make false; the masks of all
answers are cut together. A condition is true when it is left and reads no unanswered fact.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from advisor.conditions import AllOf, Between, Not, OneOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.conditions import Condition, Facts, FactValue

Leaf: TypeAlias = "tuple[OneOf | Between, bool]"
"""A test of one fact, and whether it has to be true (or, negated, false)."""


class ConditionSet:
    """Conditions that are decided together; None leaves a bit unused. Never changed after it is built."""

    def __init__(self, conditions: Sequence[Condition | None]) -> None:
        self.all = tuple(conditions)
        self.size = len(conditions)
        choices: dict[str, list[tuple[int, frozenset[FactValue], bool]]] = {}
        numbers: dict[str, list[tuple[int, Between, bool]]] = {}
        walked = []
        compiled = []
        for i, condition in enumerate(conditions):
            if condition is None:
                continue
            leaves = _conjunction(condition)
            if leaves is None:
                walked.append((1 << i, condition))
                continue
            compiled.append(i)
            for leaf, wanted in leaves:
                if isinstance(leaf, OneOf):
                    choices.setdefault(leaf.fact, []).append((i, leaf.values, wanted))
                else:
                    numbers.setdefault(leaf.fact, []).append((i, leaf, wanted))
        self.compiled = _mask(compiled)
        self._walked = tuple(walked)
        self._choices = tuple((fact, *self._by_value(leaves)) for fact, leaves in choices.items())
        self._numbers = tuple((fact, *self._by_interval(leaves)) for fact, leaves in numbers.items())

    def truths(self, facts: Facts) -> tuple[int, int]:
        """Return the masks of the conditions that are true and of those that are unknown."""
        alive, waiting = self.compiled, 0
        get = facts.get
        for fact, table, other, reads in self._choices:
            value = get(fact)
            if value is None:
                waiting |= reads
            else:
                alive &= table.get(value, other)
        for fact, cuts, masks, reads in self._numbers:
            value = get(fact)
            if value is None:
                waiting |= reads
            else:
                alive &= masks[bisect_right(cuts, value)]
        unknown = alive & waiting
        true = alive ^ unknown
        for bit, condition in self._walked:
            truth = condition.truth(facts)
            if truth is None:
                unknown |= bit
            elif truth:
                true |= bit
        return true, unknown

    def _by_value(self, leaves: list[tuple[int, frozenset[FactValue], bool]]) -> tuple[dict[FactValue, int], int, int]:
        """Return the mask that each named answer leaves, the mask that any other leaves, and who reads the fact."""
        everything = (1 << self.size) - 1
        named = dict.fromkeys(value for _, values, _ in leaves for value in values)
        left = {
            value: everything ^ _mask([i for i, values, wanted in leaves if (value in values) != wanted])
            for value in named
        }
        otherwise = everything ^ _mask([i for i, _, wanted in leaves if wanted])
        return left, otherwise, _mask([i for i, _, _ in leaves])

    def _by_interval(self, leaves: list[tuple[int, Between, bool]]) -> tuple[list[float], list[int], int]:
        """Return the cuts, the mask that each interval between them leaves, and who reads the fact."""
        bounds = {bound for _, leaf, _ in leaves for bound in (leaf.at_least, leaf.below)}
        cuts = sorted(bound for bound in bounds if math.isfinite(bound))
        everything = (1 << self.size) - 1
        masks = [
            everything ^ _mask([i for i, leaf, wanted in leaves if (leaf.at_least <= start < leaf.below) != wanted])
            for start in (-math.inf, *cuts)
        ]
        return cuts, masks, _mask([i for i, _, _ in leaves])


def _conjunction(condition: Condition) -> list[Leaf] | None:
    """Return the tests of which all must hold, or None when the condition is not that plain."""
    match condition:
        case OneOf() | Between():
            return [(condition, True)]
        case Not(part=OneOf() | Between() as leaf):
            return [(leaf, False)]
        case AllOf(parts=parts):
            found: list[Leaf] = []
            for part in parts:
                leaves = _conjunction(part)
                if leaves is None:
                    return None
                found += leaves
            return found
        case _:
            return None


def _mask(places: Sequence[int]) -> int:
    """Return the mask with the bits at some places set, which are in rising order but may repeat."""
    found = bytearray((places[-1] >> 3) + 1 if places else 0)
    for i in places:
        found[i >> 3] |= 1 << (i & 7)
    return int.from_bytes(found, "little")


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
