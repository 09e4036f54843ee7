"""`advisor cost estimate`."""

from datetime import date
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, as_date, one_of, rule_pack
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def estimate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A use case in YAML or JSON; - reads standard input.")],
    assume: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Set an assumption: a number, low,high or low,mid,high, or a text; may be repeated.",
        ),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="markdown|json", help="A report to read, or the content as JSON.")
    ] = "markdown",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    draws: Annotated[
        int, typer.Option(metavar="N", min=0, max=100_000, help="Draws for probabilities; 0: none.")
    ] = 2000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the draws.")] = 1,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Price as on this date, such as 2026-11-20; else the file's, else today."),
    ] = None,
) -> None:
    """Price every option of a use case on one horizon.

    \b
    Examples:
      advisor cost estimate support.yaml
      advisor cost estimate support.yaml --assume horizon_months=24 --assume count_people=0
      advisor cost estimate support.yaml --assume engineer_day_usd=500,800 --format json
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.cost.estimate.assumptions import parse_assumption
    from advisor.pricing import Sampled, estimate_cost
    from advisor.report.cost import to_markdown
    from advisor.use_case import load_use_case

    form = one_of(form, ("markdown", "json"), "--format")
    day = None if as_of is None else as_date(as_of, "--as-of")
    how = Sampled(assumptions=dict(parse_assumption(text) for text in assume or ()), draws=draws, seed=seed)
    pack = rule_pack(rules)
    use_case = load_use_case(file, pack.questionnaire)
    result = estimate_cost(use_case, pack, as_of=day or use_case.as_of or date.today(), how=how)
    text = (
        to_markdown(result, heading=f"Cost: {use_case.name}")
        if form == "markdown"
        else result.model_dump_json(indent=2)
    )
    write_result(text, output, inputs=(file,))
