"""`advisor evaluate`."""

from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, one_of, rule_pack, training_needs
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def evaluate(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIOS...", help="Files or folders of labelled scenarios.")
    ],
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="Fit rules, classifier and settings anew on four fifths of the sources, and measure on the rest.",
        ),
    ] = False,
    repeats: Annotated[int, typer.Option(min=1, max=20, help="How often to cross-validate.")] = 3,
    part: Annotated[
        str,
        typer.Option(
            metavar="all|learned|set-aside",
            help="All scenarios, those that may be learned from, or those whose source is set aside for measuring.",
        ),
    ] = "all",
    form: Annotated[
        str, typer.Option("--format", metavar="markdown|json", help="A report to read, or JSON.")
    ] = "markdown",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Measure the whole advisor on labelled decisions.

    Without --cross-validate the program is measured as it is; figures on scenarios that it was trained on are then
    too good. Rules alone, classifier alone, both together and simple baselines stand side by side.

    \b
    Examples:
      advisor evaluate our-decisions.yaml
      advisor evaluate examples/scenarios --part learned --cross-validate --output evaluation.md
      advisor evaluate examples/scenarios --part set-aside
    """  # noqa: D301 - the mark keeps the lines as they are
    training_needs()
    import json
    from pathlib import Path

    from advisor.training.evaluate import measured
    from advisor.training.evaluation_text import markdown
    from advisor.training.tables import evaluation_data

    form = one_of(form, ("markdown", "json"), "--format")
    part = one_of(part, ("all", "learned", "set-aside"), "--part")
    pack = rule_pack(rules)
    data = evaluation_data(measured([Path(name) for name in scenarios], pack, part, repeats if cross_validate else 0))
    text = markdown(data, pack) if form == "markdown" else json.dumps(data, indent=2, ensure_ascii=False)
    write_result(text, output, inputs=tuple(scenarios))
