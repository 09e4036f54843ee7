"""The reports beside the examples are what the program renders today; their dates are pinned in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.example_reports import REPORTS, example_files, report_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", example_files(), ids=lambda path: str(path.stem))
def test_report_is_up_to_date(path: Path) -> None:
    kept = (REPORTS / f"{path.stem}.md").read_text(encoding="utf-8")
    assert report_of(path) == kept, "run: python -m tests.example_reports"


def test_no_report_is_left_over() -> None:
    assert {path.stem for path in REPORTS.glob("*.md")} == {path.stem for path in example_files()}
