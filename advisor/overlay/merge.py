"""One file of an overlay laid over the file of the same name below it.

Keys replace keys and mappings are merged. Lists whose items have an `id` (price rows: item and provider) are merged
item by item: a known id changes the keys that are given, `disabled: true` takes the item out, a new id adds it, at the
end or where `before` or `after` says. Conditions and all other lists are replaced as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from advisor.errors import Problem, nearest
from advisor.overlay.tree import Node, Origin, tree
from advisor.wording import quoted

if TYPE_CHECKING:
    from advisor.documents import Document, KeyPath

DISABLED: Final = "disabled"
_PLACING: Final = ("before", "after")
CONTROL: Final = (DISABLED, *_PLACING)
"""The keys of an overlay that say what happens to an entry."""

_CONDITIONS: Final = ("when", "fails_when", "only_if")
_PRICE_NAMES: Final = ("item", "provider", "plan", "shape", "unit")


class Removed(NamedTuple):
    """Something that an overlay takes out: the list that it stood in, its id, and where that is said."""

    kind: str
    id: str
    origin: Origin


@dataclass(slots=True)
class Merger:
    """Lays documents over trees and gathers what is wrong and what is taken out."""

    problems: list[Problem] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)

    def lay(self, base: Node, document: Document) -> None:
        """Change a tree as an overlay's document says."""
        self._mapping(base, document.data, document, ())

    def added(self, document: Document) -> Node:
        """Return the tree of a document that has nothing below it."""
        return tree(document.data, document, (), over=True)

    def _mapping(self, base: Node, data: dict[str, Any], document: Document, path: KeyPath) -> None:
        for key, value in data.items():
            at = (*path, key)
            below = base.value.get(key)
            if key in CONTROL and key not in base.value:
                continue
            if below is not None and isinstance(below.value, dict) and isinstance(value, dict):
                if key not in _CONDITIONS:
                    self._mapping(below, value, document, at)
                    below.touched = Origin(document, at)
                    continue
            elif below is not None and isinstance(value, list) and _has_entries(below, key):
                self._entries(below, value, document, at)
                continue
            base.value[key] = tree(value, document, at, over=True)

    def _entries(self, base: Node, items: list[Any], document: Document, path: KeyPath) -> None:
        kind = str(path[-1])
        for position, item in enumerate(items):
            origin = Origin(document, (*path, position))
            if not isinstance(item, dict) or not isinstance(item.get("item" if kind == "rows" else "id"), str):
                wanted = "`item`" if kind == "rows" else "`id`"
                self.problems.append(origin.problem(f"expected an entry with its {wanted}, which says what it changes"))
                continue
            found = self._matching(base, item, kind, origin)
            if found is None:
                self._add(base, item, kind, origin)
            elif found >= 0:
                self._change(base, found, item, kind, origin)

    def _matching(self, base: Node, item: dict[str, Any], kind: str, origin: Origin) -> int | None:
        """Return the position of the entry that an item is about; None for a new one, -1 where it is in doubt."""
        names = [name for name in (_PRICE_NAMES if kind == "rows" else ("id",)) if name in item]
        matching = [
            i
            for i, node in enumerate(base.value)
            if isinstance(node.value, dict)
            and all((known := node.child(name)) is not None and known.value == item[name] for name in names)
        ]
        if len(matching) > 1:
            message = f"{quoted(item.get('item'))} fits {len(matching)} rows; add its provider, plan, shape or unit"
            self.problems.append(origin.problem(message))
            return -1
        return matching[0] if matching else None

    def _change(self, base: Node, position: int, item: dict[str, Any], kind: str, origin: Origin) -> None:
        node: Node = base.value[position]
        if item.get(DISABLED) is True:
            del base.value[position]
            self.removed.append(Removed(kind, _name(item), origin))
            return
        self._flag(item, origin)
        self._mapping(node, item, origin.document, origin.path)
        node.touched = origin
        if any(key in item for key in _PLACING):
            del base.value[position]
            base.value.insert(self._position(base, item, origin), node)

    def _add(self, base: Node, item: dict[str, Any], kind: str, origin: Origin) -> None:
        if item.get(DISABLED) is True:
            known = [_name(node.plain()) for node in base.value]
            message = f"nothing called {quoted(_name(item))} is here to disable"
            self.problems.append(origin.problem(message, nearest(_name(item), known)))
            return
        self._flag(item, origin)
        own = {key: value for key, value in item.items() if key not in CONTROL}
        base.value.insert(self._position(base, item, origin), tree(own, origin.document, origin.path, over=True))
        self.removed[:] = [each for each in self.removed if (each.kind, each.id) != (kind, _name(item))]

    def _flag(self, item: dict[str, Any], origin: Origin) -> None:
        if item.get(DISABLED) not in (None, False):
            self.problems.append(origin.problem(f"disabled: expected true or false, not {quoted(item[DISABLED])}"))

    def _position(self, base: Node, item: dict[str, Any], origin: Origin) -> int:
        """Return where an entry goes: before or after the one that it names, else at the end."""
        names = [_name(node.plain()) for node in base.value]
        for key in _PLACING:
            if key not in item:
                continue
            if item[key] in names:
                return names.index(item[key]) + (key == "after")
            message = f"{key}: no entry is called {quoted(item[key])}"
            self.problems.append(origin.problem(message, nearest(item[key], names)))
        return len(names)


def _has_entries(node: Node, key: str) -> bool:
    """Return whether the items of a list are told apart by a name of their own."""
    name = "item" if key == "rows" else "id"
    if not node.value or not isinstance(node.value, list):
        return False
    return all(isinstance(each.value, dict) and name in each.value for each in node.value)


def _name(item: Any) -> str:
    return str(item.get("id", item.get("item", "")))
