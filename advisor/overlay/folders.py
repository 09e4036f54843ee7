"""Reading rule files through a stack of folders: one complete pack, then overlays in order, where later ones win."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from advisor.approaches import Approach
from advisor.documents import Document, read_document
from advisor.errors import AdvisorError, Problem, nearest
from advisor.overlay.merge import DISABLED, Merger, Removed
from advisor.overlay.prune import prune
from advisor.overlay.tree import LayeredDocument, Node, Origin, tree
from advisor.shipped import shipped_rules_folder
from advisor.validation import Model, validated
from advisor.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MARKER", "TESTS_SUFFIX", "RuleFolders", "shipped_rules_folder"]

MARKER: Final = "overlay.yaml"
"""The file that makes a folder an overlay; a folder without it holds a complete pack."""

TESTS_SUFFIX: Final = ".tests.yaml"
_SETTINGS: Final = "settings.yaml"
_VERDICTS: Final = "verdicts/"  # tests of whole verdicts
_OPEN: Final = ("gaps", "interventions", "prices")  # folders to which an overlay may add files
_LISTED: Final = ("gaps", "interventions")  # whose files are entries themselves, listed in the settings


class OverlayFile(Model):
    """overlay.yaml: what the overlay is called, and which approaches it may put out of reach."""

    schema_version: Literal[1] = 1
    name: Annotated[str, Field(min_length=1, max_length=120)]
    about: str | None = None
    allow_unreachable: tuple[Approach, ...] = ()


class RuleFolders:
    """The files of a rule pack. Raises AdvisorError, with the overlay's own file and line, for what does not fit."""

    def __init__(self, folders: Iterable[Path | str] = ()) -> None:
        self.base, self.overlays = _stack([Path(folder) for folder in folders])
        self.marks = tuple(validated(OverlayFile, read_document(folder / MARKER)) for folder in self.overlays)
        self.removed: tuple[Removed, ...] = ()
        self._trees: dict[str, Node] = {}
        self._gone: set[str] = set()
        if self.overlays:
            self._merge()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The complete pack's folder, then the overlays'."""
        return (self.base, *self.overlays)

    @property
    def allow_unreachable(self) -> frozenset[Approach]:
        """The approaches that some overlay says it may put out of reach."""
        return frozenset(approach for mark in self.marks for approach in mark.allow_unreachable)

    def read(self, name: str, source: str = "") -> Document:
        """Return a file with everything that overlays say about it; `source` names the pack's own file in errors."""
        node = self._trees.get(name)
        if node is None and not self.removed:
            return read_document(self.base / name, source=source)
        if node is None:
            node = _base_tree(self.base / name, source)
            self._trees[name] = node
        prune(node, name, self.removed)
        return LayeredDocument(node)

    def raw(self, name: str) -> bytes:
        """Return the bytes of a file and of what overlays lay over it, for a hash."""
        found = [folder / name for folder in self.folders if (folder / name).is_file()]
        return b"\0".join(path.read_bytes() for path in found)

    def names(self, folder: str) -> list[str]:
        """Return the files in a folder, tests left out, such as `gaps/knowledge.yaml`."""
        found = {path.name for each in self.folders for path in _rule_files(each / folder)}
        return [name for name in sorted(f"{folder}/{name}" for name in found) if name not in self._gone]

    # ---------------------------------------------------------------- merging

    def _merge(self) -> None:
        merger = Merger()
        for folder in self.overlays:
            documents: list[tuple[str, Document]] = []
            for path in sorted(folder.rglob("*.y*ml")):
                name = path.relative_to(folder).as_posix()
                if name == MARKER or name.endswith(TESTS_SUFFIX) or name.startswith(_VERDICTS):
                    continue
                problem = self._stray(name, path)
                if problem is not None:
                    merger.problems.append(problem)
                    continue
                documents.append((name, read_document(path)))
            for name, document in documents:
                self._lay(merger, name, document)
            self._list_new(merger, documents)
        if merger.problems:
            raise AdvisorError(merger.problems)
        self.removed = tuple(merger.removed)

    def _stray(self, name: str, path: Path) -> Problem | None:
        """Return what is wrong with a file that no pack has a place for."""
        known = [found.relative_to(self.base).as_posix() for found in sorted(self.base.rglob("*.yaml"))]
        top, _, rest = name.partition("/")
        if name in known or (top in _OPEN and rest and "/" not in rest and name.endswith(".yaml")):
            return None
        return Problem(f"the rules have no file {quoted(name)}", str(path), 1, nearest(name, known))

    def _lay(self, merger: Merger, name: str, document: Document) -> None:
        """Lay one document over what is there by its name."""
        kind = name.partition("/")[0]
        if document.data.get(DISABLED) is True and kind in _OPEN:
            origin = Origin(document, (DISABLED,))
            if not self.has(name):
                merger.problems.append(origin.problem(f"there is no {name} to disable"))
                return
            ident = str(self._tree(name).plain().get("id", ""))
            merger.removed.append(Removed(kind, ident, origin))
            self._gone.add(name)
        elif self.has(name):
            merger.lay(self._tree(name), document)
        else:
            self._gone.discard(name)
            self._trees[name] = merger.added(document)

    def _list_new(self, merger: Merger, documents: list[tuple[str, Document]]) -> None:
        """Add gaps and interventions that have files of their own to the lists of the settings; drop disabled ones."""
        settings = self._tree(_SETTINGS).value
        for name, document in documents:
            kind, _, file = name.partition("/")
            listed = settings.get(kind)
            if kind not in _LISTED or listed is None or not isinstance(listed.value, list):
                continue
            ident = self._tree(name).plain().get("id") if name in self._trees else file.removesuffix(".yaml")
            others = [other for other in self.names(kind) if other != name]
            if any(self._tree(other).plain().get("id") == ident for other in others if self.has(other)):
                message = f"{quoted(ident)} is described in another file; give this one the same name to change it"
                merger.problems.append(document.problem(message, ("id",)))
            known = [node.value for node in listed.value]
            if name in self._gone:
                listed.value = [node for node in listed.value if node.value != ident]
            elif ident not in known and isinstance(ident, str):
                listed.value.append(tree(ident, document, ("id",), over=True))

    def has(self, name: str) -> bool:
        """Return whether the pack has a file, its own or an overlay's."""
        return name not in self._gone and (name in self._trees or (self.base / name).is_file())

    def _tree(self, name: str) -> Node:
        if name not in self._trees:
            self._trees[name] = _base_tree(self.base / name)
        return self._trees[name]


def _base_tree(path: Path, source: str = "") -> Node:
    document = read_document(path, source=source)
    return tree(document.data, document, (), over=False)


def _rule_files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.yaml") if not path.name.endswith(TESTS_SUFFIX)]


def _stack(folders: list[Path]) -> tuple[Path, tuple[Path, ...]]:
    """Return the folder of the complete pack (the shipped one where none is given) and the overlays."""
    problems = [Problem("no such folder of rules", str(folder)) for folder in folders if not folder.is_dir()]
    if problems:
        raise AdvisorError(problems)
    complete = [folder for folder in folders if not (folder / MARKER).is_file()]
    if not complete:
        return shipped_rules_folder(), tuple(folders)
    wrong = next((folder for folder in complete if folder is not folders[0]), None)
    if wrong is not None:
        message = f"holds a complete pack (it has no {MARKER}), and only the first folder of rules may do so"
        raise AdvisorError(Problem(message, str(wrong)))
    return folders[0], tuple(folders[1:])
