"""`advisor sweep`."""

from datetime import date
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, as_date, one_of, rule_pack
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def sweep(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A use case in YAML or JSON; - reads standard input.")],
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="FACT=VALUES",
            help="A fact to vary: a range (1k..10M), a list (weekly,daily,unknown) or all. May be given twice.",
        ),
    ],
    form: Annotated[
        str, typer.Option("--format", metavar="markdown|csv", help="A table to read, or one line for each part of it.")
    ] = "markdown",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day of the prices, such as 2026-11-20; else today.")
    ] = None,
    no_cost: Annotated[
        bool, typer.Option("--no-cost", help="Leave prices and the cheapest option out, which is much faster.")
    ] = False,
) -> None:
    """Show how the advice changes over one fact or two.

    A range is looked at where rules tell its numbers apart, so that no change is missed; equal neighbors are shown
    as one. Everything else stays as the file says.

    \b
    Examples:
      advisor sweep support.yaml --vary requests_per_month=1k..10M
      advisor sweep support.yaml --vary labeled_examples=0..10k --vary knowledge_change=all --format csv
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.report.sweep import to_markdown
    from advisor.sweep import axis, swept, to_csv
    from advisor.sweep_verdicts import judging
    from advisor.use_case import load_use_case

    form = one_of(form, ("markdown", "csv"), "--format")
    given = None if as_of is None else as_date(as_of, "--as-of")
    pack = rule_pack(rules)
    use_case = load_use_case(file, pack.questionnaire)
    day = None if no_cost else given or use_case.as_of or date.today()
    bounds, judged = judging(pack, use_case, day)
    axes = [axis(text, pack.questionnaire, bounds, priced=day is not None) for text in vary]
    found = swept(axes, judged)
    write_result(to_csv(found) if form == "csv" else to_markdown(found, pack, use_case.name), output, inputs=(file,))
