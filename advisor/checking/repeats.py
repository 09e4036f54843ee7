"""What stands twice: entries of one name in a list, and names that a list holds more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.checking.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.checking.items import PackFiles
    from advisor.checking.verdicts import VerdictTest
    from advisor.documents import Document, KeyPath


def check_repeats(files: PackFiles, tests: Iterable[VerdictTest]) -> Iterator[Finding]:
    """Yield ids that two entries of a list or two verdict tests share, and names that a list repeats."""
    for document in files.documents.values():
        yield from _repeated(document, document.data, ())
    first: dict[str, VerdictTest] = {}
    for test in tests:
        known = first.setdefault(test.id, test)
        if known is not test:
            message = f"the verdict test '{test.id}' stands twice, first in {known.source}:{known.line}"
            yield Finding("error", "duplicate", message, test.source, test.line)


def _repeated(document: Document, data: Any, path: KeyPath) -> Iterator[Finding]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    seen: set[str] = set()
    for step, inner in items:
        name = inner.get("id") if isinstance(inner, dict) else inner
        if isinstance(data, list) and isinstance(name, str):
            if name in seen:
                message = f"'{name}' stands twice in `{next(key for key in reversed(path) if isinstance(key, str))}`"
                yield Finding("error", "duplicate", message, *document.place((*path, step)))
            seen.add(name)
        yield from _repeated(document, inner, (*path, step))
