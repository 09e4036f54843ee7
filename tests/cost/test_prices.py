"""The price table: every row has its source, stale rows warn, and problems are told with file and line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from advisor.cost.prices import load_prices
from advisor.cost.ranges import Range
from advisor.cost.services import fine_tuning_at, months_left
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "schema_version: 1\nkind: gpu_hour\nunit: USD\nmax_age_days: 60\nrows:\n"
GOOD = "  - {item: X, usd: 1, source: s, as_of: 2026-11-01, read: page, verified: true}\n"


def rules(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "prices"
    folder.mkdir()
    (folder / "gpu.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_shipped_row_has_its_source_and_date_or_says_that_it_is_undated() -> None:
    rows = load_prices().rows
    assert len(rows) > 150
    for row in rows:
        assert row.source
        assert ("undated" in row.origin()) == (row.as_of is None)
        assert ("unverified" in row.origin()) == (not row.verified)
        if row.figures.keys() & {"usd", "mid"}:
            assert isinstance(row.range, Range)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("  - {item: X, usd: 1, as_of: 2026-11-01, read: page, verified: true}", "needs 'source'"),
        ("  - {item: X, usd: -1, source: s, as_of: 2026-11-01, read: page, verified: true}", "'usd' must be a number"),
        ("  - {item: X, usd: 1, source: s, as_of: yesterday, read: page, verified: true}", "must be a date"),
        ("  - {item: X, usd: 1, source: s, as_of: 2026-11-01, read: heard, verified: true}", "'read' must be one of"),
        ("  - {item: X, low: 3, mid: 2, high: 4, source: s, as_of: null, read: page, verified: true}", "low <= mid"),
        ("  - {item: X, usd: 1, source: s, as_of: 2026-11-01, read: page, verified: maybe}", "true or false"),
        ("  - 7", "must be a mapping"),
    ],
)
def test_a_bad_row_is_told_with_file_and_line(tmp_path: Path, row: str, word: str) -> None:
    with pytest.raises(AdvisorError, match=word) as caught:
        load_prices(rules(tmp_path, HEAD + GOOD + row + "\n"))
    assert [p.line for p in caught.value.problems] == [7]
    assert all(p.source.endswith("gpu.yaml") for p in caught.value.problems)


def test_an_unknown_key_of_the_file_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="max_age_days"):
        load_prices(rules(tmp_path, HEAD.replace("max_age_days", "max_age_day") + GOOD))


def test_old_rows_warn(tmp_path: Path) -> None:
    prices = load_prices(rules(tmp_path, HEAD + GOOD))
    last = date(2026, 11, 1) + timedelta(days=60)
    assert prices.stale(last) == []
    assert "61 days old" in prices.stale(last + timedelta(days=1))[0]


def test_a_date_hides_later_rows_unless_none_would_remain() -> None:
    prices = load_prices()
    then = date(2026, 10, 1)
    assert all(row.as_of is None or row.as_of <= then for row in prices.of_kind("gpu_hour", as_of=then))
    assert prices.of_kind("gpu_range", as_of=date(2020, 1, 1))


def test_an_unknown_item_is_an_error_with_the_nearest() -> None:
    with pytest.raises(AdvisorError, match="pinecone"):
        load_prices().one("vector_store", "pinecon")


@pytest.mark.parametrize(
    ("provider", "day", "customer", "is_open"),
    [
        ("openai", date(2026, 6, 1), False, True),
        ("openai", date(2026, 7, 2), False, False),
        ("openai", date(2026, 11, 20), True, True),
        ("openai", date(2027, 1, 6), True, False),
        ("cohere", date(2025, 9, 14), False, True),
        ("cohere", date(2025, 9, 15), False, False),
        ("anthropic", date(2026, 11, 20), False, False),
        ("fireworks", date(2026, 11, 20), False, True),
        ("unheard_of", date(2026, 11, 20), False, False),
    ],
)
def test_services_are_blocked_from_their_day(provider: str, day: date, customer: bool, is_open: bool) -> None:
    found = fine_tuning_at(load_prices(), provider, day, existing_customer=customer)
    assert found.open is is_open
    assert found.reason


def test_what_ends_within_the_horizon_lasts_until_then() -> None:
    assert months_left(date(2026, 11, 14), date(2027, 1, 14), 12) == pytest.approx(2.0, abs=0.02)
    assert months_left(date(2026, 11, 14), None, 12) == 12
    assert months_left(date(2027, 2, 1), date(2027, 1, 14), 12) == 0


def test_every_file_has_the_shape_that_the_schema_describes() -> None:
    from advisor.cost.rule_files import CostFile, PriceFile
    from advisor.documents import read_document
    from advisor.shipped import shipped_rules_folder

    for path in sorted((shipped_rules_folder() / "prices").glob("*.yaml")):
        assert PriceFile.model_validate(read_document(path).data).rows
    for path in sorted((shipped_rules_folder() / "cost").glob("*.yaml")):
        assert CostFile.model_validate(read_document(path).data).as_of
