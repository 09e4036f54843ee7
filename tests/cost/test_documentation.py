"""The generated pages hold what the program says now."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.cost.documentation import FIGURES, accuracy_page, assumptions_page

ROOT = Path(__file__).parents[2]
AGAIN = "run python -m advisor.cost.documentation"


@pytest.mark.parametrize("page", ["accuracy", "assumptions"])
def test_a_generated_page_is_up_to_date(page: str) -> None:
    text = accuracy_page(ROOT / FIGURES) if page == "accuracy" else assumptions_page()
    assert (ROOT / "docs" / "cost" / f"{page}.md").read_text(encoding="utf-8") == text, AGAIN
