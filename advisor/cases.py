"""The index of published decisions that ships with the program: what was known, what was done, and the source.

`python -m advisor.training.case_index` writes it from examples/scenarios.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.facts import FactValue

INDEX: Final = Path(__file__).parent / "data" / "scenarios.json"


@dataclass(frozen=True, slots=True)
class Case:
    """One published decision. Cases of one `group` come from one source."""

    id: str
    title: str
    group: str
    url: str
    kind: str
    facts: Mapping[str, FactValue]
    approach: Approach
    techniques: tuple[str, ...]
    strength: str
    evidence: str


@cache
def shipped_cases() -> tuple[Case, ...]:
    """Return the cases of the index, in the order of their ids."""
    entries = json.loads(INDEX.read_text(encoding="utf-8"))
    return tuple(Case(**{**entry, "techniques": tuple(entry["techniques"])}) for entry in entries)
