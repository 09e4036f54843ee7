"""`advisor cost check`."""

from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, one_of
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def check(
    facts: Annotated[str, typer.Argument(metavar="FACTS", help="A list of published figures in YAML or JSON.")],
    form: Annotated[
        str, typer.Option("--format", metavar="markdown|json", help="Tables to read, or a JSON list.")
    ] = "markdown",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Compare the cost formulas with published figures.

    For each figure the estimate (low, mid, high), the published value, their ratio, and whether it lies inside; then
    a summary by kind.

    \b
    Example:
      advisor cost check tests/cost/published_figures.yaml
    """  # noqa: D301 - the mark keeps the lines as they are
    from pathlib import Path

    from advisor.cost.check import check_figures
    from advisor.cost.check.report import to_json, to_markdown

    form = one_of(form, ("markdown", "json"), "--format")
    report = check_figures(Path(facts), rules=tuple(map(Path, rules)) if rules else None)
    write_result(to_json(report) if form == "json" else to_markdown(report), output, inputs=(facts,))
