"""`advisor train`."""

from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, rule_pack, training_needs
from advisor.cli.output import write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand)
def train(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIOS...",
            help="Files or folders of labelled scenarios; without any, the published ones of a checkout.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Where to write the weights; else the program's own file is replaced."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 when the file is not what would be written.")
    ] = False,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Train the fallback classifier on labelled decisions.

    Groups of scenarios that are set aside for measuring (a quarter, by their names) are left out. The same
    scenarios, rules, settings and versions of libraries give the same file. Progress goes to standard error.

    \b
    Examples:
      advisor train
      advisor train our-decisions.yaml --output our-classifier.json
    """  # noqa: D301 - the mark keeps the lines as they are
    training_needs()
    from pathlib import Path

    from advisor.classifier import classifier_path
    from advisor.training.train import example_scenarios, trained_text, training_part

    pack = rule_pack(rules)
    paths = [Path(name) for name in scenarios or ()] or [example_scenarios()]
    text = trained_text(training_part(paths, pack), pack)
    target = output or str(classifier_path())
    if not check:
        write_result(text, target, inputs=tuple(scenarios or ()))
    elif not Path(target).is_file() or Path(target).read_text(encoding="utf-8") != text:
        typer.echo(f"{target}: not what these scenarios, rules and settings give; run `advisor train`", err=True)
        raise typer.Exit(1)
