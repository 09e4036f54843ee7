"""Data in which every part knows the file and the line that it was written in, so that files can be merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from advisor.documents import Document

if TYPE_CHECKING:
    from advisor.documents import KeyPath
    from advisor.errors import Problem

Children: TypeAlias = "dict[str, Node] | list[Node]"


@dataclass(slots=True)
class Origin:
    """Where a part was written."""

    document: Document
    path: KeyPath

    def problem(self, message: str, suggestion: str | None = None) -> Problem:
        """Return a problem placed there."""
        return self.document.problem(message, self.path, suggestion)

    @property
    def place(self) -> tuple[str, int]:
        """File and line."""
        return self.document.place(self.path)


@dataclass(slots=True)
class Node:
    """A mapping, a list or a plain value. `touched` is where an overlay changed the entry, `over` whether it is new."""

    value: Any
    origin: Origin
    over: bool
    touched: Origin | None = None

    def child(self, step: str | int) -> Node | None:
        """Return the part behind a key or a position, or None."""
        if isinstance(self.value, dict):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            found: Node = self.value[step]
            return found
        return None

    def plain(self) -> Any:
        """Return the data without the places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def tree(data: Any, document: Document, path: KeyPath, *, over: bool) -> Node:
    """Return data read from a document at `path` as a tree; `over` marks what an overlay says."""
    value = data
    if isinstance(data, dict):
        value = {key: tree(inner, document, (*path, key), over=over) for key, inner in data.items()}
    elif isinstance(data, list):
        value = [tree(inner, document, (*path, i), over=over) for i, inner in enumerate(data)]
    return Node(value, Origin(document, path), over)


class LayeredDocument(Document):
    """A document merged from several. The place of a part is the overlay's that wrote it or changed its entry."""

    def __init__(self, root: Node) -> None:
        document = root.origin.document
        super().__init__(data=root.plain(), source=document.source, lines=_Lines(root))

    def place(self, path: KeyPath = ()) -> tuple[str, int]:
        """Return file and line of the part at `path`."""
        lines = self.lines
        assert isinstance(lines, _Lines)  # noqa: S101 - set above
        return lines.place(path)


class _Lines:
    """Finds the place of a path in a tree."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def line(self, path: KeyPath) -> int:
        return self.place(path)[1]

    def place(self, path: KeyPath) -> tuple[str, int]:
        node, touched = self._root, self._root.touched
        for step in path:
            inner = node.child(step)
            if inner is None:
                break
            node, touched = inner, inner.touched or touched
        return (node.origin if node.over or touched is None else touched).place
