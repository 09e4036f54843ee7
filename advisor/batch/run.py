"""A whole batch: read in parts, judged in one process or several, and written in the order of the input."""

from __future__ import annotations

import os
import sys
from collections import deque
from itertools import chain, islice
from time import monotonic
from typing import IO, TYPE_CHECKING, Final

from advisor.batch.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from advisor.batch.work import Done, Line, Task, Worker

ROWS_IN_A_PART: Final = 1_000
_PARTS_FOR_ONE: Final = 5  # fewer rows than this are done before a second process has started
_MOST_PROCESSES: Final = 4
_LONGEST_LINE: Final = 1024 * 1024 + 1
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_ONE_REPORT_EACH: Final = 0.5  # seconds


def read_lines(stream: IO[bytes]) -> Iterator[Line]:
    """Yield the lines of JSON Lines that are not empty; of one that is too long only the start is kept."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(_LONGEST_LINE)
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.isspace():
            yield number, line


def read_records(stream: IO[bytes]) -> Iterator[Line]:
    """Yield the records of CSV, the header first; a quoted cell may run over several lines."""
    held, started, quotes = b"", 0, 0
    for number, line in read_lines(stream):
        held, started = (held + line, started) if held else (line, number)
        quotes += line.count(b'"')
        if quotes % 2 == 0 or len(held) > _LONGEST_LINE:
            yield started, held
            held, quotes = b"", 0
    if held:
        yield started, held


def run(
    task: Task,
    lines: Iterable[Line],
    results: Callable[[str], object],
    rejects: Callable[[str], object],
    processes: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Tally:
    """Judge all lines and write what comes of them; returns the counts.

    At most a few parts are in memory at a time. `processes` is decided by the number of lines where it is not given.
    """
    parts = _parts(iter(lines))
    first = list(islice(parts, _PARTS_FOR_ONE))
    if processes is None:
        processes = 1 if len(first) < _PARTS_FOR_ONE else min(os.cpu_count() or 1, _MOST_PROCESSES)
    whole = Tally()
    for done in _done(task, chain(first, parts), processes):
        results(done.results)
        if done.rejects:
            rejects(done.rejects)
        whole.add(done.tally)
        if progress is not None:
            progress(whole.rows + whole.rejected)
    return whole


def keep_to_one_thread() -> None:
    """Let NumPy, which is told when it is loaded, add no threads to the processes that share the work already."""
    for name in _THREADS:
        os.environ.setdefault(name, "1")


def _parts(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while part := list(islice(lines, ROWS_IN_A_PART)):
        yield part


def _done(task: Task, parts: Iterable[list[Line]], processes: int) -> Iterator[Done]:
    """Yield what comes of each part, in order."""
    if processes == 1:
        from advisor.batch.work import Worker

        worker = Worker(task)
        yield from map(worker.done, parts)
        return
    from concurrent.futures import Future, ProcessPoolExecutor

    pool = ProcessPoolExecutor(processes, initializer=_begin, initargs=(task,))
    waiting: deque[Future[Done]] = deque()
    try:
        for part in parts:
            waiting.append(pool.submit(_work, part))
            if len(waiting) > 2 * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_worker: list[Worker] = []
"""The worker of this process, where it is one of several."""


def _begin(task: Task) -> None:
    from advisor import cache_folder
    from advisor.batch.work import Worker

    cache_folder.turn_on()
    _worker[:] = [Worker(task)]


def _work(part: list[Line]) -> Done:
    return _worker[0].done(part)


class Progress:
    """One line on standard error that says how far a batch is; silent where nobody watches."""

    def __init__(self) -> None:
        self._began = self._said = monotonic()
        self._shown = sys.stderr.isatty()

    def __call__(self, rows: int) -> None:
        """Say how many rows are done."""
        now = monotonic()
        if self._shown and now - self._said > _ONE_REPORT_EACH:
            self._said = now
            sys.stderr.write(f"\r{rows:,} use cases, {rows / (now - self._began):,.0f} a second ")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
