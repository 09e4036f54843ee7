"""Every measurement of speed in one run: `python -m benchmarks [--job FOLDER] [--quick] [PART ...]`.

Parts: startup, advice, files, engine, batch, growth. Engines and arrays are measured in processor time, commands in
elapsed time. All that is compared takes turns in the same run, so that a busy machine slows all alike: the ratios
count. Other engines are installed into an environment of their own, `.benchmarks/peers`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

from benchmarks import advice, batch, engine, growth, many_files, startup
from benchmarks.peers import PEERS
from benchmarks.scorecard_job import Job, make_job, read_job, scorecard

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = ("startup", "advice", "files", "engine", "batch", "growth")
_VENV = Path(".benchmarks") / "peers"
_ROOT = Path(__file__).parents[1]
_USE_CASES = 200_000
_CASES = 1_000
_TURNS = 5
_LEADER = "zen"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"which of {', '.join(PARTS)}; all by default")
    parser.add_argument("--job", type=Path, help="a folder with another scorecard job")
    parser.add_argument("--quick", action="store_true", help="fewer turns and smaller files")
    options = parser.parse_args()
    if unknown := [part for part in options.parts if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}")
    packages = ("typer", "pydantic", "PyYAML", "Jinja2", "numpy")
    print(f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in packages)};")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores\n")
    parts = options.parts or PARTS
    job = read_job(options.job) if options.job else make_job()
    if "startup" in parts:
        print(f"## Start-up\n\n{startup.report(3 if options.quick else startup.TURNS)}\n")
    if "advice" in parts:
        print(f"## Advice\n\n{advice.report(3 if options.quick else _TURNS)}\n")
    if "files" in parts:
        print(f"## Many files\n\n{many_files.report(2 if options.quick else many_files.TURNS)}\n")
    if "engine" in parts:
        print(f"## Engines on the scorecard job\n\n{engines(job)}\n")
        engine.shipped()
        print()
    if "batch" in parts:
        print(f"## Batches\n\n{batches(job, _USE_CASES // 20 if options.quick else _USE_CASES)}\n")
    if "growth" in parts:
        print(f"## Growth\n\n{growth.report()}\n")


def engines(job: Job) -> str:
    """Return the table of engines on the scorecard job."""
    engine.check(job)
    names = ["totals with contributions", "the same with bounds"]
    ours = {name: work for name, work in engine.engines(job).items() if name in names}
    times: dict[str, list[float]] = {name: [] for name in ours}
    notes: list[str] = []
    labels = dict.fromkeys(ours, "this project")
    with _written(job) as path:
        for name, distribution in PEERS.items():
            for own, time in engine.in_turns(ours, job.cases[:_CASES], 3).items():
                times[own].append(time)
            found = _peer(name, distribution, path)
            if isinstance(found, str):
                notes.append(f"{distribution}: left out, {found}")
                continue
            times[name] = found["turns"]
            labels[name] = f"{distribution} {found['version']}, equal on {found['agree']:,} of {found['cases']:,} cases"
    middle = {name: median(own) for name, own in times.items()}
    peer = middle.get(_LEADER)
    lines = ["| engine | | us a case | of zen-engine's time |", "|---|---|---:|---:|"]
    for name, time in middle.items():
        lines.append(
            f"| {name.replace('_', '-')} | {labels[name]} | {time:.1f} | {f'{time / peer:.2f}' if peer else '-'} |"
        )
    return "\n".join([*lines, *(["", *notes] if notes else [])])


@contextmanager
def _written(job: Job) -> Iterator[Path]:
    """Yield a file with a job for other engines."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "job.json")
        content = {name: getattr(job, name) for name in ("totals", "rules", "cases", "sums")}
        path.write_text(json.dumps(content), "utf-8")
        yield path


def _peer(name: str, distribution: str, job: Path) -> dict[str, Any] | str:
    """Return what another engine needs on a job, or why it can't be measured."""
    python = _VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        made = subprocess.run((sys.executable, "-m", "venv", str(_VENV)), capture_output=True, check=False)
        if made.returncode:
            return "no environment could be made for it"
    install = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", distribution)
    if subprocess.run(install, capture_output=True, check=False).returncode:
        return "it can't be installed here"
    peer = Path(__file__).with_name("peers.py")
    done = subprocess.run((str(python), str(peer), name, str(job)), capture_output=True, check=False, text=True)
    if done.returncode:
        return f"it fails ({done.stderr.strip().splitlines()[-1][:100]})"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def batches(job: Job, count: int) -> str:
    """Return what batches take, beside cases one by one and beside what NumPy can do at best."""
    took, busy, size = batch.through_command(count)
    together, alone = batch.beside_one_by_one(2_000)
    card = batch.ColumnScorecard(job)
    codes = card.columns.codes(job.cases)
    limit = batch.Limit(job, card.columns)
    single = scorecard(job)
    encoding = process_time()
    card.columns.codes(job.cases)
    encoding = (process_time() - encoding) / len(job.cases) * 1e6
    ours, best, one = [], [], []
    for _ in range(_TURNS):
        start = process_time()
        totals = card.totals(codes)
        middle = process_time()
        best_totals = limit.totals(codes)
        end = process_time()
        for case in job.cases[:_CASES]:
            single.totals(single.truths(case)[0])
        last = process_time()
        ours.append(middle - start)
        best.append(end - middle)
        one.append((last - end) / _CASES * len(job.cases))
    if totals.tolist() != [*map(list, job.sums)] or best_totals.tolist() != [*map(list, job.sums)]:
        raise AssertionError("different totals in arrays")
    per_case = {name: median(own) / len(job.cases) * 1e6 for name, own in (("a", ours), ("b", best), ("c", one))}
    rows: tuple[tuple[str, str, str], ...] = (
        (
            f"`advisor batch`, {count:,} use cases as JSON Lines",
            f"{took:.1f} s",
            f"{busy:.1f} s of processors; {size:,.0f} MiB in the largest process",
        ),
        ("verdicts in arrays, from answers", f"{together:.0f} us a case", f"{alone / together:.1f} x one by one"),
        ("with a description too", f"{batch.described(2_000):.0f} us a case", ""),
        ("with a description and at most three answers", f"{batch.described(1_000, 3):.0f} us a case", ""),
        (
            "scorecard job in arrays, answers coded",
            f"{per_case['a']:.2f} us a case",
            f"{per_case['c'] / per_case['a']:.0f} x one by one",
        ),
        ("coding the answers before, from dictionaries", f"{encoding:.1f} us a case", ""),
        (
            "the same from codes, NumPy at best",
            f"{per_case['b']:.2f} us a case",
            f"{per_case['a'] / per_case['b']:.1f} x as fast as ours",
        ),
    )
    with _written(job) as path:
        peer = _peer(_LEADER, PEERS[_LEADER], path)
    if not isinstance(peer, str):
        theirs = median(peer["turns"])
        rows += (
            ("the same in zen-engine", f"{theirs:.1f} us a case", f"ours is {theirs / per_case['a']:.0f} x as fast"),
        )
    return "\n".join(["| what | time | |", "|---|---:|---|", *(f"| {' | '.join(row)} |" for row in rows)])


if __name__ == "__main__":
    main()
