"""Sweeps as a Markdown table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.explain import inside
from advisor.report.escape import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from advisor.facts import Fact
    from advisor.pack import RulePack
    from advisor.sweep import Cell, Map


def to_markdown(found: Map, pack: RulePack, name: str) -> str:
    """Return the map as a Markdown table, equal neighbors taken together."""
    facts = " and ".join(each.fact.short for each in found.axes)
    table = _one_fact(found, pack) if len(found.axes) == 1 else _two_facts(found, pack)
    return "\n".join([f"# {as_text(f'{name}: by {facts}')}", "", *table]) + "\n"


def _one_fact(found: Map, pack: RulePack) -> Iterator[str]:
    (own,) = found.axes
    priced = any(row[0].cheapest for row in found.cells)
    yield f"| {_heading(own.fact)} | Advice |" + (" Cheapest |" if priced else "")
    yield "|---|---|" + ("---|" if priced else "")
    for first, last in found.rows:
        cell = found.cells[first][0]
        cheapest = as_text(cell.cheapest) if cell.cheapest else "-"
        line = f"| {as_text(own.label(first, last))} | {_advice(cell, pack)} |"
        yield f"{line} {cheapest} |" if priced else line


def _two_facts(found: Map, pack: RulePack) -> Iterator[str]:
    own, second = found.axes
    labels = [as_text(second.label(first, last)) for first, last in found.columns]
    yield f"| {_heading(own.fact)} \\ {_heading(second.fact)} | {' | '.join(labels)} |"
    yield "|---|" + "---|" * len(found.columns)
    for first, last in found.rows:
        cells = [found.cells[first][column] for column, _ in found.columns]
        words = [_advice(each, pack) + _cheapest(each) for each in cells]
        yield f"| {as_text(own.label(first, last))} | {' | '.join(words)} |"


def _heading(fact: Fact) -> Markup:
    return as_text(f"{fact.short[:1].upper()}{fact.short[1:]}" + (f" ({fact.unit})" if fact.unit else ""))


def _advice(cell: Cell, pack: RulePack) -> Markup:
    if cell.first is None:
        return as_text("undecided")
    name = pack.approaches[cell.first].name
    if cell.verdict == "recommend":
        return as_text(name)
    words = f"not yet: {inside(name)}" if cell.verdict == "not_yet" else f"undecided, leaning to {inside(name)}"
    return as_text(words)


def _cheapest(cell: Cell) -> Markup:
    return as_text(f"; cheapest: {cell.cheapest}" if cell.cheapest else "")
