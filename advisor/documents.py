"""Reading YAML and JSON files safely: plain data, a line for every value, and clear errors for the rest."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

from advisor.errors import AdvisorError, Problem
from advisor.frozen import Frozen
from advisor.json_text import JsonLines, NotJsonError, read_json
from advisor.wording import HIDDEN, kind_of
from advisor.yaml_text import YamlLines, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands: the keys (and, in lists, the positions from 0) that lead to it."""

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 20


class Lines(Protocol):
    """Knows the line of every part of a text."""

    def line(self, path: KeyPath) -> int:
        """Return the line (from 1) of the key or item at `path`, or of its nearest enclosing part."""
        ...


class Document(Frozen):
    """A document that was read: its plain data and where each part of it stands."""

    data: Any
    source: str
    lines: Lines

    def line(self, path: KeyPath = ()) -> int:
        """Return the line (from 1) of the key or list item at `path`, or of its nearest enclosing part."""
        return self.lines.line(path)

    def place(self, path: KeyPath = ()) -> tuple[str, int]:
        """Return file and line of the part at `path`; in a merged document, where what counts was written."""
        return self.source, self.line(path)

    def problem(self, message: str, path: KeyPath = (), suggestion: str | None = None) -> Problem:
        """Return a problem placed at `path` of this document."""
        return Problem(message, *self.place(path), suggestion)


def read_document(
    path: Path | None,
    text: str | bytes | None = None,
    source: str = "",
    *,
    top: Literal["mapping", "list"] = "mapping",
    limit: int = MAX_BYTES,
) -> Document:
    """Return the document in a file, or in `text` when that is given; `source` names it in errors.

    A name that ends in .json must hold JSON; other text that begins like JSON is tried as JSON first.
    Raises AdvisorError for what can't be read safely and without doubt, or is larger than `limit` bytes.
    """
    source = source or (str(path) if path else "input")
    if text is None:
        if path is None:
            raise ValueError("read_document needs a path or a text")
        text = _read_bytes(path, source, limit)
    plain = _checked_text(text, source, limit)
    data, lines = _parsed(plain, source)
    document = Document(data=data, source=source, lines=lines)
    if "\\" in plain:
        _refuse_escaped_controls(document)
    if not isinstance(data, dict if top == "mapping" else list):
        wanted = "`key: value` lines" if top == "mapping" else "a list of `- ` items"
        raise AdvisorError(document.problem(f"expected {wanted}, but the whole file is {kind_of(data)}"))
    return document


def read_standard_input(limit: int = MAX_BYTES) -> bytes:
    """Return the bytes on standard input, at most one more than `limit` (which is then refused)."""
    return sys.stdin.buffer.read(limit + 1)


def _read_bytes(path: Path, source: str, limit: int) -> bytes:
    """Return a file's bytes, reading no more of it than shows that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except FileNotFoundError:
        reason = "no such file"
    except IsADirectoryError:
        reason = "this is a folder; expected a file"
    except PermissionError:
        # Windows answers "permission denied" for a folder too.
        reason = "this is a folder; expected a file" if path.is_dir() else "no permission to read this file"
    except (OSError, ValueError) as error:
        reason = f"can't be read: {getattr(error, 'strerror', None) or error}"
    raise AdvisorError(Problem(reason, source))


def _checked_text(text: str | bytes, source: str, limit: int) -> str:
    """Return the characters of a text, with the UTF-8 mark that some editors put at the start dropped."""
    if len(text) > limit:
        size = f"{limit / 1024 / 1024:g} MiB" if limit >= MAX_BYTES else f"{limit:,} bytes"
        raise AdvisorError(Problem(f"larger than {size}, more than such a file can need", source))
    if isinstance(text, bytes):
        text = _from_utf8(text, source)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise AdvisorError(Problem("the file is empty", source))
    if found := HIDDEN.search(text):
        what = "an invisible control character"
        if found[0] == "\0":
            what = "a NUL character, so this is no text file"
        line = text.count("\n", 0, found.start()) + 1
        raise AdvisorError(Problem(f"holds {what} ({found[0]!a})", source, line))
    return text


def _from_utf8(raw: bytes, source: str) -> str:
    """Return UTF-8 text, or name the first byte that is not."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise AdvisorError(Problem("not UTF-8 text but UTF-16; save the file as UTF-8", source, 1))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
        message = f"not UTF-8 text: byte 0x{raw[at]:02x} at offset {at}; save the file as UTF-8"
        raise AdvisorError(Problem(message, source, raw.count(b"\n", 0, at) + 1)) from None


def _parsed(text: str, source: str) -> tuple[Any, YamlLines | JsonLines]:
    """Return the data of a text and the map of its lines, taking it as JSON or YAML."""
    if source.lower().endswith(".json"):
        return read_json(text, source, MAX_DEPTH)
    if not text.lstrip().startswith(("{", "[")):
        return read_yaml(text, source, MAX_DEPTH)
    try:
        return read_json(text, source, MAX_DEPTH)
    except NotJsonError as complaint:
        try:
            return read_yaml(text, source, MAX_DEPTH)
        except AdvisorError:
            # A bracket followed by a quote is meant as JSON, and then JSON's own complaint helps more.
            if re.match(r'\s*[{\[]\s*"', text):
                raise complaint from None
            raise


def _refuse_escaped_controls(document: Document) -> None:
    r"""Refuse control characters and half surrogates that were written as escapes, such as \u0000."""
    for path, value in _texts(document.data, ()):
        if found := HIDDEN.search(value):
            message = f"holds an invisible control character ({found[0]!a})"
            raise AdvisorError(document.problem(message, path))


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield every text in a value, keys included, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*path, position))
