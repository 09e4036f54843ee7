"""How long `review` and `recheck` take on twenty files, and the checks on rules, beside one `advise`."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from advisor.approaches import APPROACHES

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.yaml") if path.stem != "expected")[:20]
OVERLAY = ROOT / "examples" / "repository" / "rules"
ONE = "`advisor advise FILE --format json`"
TURNS = 5


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock and of the processor."""

    wall: float
    processor: float


def times(turns: int = TURNS) -> dict[str, list[Took]]:
    """Return what each command took, in turns, so that a busy machine slows all alike."""
    found: dict[str, list[Took]] = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "ADVISOR_CACHE": f"{folder}/advisor"}
        designs, records = _written(Path(folder), environment)
        commands: dict[str, tuple[str, ...]] = {
            ONE: ("advise", str(EXAMPLES[0]), "--format", "json"),
            f"`advisor review`, {len(designs)} files": ("review", *designs, "--format", "json", "--fail-on", "never"),
            f"`advisor recheck`, {len(records)} records": ("recheck", *records, "--format", "json"),
            "`advisor rules check`": ("rules", "check", "--format", "json"),
            "`advisor rules check` of an overlay": ("rules", "check", str(OVERLAY), "--format", "json"),
            "`advisor rules mutate`": ("rules", "mutate", "--format", "json"),
        }
        for turn in range(turns + 1):
            for name, arguments in commands.items():
                took = _run(arguments, environment)
                if turn:  # the first turn compiles and fills the cache
                    found.setdefault(name, []).append(took)
    return found


def _written(folder: Path, environment: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return use cases that propose each approach in turn, and records of the same use cases."""
    designs, records = [], []
    for number, example in enumerate(EXAMPLES):
        kept = [line for line in example.read_text("utf-8").splitlines() if not line.startswith("proposed:")]
        design = folder / example.name
        proposed = f"proposed: {APPROACHES[number % len(APPROACHES)]}"
        design.write_text("\n".join([proposed, *kept, ""]), "utf-8")
        record = folder / f"{example.stem}.md"
        _run(("advise", str(example), "--format", "adr", "--output", str(record)), environment)
        designs.append(str(design))
        records.append(str(record))
    return designs, records


def _run(arguments: tuple[str, ...], environment: dict[str, str]) -> Took:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    command = (sys.executable, "-m", "advisor", *arguments)
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    wall, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments[:2])} failed: {done.stderr.decode()[-300:]}")
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def report(turns: int = TURNS) -> str:
    """Return the table."""
    found = times(turns)
    one = median(took.processor for took in found[ONE])
    lines = ["| command | s | processor s | of one `advise` |", "|---|---:|---:|---:|"]
    for name, own in found.items():
        processor = median(took.processor for took in own)
        wall = median(took.wall for took in own)
        lines.append(f"| {name} | {wall:.2f} | {processor:.2f} | {processor / one:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
