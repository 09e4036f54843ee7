"""One part of a batch: lines in, results and rejected lines out. Every process of a batch has one worker."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from advisor.approaches import APPROACHES
from advisor.batch.rows import LONGEST_ROW, CsvRows, JsonRows, reason
from advisor.batch.tally import Tally
from advisor.batch.verdicts import Judge, priced_alone
from advisor.errors import AdvisorError, Problem
from advisor.pricing import check_assumptions
from advisor.rule_cache import cached_rules
from advisor.use_case import UseCase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from advisor.batch.rows import Row
    from advisor.batch.verdicts import Verdicted
    from advisor.pack import RulePack

Form: TypeAlias = Literal["jsonl", "csv"]
Line: TypeAlias = tuple[int, bytes]
"""A line (or record) of the input and its number, counted from 1."""

_LONGEST_SHOWN: Final = 2_000


@dataclass(frozen=True, slots=True)
class Task:
    """What all parts of a batch share.

    `header` holds the columns of CSV. Prices are those of the day `as_of` where it is given, else of a use case's own
    day, else of `today`; without `today` nothing is priced.
    """

    source: str
    rules: tuple[str, ...]
    written: Form
    header: tuple[str, ...] | None = None
    as_of: date | None = None
    today: date | None = None


@dataclass(slots=True)
class Done:
    """What came of one part: the text of its results, that of its rejected lines, and the counts."""

    results: str = ""
    rejects: str = ""
    tally: Tally = field(default_factory=Tally)


class Worker:
    """Judges the lines of a batch."""

    def __init__(self, task: Task, pack: RulePack | None = None) -> None:
        self.pack = cached_rules(task.rules) if pack is None else pack
        self.judge = Judge(self.pack)
        self.task = task
        questionnaire, columns = self.pack.questionnaire, self.judge.columns
        self._rows: JsonRows | CsvRows
        if task.header is None:
            self._rows = JsonRows(questionnaire, columns)
        else:
            self._rows = CsvRows(questionnaire, columns, task.header)
        self._write = _json_writer(self.pack) if task.written == "jsonl" else _csv_line

    def done(self, lines: Sequence[Line]) -> Done:
        """Return what comes of some lines."""
        done = Done()
        rows: list[Row] = []
        rejects: list[str] = []
        for number, line in lines:
            try:
                rows.append(self._row(line))
            except AdvisorError as error:
                rejects.append(_reject(number, line, reason(error)))
        results = self._judged(rows)
        done.results = "".join([self._write(row.name, result) for row, result in zip(rows, results, strict=True)])
        done.rejects = "".join(rejects)
        done.tally.count(results)
        done.tally.rejected = len(rejects)
        return done

    def _row(self, line: bytes) -> Row:
        if len(line) > LONGEST_ROW:
            raise AdvisorError(Problem("larger than 1 MiB, more than a use case can need"))
        row = self._rows.read(line)
        if row.rest is not None and self.task.today is not None:
            check_assumptions(self.pack, row.rest, self.task.today)
        return row

    def _judged(self, rows: list[Row]) -> list[Verdicted]:
        if not rows:
            return []
        packed = b"".join([row.codes.tobytes() for row in rows])
        codes = np.frombuffer(packed, np.uint16).reshape(len(rows), -1).T
        results = self.judge.judged([row.facts for row in rows], [row.description for row in rows], codes)
        if self.task.today is not None:
            for i in self.judge.rests_on_prices(codes, results):
                use_case = _use_case(rows[i])
                day = self.task.as_of or use_case.as_of or self.task.today
                results[i] = results[i]._replace(verdict=priced_alone(self.pack, use_case, day))
        return results


def _use_case(row: Row) -> UseCase:
    return row.rest or UseCase(name=row.name, facts=row.facts, description=row.description)


def header(pack: RulePack) -> str:
    """Return the first line of results in CSV: the names that the values have in the single result."""
    names = ["name", "verdict", "approach", "leaning", "decided_by"]
    names += [f"probabilities.{approach}" for approach in APPROACHES]
    return _csv_text([*names, *(f"gaps.{gap.id}.severity" for gap in pack.gaps)])


def _json_writer(pack: RulePack) -> Any:
    """Return what writes one result as a line of JSON, with the keys of the single result."""
    shares = ",".join(f'"{approach}":%r' for approach in APPROACHES)
    gaps = ",".join(f'"{gap.id}":{{"severity":%s}}' for gap in pack.gaps)
    line = '{"name":%s,"verdict":"%s","approach":%s,"leaning":%s,"decided_by":"%s",'
    line += f'"probabilities":{{{shares}}},"gaps":{{{gaps}}}}}\n'
    in_quotes = json.JSONEncoder(ensure_ascii=False).encode

    def write(name: str, result: Verdicted) -> str:
        first = f'"{result.first}"' if result.first else "null"
        undecided = result.verdict == "undecided"
        severities = ["null" if severity is None else repr(severity) for severity in result.severities]
        return line % (
            in_quotes(name),
            result.verdict,
            "null" if undecided else first,
            first if undecided else "null",
            result.decided_by,
            *result.probabilities,
            *severities,
        )

    return write


def _csv_line(name: str, result: Verdicted) -> str:
    undecided = result.verdict == "undecided"
    approach, leaning = ("", result.first) if undecided else (result.first, "")
    numbers = (*result.probabilities, *result.severities)
    return _csv_text([name, result.verdict, approach, leaning, result.decided_by, *numbers])


def _csv_text(cells: Iterable[object]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(["" if cell is None else cell for cell in cells])
    return text.getvalue()


def _reject(number: int, line: bytes, why: str) -> str:
    """Return a rejected line with its number and the reason, as a line of JSON."""
    text = line[:_LONGEST_SHOWN].decode("utf-8", "replace").rstrip("\r\n")
    return json.dumps({"line": number, "reason": why, "row": text}, ensure_ascii=False) + "\n"
