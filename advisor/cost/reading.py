"""Where the cost rules lie, and how their files are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from advisor.overlay.folders import RuleFolders, shipped_rules_folder

if TYPE_CHECKING:
    from advisor.documents import Document

Folders: TypeAlias = Path | tuple[Path, ...]
"""The folder of a complete pack, or several of which overlays follow; the shipped pack stands below overlays alone."""


def rule_folders(rules: Folders | None = None) -> RuleFolders:
    """Return the rule files in one folder or in several, later ones laid over earlier ones."""
    return RuleFolders((rules,) if isinstance(rules, Path) else rules or ())


def load_layered(folders: RuleFolders, name: str) -> Document:
    """Return a rule file such as `prices/services.yaml` with all that overlays say about it.

    Errors name a shipped file from `rules/` on, which is how it is cited, and any other by its path.
    """
    shipped = folders.base == shipped_rules_folder()
    return folders.read(name, source=f"{shipped_rules_folder().name}/{name}" if shipped else "")


def read_date(value: object) -> date | None:
    """Return a date written as `2026-11-20`, None for nothing. Raises ValueError for anything else."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
