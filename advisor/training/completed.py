"""Fully answered cases to measure on: published cases completed from their nearest neighbours of other sources."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.library import shipped_library
from advisor.uncertainty.completions import NEARNESS, Donors, drawn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from advisor.conditions import FactValue
    from advisor.library import LibraryCase
    from advisor.rules import RulePack
    from advisor.uncertainty.completions import Nearness


@dataclass(frozen=True, slots=True)
class Completed:
    """A case with all its answers, and the donors of which none comes from the case's own source."""

    case: LibraryCase
    answers: Mapping[str, FactValue]
    donors: Donors
    seed: int


def completed_cases(
    pack: RulePack, count: int, set_aside: bool | None = None, nearness: Nearness = NEARNESS
) -> Iterator[Completed]:
    """Yield up to `count` completed cases; with `set_aside`, only of groups that are (or are not) set aside."""
    cases = [case for case in shipped_library().cases if set_aside is None or is_set_aside(case.group) == set_aside]
    cases.sort(key=lambda case: _number(case.id))
    for case in cases[:count]:
        donors = Donors(pack, [other for other in shipped_library().cases if other.group != case.group])
        seed = _number(case.id) % 1_000_003
        yield Completed(case, drawn(pack, case.facts, 1, donors, nearness, seed)[0], donors, seed)


def is_set_aside(group: str) -> bool:
    """Return whether a group of cases is set aside for measuring, as advisor.scenarios decides it."""
    from advisor.scenarios import SET_ASIDE_ONE_IN

    return _number(group) % SET_ASIDE_ONE_IN == 0


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
