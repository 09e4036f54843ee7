"""The engine's speed: the scorecard job beside zen-engine (where installed), and whole estimates on the shipped pack.

Run `python -m benchmarks.engine [--job FOLDER]`. Everything is measured in turns in one process, so that a busy machine
slows all alike; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

from advisor.assess import assess
from advisor.library import shipped_library
from advisor.plans import choose
from advisor.rules import shipped_rules
from advisor.uncertainty.next_questions import next_questions
from advisor.uncertainty.outlook import look_ahead
from benchmarks.scorecard_job import Job, make_job, read_job, scorecard, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TURNS = 7


def in_turns(works: dict[str, Callable[[Any], object]], cases: Sequence[Any], turns: int = TURNS) -> dict[str, float]:
    """Return for each work the median processor time of one case in microseconds, all works taking turns."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            start = process_time()
            for case in cases:
                work(case)
            times[name].append((process_time() - start) / len(cases) * 1e6)
    return {name: median(own) for name, own in times.items()}


def engines(job: Job) -> dict[str, Callable[[Any], object]]:
    """Return what is measured on the scorecard job."""
    card = scorecard(job)

    def with_contributions(case: Any) -> object:
        true, _ = card.truths(case)
        return card.totals(true), card.contributions(true)

    def with_bounds(case: Any) -> object:
        true, unknown = card.truths(case)
        return card.totals(true), card.contributions(true), card.bounds(true, unknown)

    found: dict[str, Callable[[Any], object]] = {
        "totals with contributions": with_contributions,
        "the same with bounds": with_bounds,
        "walking the rules": lambda case: walked(job.totals, job.rules, case),
    }
    zen = zen_engine(job)
    return found if zen is None else {**found, "zen-engine, compiled expressions": zen}


def zen_engine(job: Job) -> Callable[[Any], object] | None:
    """Return zen-engine on the job: one compiled expression for each total; None where it is not installed."""
    try:
        import zen  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    texts = {"eq": "{f} == {v}", "ne": "({f} != null and {f} != {v})", "in": "{f} in {v}"}
    texts |= {"ge": "({f} != null and {f} >= {v})", "lt": "({f} != null and {f} < {v})"}

    def test(item: dict[str, Any]) -> str:
        value = str(item["value"]).replace("'", '"') if isinstance(item["value"], list) else item["value"]
        quoted = f'"{value}"' if isinstance(value, str) and item["op"] != "in" else value
        return texts[item["op"]].format(f=item["fact"], v=quoted)

    programs = []
    for total in job.totals:
        own = [rule for rule in job.rules if rule["score"] == total]
        terms = [f"({' and '.join(map(test, rule['all']))} ? {rule['weight']} : 0)" for rule in own]
        programs.append(zen.compile_expression(" + ".join(terms) or "0"))
    return lambda case: [int(program.evaluate(case)) for program in programs]


def check(job: Job) -> None:
    """Raise AssertionError unless all engines agree on every case of a job."""
    card = scorecard(job)
    zen = zen_engine(job)
    for case, sums, bounds in zip(job.cases, job.sums, job.bounds, strict=True):
        true, unknown = card.truths(case)
        ours = (card.totals(true), [*card.bounds(true, unknown)])
        if ours != (sums, [bounds[0], bounds[1]]) or (zen is not None and zen(case) != sums):
            raise AssertionError(f"different results on {case}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job", type=Path, help="a folder with another scorecard job")
    job = read_job(path) if (path := parser.parse_args().job) else make_job()
    check(job)
    print(f"Python {platform.python_version()}, {platform.machine()}; {len(job.rules)} rules, {len(job.cases)} cases")
    print("equal totals and bounds on all cases\n")
    times = in_turns(engines(job), job.cases)
    peer = times.get("zen-engine, compiled expressions")
    version = f"zen-engine {importlib.metadata.version('zen-engine')}" if peer else "zen-engine is not installed"
    print(f"| scorecard job | us a case | share of zen-engine's time ({version}) |\n|---|---|---|")
    for name, time in times.items():
        print(f"| {name} | {time:.1f} | {f'{time / peer:.2f}' if peer else '-'} |")
    shipped()


def shipped() -> None:
    """Print the figures on the shipped pack."""
    pack = shipped_rules()
    cases = [case.facts for case in shipped_library().cases]
    works: dict[str, Callable[[Any], object]] = {
        "gaps and options": lambda facts: assess(pack, facts),
        "the same with plans": lambda facts: choose(pack, assess(pack, facts)),
    }
    print("\n| shipped pack | us a case |\n|---|---|")
    for name, time in in_turns(works, cases).items():
        print(f"| {name} | {time:.0f} |")

    def step(facts: Any) -> object:
        return next_questions(pack, look_ahead(pack, facts))

    slow: dict[str, Callable[[Any], object]] = {"one step of asking, nothing answered": lambda _: step({})}
    for name, time in in_turns(slow, cases[:20]).items():
        print(f"| {name} | {time:.0f} |")
    from advisor import UseCase, advise

    whole: dict[str, Callable[[Any], object]] = {
        "`advise`, with bounds and flips": lambda facts: advise(UseCase(name="case", facts=dict(facts)), pack)
    }
    for name, time in in_turns(whole, cases[::20], 3).items():
        print(f"| {name} | {time:.0f} |")


if __name__ == "__main__":
    main()
