"""Published decisions with their answers: what a rule pack can be tried on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.facts import FactValue, Questionnaire

_INDEX: Final = Path(__file__).parent / "data" / "scenarios.json"
_SOURCES: Final = Path(__file__).parents[1] / "examples" / "scenarios"


@dataclass(frozen=True, slots=True)
class LabelledCase:
    """One published decision: what was known, and what was done."""

    id: str
    title: str
    facts: Mapping[str, FactValue]
    approach: Approach


@cache
def labelled_cases() -> tuple[LabelledCase, ...]:
    """Return the decisions that ship with the program, in order of their ids; none where a copy lacks them."""
    if _INDEX.is_file():
        data: Any = json.loads(_INDEX.read_text("utf-8"))
        entries = data["scenarios"] if isinstance(data, dict) else data
        return tuple(LabelledCase(e["id"], e["title"], e["facts"], e["approach"]) for e in entries)
    if not _SOURCES.is_dir():
        return ()
    from advisor.rules import shipped_rules
    from advisor.scenarios import load_scenarios

    scenarios = load_scenarios([_SOURCES], shipped_rules().questionnaire)
    return tuple(LabelledCase(each.id, each.title, each.facts, each.approach) for each in scenarios)


def usable(facts: Facts, questionnaire: Questionnaire) -> dict[str, FactValue]:
    """Return the answers that a questionnaire knows; an overlay may ask less, or offer other options."""
    from advisor.answers import check_value

    known = questionnaire.by_id
    return {name: value for name, value in facts.items() if name in known and check_value(known[name], value) is None}
