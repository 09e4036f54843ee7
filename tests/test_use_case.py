"""Use cases: from files, from standard input, in Python, and with changes."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from advisor.approaches import APPROACHES
from advisor.documents import read_document
from advisor.errors import AdvisorError
from advisor.facts import load_questionnaire
from advisor.use_case import ModelChoice, UseCase, check_use_case, load_use_case, parse_use_case, with_changes

QUESTIONNAIRE: Final = load_questionnaire(Path(__file__).parents[1] / "rules" / "facts.yaml")
FULL = """\
schema_version: 1
name: Support assistant
description: Answers questions of customers.
facts:
  task: question_answering
  knowledge_change: weekly
  evaluation_set: false
  latency_ms: 2000
  format_failure_rate: 0.05
  corpus_tokens: 1e6
  requests_per_month: 10_000
  stakes:
  data_sensitivity: null
model: {provider: openai, name: gpt-x}
proposed: rag
assumptions: {horizon_months: 12}
as_of: 2026-11-20
respondent: data team
x-ticket: [ABC, 12]
"""


def parse(text: str, source: str = "x.yaml") -> UseCase:
    return parse_use_case(read_document(None, text, source), QUESTIONNAIRE)


def test_every_part_is_read() -> None:
    use_case = parse(FULL)
    assert use_case.name == "Support assistant"
    assert use_case.facts == {
        "task": "question_answering",
        "knowledge_change": "weekly",
        "evaluation_set": False,
        "latency_ms": 2000,
        "format_failure_rate": 0.05,
        "corpus_tokens": 1_000_000,
        "requests_per_month": 10_000,
    }
    assert use_case.model == ModelChoice(provider="openai", name="gpt-x")
    assert use_case.proposed == "rag"
    assert use_case.as_of == date(2026, 11, 20)
    assert use_case.assumptions == {"horizon_months": 12}
    assert use_case.model_extra == {"x-ticket": ["ABC", 12]}


def test_an_answer_of_null_is_an_answer_not_given() -> None:
    facts = parse(FULL).facts
    assert "stakes" not in facts
    assert "data_sensitivity" not in facts
    assert parse("name: x\nfacts:\n").facts == {}
    assert parse("name: x\nproposed:\nas_of: ~\nmodel: null\n") == UseCase(name="x")


def test_yaml_json_and_python_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from_yaml = parse(FULL)
    as_json = from_yaml.model_dump_json()
    path = tmp_path / "case.json"
    path.write_text(as_json)
    assert load_use_case(path, QUESTIONNAIRE) == from_yaml
    assert load_use_case(str(path), QUESTIONNAIRE) == from_yaml
    assert UseCase(**json.loads(as_json)) == from_yaml
    for text in (FULL, as_json):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert load_use_case("-", QUESTIONNAIRE) == from_yaml


def test_standard_input_is_named_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"name: x\nfacts: {tsk: 1}")))
    with pytest.raises(AdvisorError, match=r"^standard input:2: unknown fact 'tsk'"):
        load_use_case("-", QUESTIONNAIRE)


def test_an_answer_that_does_not_apply_is_no_error_here() -> None:
    text = "name: x\nfacts: {rag_result: not_tried, rag_failure: not_found}"
    assert parse(text).facts["rag_failure"] == "not_found"


@pytest.mark.parametrize("approach", APPROACHES)
def test_every_approach_can_be_proposed(approach: str) -> None:
    assert parse(f"name: x\nproposed: {approach}").proposed == approach


# ---------------------------------------------------------------- in Python


def test_two_ways_to_build_one() -> None:
    assert UseCase(name="x", facts={"task": "review"}).facts == {"task": "review"}
    assert UseCase(name="x", description="Answers questions.").facts == {}


def test_answers_keep_their_kind() -> None:
    facts = UseCase(name="x", facts={"a": True, "b": 1, "c": 2.0, "d": 0.5, "e": "1"}).facts
    assert [type(facts[key]) for key in "abcde"] == [bool, int, int, float, str]


def test_a_use_case_does_not_change_with_the_dict_it_was_built_from() -> None:
    facts: dict[str, Any] = {"task": "review"}
    use_case = UseCase(name="x", facts=facts)
    facts["task"] = "agent"
    assert use_case.facts == {"task": "review"}
    with pytest.raises(ValidationError, match="frozen"):
        use_case.name = "y"  # type: ignore[misc]


def test_a_name_is_one_line() -> None:
    assert UseCase(name="  two\n lines ").name == "two lines"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "name"),
        ({"name": "x" * 300}, "at most 200 characters, not 300"),
        ({"name": "a\x1bb"}, "control character"),
        ({"name": "x", "nam": "y"}, "unknown key 'nam'.*did you mean 'name'"),
        ({"name": "x", "facts": {"task": ["review"]}}, "task: expected one answer, not a list"),
        ({"name": "x", "facts": [1]}, "expected `fact: answer` lines, not a list"),
        ({"name": "x", "facts": {"task": object()}}, "task: expected one answer"),
        ({"name": "x", "proposed": "magic"}, "'rag_and_fine_tuning'"),
        ({"name": "x", "as_of": datetime(2026, 11, 20)}, "expected a date"),
        ({"name": "x", "model": "gpt-x"}, "expected `provider:`"),
        ({"name": "x", "schema_version": 2}, "expected 1"),
    ],
)
def test_mistakes_in_python_say_what_is_wrong(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        UseCase(**parts)


def test_answers_of_a_use_case_from_python_are_checked() -> None:
    use_case = UseCase(
        name="x",
        facts={"tsk": "review", "stakes": "hihg", "latency_ms": float("nan"), "corpus_tokens": float("inf")},
    )
    said = [str(problem) for problem in check_use_case(use_case, QUESTIONNAIRE)]
    assert said == [
        "unknown fact 'tsk'; did you mean 'task'?",
        "stakes: 'hihg' is no valid answer; expected one of low, medium, high; did you mean 'high'?",
        "latency_ms: expected a number of milliseconds, not nan",
        "corpus_tokens: expected a number of tokens, not inf",
    ]
    assert check_use_case(parse(FULL), QUESTIONNAIRE) == []


def test_the_json_schema_allows_own_keys_only_with_x() -> None:
    schema = UseCase.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["patternProperties"] == {"^x-": {}}
    assert schema["required"] == ["name"]


# ---------------------------------------------------------------- changes


def test_changes_are_read_as_a_person_types_them() -> None:
    changed = with_changes(
        parse(FULL),
        {"latency_ms": "1.5 s", "requests_per_month": "2M", "evaluation_set": "yes", "stakes": "High",
         "knowledge_change": "unknown", "format_failure_rate": "7%", "ml_skill": "none"},
        QUESTIONNAIRE,
    )  # fmt: skip
    assert changed.facts == {
        "task": "question_answering",
        "evaluation_set": True,
        "latency_ms": 1500,
        "format_failure_rate": 0.07,
        "corpus_tokens": 1_000_000,
        "requests_per_month": 2_000_000,
        "stakes": "high",
        "ml_skill": "none",
    }
    assert changed.name == "Support assistant"
    assert parse(FULL).facts["knowledge_change"] == "weekly"


def test_all_wrong_changes_are_reported() -> None:
    with pytest.raises(AdvisorError) as caught:
        with_changes(UseCase(name="x"), {"tsk": "review", "stakes": "hihg", "latency_ms": ""}, QUESTIONNAIRE)
    said = [str(problem) for problem in caught.value.problems]
    assert said[0] == "unknown fact 'tsk'; did you mean 'task'?"
    assert said[1].startswith("stakes: 'hihg'")
    assert said[2] == "latency_ms: expected a number of milliseconds, not ''"


# ---------------------------------------------------------------- whatever comes

TYPED = ["10k", "yes", "weekly", "-5", "1e5", "2026-11-20", "rag", "$1", "5%"]
ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9) | st.sampled_from(TYPED),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
KEYS = st.sampled_from(["name", "x-a", "nmae", *UseCase.model_fields]) | st.text(max_size=5)


@given(
    parts=st.dictionaries(KEYS, ANSWERS, max_size=6),
    facts=st.dictionaries(st.sampled_from(QUESTIONNAIRE.fact_ids) | st.text(max_size=5), ANSWERS, max_size=8),
)
@settings(deadline=None)
def test_any_file_is_read_or_refused_with_lines(parts: dict[str, Any], facts: dict[str, Any]) -> None:
    text = json.dumps({"name": "x", **parts, "facts": facts}, indent=1)
    try:
        use_case = parse(text, "x.json")
    except AdvisorError as error:
        refused = error.problems
    else:
        refused = ()
        assert check_use_case(use_case, QUESTIONNAIRE) == []
        assert parse(use_case.model_dump_json(), "x.json") == use_case
    assert all(problem.line is not None for problem in refused)
    assert list(refused) == sorted(refused, key=lambda problem: problem.line or 0)
