"""A batch says of each use case what the advice says of it alone, and nothing stops it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from advisor import UseCase, advise
from advisor.approaches import APPROACHES
from advisor.batch.columns import ColumnConditions
from advisor.batch.run import ROWS_IN_A_PART, read_lines, read_records, run
from advisor.batch.verdicts import Judge
from advisor.batch.work import Task, Worker
from advisor.cli.program import app
from advisor.library import shipped_library
from advisor.rules import shipped_rules
from tests.test_compiled import FACTS, SOME_FACTS, conditions

if TYPE_CHECKING:
    from advisor.batch.verdicts import Verdicted
    from advisor.conditions import Condition, FactValue

PACK = shipped_rules()
JUDGE = Judge(PACK)
DAY = date(2026, 11, 20)
CASES = shipped_library().cases


def assert_same(found: Verdicted, facts: dict[str, FactValue], description: str | None = None) -> None:
    alone = advise(UseCase(name="x", facts=facts, description=description), PACK, cost=False, brief=True)
    assert (found.verdict, found.decided_by) == (alone.verdict, alone.decided_by)
    assert found.first == (alone.approach or alone.leaning)
    assert found.probabilities == pytest.approx([alone.probabilities[name] for name in APPROACHES], abs=1e-9)
    for severity, gap in zip(found.severities, alone.gaps.values(), strict=True):
        assert severity == (None if gap.severity is None else pytest.approx(gap.severity, abs=1e-9))


def judged(cases: list[dict[str, Any]], descriptions: list[str | None]) -> list[Verdicted]:
    return JUDGE.judged(cases, descriptions, JUDGE.columns.codes(cases))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(FACTS, min_size=1, max_size=8), st.sampled_from([None, "Answer questions about our manuals in Danish."])
)
def test_any_answers_give_what_they_give_alone(cases: list[dict[str, FactValue]], description: str | None) -> None:
    for facts, found in zip(cases, judged(cases, [description] * len(cases)), strict=True):
        assert_same(found, facts, description)


def test_published_decisions_give_what_they_give_alone() -> None:
    cases = [dict(case.facts) for case in CASES]
    for facts, found in [*zip(cases, judged(cases, [None] * len(cases)), strict=True)][::7]:
        assert_same(found, facts)


@given(st.lists(conditions(2), min_size=1, max_size=12), st.lists(SOME_FACTS, min_size=1, max_size=6))
def test_conditions_in_columns_are_decided_as_one_by_one(
    some: list[Condition], cases: list[dict[str, FactValue]]
) -> None:
    columns = ColumnConditions(some)
    true, false = columns.truths(columns.codes(cases))
    for i, condition in enumerate(some):
        truths = [condition.truth(facts) for facts in cases]
        assert true[i].tolist() == [truth is True for truth in truths]
        assert false[i].tolist() == [truth is False for truth in truths]


def batch(*args: str) -> Any:
    return CliRunner().invoke(app, ["batch", *args, "--as-of", "2026-11-20"])


def test_a_file_comes_out_line_by_line_with_the_verdict_of_the_whole_advice(tmp_path: Path) -> None:
    cases = [*[case for case in CASES if case.approach == "fine_tuning"][:12], *CASES[:12]]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"name": c.id, "facts": dict(c.facts)}) + "\n" for c in cases), "utf-8")
    done = batch(str(source))
    assert done.exit_code == 0, done.output
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["name"] for result in results] == [case.id for case in cases]
    for case, result in zip(cases, results, strict=True):
        alone = advise(UseCase(name=case.id, facts=dict(case.facts)), PACK, as_of=DAY, brief=True).model_dump()
        for key in ("verdict", "approach", "leaning", "decided_by"):
            assert result[key] == alone[key], case.id
        assert result["probabilities"] == pytest.approx(alone["probabilities"], abs=1e-9)
    assert "# 24 use cases" in done.stderr
    assert not Path(f"{source}.rejects.jsonl").exists()


def test_a_file_without_one_row_that_can_be_used_is_wrong_input(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("no JSON\n", "utf-8")
    assert batch(str(source)).exit_code == 2
    source.write_text('no JSON\n{"name": "x"}\n', "utf-8")
    assert batch(str(source)).exit_code == 0


BAD = {
    '{"name": "x", "facts": {"task": "nonsense"}}': "task: 'nonsense' is no valid answer",
    '{"name": "x", "facts": {"tsak": "review"}}': "did you mean 'task'?",
    '{"name": "x", "facts": {"has_examples": 1}}': "unknown fact",
    '{"name": "x", "facts": {"labeled_examples": true}}': "labeled_examples: expected a number",
    '{"name": "x", "facts": {"labeled_examples": -1}}': "at least 0",
    '{"name": "x", "facts": {"labeled_examples": NaN}}': "",
    '{"name": "x", "facts": {"labeled_examples": 1e400}}': "",
    '{"name": "x", "facts": {"task": ["review"]}}': "",
    '{"name": "x", "name": "y"}': "twice",
    '{"facts": {}}': "name is missing",
    '{"name": ""}': "empty",
    '{"name": "x", "facts": []}': "facts",
    '{"name": "x", "extra": 1}': "unknown key",
    '{"name": "x", "assumptions": {"monthly_tokens": 3}}': "monthly_tokens",
    '{"name": "x", "assumptions": {"prices": 3}}': "`input:` and `output:`",
    '{"name": "x"': "",
    "[]": "",
    "name: x": "",
    "\x00": "",
}


def test_rows_that_can_not_be_used_go_to_their_own_file_and_stop_nothing(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = '{"name": "good", "facts": {"task": "review"}, "x-own": {"a": 1}}'
    source.write_text("\n".join([good, "", *BAD, good]) + "\n", "utf-8")
    done = batch(str(source), "--output", str(output), "--summary", str(tmp_path / "summary.md"))
    assert done.exit_code == 0, done.output
    assert [json.loads(line)["name"] for line in output.read_text("utf-8").splitlines()] == ["good", "good"]
    rejects = [json.loads(line) for line in Path(f"{source}.rejects.jsonl").read_text("utf-8").splitlines()]
    assert [entry["line"] for entry in rejects] == [*range(3, 3 + len(BAD))]
    for entry, (row, why) in zip(rejects, BAD.items(), strict=True):
        assert entry["row"] == row
        assert why in entry["reason"]
        assert entry["reason"]
    assert f"{len(BAD)} more were rejected" in (tmp_path / "summary.md").read_text("utf-8")


def test_csv_goes_in_and_comes_out(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    rows = [
        "name,task,labeled_examples,description",
        'a,review,10k,"two\nlines"',
        "b,,unknown,",
        "c,review,many,",
        "d,review",
    ]
    source.write_text("\n".join(rows) + "\n", "utf-8")
    done = batch(str(source), "--rejects", str(tmp_path / "rejects.jsonl"))
    assert done.exit_code == 0, done.output
    results = [*csv.DictReader(io.StringIO(done.stdout))]
    assert [result["name"] for result in results] == ["a", "b"]
    facts: dict[str, FactValue] = {"task": "review", "labeled_examples": 10_000}
    alone = advise(UseCase(name="a", facts=facts, description="two\nlines"), PACK, as_of=DAY, brief=True)
    assert float(results[0]["probabilities.rag"]) == pytest.approx(alone.probabilities["rag"], abs=1e-9)
    rejects = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert [entry["line"] for entry in rejects] == [5, 6]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("name,tsak", "did you mean 'task'"),
        ("task", "`name`"),
        ("name,name", "twice"),
        ("name;task", "commas between the columns, not semicolons"),
        ("name\ttask", "not tabs"),
        ("", "the file is empty"),
    ],
)
def test_a_header_that_can_not_be_used_is_an_error(tmp_path: Path, header: str, why: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(header, "utf-8")
    done = batch(str(source))
    assert done.exit_code == 2
    assert why in done.stderr


def test_the_input_is_never_replaced(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"name": "x"}\n', "utf-8")
    assert batch(str(source), "--output", str(source)).exit_code == 2
    assert source.read_text("utf-8") == '{"name": "x"}\n'


def test_what_can_not_be_read_or_written_is_one_clear_error(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("broken\n", "utf-8")
    (tmp_path / "one.yaml").write_text("name: x\n", "utf-8")
    for args, why in {
        (str(tmp_path / "one.yaml"),): "one.yaml: this is YAML; expected JSON Lines or CSV (.csv)",
        (str(tmp_path / "none.jsonl"),): "none.jsonl: no such file",
        (str(tmp_path),): "this is a folder; expected a file",
        (str(source), "--output", str(tmp_path / "none" / "out")): "there is no folder",
        (str(source), "--rejects", str(tmp_path / "none" / "rejects")): "there is no folder",
    }.items():
        done = batch(*args)
        assert done.exit_code == 2, args
        assert why in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("option", ["--rejects", "--summary"])
def test_places_are_checked_before_results_are_printed(option: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"name": "x"}\nbroken\n', "utf-8")
    for place, why in {tmp_path / "none" / "out": "there is no folder", tmp_path: "this is a folder"}.items():
        done = batch(str(source), option, str(place))
        assert (done.exit_code, done.stdout) == (2, "")
        assert why in done.stderr


def test_a_single_use_case_is_counted_in_the_singular(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"name": "x"}\nbroken\n', "utf-8")
    assert "# 1 use case\n\n1 more was rejected." in batch(str(source)).stderr


def test_several_processes_write_the_same_in_the_same_order() -> None:
    lines = [
        (n, json.dumps({"name": f"case {n}", "facts": dict(CASES[n % len(CASES)].facts)}).encode())
        for n in range(2_500)
    ]
    lines[7] = (7, b"broken")
    task = Task("x", (), "jsonl")
    texts = []
    for processes in (1, 2):
        results: list[str] = []
        rejects: list[str] = []
        tally = run(task, lines, results.append, rejects.append, processes)
        assert len(results) == -(-len(lines) // ROWS_IN_A_PART)
        texts.append(("".join(results), "".join(rejects), tally))
    assert texts[0] == texts[1]
    assert texts[0][2].rows == len(lines) - 1


def test_lines_and_records_are_read_with_their_numbers() -> None:
    assert [*read_lines(io.BytesIO(b"\xef\xbb\xbfa\n\n b\nc"))] == [(1, b"a\n"), (3, b" b\n"), (4, b"c")]
    assert [*read_records(io.BytesIO(b'a,b\n"x\ny",2\nlast,"3"'))] == [
        (1, b"a,b\n"),
        (2, b'"x\ny",2\n'),
        (4, b'last,"3"'),
    ]
    long = b"x" * (1024 * 1024 * 2) + b"\nnext\n"
    found = [*read_lines(io.BytesIO(long))]
    assert [number for number, _ in found] == [1, 2]
    assert len(found[0][1]) <= 1024 * 1024 + 1
    assert "larger than 1 MiB" in Worker(Task("x", (), "jsonl"), PACK).done(found[:1]).rejects


def test_doubtful_ties_are_settled_alone() -> None:
    codes = JUDGE.columns.codes([{}, {"task": "review"}])
    assert np.count_nonzero(codes[:, 0]) == 0
    first, _ = JUDGE.judged([{}, {"task": "review"}], [None, None], codes)
    assert (first.verdict, first.first) == ("undecided", None)
