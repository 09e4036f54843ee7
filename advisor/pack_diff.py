"""What one rule pack changes in another: entry by entry, and in the verdict on published decisions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from advisor.library import shipped_library
from advisor.overlay import RuleFolders
from advisor.reach import verdict_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from advisor.documents import Document, KeyPath
    from advisor.pack import RulePack
    from advisor.recommendation import Verdict

_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key of an entry with its value before and after, in one line; None where it was or is not there."""

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that was added, changed or taken out, with the file and line that says so where there is one."""

    what: str
    kind: str
    id: str
    place: str | None
    keys: tuple[KeyChange, ...]


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A published decision whose verdict or approach changes, beside what was really done.

    `old` and `new` are the approaches of the best plans, which an undecided verdict only leans to.
    """

    case: str
    title: str
    old_verdict: Verdict
    old: str
    new_verdict: Verdict
    new: str
    labelled: str


@dataclass(frozen=True, slots=True)
class PackDiff:
    """All differences. `agree_old` and `agree_new` count published decisions on which each pack says what was done."""

    old_hash: str
    new_hash: str
    entries: tuple[EntryChange, ...]
    cases: int
    agree_old: int
    agree_new: int
    verdicts: tuple[VerdictChange, ...]

    def as_data(self) -> dict[str, Any]:
        """Return the differences as plain data."""
        return asdict(self)


def diff_packs(old: RulePack, new: RulePack) -> PackDiff:
    """Return what a pack changes in another and in the verdicts on the published decisions."""
    verdicts = []
    agree = [0, 0]
    for case in shipped_library().cases:
        before, after = verdict_for(old, case.facts), verdict_for(new, case.facts)
        agree[0] += before[1] == case.approach
        agree[1] += after[1] == case.approach
        if before != after:
            verdicts.append(VerdictChange(case.id, case.title, *before, *after, case.approach))
    return PackDiff(
        old_hash=old.hash,
        new_hash=new.hash,
        entries=tuple(_entry_changes(old, new)),
        cases=len(shipped_library().cases),
        agree_old=agree[0],
        agree_new=agree[1],
        verdicts=tuple(verdicts),
    )


def _entry_changes(old: RulePack, new: RulePack) -> Iterator[EntryChange]:
    folders = RuleFolders(new.folders)
    before, after = _entries(RuleFolders(old.folders)), _entries(folders)
    gone = {(_kind(each.kind), each.id): "{}:{}".format(*each.origin.place) for each in folders.removed}
    for key in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(key), after.get(key)
        if was is not None and now is not None and was.content == now.content:
            continue
        changes = tuple(_key_changes(was.content if was else {}, now.content if now else {}))
        what = "added" if was is None else "removed" if now is None else "changed"
        place = gone.get(key) if now is None else now.place(changes[0].key if changes else "")
        yield EntryChange(what, *key, place, changes)


def _key_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[KeyChange]:
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield KeyChange(key, _shown(old, key), _shown(new, key))


def _shown(entry: Mapping[str, Any], key: str) -> str | None:
    """Return a value on one line, cut where it is long."""
    if key not in entry:
        return None
    import json

    value = entry[key]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry says, and where it stands."""

    content: dict[str, Any]
    document: Document
    path: KeyPath

    def place(self, key: str) -> str:
        """Return file and line: of the entry, or of a key where the entry is a file, which has no line of its own."""
        return "{}:{}".format(*self.document.place(self.path or (key.partition(".")[0],)))


def _entries(folders: RuleFolders) -> dict[tuple[str, str], _Entry]:
    """Return every entry of a pack's files by its kind and id."""
    entries: dict[tuple[str, str], _Entry] = {}
    for name in _file_names(folders):
        document = folders.read(name)
        for path, kind, ident, content in _parts(document.data, (), _Owner(name)):
            entries[kind, ident] = _Entry(content, document, path)
    return entries


def _file_names(folders: RuleFolders) -> Iterator[str]:
    yield from sorted(path.name for path in folders.base.glob("*.yaml") if not path.name.endswith(".tests.yaml"))
    for folder in ("gaps", "interventions", "prices", "cost"):
        yield from folders.names(folder)


@dataclass(frozen=True, slots=True)
class _Owner:
    """What an entry stands in: its file, and the entry around it where its own id is known only there."""

    file: str
    prefix: str = ""


def _parts(data: Mapping[str, Any], path: tuple[str | int, ...], owner: _Owner) -> Iterator[tuple[Any, str, str, Any]]:
    """Yield every entry in a file, the file itself being the entry for what stands outside its entries."""
    own: dict[str, Any] = {}
    name = _identity(data, owner) if path else owner.file
    for key, value in data.items():
        if _has_entries(value):
            yield from _listed(value, (*path, key), owner, name)
        elif isinstance(value, dict) and _has_entries(value.get("rules")):
            yield from _listed(value["rules"], (*path, key, "rules"), owner, name)
            own |= {f"{key}.{inner}": kept for inner, kept in value.items() if inner != "rules"}
        elif key != "id":
            own[key] = value
    yield path, _kind(str(path[-2])) if path else "file", name, own


def _listed(items: Iterable[Any], path: tuple[str | int, ...], owner: _Owner, name: str) -> Iterator[Any]:
    # Options and variants are called alike in different entries; everything else has a name of its own.
    prefix = f"{name.removesuffix('.yaml').rpartition('/')[2]}." if path[-1] in ("options", "variants") else ""
    for position, item in enumerate(items):
        yield from _parts(item, (*path, position), _Owner(owner.file, prefix))


def _kind(key: str) -> str:
    """Return what the items of a list are called."""
    return {"evidence": "source", "rows": "price", "approaches": "approach"}.get(key, key.removesuffix("s"))


def _identity(item: Mapping[str, Any], owner: _Owner) -> str:
    """Return what an entry is called; price rows are told apart by what they price."""
    if "id" in item:
        return f"{owner.prefix}{item['id']}"
    words = (str(item[key]) for key in ("item", "provider", "plan", "shape", "unit") if key in item)
    return f"{owner.file.removeprefix('prices/').removesuffix('.yaml')}: {', '.join(words)}"


def _has_entries(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and ("id" in item or "item" in item) for item in value)
    )
