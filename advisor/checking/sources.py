"""The evidence behind the rules: cited, dated, graded honestly, and with its disagreements on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.pack import RulePack
    from advisor.rule_files import EvidenceEntry

_FILE = "evidence.yaml"


def check_sources(pack: RulePack, items: Sequence[Item], files: PackFiles) -> Iterator[Finding]:
    """Yield what is wrong with the sources and with how the rules cite them."""
    for item in items:
        content = getattr(item.part, "entry", item.part)
        names, against = getattr(content, "evidence", ()), getattr(content, "against", ())
        for name in {*names} & {*against}:
            message = f"{item.name} cites '{name}' both for and against itself"
            yield item.finding("error", "evidence", message)
        for name in {name for name in (*names, *against) if (*names, *against).count(name) > 1} - {*names} & {*against}:
            yield item.finding("warning", "evidence", f"{item.name} cites '{name}' twice")
    cited = {name for file, document in files.documents.items() if file != _FILE for name in _cited(document.data)}
    urls: dict[str, str] = {}
    for i, entry in enumerate(pack.evidence.values()):
        if entry.id not in cited:
            yield files.finding("warning", "evidence-unused", f"no rule cites '{entry.id}'", _FILE, "evidence", i)
        first = urls.setdefault(entry.url, entry.id)
        if first != entry.id:
            message = f"'{entry.id}' has the same address as '{first}'"
            yield files.finding("warning", "evidence", message, _FILE, "evidence", i, "url")
        yield from _entry(pack, files, i, entry)


def _cited(content: Any) -> Iterator[str]:
    """Yield every source that a part of a rule file names, for or against."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in ("evidence", "against") and isinstance(value, list):
                yield from (name for name in value if isinstance(name, str))
            else:
                yield from _cited(value)
    elif isinstance(content, list):
        for value in content:
            yield from _cited(value)


def _entry(pack: RulePack, files: PackFiles, i: int, entry: EvidenceEntry) -> Iterator[Finding]:
    if entry.read == "recalled" and entry.grade == "measured":
        message = f"'{entry.id}' was only recalled, so it can't be graded measured"
        yield files.finding("error", "evidence-grade", message, _FILE, "evidence", i, "grade")
    for k, name in enumerate(entry.disagrees_with):
        at = ("evidence", i, "disagrees_with", k)
        other = pack.evidence.get(name)
        if other is None:
            near = nearest(name, [*pack.evidence])
            message = f"'{entry.id}' disagrees with '{name}', which is no source here"
            message += f"; did you mean '{near}'?" if near else ""
            yield files.finding("error", "disagreement", message, _FILE, *at)
        elif name == entry.id:
            yield files.finding("error", "disagreement", f"'{entry.id}' disagrees with itself", _FILE, *at)
        elif entry.id not in other.disagrees_with:
            message = f"'{entry.id}' disagrees with '{name}', which does not say so of '{entry.id}'"
            yield files.finding("error", "disagreement", message, _FILE, *at)
    gaps = [gap.id for gap in pack.gaps]
    for k, gap_id in enumerate(entry.gaps):
        if gap_id not in gaps:
            message = f"'{entry.id}' speaks on '{gap_id}', which is no gap"
            yield files.finding("error", "unknown-name", message, _FILE, "evidence", i, "gaps", k)
    yield from _age(pack, files, i, entry)


def _age(pack: RulePack, files: PackFiles, i: int, entry: EvidenceEntry) -> Iterator[Finding]:
    year, month = (int(part) for part in [*entry.date.split("-"), "12"][:2])
    at = ("evidence", i, "date")
    months = (pack.as_of.year - year) * 12 + pack.as_of.month - month
    if (int(entry.date[:4]), entry.date[5:7] or "00") > (pack.as_of.year, f"{pack.as_of.month:02}"):
        message = f"'{entry.id}' is dated {entry.date}, after the pack itself ({pack.as_of})"
        yield files.finding("error", "evidence-date", message, _FILE, *at)
    if not 1 <= month <= 12:
        message = f"'{entry.id}' is dated {entry.date}, which is no month"
        yield files.finding("error", "evidence-date", message, _FILE, *at)
    limits = files.documents["settings.yaml"].data.get("evidence_years") or {}
    limit = limits.get(entry.grade)
    if limit is not None and months > limit * 12:
        message = f"'{entry.id}' is from {entry.date}; {entry.grade} sources count as outdated after {limit:g} years"
        yield files.finding("warning", "evidence-old", message, _FILE, *at)
