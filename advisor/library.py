"""The library of published decisions as it ships with the program: what is needed to find and to cite a precedent."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from advisor.errors import AdvisorError, Problem
from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.facts import FactValue

LIBRARY_SCHEMA: Final = 1


class LibraryCase(Frozen):
    """One published decision. `words` holds places in the library's word list, each once, in rising order."""

    id: str
    title: str
    group: str
    facts: Mapping[str, FactValue]
    approach: Approach
    techniques: tuple[str, ...]
    url: str
    ref: str
    kind: str
    strength: Literal["measured", "shipped", "recommended"]
    confidence: str
    evidence: str
    words: tuple[int, ...]


class Library(Frozen):
    """All published decisions, in order of their ids, with the words that their descriptions use.

    `rarity` says for each word how much it tells: log((1 + cases) / (1 + cases that use it)) + 1. A library is equal to
    itself alone, so that what is worked out from it can be kept.
    """

    hash: str
    words: tuple[str, ...]
    rarity: tuple[float, ...]
    cases: tuple[LibraryCase, ...]

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def library_path() -> Path:
    """Return the file of the shipped library."""
    return Path(__file__).parent / "data" / "scenarios.json"


@cache
def shipped_library() -> Library:
    """Return the shipped library, loaded on first use."""
    return load_library(library_path())


def load_library(path: Path) -> Library:
    """Return the library in a file written by `python -m advisor.training.index`.

    Raises AdvisorError naming the file when it can't be read or is not of this layout.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if data["schema_version"] == LIBRARY_SCHEMA:
            cases = tuple(
                LibraryCase(**{**case, "techniques": tuple(case["techniques"]), "words": tuple(case["words"])})
                for case in data["scenarios"]
            )
            return Library(hash=data["hash"], words=tuple(data["words"]), rarity=tuple(data["rarity"]), cases=cases)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    message = "is not a scenario library of this version; rebuild it with `python -m advisor.training.index`"
    raise AdvisorError(Problem(message, str(path)))
