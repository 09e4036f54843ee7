"""`advisor rules check` finds every planted defect and nothing in the shipped pack."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from advisor.checking.check import check_pack
from advisor.rules import shipped_rules_folder

RULES: Final = shipped_rules_folder()
DEFECTS: Final[list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("planted_defects.yaml").read_text(encoding="utf-8")
)
SEARCHED: Final = ("no-effect", "unreachable", "direction")


def _plant(folder: Path, change: dict[str, str]) -> None:
    path = folder / change["file"]
    text = path.read_text(encoding="utf-8")
    if "append" in change:
        text = f"{text.rstrip()}\n{change['append']}"
    else:
        assert change["old"] in text, f"{change['file']} no longer holds {change['old']!r}"
        text = text.replace(change["old"], change["new"], 1)
    path.write_text(text, encoding="utf-8")


def test_nothing_is_wrong_with_the_shipped_pack() -> None:
    assert [str(finding) for finding in check_pack(RULES).findings] == []


def test_there_are_more_than_forty_different_defects() -> None:
    assert len(DEFECTS) == len({defect["id"] for defect in DEFECTS}) >= 40


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: str(defect["id"]))
def test_found(defect: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    beside = {"cost", "prices"} - {Path(defect["change"]["file"]).parts[0]}
    whole = len(beside) < 2  # prices and constants are read from a pack that has both
    shutil.copytree(RULES, folder, ignore=None if whole else shutil.ignore_patterns(*beside))
    for key in ("change", "also"):
        if key in defect:
            _plant(folder, defect[key])
    wanted = defect["finds"]
    findings = check_pack(folder, search=wanted["kind"] in SEARCHED).findings
    found = [
        finding
        for finding in findings
        if finding.kind == wanted["kind"]
        and finding.source == str(folder / wanted["file"])
        and wanted["says"] in finding.message
    ]
    assert found, "\n".join(map(str, findings)) or "nothing was found"
    assert all(finding.line is not None for finding in found)
