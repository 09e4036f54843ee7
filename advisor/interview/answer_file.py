"""The file that keeps the answers of an interview: read with patience, changed with care, saved at once."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from advisor.answers import check_value
from advisor.documents import MAX_BYTES, read_document
from advisor.errors import AdvisorError, Problem
from advisor.interview.changes import Change, is_json, with_changes
from advisor.saving import behind_links, replace_file
from advisor.use_case import TOP_LEVEL_KEYS, UNKNOWN, UseCase, parse_use_case
from advisor.wording import kind_of

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.documents import Document
    from advisor.facts import FactValue, Questionnaire

ASKED: Final = "x-asked"
"""The key under which a file remembers which questions were asked and answered with "I don't know"."""

_MARK: Final = "\ufeff"
_NEW_YAML: Final = """\
# Answers kept by `advisor ask`. What is missing is not known: it is never read as "no".
# Under x-asked are the questions that were answered with "I don't know".
schema_version: 1
name: {name}
facts:
"""
_NEW_JSON: Final = """\
{{
  "schema_version": 1,
  "name": {name},
  "facts": {{}}
}}
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds: the use case as far as it can be used, and the questions answered with "I don't know"."""

    use_case: UseCase
    unknown: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def facts(self) -> dict[str, FactValue]:
        """The valid answers, in the order of the file."""
        return self.use_case.facts


class AnswerFile:
    """A use-case file that answers are added to, one at a time; a new one is written with the first answer."""

    def __init__(self, path: Path, questionnaire: Questionnaire, name: str | None = None) -> None:
        self.path = path
        self._questionnaire = questionnaire
        self._name = name or _name_from(path)

    def read(self) -> Kept:
        """Return what the file holds now. AdvisorError: it can't be read, or could not be written later."""
        self._check_writable()
        if not self.path.exists():
            return Kept(UseCase(name=self._name))
        return self._kept(self._now()[1])

    def answer(self, fact: str, value: FactValue) -> Kept:
        """Save an answer and return what the file holds then. AdvisorError: it was not saved."""
        return self._save(Change("facts", fact, value), Change(ASKED, fact, None))

    def dont_know(self, fact: str) -> Kept:
        """Save that a question was asked and its answer is not known; takes an earlier answer back."""
        return self._save(Change("facts", fact, None), Change(ASKED, fact, UNKNOWN))

    def _save(self, *changes: Change) -> Kept:
        """Save changes on top of what the file holds now, which somebody may have edited meanwhile."""
        text, document = self._now()
        if not document.data.get("name"):
            changes = (Change(None, "name", self._name), *changes)
        mark = _MARK if text.startswith(_MARK) else ""
        text, document = with_changes(text.removeprefix(_MARK), document, changes)
        kept = self._kept(document)
        try:
            replace_file(self.path, (mark + text).encode())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise AdvisorError(Problem(f"can't be written: {reason}", document.source)) from None
        return kept

    def _now(self) -> tuple[str, Document]:
        """Return the file's text with its line ends as they are and what it says; those of a new file without one."""
        source = str(self.path)
        try:
            with self.path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            from json import dumps

            new = _NEW_JSON if is_json("", source) else _NEW_YAML
            raw = new.format(name=dumps(self._name, ensure_ascii=False)).encode()
        except OSError as error:
            raise AdvisorError(Problem(f"can't be read: {error.strerror}", source)) from None
        document = read_document(None, raw, source)  # refuses what is too large or no text
        return raw.decode("utf-8"), document

    def _check_writable(self) -> None:
        """Refuse at the start what could not be saved at the first answer."""
        try:
            folder = behind_links(self.path).parent
        except OSError as error:
            raise AdvisorError(Problem(f"can't be written: {error.strerror}", str(self.path))) from None
        reason = None
        if not folder.is_dir():
            reason = f"can't be written: there is no folder {self.path.parent}"
        elif self.path.exists() and not self.path.is_file():
            reason = "is no file; answers are kept in a file"
        elif self.path.exists() and not _writable(self.path):
            reason = "is read-only, so no answer could be saved; allow writing to it, or copy it and name the copy"
        elif not os.access(folder, os.W_OK):
            reason = f"can't be written: no permission to write in the folder {self.path.parent}"
        if reason is not None:
            raise AdvisorError(Problem(reason, str(self.path)))

    def _kept(self, document: Document) -> Kept:
        """Return what can be used of a file, with a warning for everything that can't."""
        unknown = _unknown(document, self._questionnaire)
        data = dict(document.data)
        if data.get("name") is None:
            data["name"] = self._name
        document = document.replaced(data=data)
        try:
            return Kept(parse_use_case(document, self._questionnaire), unknown)
        except AdvisorError as error:
            return Kept(_usable(document, self._questionnaire, self._name), unknown, error.problems)


def _writable(path: Path) -> bool:
    """Return whether a file may be written; the mode counts for the superuser too, who could write anyway."""
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def _name_from(path: Path) -> str:
    """Return a name for the use case in a file that has none."""
    words = path.stem.replace("-", " ").replace("_", " ").split()
    name = "".join(character for character in " ".join(words) if character.isprintable())[:200]
    return name[:1].upper() + name[1:] or "New use case"


def _unknown(document: Document, questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the questions that a file says were answered with "I don't know"."""
    facts = document.data.get("facts")
    if facts is not None and not isinstance(facts, dict):
        raise AdvisorError(document.problem(f"facts: expected `fact: answer` lines, not {kind_of(facts)}", ("facts",)))
    asked = document.data.get(ASKED)
    if asked is None:
        return ()
    if not isinstance(asked, dict):
        message = f"expected `fact: {UNKNOWN}` lines under {ASKED}, where `ask` keeps them, not {kind_of(asked)}"
        raise AdvisorError(document.problem(message, (ASKED,)))
    known = facts or {}
    return tuple(
        fact for fact, said in asked.items() if said and fact in questionnaire.by_id and known.get(fact) is None
    )


def _usable(document: Document, questionnaire: Questionnaire, name: str) -> UseCase:
    """Return the use case without everything that is wrong with it; `name` stands in for one that is no name."""
    data: dict[str, Any] = {"name": name}
    for key in TOP_LEVEL_KEYS:
        value = document.data.get(key)
        if key == "facts":
            value = _usable_facts(value, questionnaire)
        try:
            UseCase.model_validate({"name": "-", key: value})
        except ValidationError:
            continue
        if value is not None:
            data[key] = value
    return UseCase.model_validate(data)


def _usable_facts(facts: Any, questionnaire: Questionnaire) -> dict[str, FactValue]:
    known = ((questionnaire.by_id.get(fact_id), value) for fact_id, value in (facts or {}).items())
    return {fact.id: value for fact, value in known if fact is not None and check_value(fact, value) is None}
