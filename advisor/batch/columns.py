"""Answers of many cases as columns of small numbers, and conditions decided for all cases of a column at once.

A code stands for all answers that no condition can tell apart: 0 for no answer, then one for each named option and one
for any other, or one for each interval between the bounds that some condition names.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from advisor.conditions import AllOf, AnyOf, Between, Not, OneOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from advisor.conditions import Condition, Facts, FactValue

Codes: TypeAlias = NDArray[np.uint16]
"""The codes of N cases: one row for each fact, one column for each case."""

Flags: TypeAlias = NDArray[np.bool_]
Truths: TypeAlias = tuple[Flags, Flags]
"""Where something is true and where it is false; neither is unknown."""

UNKNOWN = 0
_OTHER = 1
_BLOCK = 512


class FactCodes:
    """The codes of one fact's answers. `starts` holds for each interval the number that it begins with."""

    def __init__(self, place: int, named: Iterable[FactValue] = (), cuts: Iterable[float] = ()) -> None:
        self.place = place
        self.named = {value: code for code, value in enumerate(named, _OTHER + 1)}
        self.cuts = sorted({cut for cut in cuts if math.isfinite(cut)})
        self.starts = (-math.inf, *self.cuts)
        self.size = 1 + (len(self.starts) if not self.named else 1 + len(self.named))

    def code(self, value: FactValue) -> int:
        """Return the code of an answer."""
        if self.named:
            return self.named.get(value, _OTHER)
        return 1 + bisect_right(self.cuts, value)

    def codes(self, answers: Iterable[FactValue | None]) -> list[int]:
        """Return the codes of answers, None being no answer."""
        if self.named:
            known = self.named.get
            return [UNKNOWN if answer is None else known(answer, _OTHER) for answer in answers]
        cuts = self.cuts
        return [UNKNOWN if answer is None else 1 + bisect_right(cuts, answer) for answer in answers]

    def table(self, test: OneOf | Between) -> Truths:
        """Return for every code whether a test is true and whether it is false."""
        true = np.zeros(self.size, bool)
        if isinstance(test, Between):
            true[1:] = [test.at_least <= start < test.below for start in self.starts]
        else:
            true[_OTHER + 1 :] = [value in test.values for value in self.named]
        false = ~true
        false[UNKNOWN] = False
        return true, false


class ColumnConditions:
    """Conditions prepared for columns. `values` and `bounds` add answers and numbers that need codes of their own."""

    def __init__(
        self,
        conditions: Sequence[Condition],
        values: Mapping[str, Iterable[FactValue]] | None = None,
        bounds: Mapping[str, Iterable[float]] | None = None,
    ) -> None:
        named: dict[str, dict[FactValue, None]] = {fact: dict.fromkeys(own) for fact, own in (values or {}).items()}
        cuts: dict[str, list[float]] = {fact: [*own] for fact, own in (bounds or {}).items()}
        for test in _tests(conditions):
            if isinstance(test, OneOf):
                named.setdefault(test.fact, {}).update(dict.fromkeys(sorted(test.values, key=str)))
            else:
                cuts.setdefault(test.fact, []).extend((test.at_least, test.below))
        facts = dict.fromkeys([*named, *cuts])
        self.facts = {fact: FactCodes(i, named.get(fact, ()), cuts.get(fact, ())) for i, fact in enumerate(facts)}
        self.conditions = tuple(conditions)
        self._tables = {test: self.facts[test.fact].table(test) for test in _tests(conditions)}

    def codes(self, cases: Sequence[Facts]) -> Codes:
        """Return the codes of cases; answers to facts that nothing reads are left out."""
        columns = np.zeros((len(self.facts), len(cases)), np.uint16)
        for fact, known in self.facts.items():
            columns[known.place] = known.codes([case.get(fact) for case in cases])
        return columns

    def truths(self, codes: Codes) -> Truths:
        """Return where each condition is true and where it is false: one row for each condition."""
        true = np.empty((len(self.conditions), codes.shape[1]), bool)
        false = np.empty_like(true)
        decided: dict[OneOf | Between, Truths] = {}
        for i, condition in enumerate(self.conditions):
            true[i], false[i] = self._decided(condition, codes, decided)
        return true, false

    def _decided(self, condition: Condition, codes: Codes, decided: dict[OneOf | Between, Truths]) -> Truths:
        match condition:
            case OneOf() | Between():
                if condition not in decided:
                    true, false = self._tables[condition]
                    column = codes[self.facts[condition.fact].place]
                    decided[condition] = true[column], false[column]
                return decided[condition]
            case Not(part=part):
                true, false = self._decided(part, codes, decided)
                return false, true
            case AllOf(parts=parts):
                true, false = np.ones(codes.shape[1], bool), np.zeros(codes.shape[1], bool)
                for part in parts:
                    part_true, part_false = self._decided(part, codes, decided)
                    true, false = true & part_true, false | part_false
                return true, false
            case AnyOf(parts=parts):
                true, false = np.zeros(codes.shape[1], bool), np.ones(codes.shape[1], bool)
                for part in parts:
                    part_true, part_false = self._decided(part, codes, decided)
                    true, false = true | part_true, false & part_false
                return true, false


def summed(true: Flags, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums of the weights (R, T) of what is true (R, N) in each case: (N, T)."""
    totals = np.zeros((true.shape[1], weights.shape[1]))
    for start in range(0, len(true), _BLOCK):  # in parts that stay in the processor's cache
        block = slice(start, start + _BLOCK)
        totals += true[block].T.astype(float) @ weights[block]
    return totals


def _tests(conditions: Iterable[Condition]) -> list[OneOf | Between]:
    """Return every test of one fact in some conditions, each once."""
    found: dict[OneOf | Between, None] = {}
    waiting = [*conditions]
    while waiting:
        match waiting.pop():
            case OneOf() | Between() as test:
                found[test] = None
            case Not(part=part):
                waiting.append(part)
            case AllOf(parts=parts) | AnyOf(parts=parts):
                waiting += parts
    return [*found]
