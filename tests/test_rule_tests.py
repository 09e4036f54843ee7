"""The runner of the tests beside the rules says what is wrong, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from advisor.conditions import AllOf, AnyOf, Not, OneOf
from advisor.errors import AdvisorError
from advisor.rule_tests import facts_answered, load_rule_tests, run_rule_test, untested
from advisor.rules import shipped_rules

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE: Final = "{rule: knowledge-source-private, given: {knowledge_source: private}, holds: true}"


def _write(folder: Path, *tests: str, name: str = "any.tests.yaml") -> Path:
    lines = [f"  - {test}\n" for test in tests]
    (folder / name).write_text("tests:\n" + "".join(lines), encoding="utf-8")
    return folder


def _failure(folder: Path, test: str, name: str = "any.tests.yaml") -> str | None:
    (found,) = load_rule_tests(shipped_rules(), _write(folder, test, name=name))
    return run_rule_test(shipped_rules(), found)


def test_a_right_expectation_passes(tmp_path: Path) -> None:
    assert _failure(tmp_path, PRIVATE) is None


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("{rule: knowledge-source-private, given: {knowledge_source: general}, holds: true}", "it does not hold"),
        ("{rule: knowledge-source-private, given: {}, holds: true}", "it is unknown"),
        ("{rule: knowledge-source-private, given: {knowledge_source: private}, holds: false}", "it holds"),
        ("{settled_by: behavior, given: {prompting_result: meets}, holds: false}", "it holds"),
        ("{block: tuning-no-access, given: {training_access: provider_api}, holds: true}", "it does not hold"),
        ("{id: tuning-no-access, given: {training_access: none}, holds: false}", "it holds"),
        ("{choice: prompt-parts, given: {}, picks: []}", "it picks core-parts"),
        ("{gap: knowledge, given: {knowledge_source: private}, severity: {below: 0.001}}", "knowledge-source-private"),
        ("{gap: knowledge, given: {ml_skill: none}, severity: {below: 1}}", "no rule of the gap is decided"),
        ("{option: rag.basic, given: {}, works: {at_least: 0.999}}", "from prior"),
    ],
)
def test_a_wrong_expectation_fails_with_its_place_and_what_came_out(tmp_path: Path, test: str, said: str) -> None:
    failure = _failure(tmp_path, test)
    assert failure is not None
    assert failure.startswith(f"{tmp_path / 'any.tests.yaml'}:2: ")
    assert said in failure


def test_an_id_stands_for_an_entry_of_the_file_beside_the_tests(tmp_path: Path) -> None:
    test = "{id: evaluation-set, given: {evaluation_set: true}, holds: true}"
    failure = _failure(tmp_path, test, name="gates.tests.yaml")
    assert failure is not None
    assert "gates evaluation-set holds, given evaluation_set: True\n  but it does not hold" in failure


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("{rule: knowledge-source-privat, given: {}, holds: true}", "did you mean 'knowledge-source-private'?"),
        ("{gap: knowlege, given: {}, severity: {below: 1}}", "did you mean 'knowledge'?"),
        ("{option: rag.basik, given: {}, works: {below: 1}}", "did you mean 'rag.basic'?"),
        ("{choice: prompt-parts, given: {}, picks: [core-part]}", "did you mean 'core-parts'?"),
        ("{id: evaluation-set, given: {}, holds: true}", "no rule or block 'evaluation-set'"),
        ("{gap: knowledge, given: {stlye: plain}, severity: {below: 1}}", "did you mean 'style'?"),
        ("{gap: knowledge, given: {task: agnet}, severity: {below: 1}}", "did you mean 'agent'?"),
        ("{gap: knowledge, given: {latency_ms: -1}, severity: {below: 1}}", "at least 0"),
        ("{gap: knowledge, given: {}, severity: {}}", "expected at_least, below or both"),
        ("{gap: knowledge, given: {}, holds: true}", "a test of a gap says 'severity'"),
        ("{gap: knowledge, rule: knowledge-source-private, given: {}, holds: true}", "expected exactly one of"),
        ("{given: {}, holds: true}", "expected exactly one of"),
    ],
)
def test_a_test_that_can_not_be_run_is_an_error_with_its_place(tmp_path: Path, test: str, said: str) -> None:
    with pytest.raises(AdvisorError) as caught:
        load_rule_tests(shipped_rules(), _write(tmp_path, test))
    assert f"{tmp_path / 'any.tests.yaml'}:2: " in str(caught.value)
    assert said in str(caught.value)


def test_a_missing_answer_does_not_count_as_a_test_in_which_a_rule_fails(tmp_path: Path) -> None:
    unknown = "{rule: knowledge-source-private, given: {}, holds: false}"
    tests = load_rule_tests(shipped_rules(), _write(tmp_path, PRIVATE, unknown))
    lacking = untested(shipped_rules(), tests)
    assert "rule knowledge-source-private: no test in which it does not hold" in lacking
    assert "rule knowledge-source-private: no test in which it holds" not in lacking
    assert "gates evaluation-set: no test in which it holds" in lacking


def test_which_answers_are_sure_to_be_there_when_a_condition_holds() -> None:
    task = OneOf("task", frozenset(("agent",)))
    style = OneOf("style", frozenset(("plain",)))
    assert facts_answered(AllOf((task, style))) == {"task", "style"}
    assert facts_answered(AnyOf((task, style))) == frozenset()
    assert facts_answered(AnyOf((task, AllOf((task, style))))) == {"task"}
    assert facts_answered(Not(AnyOf((task, style)))) == {"task", "style"}
    assert facts_answered(Not(AllOf((task, style)))) == frozenset()
    assert facts_answered(AllOf(())) == frozenset()
