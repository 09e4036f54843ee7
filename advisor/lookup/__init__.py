"""Looking up one name in a rule pack: what it is, when it counts, what it rests on, and where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.errors import AdvisorError, Problem
from advisor.lookup.entries import Entries
from advisor.lookup.entry import CitedSource, Entry
from advisor.lookup.places import Places
from advisor.overlay import RuleFolders
from advisor.wording import quoted

if TYPE_CHECKING:
    from advisor.pack import RulePack

__all__ = ["CitedSource", "Entry", "look_up"]


def look_up(pack: RulePack, name: str) -> tuple[Entry, ...]:
    """Return everything that a name stands for in a pack; a technique may be called as its intervention is.

    AdvisorError, with the nearest names, when there is nothing.
    """
    named = Entries(pack, Places(RuleFolders(pack.folders))).named()
    found = tuple(make() for entry_id, make in named if entry_id == name)
    if found:
        return found
    from difflib import get_close_matches

    known = list(dict.fromkeys(entry_id for entry_id, _ in named))
    near = get_close_matches(name.lower()[:100], known, n=3, cutoff=0.5)
    near = near or [known_id for known_id in known if name and name.lower() in known_id][:3]
    hint = f"; the nearest names are {', '.join(near)}" if near else ""
    raise AdvisorError(Problem(f"nothing in the rules is called {quoted(name)}{hint}"))
