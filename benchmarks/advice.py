"""What one whole advice takes, and one step of `advisor ask`: processor time, so that a busy machine counts less."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

from advisor import advise, load_use_case
from advisor.interview.guide import EngineGuide
from advisor.rules import shipped_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from advisor import UseCase

_EXAMPLES = Path(__file__).parents[1] / "examples"


def report(turns: int) -> str:
    """Return the table: the median over the example use cases, and the slowest of them."""
    pack = shipped_rules()
    guide = EngineGuide(pack)
    paths = sorted(path for path in _EXAMPLES.glob("*.yaml") if path.name != "expected.yaml")
    cases = [load_use_case(path, pack.questionnaire) for path in paths]
    works: dict[str, tuple[Callable[[UseCase], object], Iterable[UseCase]]] = {
        "`advise`, all of it": (advise, cases),
        "the same without cost": (lambda case: advise(case, cost=False), cases),
        "the same without bounds, flips, next questions and precedents": (
            lambda case: advise(case, cost=False, brief=True),
            cases,
        ),
        "a step of `ask`, nothing answered": (lambda _: guide.standing({}, ()), cases[:1]),
        "a step of `ask`, 10 answers": (lambda case: guide.standing(dict([*case.facts.items()][:10]), ()), cases),
        "a step of `ask`, everything of an example": (lambda case: guide.standing(case.facts, ()), cases),
    }
    lines = ["| | median, ms | slowest case, ms |", "|---|---:|---:|"]
    for name, (work, on) in works.items():
        times = [_milliseconds(work, case, turns) for case in on]
        lines.append(f"| {name} | {median(times):.0f} | {max(times):.0f} |")
    return "\n".join(lines)


def _milliseconds(work: Callable[[UseCase], object], case: UseCase, turns: int) -> float:
    """Return the median processor time of some work on a case, after one run that warms caches."""
    work(case)
    times = []
    for _ in range(turns):
        start = process_time()
        work(case)
        times.append(process_time() - start)
    return median(times) * 1000
