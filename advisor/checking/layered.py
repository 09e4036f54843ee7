"""Checking overlays: the pack that they make is checked as a whole, and what it has beyond the pack below is theirs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from advisor.checking.check import Checked, check_pack
from advisor.checking.findings import Finding, in_order
from advisor.documents import read_document
from advisor.errors import AdvisorError
from advisor.overlay import MARKER, RuleFolders
from advisor.reach import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.documents import KeyPath


def check_folders(folders: Sequence[Path], *, search: bool = True) -> Checked:
    """Return what is wrong with a pack or with overlays, these at their own file and line.

    Raises AdvisorError when there is no rule pack at all; whatever is wrong inside one is a finding.
    """
    if len(folders) == 1 and not (folders[0] / MARKER).is_file():
        return check_pack(folders[0], search=search)
    try:
        load_rules(folders)
    except AdvisorError as error:
        found = (Finding("error", "invalid", each.message, each.source, each.line) for each in error.problems)
        return Checked(in_order(found), {})
    stack = RuleFolders(folders)
    with TemporaryDirectory(prefix="advisor-rules-") as name:
        whole = Path(name)
        _write_whole(stack, whole)
        checked = check_pack(whole, search=search)
        below = {(each.kind, each.message) for each in check_pack(stack.base, search=search).findings}
        gone = [f"'{each.id}'" for each in stack.removed]  # what only the tests below still name is no finding
        own = [
            _placed(each, stack, whole)
            for each in checked.findings
            if (each.kind, each.message) not in below and not any(name in each.message for name in gone)
        ]
    return Checked(in_order(own), checked.counts)


def _write_whole(stack: RuleFolders, whole: Path) -> None:
    """Write the pack that a stack of folders makes, with the tests of all of them."""
    shutil.copytree(stack.base, whole, dirs_exist_ok=True, ignore=shutil.ignore_patterns("schema"))
    for folder in ("gaps", "interventions", "prices", "cost"):
        kept = set(stack.names(folder))
        for path in (whole / folder).glob("*.yaml"):
            if not path.name.endswith(".tests.yaml") and f"{folder}/{path.name}" not in kept:
                path.unlink()
    names = [path.relative_to(whole).as_posix() for path in whole.rglob("*.yaml")]
    for folder in ("gaps", "interventions", "prices"):
        names += stack.names(folder)
    for name in dict.fromkeys(name for name in names if not name.endswith(".tests.yaml")):
        _write(whole / name, stack.read(name).data)
    for overlay in stack.overlays:
        for path in overlay.rglob("*.tests.yaml"):
            target = whole / path.relative_to(overlay)
            tests = read_document(path).data
            if target.is_file():
                tests = {**tests, "tests": [*read_document(target).data["tests"], *tests["tests"]]}
            _write(target, tests)


def _write(path: Path, data: Any) -> None:
    """Write data as YAML with each part on a line of its own, so that a line tells the part."""
    import yaml

    path.parent.mkdir(parents=True, exist_ok=True)
    plain = json.loads(json.dumps(data))  # without shared parts, which would become anchors
    path.write_text(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=10_000), "utf-8")


def _placed(finding: Finding, stack: RuleFolders, whole: Path) -> Finding:
    """Return a finding at the file and line that were read, instead of those of the whole pack."""
    source = Path(finding.source)
    if not source.is_relative_to(whole) or source.suffix != ".yaml" or not source.is_file():
        return replace(finding, source=str(stack.overlays[-1] / MARKER), line=1)
    name = source.relative_to(whole).as_posix()
    if name.endswith(".tests.yaml"):
        return replace(finding, source=str(stack.overlays[-1] / name), line=1)
    document, written = stack.read(name), read_document(source)
    path = max(
        (each for each in _paths(written.data, ()) if written.line(each) <= (finding.line or 1)),
        key=lambda each: (written.line(each), -len(each)),
        default=(),
    )
    file, line = document.place(path)
    return replace(finding, source=file, line=line)


def _paths(data: Any, path: KeyPath) -> Iterator[KeyPath]:
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, inner in items:
        yield from _paths(inner, (*path, step))
