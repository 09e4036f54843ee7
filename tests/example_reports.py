"""The reports and records of the shipped examples: `python -m tests.example_reports` writes them anew.

Reports go into examples/reports, the decision records of the example repository into its docs/decisions.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from advisor import advise, load_rules
from advisor.records import to_adr
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


REPOSITORY = EXAMPLES / "repository"
RECORDS = {
    "0001-answers-on-claims.md": "claims-answers.yaml",
    "0002-letters-in-the-house-tone.md": "letter-tone.yaml",
}


def record_of(name: str) -> str:
    """Return a decision record as it should stand in the example repository."""
    pack = load_rules(REPOSITORY / "rules")
    use_case = load_use_case(REPOSITORY / "use-cases" / RECORDS[name], pack.questionnaire)
    return to_adr(use_case, advise(use_case, pack, as_of=date(2026, 11, 20)), pack)


def main() -> None:
    REPORTS.mkdir(exist_ok=True)
    for path in example_files():
        (REPORTS / f"{path.stem}.md").write_text(report_of(path), encoding="utf-8")
    for name in RECORDS:
        (REPOSITORY / "docs" / "decisions" / name).write_text(record_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
