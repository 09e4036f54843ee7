"""The program: its commands, and how every error ends in one plain message and an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from advisor import __version__
from advisor.cli.lazy import Lazy, LazyGroup
from advisor.cli.plain import command_app
from advisor.errors import AdvisorError

BAD_INPUT: Final = 2
OUR_FAULT: Final = 70  # EX_SOFTWARE of sysexits.h: neither a verdict (0), nor a failed check (1), nor bad input (2)

COMMANDS: Final = MappingProxyType(
    {
        "new": Lazy("advisor.cli.new:app", "Write a use-case file to fill in."),
        "ask": Lazy("advisor.cli.ask:app", "Answer the questions one by one, then get the report."),
        "advise": Lazy("advisor.cli.advise:app", "Recommend how to adapt a model to a use case."),
        "batch": Lazy("advisor.cli.batch:app", "Advise on many use cases: one line in, one line out."),
        "sweep": Lazy("advisor.cli.sweep:app", "Show how the advice changes over one fact or two."),
        "review": Lazy("advisor.cli.review:app", "Check proposed designs against their own answers."),
        "recheck": Lazy("advisor.cli.recheck:app", "Run recorded decisions again on today's rules and prices."),
        "cost": Lazy("advisor.cli.cost:app", "Estimate what adapting a model costs."),
        "rules": Lazy("advisor.cli.rules:app", "Look into the rules that decide, and check them."),
        "train": Lazy("advisor.cli.train:app", "Train the fallback classifier on labelled decisions."),
        "evaluate": Lazy("advisor.cli.evaluate:app", "Measure the whole advisor on labelled decisions."),
        "schema": Lazy("advisor.cli.schema:app", "Print a JSON Schema of what is read or written."),
    }
)
"""Every command. A new one is a line here and a module beside this one; nothing is imported until it runs."""


class Program(LazyGroup):
    """The whole program as one command. Whatever goes wrong inside, no traceback comes out."""

    table = COMMANDS

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run one command line; ends in SystemExit with the exit code."""
        try:
            return super().main(*args, **kwargs)
        except AdvisorError as error:
            for problem in error.problems:
                typer.echo(str(problem), err=True)
            sys.exit(BAD_INPUT)
        except Exception as error:
            typer.echo(_unexpected(error), err=True)
            sys.exit(OUR_FAULT)


def _unexpected(error: Exception) -> str:
    """Return one line about a mistake of ours, with all that a report of it needs."""
    trace, place = error.__traceback__, "unknown"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if "advisor" in file.parts:
            place = f"{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"internal error in {place} ({what}); please report this line, the command and the file that you used"


app = command_app(Program)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"advisor {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
    ] = False,
) -> None:
    """Decide how to adapt a language model: prompting, retrieval, fine-tuning, both, or a stronger model.

    Describe the use case in a file, and get a recommendation with its reasons:

    \b
      advisor new support.yaml        # writes a file with every question; answer what you know
      advisor advise support.yaml     # prints the report

    Exit codes: 0 done (whatever the verdict), 1 a check that you asked for failed, 2 bad input,
    70 a mistake in the program itself.
    """  # noqa: D301 - the mark keeps the lines as they are
