"""Checking overlays: the pack that they make is checked as a whole, and what it has beyond the pack below is theirs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from advisor.checking.check import SEARCHED, Checked, check_pack
from advisor.checking.findings import Finding, in_order
from advisor.overlay import MARKER
from advisor.shipped import shipped_rules_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What may be left behind below without harm: sources, options, tests and experts' numbers of what was taken out.
_LEFT_BEHIND: Final = ("alike-options", "basis", "evidence-unused", "untested")
# What an overlay may well mean: a question that is asked in vain, a gap that nothing closes.
_TOLD: Final = ("idle-fact", "unclosed-gap")


def check_folders(folders: Sequence[Path], *, search: bool = True) -> Checked:
    """Return what is wrong with a complete pack, or with overlays and with what they do to the pack below them.

    Raises AdvisorError when there is no rule pack at all; whatever is wrong inside one is a finding.
    """
    overlays = [folder for folder in folders if (folder / MARKER).is_file()]
    checked = check_pack(*folders, search=search)
    if not overlays:
        return checked
    own = [each for each in checked.findings if _inside(each, overlays)]
    done = [each for each in checked.findings if not _inside(each, overlays) and each.kind not in _LEFT_BEHIND]
    if done:
        base = shipped_rules_folder() if len(overlays) == len(folders) else folders[0]
        own += _beyond(done, base, overlays[-1] / MARKER)
    return Checked(in_order(own), checked.counts)


def _inside(finding: Finding, folders: Iterable[Path]) -> bool:
    return any(Path(finding.source).is_relative_to(folder) for folder in folders)


def _beyond(findings: Sequence[Finding], base: Path, marker: Path) -> Iterator[Finding]:
    """Yield findings on the pack below that it does not have alone, at the overlay that brings them about."""
    search = any(finding.kind in SEARCHED for finding in findings)
    below = {(each.kind, each.message) for each in check_pack(base, search=search).findings}
    for each in findings:
        if (each.kind, each.message) not in below:
            message = f"{each.message} ({each.source}:{each.line})"
            yield Finding("warning" if each.kind in _TOLD else each.level, each.kind, message, str(marker), 1)
