"""Where the cost rules lie, and how their files are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from advisor.documents import Document, read_document


def rules_directory(rules: Path | None = None) -> Path:
    """Return the directory of the rules: the given one, or the shipped one."""
    if rules is not None:
        return rules
    # As advisor.rules.shipped_rules_folder, without loading the rule pack's reader for a price.
    package = Path(__file__).parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load(path: Path, top: Literal["mapping", "list"] = "mapping") -> Document:
    """Return a rule file, named by its last three parts. Raises AdvisorError, with the line, when it can't be read."""
    return read_document(path, source="/".join(path.parts[-3:]), top=top)


def read_date(value: object) -> date | None:
    """Return a date written as `2026-11-20`, None for nothing. Raises ValueError for anything else."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
