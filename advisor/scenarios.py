"""Labelled real decisions: what was known before the choice, what was done, and how it turned out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from advisor.answers import check_value
from advisor.approaches import Approach
from advisor.documents import read_document
from advisor.errors import AdvisorError, Problem
from advisor.facts import FactValue
from advisor.validation import Model, validated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from advisor.facts import Questionnaire

SET_ASIDE_ONE_IN: Final = 4
_LARGEST_FILE: Final = 16 * 1024 * 1024


class ScenarioSource(Model):
    """Where a decision was published; one of your own has no link."""

    ref: str
    url: str = ""
    kind: Literal["paper", "case_study", "guidance", "forum"]


class Scenario(Model):
    """One published decision. `group` names its source; scenarios of one group are never split."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    group: str
    source: ScenarioSource
    description: str
    facts: dict[str, FactValue]
    approach: Approach
    techniques: tuple[str, ...] = ()
    strength: Literal["measured", "shipped", "recommended"]
    confidence: Literal["high", "medium", "low"]
    evidence: str

    @property
    def set_aside(self) -> bool:
        """Return whether the scenario's group is set aside for measuring: a quarter of groups, by their hash."""
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % SET_ASIDE_ONE_IN == 0


class ScenarioFile(Model):
    """A file of labelled decisions."""

    scenarios: tuple[Scenario, ...]


def load_scenarios(paths: Iterable[Path], questionnaire: Questionnaire) -> tuple[Scenario, ...]:
    """Return the scenarios in files or in folders of YAML files, in order of their ids.

    Raises AdvisorError naming file and line of all that is wrong with them, facts and double ids included.
    """
    found: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for path in paths:
        for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            document = read_document(file, limit=_LARGEST_FILE)
            for i, scenario in enumerate(validated(ScenarioFile, document).scenarios):
                if scenario.id in found:
                    problems.append(document.problem(f"the id '{scenario.id}' is used twice", ("scenarios", i)))
                found[scenario.id] = scenario
                for fact_id, value in scenario.facts.items():
                    fact = questionnaire.by_id.get(fact_id)
                    wrong = check_value(fact, value) if fact else Problem(f"unknown fact '{fact_id}'")
                    if wrong is not None:
                        place = ("scenarios", i, "facts", fact_id)
                        problems.append(document.problem(wrong.message, place, wrong.suggestion))
    if problems:
        raise AdvisorError(problems)
    if not found:
        raise AdvisorError(Problem("no scenarios found", ", ".join(map(str, paths))))
    return tuple(found[scenario_id] for scenario_id in sorted(found))
