"""Rows of a batch: use cases read from JSON Lines or CSV, each valid as a file of its own would have to be."""

from __future__ import annotations

import csv
import io
import json
from array import array
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from advisor.answers import LARGEST, parse_value
from advisor.documents import MAX_BYTES, read_document
from advisor.errors import AdvisorError, Problem, nearest
from advisor.use_case import UNKNOWN, UseCase, parse_use_case
from advisor.wording import HIDDEN, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from advisor.batch.columns import ColumnConditions
    from advisor.facts import Fact, FactValue, Questionnaire

LONGEST_ROW: Final = MAX_BYTES
_LONGEST_NAME: Final = 200
_PLAIN_KEYS: Final = frozenset(("name", "description", "facts"))
_MOST_REMEMBERED: Final = 50_000


class Row(NamedTuple):
    """A valid use case. `codes` are those of its answers; `rest` is the whole use case where it holds more."""

    name: str
    facts: dict[str, FactValue]
    description: str | None
    codes: array[int]
    rest: UseCase | None = None


class JsonRows:
    """Reads use cases from lines of JSON: quickly where a line is plainly right, with all checks where it is not."""

    def __init__(self, questionnaire: Questionnaire, columns: ColumnConditions) -> None:
        self.questionnaire = questionnaire
        self._no_answers = array("H", bytes(2 * len(columns.facts)))
        self._coders = {fact.id: _coder(fact, columns) for fact in questionnaire.facts}

    def read(self, line: bytes) -> Row:
        """Return the use case in a line. AdvisorError holds all that is wrong with it."""
        row = self._plain(line)
        return row if row is not None else self._checked(line)

    def _plain(self, line: bytes) -> Row | None:
        """Return the use case in a line that is right at first sight, else None."""
        try:
            data = _DECODER.decode(line.decode())
            if type(data) is not dict or not _PLAIN_KEYS.issuperset(data):
                return None
            name, description, facts = data["name"], data.get("description"), data.get("facts", {})
            if (
                not _plain_name(name)
                or not (description is None or _plain_text(description))
                or type(facts) is not dict
            ):
                return None
            return Row(name, facts, description, self.codes(facts))
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def codes(self, facts: dict[str, FactValue]) -> array[int]:
        """Return the codes of answers. KeyError, TypeError or ValueError for what may not be valid."""
        codes = self._no_answers[:]
        for fact, value in facts.items():
            place, code = self._coders[fact]
            codes[place] = code(value)
        return codes

    def _checked(self, line: bytes) -> Row:
        use_case = parse_use_case(read_document(None, line, "row.json"), self.questionnaire)
        facts = {**use_case.facts}
        return Row(use_case.name, facts, use_case.description, self.codes(facts), use_case)


class CsvRows:
    """Reads use cases from cells of CSV: a column `name`, and columns named after facts; an empty cell is unknown."""

    def __init__(self, questionnaire: Questionnaire, columns: ColumnConditions, header: Iterable[str]) -> None:
        self._plain = JsonRows(questionnaire, columns)
        self.header = tuple(header)
        self._facts = questionnaire.by_id
        self._remembered: dict[tuple[str, str], FactValue] = {}

    def read(self, line: bytes) -> Row:
        """Return the use case in one record. AdvisorError holds all that is wrong with it."""
        try:
            cells = next(csv.reader(io.StringIO(line.decode("utf-8"), newline=""), strict=True))
        except (UnicodeDecodeError, csv.Error, StopIteration) as error:
            raise AdvisorError(Problem(f"not a record of CSV: {error}", "row")) from None
        if len(cells) != len(self.header):
            raise AdvisorError(Problem(f"has {len(cells)} cells; the header names {len(self.header)}", "row"))
        data: dict[str, Any] = {}
        facts: dict[str, FactValue] = {}
        problems: list[Problem] = []
        for name, cell in zip(self.header, cells, strict=True):
            text = cell.strip()
            if name not in self._facts:
                data[name] = text or None
            elif text and text.lower() != UNKNOWN:
                try:
                    facts[name] = self._value(name, text)
                except AdvisorError as error:
                    problems += error.problems
        if problems:
            raise AdvisorError(problems)
        return self._plain.read(json.dumps({**data, "facts": facts}).encode())

    def _value(self, fact: str, text: str) -> FactValue:
        known = self._remembered.get((fact, text))
        if known is None:
            known = parse_value(self._facts[fact], text)
            if len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[fact, text] = known
        return known


def checked_header(names: Iterable[str], questionnaire: Questionnaire, source: str) -> tuple[str, ...]:
    """Return the columns that a header names. AdvisorError holds all that is wrong with them."""
    header = tuple(name.strip() for name in names)
    known = ("name", "description", *questionnaire.fact_ids)
    for sign, what in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise AdvisorError(Problem(f"expected commas between the columns, not {what}", source, 1))
    problems = [
        Problem(f"no fact is called {quoted(name)}", source, 1, nearest(name, known))
        for name in header
        if name not in known
    ]
    if "name" not in header:
        problems.append(Problem("needs a column `name`", source, 1))
    if len(set(header)) < len(header):
        problems.append(Problem("names a column twice", source, 1))
    if problems:
        raise AdvisorError(problems)
    return header


def reason(error: AdvisorError) -> str:
    """Return in one line why a row was rejected."""
    return "; ".join(str(Problem(each.message, "", None, each.suggestion)) for each in error.problems)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_without_repeats)


def _plain_name(name: object) -> bool:
    return (
        isinstance(name, str)
        and 0 < len(name) <= _LONGEST_NAME
        and name.isprintable()
        and " ".join(name.split()) == name
    )


def _plain_text(text: object) -> bool:
    return isinstance(text, str) and not text.isspace() and text != "" and HIDDEN.search(text) is None


def _coder(fact: Fact, columns: ColumnConditions) -> tuple[int, Callable[[Any], int]]:
    """Return the place of a fact's code, and what gives an answer its code; it refuses what may not be valid."""
    known = columns.facts[fact.id]
    if fact.kind == "choice":
        named = {option: known.named[option] for option in fact.option_ids}
        return known.place, named.__getitem__
    if fact.kind == "flag":
        no, yes = known.named[False], known.named[True]

        def flag(value: object) -> int:
            if value is True:
                return yes
            if value is False:
                return no
            raise ValueError(value)

        return known.place, flag
    least, most, whole = fact.minimum, fact.maximum if fact.maximum is not None else LARGEST, fact.integer

    def number(value: Any) -> int:
        kind = type(value)
        if (kind is int or (kind is float and not whole)) and least <= value <= most:
            return known.code(value)
        raise ValueError(value)

    return known.place, number
