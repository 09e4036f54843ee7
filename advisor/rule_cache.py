"""The parsed rule pack kept in the user's cache folder, so that a command need not read the YAML files again.

It can't be stale: its name is a digest of every rule file, of the program's own source that reads them, and of where
they stand. It can't be wrong: it opens with a digest of its content, holds data and no code, and is written in one
step. Where it can't be kept safely, the rules are simply read.

The environment variable ADVISOR_CACHE names another folder, or `off`.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from advisor.pack import shipped_rules_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.pack import RulePack

SETTING: Final = "ADVISOR_CACHE"
OFF: Final = "off"
_FOLDER: Final = "adaptation-advisor"
_MOST_KEPT: Final = 8
_READERS: Final = (
    "__init__",
    "approaches",
    "conditions",
    "documents",
    "facts",
    "json_text",
    "pack",
    "plain_objects",
    "reasons",
    "records",
    "rule_cache",
    "rule_files",
    "rules",
    "validation",
    "yaml_text",
)
"""The modules that decide what the pack of some files is; the first holds the version."""


def cached_rules(folder: str | Path | None = None) -> RulePack:
    """Return the rule pack in a folder (the shipped one by default), from the cache where it is there.

    AdvisorError as for `load_rules`.
    """
    place = _place(shipped_rules_folder() if folder is None else Path(folder))
    pack = None if place is None else _kept(place)
    if pack is not None:
        return pack
    from advisor.rules import load_rules  # only here: it brings all that reads and checks files with it

    pack = load_rules(folder)
    if place is not None:
        _keep(place, pack)
    return pack


def _place(root: Path) -> Path | None:
    """Return where the pack of a folder is kept, or None where nothing can be kept."""
    store = _store()
    if store is None:
        return None
    try:
        return store / f"rules-{_digest(root)}.json"
    except OSError:
        return None  # whatever is wrong with the files, reading them says it better


def _store() -> Path | None:
    """Return the folder of the cache."""
    chosen = os.environ.get(SETTING)
    if chosen:
        return None if chosen == OFF else Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = _in_home("Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or _in_home(".cache")
    return Path(base, _FOLDER) if base and Path(base).is_absolute() else None


def _in_home(folder: str) -> str | None:
    home = os.environ.get("HOME")
    return f"{home}/{folder}" if home else None


def _digest(root: Path) -> str:
    """Return the digest of all that decides what the pack is."""
    digest = sha256(f"{sys.version_info[:2]}\0{root}\0".encode())
    package = os.path.dirname(__file__)  # noqa: PTH120 - paths as text: this runs at every start
    sources = (f"{package}/{name}.py" for name in _READERS)
    for path in (*sources, *sorted(_rule_files(str(root)))):
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            content = file.read()
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _rule_files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _rule_files(entry.path)
            elif entry.name.endswith(".yaml"):
                yield entry.path


def _kept(place: Path) -> RulePack | None:
    """Return the pack that is kept in a place, or None."""
    from advisor.plain_objects import from_text

    try:
        if not _ours_alone(place.parent):
            return None
        seal, content = place.read_bytes().split(b"\n", 1)
        if seal != sha256(content).hexdigest().encode():
            return None
        pack: RulePack = from_text(content, _classes())
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    return pack


def _keep(place: Path, pack: RulePack) -> None:
    """Keep a pack in a place, in one step; where that is not possible, do nothing."""
    from advisor.plain_objects import to_text

    content = to_text(pack, _classes()).encode()
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _ours_alone(place.parent):
            return
        beside.write_bytes(sha256(content).hexdigest().encode() + b"\n" + content)
        beside.replace(place)
        kept = sorted(place.parent.glob("rules-*.json"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        pass


def _ours_alone(folder: Path) -> bool:
    """Return whether nobody else can write into a folder."""
    if sys.platform == "win32":
        return folder.is_dir()
    state = folder.stat()
    return state.st_uid == os.getuid() and not state.st_mode & 0o022


def _classes() -> list[type[Any]]:
    """Return every class whose objects a pack may hold."""
    from dataclasses import is_dataclass

    from advisor import conditions, facts, pack, rule_files
    from advisor.records import Record

    homes = (conditions, facts, pack, rule_files)
    return [
        kind
        for home in homes
        for kind in vars(home).values()
        if isinstance(kind, type)
        and kind.__module__ == home.__name__
        and (is_dataclass(kind) or issubclass(kind, Record))
    ]
