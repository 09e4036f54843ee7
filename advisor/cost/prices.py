"""Dated prices under `rules/prices/`: what no price library holds, each with source, date and whether verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.cost.ranges import Range
from advisor.cost.reading import Folders, load_layered, read_date, rule_folders
from advisor.errors import AdvisorError, Problem, nearest

if TYPE_CHECKING:
    from advisor.documents import Document

READ = ("page", "excerpt", "recalled", "assumption", "derived")
STATUSES = ("open", "closing", "withdrawn", "not_offered", "ended")
"""What a row may say of what it prices: to be had, ending, taken back, never offered, or past its end."""

_HEAD = ("schema_version", "kind", "unit", "max_age_days", "rows")
_TEXT = ("item", "provider", "source", "read", "note", "unit", "plan", "shape", "about", "status")
_FLAGS = ("verified", "flat", "spot")
_DATES = ("as_of", "ends", "closed_to_new")


class Price(NamedTuple):
    """One row: what it prices, the figures, and where they come from."""

    kind: str
    item: str
    provider: str
    figures: Mapping[str, float]
    texts: Mapping[str, str]
    unit: str
    source: str
    as_of: date | None
    verified: bool
    ends: date | None
    closed_to_new: date | None
    max_age_days: int
    file: str
    line: int

    def figure(self, name: str = "usd") -> float:
        """Return a figure of the row. Raises AdvisorError when the row has none of that name."""
        if name not in self.figures:
            problem = Problem(f"'{self.item}' has no '{name}'", self.file, self.line, nearest(name, [*self.figures]))
            raise AdvisorError(problem)
        return self.figures[name]

    @property
    def range(self) -> Range:
        """The price as a range: low, mid and high, or the one figure."""
        if "mid" in self.figures:
            return Range(self.figures["low"], self.figures["mid"], self.figures["high"])
        return Range.exact(self.figure())

    def origin(self) -> str:
        """Return where the figure comes from, in words: source, date and whether it was verified."""
        dated = f"as of {self.as_of}" if self.as_of else "undated"
        return f"{self.source} ({dated}{'' if self.verified else ', unverified'})"

    def age_days(self, as_of: date) -> int | None:
        """Return the age at `as_of` in days, None for an undated row."""
        return None if self.as_of is None else (as_of - self.as_of).days


class Prices:
    """All dated prices of a rules directory."""

    def __init__(self, rows: tuple[Price, ...]) -> None:
        self.rows = rows
        self._by_kind: dict[str, list[Price]] = {}
        for row in rows:
            self._by_kind.setdefault(row.kind, []).append(row)

    def of_kind(self, kind: str, *, as_of: date | None = None) -> list[Price]:
        """Return the rows of a kind. With `as_of`, rows dated later are left out unless none would remain."""
        rows = self._by_kind.get(kind, [])
        if as_of is None:
            return list(rows)
        known = [row for row in rows if row.as_of is None or row.as_of <= as_of]
        return known or list(rows)

    def find(self, kind: str, item: str, *, provider: str | None = None, as_of: date | None = None) -> Price | None:
        """Return the newest row for an item (of a provider), or None."""
        wanted = [
            row
            for row in self.of_kind(kind, as_of=as_of)
            if row.item.lower() == item.lower() and provider in (None, row.provider)
        ]
        return max(wanted, key=lambda row: row.as_of or date.min, default=None)

    def one(self, kind: str, item: str, *, provider: str | None = None, as_of: date | None = None) -> Price:
        """Return the newest row for an item. Raises AdvisorError with the nearest name when there is none."""
        row = self.find(kind, item, provider=provider, as_of=as_of)
        if row is None:
            known = sorted({row.item for row in self.of_kind(kind)})
            owner = f" of {provider}" if provider else ""
            raise AdvisorError(
                Problem(f"no {kind.replace('_', ' ')} price for '{item}'{owner}", "", None, nearest(item, known))
            )
        return row

    def stale(self, as_of: date, rows: Iterator[Price] | None = None) -> list[str]:
        """Return a warning for each row that is older at `as_of` than its kind allows."""
        warnings = []
        for row in self.rows if rows is None else rows:
            age = row.age_days(as_of)
            if age is not None and age > row.max_age_days:
                what = f"{row.kind.replace('_', ' ')} of {row.item} ({row.provider or 'any'})"
                warnings.append(f"{what}: price of {row.as_of} is {age} days old, limit {row.max_age_days} days")
        return warnings


@cache
def load_prices(rules: Folders | None = None) -> Prices:
    """Return all rows under `rules/prices`. Raises AdvisorError listing every problem with its file and line."""
    rows: list[Price] = []
    problems: list[Problem] = []
    folders = rule_folders(rules)
    for name in folders.names("prices"):
        document = load_layered(folders, name)
        wrong = _head_problems(document)
        problems += wrong
        for position, raw in enumerate(document.data.get("rows") or []):
            found = _row_problems(document, position, raw)
            problems += found
            if not found and not wrong:
                rows.append(_row(document, position, raw))
    if problems:
        raise AdvisorError(problems)
    return Prices(tuple(rows))


def _head_problems(document: Document) -> list[Problem]:
    problems = [
        document.problem(f"unknown key '{key}'", (key,), nearest(key, _HEAD))
        for key in document.data
        if key not in _HEAD
    ]
    problems += [document.problem(f"'{key}' is missing") for key in _HEAD if key not in document.data]
    return problems


def _row_problems(document: Document, position: int, raw: Any) -> list[Problem]:
    place: tuple[str | int, ...] = ("rows", position)
    if not isinstance(raw, Mapping):
        return [document.problem("a price row must be a mapping", place)]
    messages = [
        f"a price row needs '{key}'" for key in ("item", "source", "as_of", "read", "verified") if key not in raw
    ]
    if "read" in raw and raw["read"] not in READ:
        messages.append(f"'read' must be one of {', '.join(READ)}, not {raw['read']!r}")
    if raw.get("status", STATUSES[0]) not in STATUSES:
        messages.append(f"'status' must be one of {', '.join(STATUSES)}, not {raw['status']!r}")
    for key, value in raw.items():
        if key in _DATES:
            try:
                read_date(value)
            except ValueError:
                messages.append(f"'{key}' must be a date such as 2026-11-20, not {value!r}")
        elif key in _FLAGS and not isinstance(value, bool):
            messages.append(f"'{key}' must be true or false, not {value!r}")
        elif key not in (*_TEXT, *_FLAGS) and (isinstance(value, bool) or not _is_price(value)):
            messages.append(f"'{key}' must be a number that is not negative, not {value!r}")
    if not messages and "mid" in raw and not raw.get("low", -1) <= raw["mid"] <= raw.get("high", -1):
        messages.append("must have low <= mid <= high")
    return [document.problem(message, place) for message in messages]


def _is_price(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < float("inf")


def _row(document: Document, position: int, raw: Mapping[str, Any]) -> Price:
    head = document.data
    other = (*_TEXT, *_FLAGS, *_DATES)
    place = document.place(("rows", position))
    return Price(
        kind=str(head["kind"]),
        item=str(raw["item"]),
        provider=str(raw.get("provider", "")),
        figures={key: float(value) for key, value in raw.items() if key not in other},
        texts={key: str(raw[key]) for key in (*_TEXT, "flat", "spot") if key in raw},
        unit=str(raw.get("unit", head["unit"])),
        source=str(raw["source"]),
        as_of=read_date(raw["as_of"]),
        verified=bool(raw["verified"]),
        ends=read_date(raw.get("ends")),
        closed_to_new=read_date(raw.get("closed_to_new")),
        max_age_days=int(head["max_age_days"]),
        file=place[0],
        line=place[1],
    )
