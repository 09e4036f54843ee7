"""Sweeps: what the verdict would be over the values of one fact or two, with everything else as it is.

Between two numbers that no rule tells apart nothing changes, so a range is looked at where rules change their minds.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from itertools import groupby, product
from typing import TYPE_CHECKING, Final, NamedTuple

from advisor.answers import parse_value, without_idle_decimals
from advisor.errors import AdvisorError, Problem, nearest
from advisor.use_case import UNKNOWN
from advisor.wording import format_number, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from advisor.approaches import Approach
    from advisor.facts import Fact, FactValue, Questionnaire
    from advisor.recommendation import Verdict

MOST_FACTS: Final = 2
MOST_CELLS: Final = 10_000
_RANGE: Final = ".."
_ALL: Final = "all"
_STEPS: Final = (1, 2, 5)  # of each power of ten, where prices change between the rules' own bounds


class Cell(NamedTuple):
    """What comes out in one place of the map. `first` is the approach recommended or, while undecided, leaned to."""

    verdict: Verdict
    first: Approach | None
    cheapest: str | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """One fact and the values that it takes: `values` in order; for a range, each stands for all up to the next.

    None among the values is "not known". `end` is where a range ends, which belongs to it.
    """

    fact: Fact
    values: tuple[FactValue | None, ...]
    end: float | None = None

    def label(self, first: int, last: int) -> str:
        """Return the words for the values from one place to another."""
        if self.end is None:
            return ", ".join(_word(value) for value in self.values[first : last + 1])
        low, high = self.bounds(first, last)
        if low == high:
            return format_number(low)
        return f"{format_number(low)} to {'' if self._closed(last) else 'under '}{format_number(high)}"

    def bounds(self, first: int, last: int) -> tuple[float, float]:
        """Return the least and the greatest number of a part of a range; the greatest is out where it is not whole."""
        low, high = self._number(first), self.end or 0.0
        if last + 1 < len(self.values):
            high = self._number(last + 1) - (1 if self.fact.integer else 0)
        return low, high

    def _closed(self, last: int) -> bool:
        return self.fact.integer or last + 1 == len(self.values)

    def _number(self, place: int) -> float:
        value = self.values[place]
        assert isinstance(value, (int, float))  # noqa: S101 - a range holds numbers alone
        return value


@dataclass(frozen=True, slots=True)
class Map:
    """What comes out for all values of one fact or two. `cells` has a row for each value of the first."""

    axes: tuple[Axis, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def rows(self) -> list[tuple[int, int]]:
        """The runs of values of the first fact between which nothing differs, as first and last place."""
        return _runs(self.cells)

    @property
    def columns(self) -> list[tuple[int, int]]:
        """The runs of values of the second fact between which nothing differs."""
        return _runs([*zip(*self.cells, strict=True)])


def axis(text: str, questionnaire: Questionnaire, bounds: Callable[[str], Iterable[float]], *, priced: bool) -> Axis:
    """Return the values that `fact=...` names: `1k..10M`, a list with commas, or `all`.

    `bounds` gives the numbers at which rules tell answers to a fact apart. AdvisorError for what can't be used.
    """
    name, equals, spec = (part.strip() for part in text.partition("="))
    if not equals or not spec:
        message = f"expected fact=values, such as requests_per_month=1k..10M, not {quoted(text)}"
        raise AdvisorError(Problem(message, "--vary"))
    fact = questionnaire.by_id.get(name)
    if fact is None:
        problem = Problem(f"unknown fact {quoted(name)}", "--vary", None, nearest(name, questionnaire.fact_ids))
        raise AdvisorError(problem)
    if fact.kind == "number" and _RANGE in spec:
        low, high = (_number(fact, end) for end in spec.split(_RANGE, 1))
        if low >= high:
            raise AdvisorError(Problem(f"{name}: expected a range that grows, not {quoted(spec)}", "--vary"))
        return Axis(fact, tuple(_points(fact, low, high, bounds(name), priced=priced)), high)
    if spec == _ALL and fact.kind != "number":
        return Axis(fact, fact.option_ids or (False, True))
    values = [None if word.strip() == UNKNOWN else parse_value(fact, word, "--vary") for word in spec.split(",")]
    return Axis(fact, tuple(dict.fromkeys(values)))


def swept(axes: Sequence[Axis], judged: Callable[[list[dict[str, FactValue | None]]], list[Cell]]) -> Map:
    """Return the map over one fact or two; `judged` gives what comes out for changes of the answers."""
    if len(axes) > MOST_FACTS or len({each.fact.id for each in axes}) < len(axes):
        raise AdvisorError(Problem("give one fact, or two different ones", "--vary"))
    size = math.prod(len(each.values) for each in axes)
    if size > MOST_CELLS:
        raise AdvisorError(Problem(f"these are {size:,} combinations; at most {MOST_CELLS:,} can be shown", "--vary"))
    changes = [
        {each.fact.id: value for each, value in zip(axes, values, strict=True)}
        for values in product(*(each.values for each in axes))
    ]
    cells = judged(changes)
    width = len(axes[1].values) if len(axes) > 1 else 1
    return Map(tuple(axes), tuple(tuple(cells[i : i + width]) for i in range(0, len(cells), width)))


def _number(fact: Fact, text: str) -> float:
    value = parse_value(fact, text, "--vary")
    assert isinstance(value, (int, float))  # noqa: S101 - the fact is a number
    return value


def _points(fact: Fact, low: float, high: float, bounds: Iterable[float], *, priced: bool) -> list[float]:
    """Return where a range is looked at: its start, each bound inside, and even steps where prices matter."""
    points = {low, *bounds}
    if priced:
        least = low if low > 0 else (1 if fact.integer else high / 1000)
        powers = range(math.floor(math.log10(least)), math.ceil(math.log10(high)) + 1)
        points.update(step * 10.0**power for power in powers for step in _STEPS)
    if fact.integer:
        points = {math.ceil(point) for point in points if math.isfinite(point)}
    inside_ = sorted(point for point in points if low <= point < high or point == low)
    return [without_idle_decimals(point) for point in inside_]


def _runs(lines: Sequence[object]) -> list[tuple[int, int]]:
    """Return the runs of equal neighbors."""
    runs = []
    for _, places in groupby(range(len(lines)), key=lambda place: lines[place]):
        own = [*places]
        runs.append((own[0], own[-1]))
    return runs


def _word(value: FactValue | None) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else format_number(value)


def to_csv(found: Map) -> str:
    """Return the map as CSV, one line for each part of it in which nothing differs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    head = [name for each in found.axes for name in _columns(each)]
    writer.writerow([*head, "verdict", "approach", "leaning", "cheapest"])
    columns = found.columns if len(found.axes) > 1 else [(0, 0)]
    for row, column in product(found.rows, columns):
        cell = found.cells[row[0]][column[0]]
        places = [_places(each, *run) for each, run in zip(found.axes, (row, column), strict=False)]
        undecided = cell.verdict == "undecided"
        approach, leaning = ("", cell.first or "") if undecided else (cell.first, "")
        writer.writerow([*(item for own in places for item in own), cell.verdict, approach, leaning, cell.cheapest])
    return text.getvalue()


def _columns(own: Axis) -> tuple[str, ...]:
    return (own.fact.id,) if own.end is None else (f"{own.fact.id}.from", f"{own.fact.id}.to")


def _places(own: Axis, first: int, last: int) -> tuple[object, ...]:
    if own.end is not None:
        return own.bounds(first, last)
    return (", ".join(UNKNOWN if value is None else str(value) for value in own.values[first : last + 1]),)
