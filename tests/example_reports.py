"""The reports of the shipped examples: `python -m tests.example_reports` writes them anew into examples/reports."""

from __future__ import annotations

from pathlib import Path

from advisor import advise
from advisor.rules import shipped_rules
from advisor.use_case import load_use_case

EXAMPLES = Path(__file__).parent.parent / "examples"
REPORTS = EXAMPLES / "reports"
NOT_USE_CASES = {"expected.yaml"}


def example_files() -> list[Path]:
    """Return the use-case files of the shipped examples, by name."""
    return sorted(path for path in EXAMPLES.glob("*.yaml") if path.name not in NOT_USE_CASES)


def report_of(path: Path) -> str:
    """Return an example's report as it should stand in examples/reports."""
    return advise(load_use_case(path, shipped_rules().questionnaire)).to_markdown()


def main() -> None:
    REPORTS.mkdir(exist_ok=True)
    for path in example_files():
        (REPORTS / f"{path.stem}.md").write_text(report_of(path), encoding="utf-8")


if __name__ == "__main__":
    main()
