"""Prices have dates: none ends or grows old unnoticed, by the date of the rules and never by the clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.cost.prices import Price, load_prices
from advisor.cost.reading import read_date
from advisor.documents import read_document
from advisor.rules import shipped_rules
from advisor.shipped import shipped_rules_folder

DAY = shipped_rules().as_of
ROWS = load_prices().rows
OLD: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "old_prices.yaml").read_text("utf-8"))["old"]


def is_old(row: Price, day: date) -> bool:
    age = row.age_days(day)
    return age is not None and age > row.max_age_days


def test_what_has_ended_is_marked_so() -> None:
    ended = [row for row in ROWS if row.ends is not None and row.ends <= DAY]
    unnoticed = [f"{row.file}:{row.line}" for row in ended if row.texts.get("status") not in ("ended", "withdrawn")]
    assert unnoticed == [], "ended: look for what replaces them, then write `status: ended` or remove the row"
    early = [f"{row.file}:{row.line}" for row in ROWS if row.texts.get("status") == "ended" and row not in ended]
    assert early == []


def test_only_known_rows_are_older_than_their_kind_allows() -> None:
    found = [(row.kind, row.provider, row.item, row.as_of) for row in ROWS if is_old(row, DAY)]
    known = [(row["kind"], row["provider"], row["item"], row["as_of"]) for row in OLD]
    assert found == known, "look these prices up again, or list them in tests/cost/old_prices.yaml"


def test_no_price_is_of_a_day_after_that_of_the_rules() -> None:
    assert [row.item for row in ROWS if row.as_of is not None and row.as_of > DAY] == []


def test_a_date_without_a_row_to_it_is_told() -> None:
    """A later date of the rules would be noticed: rows would end and grow old."""
    later = date(DAY.year + 1, DAY.month, DAY.day)
    assert any(row.ends and DAY < row.ends <= later for row in ROWS)
    assert sum(is_old(row, later) for row in ROWS) > len(OLD)


@pytest.mark.parametrize(
    "path", sorted((shipped_rules_folder() / "cost").glob("*.yaml")), ids=lambda path: str(path.name)
)
def test_constants_were_gone_through_within_a_year(path: Path) -> None:
    gone_through = read_date(read_document(path).data["as_of"])
    assert gone_through is not None
    assert 0 <= (DAY - gone_through).days <= 365
