"""File and line of every entry of a rule pack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.documents import Document
    from advisor.overlay import RuleFolders


@dataclass
class Places:
    """Where the entries of a pack stand. Its files are read again for that: the engine has no use for it."""

    folders: RuleFolders
    documents: dict[str, Document] = field(default_factory=dict)

    def _read(self, file: str) -> Document:
        if file not in self.documents:
            self.documents[file] = self.folders.read(file)
        return self.documents[file]

    def listed(self, file: str, *path: str | int, name: str) -> tuple[str, int]:
        """Return file and line of the item with an id in the list at `path`."""
        document = self._read(file)
        items: Any = document.data
        for step in path:
            items = items[step]
        position = next(i for i, item in enumerate(items) if item["id"] == name)
        return document.place((*path, position))

    def whole(self, folder: str, name: str) -> tuple[str, int]:
        """Return the file in a folder that describes `name`, and the line that says so."""
        return self._describing(folder, name).place(("id",))

    def variant(self, intervention: str, variant: str) -> tuple[str, int]:
        """Return file and line of one variant of an intervention."""
        document = self._describing("interventions", intervention)
        position = next(i for i, item in enumerate(document.data["variants"]) if item["id"] == variant)
        return document.place(("variants", position))

    def _describing(self, folder: str, name: str) -> Document:
        for file in self.folders.names(folder):
            document = self._read(file)
            if document.data.get("id") == name:
                return document
        raise KeyError(name)
