"""A sweep misses no change and shows no change twice."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from advisor import UseCase, advise, load_use_case
from advisor.cli.program import app
from advisor.errors import AdvisorError
from advisor.report.sweep import to_markdown
from advisor.rules import shipped_rules
from advisor.sweep import Axis, axis, swept, to_csv
from advisor.sweep_verdicts import judging

PACK = shipped_rules()
EXAMPLE = Path(__file__).parent.parent / "examples" / "support-reply-drafts.yaml"
USE_CASE = load_use_case(EXAMPLE, PACK.questionnaire)
BOUNDS, JUDGED = judging(PACK, USE_CASE, None)


def made(text: str) -> Axis:
    return axis(text, PACK.questionnaire, BOUNDS, priced=False)


@pytest.mark.parametrize("text", ["labeled_examples=0..100k", "requests_per_month=1k..10M"])
def test_every_number_of_a_range_gives_what_its_part_says(text: str) -> None:
    own = made(text)
    found = swept([own], JUDGED)
    random = Random(1)
    for first, last in found.rows:
        low, high = own.bounds(first, last)
        for value in (low, high, random.randint(int(low), int(high))):
            changed = UseCase(
                name="x", facts={**USE_CASE.facts, own.fact.id: int(value)}, description=USE_CASE.description
            )
            alone = advise(changed, PACK, cost=False, brief=True)
            cell = found.cells[first][0]
            assert (alone.verdict, alone.approach or alone.leaning) == (cell.verdict, cell.first)
    rows = found.rows
    assert all(found.cells[a][0] != found.cells[b][0] for (a, _), (b, _) in pairwise(rows))
    assert rows[0][0] == 0
    assert rows[-1][1] == len(own.values) - 1


def test_two_facts_make_a_map_and_a_line_of_csv_for_each_part() -> None:
    found = swept([made("labeled_examples=0..10k"), made("knowledge_change=all")], JUDGED)
    text = to_markdown(found, PACK, "Support")
    assert text.count("\n") == 4 + len(found.rows)
    lines = [*csv.DictReader(io.StringIO(to_csv(found)))]
    assert len(lines) == len(found.rows) * len(found.columns)
    assert {*lines[0]} >= {"labeled_examples.from", "labeled_examples.to", "knowledge_change", "verdict", "approach"}
    assert lines[-1]["labeled_examples.to"] == "10000"


def test_a_list_may_hold_unknown() -> None:
    found = swept([made("knowledge_change=static,daily,unknown")], JUDGED)
    assert found.axes[0].values == ("static", "daily", None)
    assert made("labeled_examples=10,1k").values == (10, 1000)
    assert "not known" in found.axes[0].label(0, 2)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("labeled_examples", "expected fact=values"),
        ("labeled_exmples=1..2", "did you mean 'labeled_examples'"),
        ("labeled_examples=10..1", "a range that grows"),
        ("labeled_examples=all", "labeled_examples"),
        ("knowledge_change=hourly", "no valid answer"),
    ],
)
def test_what_can_not_be_varied_is_said(text: str, why: str) -> None:
    with pytest.raises(AdvisorError, match=why):
        made(text)


def test_the_same_fact_twice_or_too_many_combinations_are_refused() -> None:
    one = made("labeled_examples=0..10k")
    with pytest.raises(AdvisorError, match="two different"):
        swept([one, one], JUDGED)


def sweep(*args: str) -> Any:
    return CliRunner().invoke(app, ["sweep", str(EXAMPLE), *args])


def test_the_command_shows_the_cheapest_option_where_it_prices() -> None:
    done = sweep("--vary", "requests_per_month=10k,1M", "--as-of", "2026-11-20")
    assert done.exit_code == 0, done.output
    assert "| Cheapest |" in done.stdout
    plain = sweep("--vary", "requests_per_month=10k..1M", "--no-cost", "--format", "csv")
    assert plain.exit_code == 0, plain.output
    assert plain.stdout.startswith("requests_per_month.from,requests_per_month.to,verdict")
