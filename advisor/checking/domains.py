"""Finite reasoning over conditions: every fact as a few cells, every condition as a union of boxes of cells.

A number fact is cut at each bound that a condition names; inside a cell no condition can tell two numbers apart. So
what is true of all cells is true of all answers: this is proof, not sampling.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from advisor.conditions import AllOf, AnyOf, Between, Not, OneOf, parse_condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from advisor.conditions import Condition, FactValue
    from advisor.facts import Fact, Questionnaire

Box: TypeAlias = "Mapping[str, int]"
"""For each fact that it speaks about, the set of cells that its answer may lie in, as bits."""


class Domains:
    """The cells of every fact, cut at the bounds of some conditions. `cells[fact]` holds one answer from each cell."""

    def __init__(self, questionnaire: Questionnaire, conditions: Iterable[Condition]) -> None:
        bounds: dict[str, set[float]] = {}
        for condition in conditions:
            for leaf in leaves(condition):
                if isinstance(leaf, Between):
                    bounds.setdefault(leaf.fact, set()).update((leaf.at_least, leaf.below))
        self.facts = questionnaire.by_id
        self._starts = {fact.id: _starts(fact, bounds.get(fact.id, set())) for fact in questionnaire.facts}
        self.cells = {fact.id: _cells(fact, self._starts[fact.id]) for fact in questionnaire.facts}
        self.all_cells = {fact: (1 << len(cells)) - 1 for fact, cells in self.cells.items()}
        self._masks: dict[OneOf | Between, int] = {}
        self._applies: dict[str, tuple[Box, ...]] = {}
        for fact in questionnaire.facts:
            if fact.only_if is not None:
                condition = parse_condition(fact.only_if, questionnaire, lambda *_: None)
                self._applies[fact.id] = self._boxes(condition, True)

    def mask(self, leaf: OneOf | Between) -> int:
        """Return the cells of a fact in which a test of it holds."""
        found = self._masks.get(leaf)
        if found is None:
            cells = self.cells[leaf.fact]
            found = self._masks[leaf] = sum(1 << i for i, value in enumerate(cells) if leaf.truth({leaf.fact: value}))
        return found

    def boxes(self, condition: Condition, *, truth: bool = True) -> tuple[Box, ...]:
        """Return the boxes in which a condition has a truth, without answers to questions that do not apply."""
        found = (applied for box in self._boxes(condition, truth) for applied in self._applicable(box))
        return tuple({tuple(sorted(box.items())): box for box in found}.values())

    def can_be(self, condition: Condition, *, truth: bool = True) -> bool:
        """Return whether some answers give a condition this truth."""
        return bool(self.boxes(condition, truth=truth))

    def implies(self, condition: Condition, *others: Condition) -> bool:
        """Return whether one of `others` holds wherever `condition` does, once all answers are there."""
        rest = AllOf((condition, *(Not(other) for other in others)))
        return not self.can_be(rest)

    def answers(self, box: Box) -> dict[str, FactValue]:
        """Return one answer for each fact of a box: the first that it allows."""
        return {fact: self.cells[fact][(mask & -mask).bit_length() - 1] for fact, mask in box.items()}

    def allowed(self, facts: Mapping[str, FactValue]) -> bool:
        """Return whether every answer is to a question that applies, as far as is known."""
        return all(self.applies(fact, facts) for fact in facts)

    def applies(self, fact: str, facts: Mapping[str, FactValue]) -> bool:
        """Return whether a question applies, or may: nothing that is answered rules it out."""
        ways = self._applies.get(fact)
        return ways is None or any(
            all(name not in facts or self._inside(name, facts[name], mask) for name, mask in way.items())
            for way in ways
        )

    def _inside(self, fact: str, value: FactValue, mask: int) -> bool:
        return bool(mask >> self.cell_of(fact, value) & 1)

    def cell_of(self, fact: str, value: FactValue) -> int:
        """Return the cell in which an answer lies."""
        cells = self.cells[fact]
        if self.facts[fact].kind != "number":
            return cells.index(value)
        return max(0, bisect_right(self._starts[fact], float(value)) - 1)

    def _boxes(self, condition: Condition, truth: bool) -> tuple[Box, ...]:
        match condition:
            case OneOf(fact=fact) | Between(fact=fact):
                mask = self.mask(condition)
                mask = mask if truth else self.all_cells[fact] & ~mask
                return ({fact: mask},) if mask else ()
            case Not(part=part):
                return self._boxes(part, not truth)
            case AllOf(parts=parts) | AnyOf(parts=parts):
                if isinstance(condition, AllOf) is truth:
                    return self._joined(parts, truth)
                return tuple(box for part in parts for box in self._boxes(part, truth))

    def _joined(self, parts: Iterable[Condition], truth: bool) -> tuple[Box, ...]:
        result: tuple[Box, ...] = ({},)
        for part in parts:
            found = self._boxes(part, truth)
            result = tuple(both for box in result for other in found if (both := _meet(box, other)) is not None)
        return result

    def _applicable(self, box: Box) -> Iterator[Box]:
        """Yield what is left of a box where each of its questions applies; what is not named may be unknown."""
        left: list[Box] = [box]
        for fact in box:
            if fact in self._applies:
                ways = [{name: mask for name, mask in way.items() if name in box} for way in self._applies[fact]]
                left = [both for one in left for way in ways if (both := _meet(one, way)) is not None]
        yield from left


def _meet(box: Box, other: Box) -> Box | None:
    """Return what two boxes have in common, or None."""
    both = dict(box)
    for fact, mask in other.items():
        both[fact] = both.get(fact, mask) & mask
        if not both[fact]:
            return None
    return both


def leaves(condition: Condition) -> Iterator[OneOf | Between]:
    """Yield every test of one fact inside a condition."""
    match condition:
        case OneOf() | Between():
            yield condition
        case Not(part=part):
            yield from leaves(part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from leaves(part)


def _starts(fact: Fact, bounds: set[float]) -> list[float]:
    """Return where the cells of a number fact begin, those without any number left out."""
    if fact.kind != "number":
        return []
    highest = math.inf if fact.maximum is None else fact.maximum
    starts = {fact.minimum, *(bound for bound in bounds if math.isfinite(bound) and bound > fact.minimum)}
    rounded = {float(math.ceil(start)) if fact.integer else float(start) for start in starts}
    return sorted(start for start in rounded if start <= highest)


def _cells(fact: Fact, starts: list[float]) -> tuple[FactValue, ...]:
    """Return one answer from each cell of a fact: its options, no and yes, or a number from each interval.

    The lowest interval is shown by the middle of it, since hardly any real case lies at its very end.
    """
    if fact.kind == "choice":
        return fact.option_ids
    if fact.kind == "flag":
        return (False, True)
    values = [*starts]
    if len(starts) > 1:
        middle = (starts[0] + starts[1]) / 2
        values[0] = float(math.floor(middle)) if middle >= 1 or fact.integer else middle
    return tuple(int(value) if value.is_integer() else value for value in values)
