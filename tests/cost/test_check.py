"""Published figures: what `advisor cost check` must reach, and that it depends on the inputs alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.cost.check import CheckReport, check_figures
from advisor.cost.check.report import to_json, to_markdown
from advisor.errors import AdvisorError

FIGURES = Path(__file__).parent / "published_figures.yaml"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return list(yaml.safe_load(FIGURES.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check_figures(FIGURES)


def test_the_estimates_hold_against_published_figures(report: CheckReport) -> None:
    total = report.summaries[-1]
    assert total.kind == "all"
    assert total.computed >= 0.90 * total.figures
    assert total.within_1_5 >= 0.80 * total.computed
    assert total.within_2 >= 0.92 * total.computed
    assert total.inside >= 0.85 * total.computed
    assert total.median_spread is not None
    assert total.median_spread <= 3


def test_ids_notes_sources_and_order_do_not_matter(rows: list[dict[str, Any]], report: CheckReport) -> None:
    renamed = [
        {**row, "id": f"x{n}", "note": "?", "source": "?", "url": "?", "source_key": "?"} for n, row in enumerate(rows)
    ]
    order = list(range(len(rows)))
    order.sort(key=lambda n: (n * 37) % 101)
    again = check_figures([renamed[n] for n in order])
    for place, n in enumerate(order):
        before, after = report.rows[n], again.rows[place]
        assert (before.low, before.mid, before.high) == (after.low, after.mid, after.high)


@pytest.mark.parametrize(
    "key",
    sorted(
        {
            "gpu",
            "method",
            "precision",
            "optimizer",
            "parallelism",
            "engine",
            "model",
            "host",
            "vendor",
            "plan",
            "type",
            "cloud",
            "node",
            "dataset",
            "implementation",
            "stage",
            "base",
        }
    ),
)
def test_unknown_text_gets_the_default_with_no_crash(key: str, rows: list[dict[str, Any]]) -> None:
    strange = [{**row, "inputs": {**(row.get("inputs") or {}), key: "zzz \u2603 (7x) 9B??"}} for row in rows]
    result = check_figures(strange)
    assert len(result.rows) == len(rows)


@pytest.mark.parametrize("value", [None, "", "nonsense", -5, 0, float("nan"), [], {}, True, "about 12"])
def test_strange_numbers_never_crash(value: Any, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        inputs = dict.fromkeys(row.get("inputs") or {}, value)
        check_figures([{**row, "inputs": inputs}])


def test_rows_that_cannot_be_computed_say_why(report: CheckReport) -> None:
    for row in report.rows:
        assert (row.mid is None) == (row.low is None) == (row.high is None)
        assert row.note or row.mid is not None


def test_json_is_a_list_with_the_agreed_keys(report: CheckReport) -> None:
    listed = json.loads(to_json(report))
    keys = {"id", "kind", "unit", "low", "mid", "high", "published", "ratio", "inside", "note"}
    assert all(set(row) == keys for row in listed)
    assert "all but other" in to_markdown(report)


def test_a_file_that_is_no_list_of_figures_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "figures.yaml"
    path.write_text("- id: a\n  kind: training_usd\n- 7\n", encoding="utf-8")
    with pytest.raises(AdvisorError) as caught:
        check_figures(path)
    assert [problem.line for problem in caught.value.problems] == [1, 3]
