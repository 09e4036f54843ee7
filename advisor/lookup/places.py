"""File and line of every entry of a rule pack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.documents import read_document
from advisor.rules import TESTS_SUFFIX

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.documents import Document, KeyPath


@dataclass
class Places:
    """Where the entries of a pack stand. Its files are read again for that: the engine has no use for it."""

    folder: Path
    documents: dict[Path, Document] = field(default_factory=dict)

    def _read(self, file: str) -> Document:
        path = self.folder / file
        if path not in self.documents:
            self.documents[path] = read_document(path)
        return self.documents[path]

    def listed(self, file: str, *path: str | int, name: str) -> tuple[str, int]:
        """Return file and line of the item with an id in the list at `path`."""
        document = self._read(file)
        items: Any = document.data
        for step in path:
            items = items[step]
        position = next(i for i, item in enumerate(items) if item["id"] == name)
        return self._place(document, (*path, position))

    def whole(self, folder: str, name: str) -> tuple[str, int]:
        """Return the file in a folder that describes `name`, and the line that says so."""
        for file in sorted((self.folder / folder).glob("*.yaml")):
            if file.name.endswith(TESTS_SUFFIX):
                continue
            document = self._read(f"{folder}/{file.name}")
            if document.data.get("id") == name:
                return self._place(document, ("id",))
        raise KeyError(name)

    def variant(self, intervention: str, variant: str) -> tuple[str, int]:
        """Return file and line of one variant of an intervention."""
        file, _ = self.whole("interventions", intervention)
        for document in self.documents.values():
            if document.source == file:
                position = next(i for i, item in enumerate(document.data["variants"]) if item["id"] == variant)
                return self._place(document, ("variants", position))
        raise KeyError(variant)

    @staticmethod
    def _place(document: Document, path: KeyPath) -> tuple[str, int]:
        return document.source, document.line(path)
