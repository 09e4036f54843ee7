"""Entries of a rule pack as plain text for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from advisor.lookup.entry import CitedSource
from advisor.wording import inert, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.lookup.entry import Detail, Entry

_WIDTH: Final = 100


def to_text(entries: Iterable[Entry]) -> str:
    """Return entries as text of at most 100 columns, one below the other."""
    return inert("\n\n".join("\n".join(_lines(entry)) for entry in entries))


def _lines(entry: Entry) -> Iterator[str]:
    title = f": {entry.name}" if entry.name else ""
    yield one_line(f"{entry.kind.capitalize()} {entry.id}{title}")
    yield f"  {one_line(entry.file)}:{entry.line}"
    yield ""
    for key, value in entry.details.items():
        yield from _detail(key.replace("_", " ").capitalize(), value)


def _detail(label: str, value: Detail) -> Iterator[str]:
    if isinstance(value, str):
        yield _wrapped(f"{label}: {value}", indent=2, hanging=2)
        return
    yield f"  {label}:"
    for item in value or ():
        if isinstance(item, CitedSource):
            yield from _source(item)
        else:
            yield _wrapped(item, indent=4, hanging=2)


def _source(source: CitedSource) -> Iterator[str]:
    head = f"{source.id} ({source.grade}, {source.date}, read: {source.read}) {source.url}"
    yield f"    {one_line(head)}"
    yield _wrapped(source.finding, indent=6)
    if source.figure:
        yield _wrapped(f"Figure: {source.figure}", indent=6)


def _wrapped(text: str, indent: int, hanging: int = 0) -> str:
    return textwrap.fill(
        one_line(text),
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
