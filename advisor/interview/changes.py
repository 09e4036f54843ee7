"""Changing answers in the text of a use-case file, and nothing else in it."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from advisor.documents import read_document
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.documents import Document
    from advisor.facts import FactValue


@dataclass(frozen=True, slots=True)
class Change:
    """One entry to set or (with a value of None) to take out: `key` in a section, or at the top when that is None."""

    section: str | None
    key: str
    value: FactValue | None


def with_changes(text: str, document: Document, changes: Iterable[Change]) -> tuple[str, Document]:
    """Return the text of a use-case file with entries changed, and what it says then.

    `document` is what the text says now. Comments and all other content stay as they are. Raises AdvisorError when
    the text is laid out so that an entry can't be changed without touching something else.
    """
    for change in changes:
        text, document = _changed(text, document, change)
    return text, document


def _changed(text: str, document: Document, change: Change) -> tuple[str, Document]:
    wanted = _meaning(_with_change(document.data, change))
    if wanted == _meaning(document.data):
        return text, document
    for candidate in _candidates(text, document.source, change):
        new = _read(candidate, document.source)
        if new is not None and _meaning(new.data) == wanted:
            return candidate, new
    said = "taken out" if change.value is None else "set"
    message = f"{change.key} can't be {said} here without touching other lines; change it in an editor"
    raise AdvisorError(Problem(message, document.source))


def _candidates(text: str, source: str, change: Change) -> Iterable[str]:
    """Yield texts with the change, from the way of writing that fits best to the least."""
    if is_json(text, source):
        return (_json_with(text, change),)
    from advisor.interview.yaml_changes import yaml_with

    return yaml_with(text, change)


def is_json(text: str, source: str) -> bool:
    """Return whether a file holds JSON."""
    if PurePath(source).suffix.lower() == ".json":
        return True
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _json_with(text: str, change: Change) -> str:
    """Return a JSON text with the change, indented as it was."""
    indentation = re.search(r'[{\[]\r?\n([ \t]+)"', text)
    end = text[len(text.rstrip()) :]
    data = _with_change(json.loads(text), change)
    new = json.dumps(data, indent=indentation[1] if indentation else None, ensure_ascii=text.isascii())
    if "\r\n" in text:
        new = new.replace("\n", "\r\n")
    return new + end


def _with_change(data: dict[str, Any], change: Change) -> dict[str, Any]:
    """Return a copy of a file's data with the change. A section that is left empty goes too, but for the answers."""
    data = deepcopy(data)
    place = data
    if change.section is not None:
        if not isinstance(data.get(change.section), dict):
            data[change.section] = {}
        place = data[change.section]
    if change.value is None:
        place.pop(change.key, None)
    else:
        place[change.key] = change.value
    if change.section is not None and not place and change.section != "facts":
        del data[change.section]
    return data


def _meaning(data: Any) -> str:
    """Return what a file's data says, in a form to compare: an entry without a value is no entry."""
    top = {key: _filled(value) for key, value in data.items()}
    return json.dumps({key: value for key, value in top.items() if value not in (None, {})}, sort_keys=True)


def _filled(value: Any) -> Any:
    return {key: inner for key, inner in value.items() if inner is not None} if isinstance(value, dict) else value


def _read(text: str, source: str) -> Document | None:
    try:
        return read_document(None, text, source)
    except AdvisorError:
        return None
