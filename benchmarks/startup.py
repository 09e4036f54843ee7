"""How long commands take to start and finish, beside importing what they are built on and running an empty command."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "support-reply-drafts.yaml"
FLOOR = """
import typer, pydantic, yaml
app = typer.Typer(add_completion=False)
@app.command()
def nothing() -> None:
    pass
app()
"""
SCRIPT = "from advisor.cli import main; main()"  # what the installed command runs
COMMANDS = {
    "`advisor --help`": ("--help",),
    "`advisor advise FILE --no-cost --format json`": ("advise", str(EXAMPLE), "--no-cost", "--format", "json"),
    "`advisor advise FILE --no-cost`": ("advise", str(EXAMPLE), "--no-cost"),
    "`advisor advise FILE`": ("advise", str(EXAMPLE)),
    "`advisor rules check`": ("rules", "check"),
}
TURNS = 9


def times(turns: int = TURNS) -> dict[str, list[float]]:
    """Return the seconds of each command in turns; the floor is called an empty name."""
    commands: dict[str, tuple[str, ...]] = {"": (sys.executable, "-c", FLOOR)}
    commands |= {name: (sys.executable, "-c", SCRIPT, *args) for name, args in COMMANDS.items()}
    found: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "ADVISOR_CACHE": f"{cache}/advisor"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # users have compiled modules: so must what is measured
        for turn in range(turns + 1):
            for name, command in commands.items():
                start = perf_counter()
                done = subprocess.run(command, env=environment, capture_output=True, check=False)
                if turn:  # the first turn compiles and fills the cache
                    found[name].append(perf_counter() - start)
                if done.returncode:
                    raise RuntimeError(f"{name} failed: {done.stderr.decode()[-300:]}")
    return found


def report(turns: int = TURNS) -> str:
    """Return the table of start-up."""
    found = times(turns)
    floor = median(found.pop(""))
    lines = ["| command | ms | of the floor |", "|---|---:|---:|", f"| the floor | {floor * 1e3:.0f} | 1.00 |"]
    for name, own in found.items():
        lines.append(f"| {name} | {median(own) * 1e3:.0f} | {median(own) / floor:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
