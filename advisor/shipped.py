"""Where the rules are that ship with the program."""

from __future__ import annotations

from pathlib import Path


def shipped_rules_folder() -> Path:
    """Return the folder of the rules that ship with the program, in a wheel as well as in a checkout."""
    package = Path(__file__).parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"
