"""The shipped examples come out as an expert would sign them, and together they show all there is to recommend."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor import Recommendation, advise
from advisor.approaches import APPROACHES
from advisor.rules import shipped_rules
from advisor.use_case import UseCase, load_use_case

EXAMPLES = Path(__file__).parent.parent / "examples"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((EXAMPLES / "expected.yaml").read_text(encoding="utf-8"))
NAMES = sorted(EXPECTED)


@cache
def use_case(name: str) -> UseCase:
    return load_use_case(EXAMPLES / name, shipped_rules().questionnaire)


@cache
def result(name: str) -> Recommendation:
    return advise(use_case(name))


def test_every_example_has_an_expected_outcome_and_a_line_in_the_readme() -> None:
    files = {path.name for path in EXAMPLES.glob("*.yaml")} - {"expected.yaml"}
    assert files == set(NAMES)
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"]({name})" not in readme] == []


@pytest.mark.parametrize("name", NAMES)
def test_outcome(name: str) -> None:
    expected, found = EXPECTED[name], result(name)
    assert (found.verdict, found.approach) == (expected["verdict"], expected["approach"])
    assert set(expected["techniques"]) - set(found.techniques) == set()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_beside_the_verdict(name: str) -> None:
    expected, found = EXPECTED[name], result(name)
    said_first = [note.id for note in found.notes if note.first]
    assert expected.get("first_note") in [None, *said_first]
    assert [entry.id for entry in found.contradictions] == expected.get("contradictions", [])


@pytest.mark.parametrize("name", NAMES)
def test_every_part_is_paid_for_by_a_gap_with_evidence(name: str) -> None:
    found = result(name)
    for line in found.ledger:
        assert line.because, f"{line.part} is paid by {line.paid_by}, which has no evidence"
        assert sum(line.by_gap.values()) > line.burden


@pytest.mark.parametrize("name", NAMES)
def test_a_real_story_with_enough_answers(name: str) -> None:
    case = use_case(name)
    assert case.description is not None
    assert 2 <= case.description.count(". ") + 1 <= 4
    assert case.as_of is not None
    if EXPECTED[name]["verdict"] != "undecided":
        assert 8 <= len(case.facts) <= 25


def test_every_approach_has_three_examples() -> None:
    counts = Counter(entry["approach"] for entry in EXPECTED.values())
    assert [approach for approach in APPROACHES if counts[approach] < 3] == []


def test_every_technique_is_expected_of_an_example() -> None:
    expected = {technique for entry in EXPECTED.values() for technique in entry["techniques"]}
    assert set(shipped_rules().techniques) - expected == set()


def test_every_verdict_occurs() -> None:
    assert {entry["verdict"] for entry in EXPECTED.values()} == {"recommend", "not_yet", "undecided"}
