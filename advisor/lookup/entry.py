"""The shape of what is said about one name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source as far as a reader needs it to judge a reason."""

    id: str
    reference: str
    url: str
    date: str
    grade: str
    read: str
    finding: str
    figure: str | None


Detail: TypeAlias = str | tuple[str, ...] | tuple[CitedSource, ...] | None
"""One thing known about an entry: a text, several texts, or sources."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a name stands for in a rule pack. `details` are in reading order; empty ones are left out."""

    kind: str
    id: str
    name: str | None
    file: str
    line: int
    details: dict[str, Detail]
