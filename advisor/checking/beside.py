"""The files of a pack that only single commands read: prices, cost constants, findings of reviews, training."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from advisor.checking.findings import Finding, from_problems
from advisor.cost.assumption_table import assumption_table
from advisor.cost.numbers import load_numbers
from advisor.cost.prices import load_prices
from advisor.cue_files import ClassifierFile, HintsFile
from advisor.documents import read_document
from advisor.errors import AdvisorError, nearest
from advisor.overlay.merge import CONTROL
from advisor.reasons import placeholders
from advisor.review.rules import review_document, review_rules
from advisor.shipped import shipped_rules_folder
from advisor.validation import validated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from advisor.checking.items import PackFiles
    from advisor.documents import Document, KeyPath
    from advisor.pack import RulePack


def check_beside(pack: RulePack, files: PackFiles) -> Iterator[Finding]:
    """Yield what the commands that read these files would refuse, and what overlays add to them in vain."""
    readers: list[Callable[[], object]] = [
        partial(load_prices, pack.cost_folders),
        partial(load_numbers, pack.cost_folders),
        partial(assumption_table, pack.cost_folders),
        partial(review_rules, pack.folders),
    ]
    for name, model in (("hints.yaml", HintsFile), ("classifier.yaml", ClassifierFile)):
        if files.folders.has(name):
            readers.append(partial(_read, files, name, model))
    unread = [problem for read in readers for problem in _problems(read)]
    yield from unread
    if unread:
        return
    yield from _review_texts(files)
    yield from _added_in_vain(files)


def _added_in_vain(files: PackFiles) -> Iterator[Finding]:
    """Yield the keys that overlays add to prices and constants although nothing reads them."""
    priced = {key for _, _, row in _rows(shipped_rules_folder()) for key in row} if files.folders.overlays else set()
    for folder in files.folders.overlays:
        for document, position, row in _rows(folder):
            yield from _in_vain(document, ("rows", position), row, priced)
        for path in sorted((folder / "cost").glob("*.yaml")):
            document = read_document(path)
            below = read_document(shipped_rules_folder() / "cost" / path.name).data
            yield from _in_vain(document, (), document.data, below)


def _problems(read: Callable[[], object]) -> list[Finding]:
    try:
        read()
    except AdvisorError as error:
        return list(from_problems(error))
    return []


def _review_texts(files: PackFiles) -> Iterator[Finding]:
    """Yield words in braces that no shipped sentence of a review has filled in."""
    known = sorted(set(placeholders((shipped_rules_folder() / "review.yaml").read_text("utf-8"))))
    document = review_document(files.folders)
    texts: list[tuple[KeyPath, object]] = [(("words", key), text) for key, text in document.data["words"].items()]
    for i, entry in enumerate(document.data["findings"]):
        texts += [(("findings", i, key), entry[key]) for key in ("text", "settle")]
    for path, text in texts:
        for name in placeholders(str(text)):
            if name not in known:
                near = nearest(name, known)
                message = f"nothing fills in {{{name}}}" + (f"; did you mean '{near}'?" if near else "")
                yield Finding("error", "placeholder", message, *document.place(path))


def _read(files: PackFiles, name: str, model: type[ClassifierFile | HintsFile]) -> None:
    validated(model, files.folders.read(name))


def _rows(folder: Path) -> Iterator[tuple[Document, int, Mapping[str, Any]]]:
    """Yield the price rows below a folder with their files and positions."""
    for path in sorted((folder / "prices").glob("*.yaml")):
        document = read_document(path)
        listed = document.data.get("rows")
        yield from ((document, i, row) for i, row in enumerate(listed or ()) if isinstance(row, dict))


def _in_vain(document: Document, path: KeyPath, entry: Iterable[str], known: Collection[str]) -> Iterator[Finding]:
    """Yield the keys of an overlay that no shipped file of the kind has, so that nothing asks for them."""
    for key in entry:
        if key not in known and key not in CONTROL:
            near = nearest(str(key), [*known])
            message = f"nothing reads '{key}'" + (f"; did you mean '{near}'?" if near else "")
            yield Finding("error", "idle-key", message, *document.place((*path, key)))
