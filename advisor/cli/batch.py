"""`advisor batch`."""

from datetime import date
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, as_date, one_of
from advisor.cli.output import OUTPUT_HELP
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def batch(
    file: Annotated[
        str,
        typer.Argument(
            metavar="INPUT", help="Use cases as JSON Lines, or as CSV (.csv); - reads JSON Lines from standard input."
        ),
    ],
    form: Annotated[
        str | None, typer.Option("--format", metavar="jsonl|csv", help="The form of the results; else the input's.")
    ] = None,
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    rejects: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Where rows that can't be used go, with line and reason; else beside INPUT."),
    ] = None,
    summary: Annotated[
        str | None, typer.Option(metavar="PATH", help="Write the counts here (Markdown) instead of standard error.")
    ] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The day of the prices, such as 2026-11-20; else the row's, else today."),
    ] = None,
    no_cost: Annotated[
        bool,
        typer.Option("--no-cost", help="Price nothing, also where a verdict rests on a saving; those then stay open."),
    ] = False,
    processes: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes to share the work; else as it pays.")
    ] = None,
) -> None:
    """Advise on many use cases: one line in, one line out.

    Each line of JSON holds what a use-case file holds; CSV has a column `name` and a column for each fact. A result
    holds name, verdict, approach (or leaning), probabilities and the severity of each gap, the same as `advise` gives
    for the use case alone. Rows that can't be used go to a file of their own and stop nothing.

    \b
    Examples:
      advisor batch portfolio.jsonl --output results.jsonl --summary summary.md
      advisor batch portfolio.csv --output results.csv
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.batch.command import Files, judge_files

    day = None if as_of is None else as_date(as_of, "--as-of")
    written = None if form is None else one_of(form, ("jsonl", "csv"), "--format")
    files = Files(file, output, rejects, summary, written)
    tally = judge_files(files, tuple(rules or ()), day, None if no_cost else date.today(), processes)
    if tally.rejected and not tally.rows:  # nothing in the file could be used
        raise typer.Exit(2)
