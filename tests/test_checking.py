"""The checks on a rule pack: tests of verdicts, coverage, mutation and the command line around them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from advisor import UseCase, advise, load_rules
from advisor.checking.coverage import coverage, percent, to_text
from advisor.checking.deciding import decided
from advisor.checking.domains import Domains
from advisor.checking.items import PackFiles, conditions_of, items_of
from advisor.checking.mutation import Suite, mutate
from advisor.checking.probe import Probe
from advisor.checking.testing import load_tests, run_tests
from advisor.checking.verdicts import seen_in, wrong
from advisor.cli.program import app
from advisor.conditions import AllOf, Condition, parse_condition
from advisor.rules import RulePack, shipped_rules, shipped_rules_folder

ROOT: Final = Path(__file__).parents[1]
RULES: Final = shipped_rules_folder()
PACK: Final = shipped_rules()
ITEMS: Final = items_of(PACK, PackFiles([RULES]))
DOMAINS: Final = Domains(PACK.questionnaire, conditions_of(ITEMS))
TESTS: Final = load_tests(PACK, [RULES, ROOT / "examples", ROOT / "examples" / "founding" / "cases.yaml"])


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words], prog_name="advisor")
    return result.exit_code, result.output


def _condition(raw: dict[str, Any]) -> Condition:
    return parse_condition(raw, PACK.questionnaire, lambda *_: pytest.fail("not a condition"))


# ---------------------------------------------------------------- reasoning


@pytest.mark.parametrize(
    ("raw", "can_hold", "can_fail"),
    [
        ({"style": ["plain"]}, True, True),
        ({"style": ["plain", "describable", "distinctive"]}, True, False),
        ({"any": [{"evaluation_set": True}, {"evaluation_set": False}]}, True, False),
        ({"style": ["plain"], "not": {"style": ["plain"]}}, False, True),
        ({"rag_result": ["not_tried"], "rag_failure": ["not_found"]}, False, True),
        ({"all": [{"latency_ms": {"below": 100}}, {"latency_ms": {"at_least": 100}}]}, False, True),
        ({"format_failure_rate": {"at_least": 0}}, True, False),
        ({"label_quality": ["noisy"], "examples_obtainable": ["hardly"]}, True, True),
        (
            {"label_quality": ["noisy"], "examples_obtainable": ["hardly"], "labeled_examples": {"below": 1}},
            False,
            True,
        ),
    ],
)
def test_whether_a_condition_can_hold_and_can_fail(raw: dict[str, Any], can_hold: bool, can_fail: bool) -> None:
    condition = _condition(raw)
    domains = Domains(PACK.questionnaire, [*conditions_of(ITEMS), condition])
    assert domains.can_be(condition) is can_hold
    assert domains.can_be(condition, truth=False) is can_fail
    assert all(condition.truth(domains.answers(box)) is True for box in domains.boxes(condition))


def test_one_condition_implies_another() -> None:
    narrow, wide = _condition({"knowledge_change": ["daily"]}), _condition({"knowledge_change": ["daily", "live"]})
    assert DOMAINS.implies(narrow, wide)
    assert not DOMAINS.implies(wide, narrow)
    assert DOMAINS.implies(wide, narrow, _condition({"knowledge_change": ["live"]}))
    assert not DOMAINS.implies(AllOf(()), wide)


def test_the_fast_decision_is_the_one_that_advise_gives() -> None:
    probe = Probe(PACK, ITEMS)
    for i, test in enumerate(TESTS.verdicts):
        case = probe.case(test.facts)
        outcome = probe.outcome(case)
        seen, _ = decided(PACK, test.facts)
        assert probe.seen(case, outcome) == seen
        if i % 20 == 0:
            result = advise(UseCase(name=test.id, facts=dict(test.facts)))
            # Where the classifier had a say, order and margin are not the rules' alone.
            if result.classifier is None:
                assert seen_in(result) == seen
                assert probe.margin(outcome.losses) == pytest.approx(result.margin)


# ---------------------------------------------------------------- the tests of the pack


def test_all_tests_of_the_pack_pass() -> None:
    failures = [result for result in run_tests(PACK, TESTS) if result.failed]
    assert [f"{result.place}: {result.failure}" for result in failures] == []


def _pack_with(tmp_path: Path, *entries: str) -> tuple[RulePack, Path]:
    file = tmp_path / "verdicts" / "own.yaml"
    file.parent.mkdir()
    file.write_text("verdicts:\n" + "".join(f"  - {entry}\n" for entry in entries), encoding="utf-8")
    return PACK, tmp_path


FACTS: Final = "facts: {task: question_answering, knowledge_source: private, knowledge_per_request: passages}"


def test_a_file_of_cases_that_is_no_text_is_bad_input(tmp_path: Path) -> None:
    broken = tmp_path / "cases.yaml"
    broken.write_bytes(b"verdicts:\xff\n")
    code, output = _run("rules", "test", str(broken))
    assert code == 2
    assert "cases.yaml:1: not UTF-8 text" in output


def test_a_list_of_words_is_no_list_of_cases(tmp_path: Path) -> None:
    broken = tmp_path / "cases.yaml"
    broken.write_text("- a\n", "utf-8")
    assert _run("rules", "test", str(broken)) == (2, f"{broken}:1: expected `key: value` lines, not 'a'\n")


def test_a_failure_says_what_was_expected_what_came_out_and_why(tmp_path: Path) -> None:
    pack, folder = _pack_with(tmp_path, f"{{id: wrong, {FACTS}, approach: prompting, order: [prompting, rag]}}")
    (result,) = run_tests(pack, load_tests(pack, [folder]))
    assert result.failed
    assert result.place.endswith("own.yaml:2")
    assert result.failure is not None
    assert "expected prompting, not rag; expected prompting ahead of rag" in result.failure
    assert "Retrieve the knowledge" in result.failure


def test_a_known_wrong_case_stays_visible_until_it_passes(tmp_path: Path) -> None:
    known = f"{{id: known, {FACTS}, approach: prompting, known_wrong: The rules can't tell yet.}}"
    mended = f"{{id: mended, {FACTS}, approach: rag, known_wrong: It was wrong once.}}"
    _pack_with(tmp_path, known, mended)
    code, output = _run("rules", "test", str(tmp_path))
    assert code == 1
    assert "known wrong: verdict known" in output
    assert "FAILED verdict mended" in output
    assert "0 passed, 1 failed, 1 known to be wrong" in output


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (f"{{id: a, {FACTS}}}", "expected at least one of"),
        (f"{{id: a, {FACTS}, techniques: [ragg]}}", "did you mean 'rag'?"),
        ("{id: a, facts: {tusk: agent}, approach: rag}", "unknown fact 'tusk'"),
        ("{id: a, facts: {task: agnet}, approach: rag}", "did you mean 'agent'?"),
        (f"{{id: a, {FACTS}, parts: [rag.basik]}}", "did you mean 'rag.basic'?"),
    ],
)
def test_a_verdict_test_that_can_not_be_run_is_bad_input(tmp_path: Path, entry: str, said: str) -> None:
    _pack_with(tmp_path, entry)
    code, output = _run("rules", "test", str(tmp_path))
    assert code == 2
    assert "own.yaml:2: " in output
    assert said in output


# ---------------------------------------------------------------- coverage and mutation


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(249, 250, "99.6%"), (9999, 10000, "99.9%"), (3, 3, "100%"), (0, 0, "100%")]
)
def test_shares_are_never_rounded_up(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said


def test_every_condition_is_touched_both_ways_and_what_is_not_has_a_place() -> None:
    conditions, *others = coverage(PACK, ITEMS, DOMAINS, PackFiles([RULES]), TESTS)
    assert conditions.missed == ()
    for kind in others:
        assert all(finding.line is not None for finding in kind.missed)
        assert (kind.share == "100%") is (not kind.missed)
    assert "both ways" in to_text((conditions, *others))


def test_what_no_test_touches_is_named(tmp_path: Path) -> None:
    _pack_with(tmp_path, f"{{id: one, {FACTS}, approach: rag}}")
    code, output = _run("rules", "coverage", str(tmp_path))
    assert code == 0
    assert "no test answers task with translation" in output
    assert "no tests on both sides of 500 of latency_ms, which rule few-shot-latency names" in output


def test_hardly_a_changed_rule_goes_unnoticed() -> None:
    suite = Suite(Probe(PACK, ITEMS), TESTS.verdicts, TESTS.rules)
    score = mutate(suite)
    assert len(score.unseen_by_verdicts) <= 0.15 * len(score.deciding), "\n".join(map(str, score.unseen_by_verdicts))
    assert len(score.unseen) <= 0.05 * len(score.notices), "\n".join(map(str, score.unseen))


def test_without_verdict_tests_nothing_at_verdict_level_is_noticed() -> None:
    suite = Suite(Probe(PACK, ITEMS), (), TESTS.rules[:20])
    score = mutate(suite)
    assert len(score.unseen_by_verdicts) == len(score.deciding) > 400


def test_a_real_drop_is_noticed_as_the_fast_one_says(tmp_path: Path) -> None:
    """A pack without one rule fails the very test that is said to notice it."""
    copy = tmp_path / "rules"
    shutil.copytree(RULES, copy)
    path = copy / "gaps" / "knowledge.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("  - id: knowledge-needs-passages")
    path.write_text(text[:start] + text[text.index("  - id: knowledge-needs-records") :], encoding="utf-8")
    suite = Suite(Probe(PACK, ITEMS), TESTS.verdicts, ())
    notice = next(
        n for n in mutate(suite).notices if (n.mutant.item.id, n.mutant.how) == ("knowledge-needs-passages", "drop")
    )
    (test,) = [t for t in TESTS.verdicts if f"{t.source}:{t.line}" == notice.verdict_test]
    thinner = load_rules(copy)
    assert list(wrong(test.expected, decided(PACK, test.facts)[0])) == []
    assert list(wrong(test.expected, decided(thinner, test.facts)[0])) != []


# ---------------------------------------------------------------- command line


def test_the_shipped_pack_is_checked_from_the_command_line() -> None:
    code, output = _run("rules", "check", "--format", "json")
    assert code == 0
    content = json.loads(output)
    assert (content["errors"], content["warnings"], content["findings"]) == (0, 0, [])


def test_errors_end_with_exit_code_1_and_warnings_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    evidence = folder / "evidence.yaml"
    evidence.write_text(evidence.read_text(encoding="utf-8").replace("date: 2023-12", "date: 2013-12", 1), "utf-8")
    code, output = _run("rules", "check", str(folder))
    assert code == 0
    assert "Warnings (1)" in output
    gates = folder / "gates.yaml"
    gates.write_text(gates.read_text(encoding="utf-8").replace("[hardly]", "[hardle]", 1), "utf-8")
    code, output = _run("rules", "check", str(folder))
    assert code == 1
    assert "did you mean 'hardly'?" in output


@pytest.mark.parametrize("words", [("check", "nowhere"), ("test", "nowhere"), ("coverage", "nowhere")])
def test_what_is_not_there_is_bad_input(words: tuple[str, ...]) -> None:
    assert _run("rules", *words)[0] == 2


def test_mutate_lists_what_goes_unnoticed() -> None:
    code, output = _run("rules", "mutate", "--format", "json")
    assert code == 0
    content = json.loads(output[output.index("{") :])
    assert content["verdict_level"]["noticed"] <= content["verdict_level"]["changes"]
    assert len(content["changes"]) == content["all_tests"]["changes"]


def test_an_overlay_is_checked_by_what_it_says_itself(tmp_path: Path) -> None:
    (tmp_path / "gaps").mkdir()
    (tmp_path / "overlay.yaml").write_text("name: ours\n", "utf-8")
    rule = "{id: ours, when: {rag_result: [not_tried], rag_effort: [basic]}, weight: 0.5, because: It is so.}"
    (tmp_path / "gaps" / "knowledge.yaml").write_text(f"rules:\n  - {rule}\n", "utf-8")
    code, output = _run("rules", "check", str(tmp_path))
    assert code == 1
    assert "rule ours never holds" in output
    assert f"{tmp_path / 'gaps' / 'knowledge.yaml'}:2: error" in output
    assert str(RULES) not in output


def _overlay(folder: Path, files: dict[str, str], mark: str = "name: ours\n") -> str:
    for name, text in {"overlay.yaml": mark, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return str(folder)


def test_what_an_overlay_means_to_take_out_is_no_error(tmp_path: Path) -> None:
    meant = "name: No training\nallow_unreachable: [fine_tuning, rag_and_fine_tuning]\n"
    folder = _overlay(tmp_path, {"interventions/fine_tuning.yaml": "disabled: true\n"}, meant)
    code, output = _run("rules", "check", folder)
    assert code == 0, output
    assert "no intervention closes the gap 'efficiency'" in output
    listed = [line for line in output.splitlines() if ": warning: " in line]
    assert listed
    assert all(line.strip().startswith(f"{folder}/overlay.yaml:1: warning: ") for line in listed), output


def test_what_an_overlay_does_to_the_pack_below_is_said_where_it_does_it(tmp_path: Path) -> None:
    pick = "{id: ours, before: keyed-by-code, name: Ours, when: {knowledge_per_request: [by_key]}, because: So.}"
    choice = next(choice.id for choice, _ in PACK.choices if "keyed-by-code" in [o.id for o in choice.options])
    text = f"choices:\n  - id: {choice}\n    options:\n      - {pick}\n"
    folder = _overlay(tmp_path, {"techniques.yaml": text})
    code, output = _run("rules", "check", folder)
    assert code == 1
    assert f"{folder}/techniques.yaml:2: error: pick keyed-by-code is never reached" in output


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("prices/gpu_hours.yaml", "rows:\n  - {ROW, usd: cheap}\n", 2, "'usd' must be a number"),
        ("prices/gpu_hours.yaml", "rows:\n  - {ROW, usdd: 3}\n", 2, "nothing reads 'usdd'; did you mean 'usd'?"),
        ("prices/ours.yaml", "kind: gpu_hour\nrows: []\n", 1, "'unit' is missing"),
        ("cost/people.yaml", "label_passes: {high: many}\n", 1, "constant 'people.label_passes' needs"),
        ("cost/people.yaml", "as_of: 2026-11-01\nlabl_passes: {high: 3}\n", 2, "did you mean 'label_passes'?"),
        ("cost/assumptions.yaml", "numbers:\n  - {id: query_tokens, low: lots}\n", 2, "needs a number for `low`"),
        ("review.yaml", "limits:\n  stale_after_days: soon\n", 2, "limits.stale_after_days: expected"),
        ("review.yaml", "findings:\n  - {id: over_buget, level: error}\n", 2, "did you mean 'over_budget'?"),
        ("hints.yaml", "hints: 3\n", 1, "hints: expected"),
        ("verdicts/a.yaml", "verdicts:\n  - {id: a, facts: {tsk: review}, approach: rag}\n", 2, "did you mean 'task'?"),
        ("gaps/knowledge.tests.yaml", "tests:\n  - {rule: nothing, given: {}, holds: true}\n", 2, "no rule 'nothing'"),
    ],
)
def test_the_files_that_only_single_commands_read_are_checked(
    tmp_path: Path, name: str, text: str, line: int, said: str
) -> None:
    row = "item: h100, provider: us, source: our contract, as_of: 2026-11-01, read: page, verified: true"
    folder = _overlay(tmp_path, {name: text.replace("ROW", row)})
    code, output = _run("rules", "check", folder)
    assert code == 1
    assert any(f"{folder}/{name}:{line}: error: " in found and said in found for found in output.splitlines()), output


def test_braces_that_hold_no_fact_are_text(tmp_path: Path) -> None:
    text = json.dumps('Ask for {"answer": 1}, as in {{ 7 * 7 }} and {% raw %}.')
    note = f"notes:\n  - {{id: ours, when: {{task: [review]}}, text: {text}}}\n"
    _, output = _run("rules", "check", _overlay(tmp_path, {"notes.yaml": note}))
    assert "[placeholder]" not in output


def test_overlays_with_and_without_tests_are_tested_together(tmp_path: Path) -> None:
    silent = _overlay(tmp_path / "a", {"interventions/tools.yaml": "disabled: true\n"})
    rule = "{id: ours, when: {knowledge_change: [live]}, weight: 0.5, because: It is so.}"
    tests = "  - {rule: ours, given: {knowledge_change: live}, holds: true}\n"
    files = {"gaps/knowledge.yaml": f"rules:\n  - {rule}\n", "gaps/knowledge.tests.yaml": f"tests:\n{tests}"}
    tested = _overlay(tmp_path / "b", files)
    for command in ("test", "coverage", "mutate"):
        code, output = _run("rules", command, "--rules", silent, "--rules", tested)
        assert code in (0, 1), output
        assert "no tests here" not in output
        assert "no rule 'tools" not in output


def test_an_overlay_replaces_the_tests_below_of_what_it_tests_itself(tmp_path: Path) -> None:
    weight = {"gaps/knowledge.yaml": "rules:\n  - {id: knowledge-source-private, weight: 3.0}\n"}
    folder = _overlay(tmp_path / "a", weight)
    code, output = _run("rules", "test", "--rules", folder, "--format", "json")
    failed = [each for each in json.loads(output)["results"] if each["status"] == "failed"]
    assert code == 1
    names = [each["test"].removeprefix("verdict ") for each in failed if each["test"].startswith("verdict ")]
    gaps = {each["test"].split()[1] for each in failed if each["test"].startswith("gap ")}
    assert names
    entries = "".join(f"  - {{id: {name}, facts: {{task: review}}, verdict: undecided}}\n" for name in names)
    bands = "".join(f"  - {{gap: {gap}, given: {{}}, severity: {{at_least: 0}}}}\n" for gap in sorted(gaps))
    own = {"verdicts/ours.yaml": f"verdicts:\n{entries}"} | ({"gaps/x.tests.yaml": f"tests:\n{bands}"} if gaps else {})
    replaced = _overlay(tmp_path / "b", own)
    code, output = _run("rules", "test", "--rules", folder, "--rules", replaced)
    assert not [name for name in names if f"FAILED verdict {name}\n" in output], output
