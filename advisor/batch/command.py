"""A batch from file to file: opens, writes whole files or none, and says what it came to."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from advisor.batch.output import STANDARD, replacing
from advisor.batch.run import Progress, keep_to_one_thread, read_lines, read_records, run
from advisor.batch.tally import summary
from advisor.errors import AdvisorError, Problem
from advisor.rule_cache import cached_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from advisor.batch.tally import Tally
    from advisor.batch.work import Form, Line
    from advisor.pack import RulePack


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a batch; None for standard output, for the usual place of rejects, and for standard error."""

    source: str
    output: str | None
    rejects: str | None
    summary: str | None
    form: str | None

    @property
    def is_csv(self) -> bool:
        """Whether the input is CSV."""
        return self.source.lower().endswith(".csv")

    @property
    def written(self) -> Form:
        """The form of the results."""
        if self.form is None:
            return "csv" if self.is_csv else "jsonl"
        return "csv" if self.form == "csv" else "jsonl"

    @property
    def rejected(self) -> Path:
        """Where rows go that can't be used."""
        name = "standard-input" if self.source == STANDARD else self.source
        return Path(self.rejects or f"{name}.rejects.jsonl")


def judge_files(
    files: Files, rules: tuple[str, ...], as_of: date | None, today: date | None, processes: int | None
) -> Tally:
    """Judge the use cases in a file, without `today` pricing nothing. AdvisorError for an unusable file or header."""
    keep_to_one_thread()
    from advisor.batch.work import Task, header

    if files.source.lower().endswith((".yaml", ".yml")):
        raise AdvisorError(Problem("this is YAML; expected JSON Lines or CSV (.csv)", files.source))
    pack = cached_rules(rules)
    _refuse_overwriting(files)
    _refuse_closed_places(files)
    with ExitStack() as stack:
        lines = _lines(stack.enter_context(_opened(files.source)), files)
        columns = _columns(lines, files, pack) if files.is_csv else None
        task = Task(files.source, rules, files.written, columns, as_of, today)
        rejects = _Rejects(files.rejected)
        progress = Progress()
        with replacing(files.output) as results:
            if files.written == "csv":
                results(header(pack))
            tally = run(task, lines, results, rejects.add, processes, progress)
        progress.end()
        rejects.end()
    _say(files, tally, pack)
    return tally


def _opened(source: str) -> IO[bytes]:
    if source == STANDARD:
        return sys.stdin.buffer
    try:
        return Path(source).open("rb")
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            reason = "no such file"
        elif isinstance(error, IsADirectoryError):
            reason = "this is a folder; expected a file"
        else:
            reason = f"can't be read: {getattr(error, 'strerror', None) or error}"
        raise AdvisorError(Problem(reason, source)) from None


def _lines(stream: IO[bytes], files: Files) -> Iterator[Line]:
    return read_records(stream) if files.is_csv else read_lines(stream)


def _columns(lines: Iterator[Line], files: Files, pack: RulePack) -> tuple[str, ...]:
    """Return the columns that the first record names; AdvisorError where they can't be used."""
    import csv
    import io

    from advisor.batch.rows import checked_header

    first = next(lines, None)
    if first is None:
        raise AdvisorError(Problem("the file is empty", files.source))
    try:
        names = next(csv.reader(io.StringIO(first[1].decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise AdvisorError(Problem("not a header of CSV in UTF-8", files.source, 1)) from None
    return checked_header(names, pack.questionnaire, files.source)


def _refuse_overwriting(files: Files) -> None:
    """Raise AdvisorError where a result would replace the input."""
    if files.source == STANDARD:
        return
    for written in (files.output, files.summary, str(files.rejected)):
        try:
            same = written not in (None, STANDARD) and Path(str(written)).samefile(files.source)
        except OSError:
            same = False
        if same:
            raise AdvisorError(Problem("is the file that was read; the result would replace it", str(written)))


def _refuse_closed_places(files: Files) -> None:
    """Raise AdvisorError for a named place that can't be written, before results go to standard output."""
    for written in (files.rejects, files.summary):
        if written in (None, STANDARD):
            continue
        path = Path(str(written))
        if not path.parent.is_dir():
            why = f"there is no folder {path.parent}"
        elif path.is_dir():
            why = "this is a folder"
        elif not os.access(path if path.exists() else path.parent, os.W_OK):
            why = "no permission"
        else:
            continue
        raise AdvisorError(Problem(f"can't be written: {why}", str(path)))


class _Rejects:
    """The file of rejected rows, which is only there when there are some."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Any = None

    def add(self, text: str) -> None:
        """Write rejected rows."""
        try:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8", newline="\n")
            self._file.write(text)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            why = f"there is no folder {self.path.parent}" if missing else error.strerror or error
            raise AdvisorError(Problem(f"can't be written: {why}", str(self.path))) from None

    def end(self) -> None:
        """Close the file; without rejected rows, empty one that an earlier batch left."""
        if self._file is not None:
            self._file.close()
        elif self.path.is_file():
            self.path.write_text("", encoding="utf-8")


def _say(files: Files, tally: Tally, pack: RulePack) -> None:
    """Write the counts, and where the rejected rows are."""
    text = summary(tally, pack)
    if files.summary is None:
        sys.stderr.write(text)
    else:
        with replacing(files.summary) as write:
            write(text)
    if tally.rejected:
        what = "row was" if tally.rejected == 1 else "rows were"
        sys.stderr.write(f"{tally.rejected:,} {what} rejected; {files.rejected} says why.\n")
