"""How time grows with rules, facts and cases: one at a time, the others as in the scorecard job. Processor time."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

from benchmarks.batch import ColumnScorecard
from benchmarks.scorecard_job import make_job, scorecard

if TYPE_CHECKING:
    from benchmarks.scorecard_job import Job

SIZES = {"rules": (60, 600, 6_000), "facts": (28, 280), "cases": (1_000, 10_000, 100_000)}
_CASES = 1_000
_TRIES = 3


def report() -> str:
    """Return the table of growth."""
    lines = [
        "| grown | size | prepared in ms | one by one, us a case | in arrays, us a case |",
        "|---|---:|---:|---:|---:|",
    ]
    for what, sizes in SIZES.items():
        for size in sizes:
            job = make_job(**{"cases": _CASES, what: min(size, _CASES) if what == "cases" else size})
            repeats = size // _CASES if what == "cases" else 1
            lines.append(f"| {what} | {size:,} | {' | '.join(_measured(job, repeats))} |")
    return "\n".join(lines)


def _measured(job: Job, repeats: int) -> tuple[str, str, str]:
    tries = []
    for _ in range(_TRIES):
        start = process_time()
        card = scorecard(job)
        tries.append(process_time() - start)
    prepared = min(tries)
    columns = ColumnScorecard(job)
    cases = job.cases * repeats
    for case in job.cases:  # once before, so that tables are filled
        card.totals(card.truths(case)[0])
    start = process_time()
    for case in cases:
        card.totals(card.truths(case)[0])
    alone = (process_time() - start) / len(cases)
    start = process_time()
    for at in range(0, len(cases), _CASES):
        columns.totals(columns.columns.codes(cases[at : at + _CASES]))
    together = (process_time() - start) / len(cases)
    return f"{prepared * 1e3:.1f}", f"{alone * 1e6:.1f}", f"{together * 1e6:.1f}"


if __name__ == "__main__":
    print(report())
