"""The parsed rule pack, kept so that a command need not read the YAML files again.

It can't be stale: its name is a digest of every rule file, of the program's own source that reads them, and of where
they stand. It holds data and no code.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from advisor import cache_folder, conditions, cue_files, facts, pack, rule_files
from advisor.frozen import Frozen
from advisor.plain_objects import from_text, to_text
from advisor.shipped import shipped_rules_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from advisor.pack import RulePack

READERS: Final = (
    "__init__",
    "answers",
    "approaches",
    "conditions",
    "cue_files",
    "documents",
    "errors",
    "facts",
    "frozen",
    "json_text",
    "overlay/__init__",
    "overlay/folders",
    "overlay/merge",
    "overlay/prune",
    "overlay/tree",
    "pack",
    "patterns",
    "plain_objects",
    "reasons",
    "rule_cache",
    "rule_files",
    "rules",
    "shape",
    "shipped",
    "validation",
    "wording",
    "yaml_text",
)
"""The modules that decide what the pack of some files is: all that reading them loads."""


def cached_rules(folders: Sequence[str] = ()) -> RulePack:
    """Return the pack that folders of rules make, or the shipped one, which alone is kept.

    AdvisorError as for `load_rules`.
    """
    if folders:
        from advisor.reach import load_rules

        return load_rules(folders)
    name = _name() if cache_folder.is_on() else None
    content = None if name is None else cache_folder.kept(name)
    if content is not None:
        try:
            found: RulePack = from_text(content, _classes())
        except (ValueError, KeyError, TypeError, IndexError):
            pass
        else:
            return found
    from advisor.rules import shipped_rules  # only here: it brings all that reads and checks files with it

    loaded = shipped_rules()
    if name is not None:
        cache_folder.keep(name, to_text(loaded, _classes()).encode())
    return loaded


def _name() -> str | None:
    """Return the name under which the shipped pack is kept, or None where its files can't be read."""
    try:
        return f"rules-{_digest(shipped_rules_folder())}.json"
    except OSError:
        return None  # whatever is wrong with the files, reading them says it better


def _digest(root: Path) -> str:
    """Return the digest of all that decides what the pack is."""
    digest = sha256(f"{sys.version_info[:2]}\0{root}\0".encode())
    package = os.path.dirname(__file__)  # noqa: PTH120 - paths as text: this runs at every start
    sources = (f"{package}/{name}.py" for name in READERS)
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


def _classes() -> list[type[Any]]:
    """Return every class whose objects a pack may hold."""
    return [
        kind
        for home in (conditions, cue_files, facts, pack, rule_files)
        for kind in vars(home).values()
        if isinstance(kind, type) and kind.__module__ == home.__name__ and issubclass(kind, (Frozen, tuple))
    ]
