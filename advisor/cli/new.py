"""`advisor new`."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, rule_pack
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def new(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file to write. An existing one is left as it is.")],
    name: Annotated[str, typer.Option(metavar="TEXT", help="The name of the use case.")] = "New use case",
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Write a use-case file to fill in.

    It holds every question with its possible answers, grouped and explained, and nothing is filled in. Answer what
    you know and leave the rest empty: an empty answer means "not known", never "no".

    \b
    Example:
      advisor new support.yaml --name "Support assistant"
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.template import write_template

    write_template(Path(file), rule_pack(rules).questionnaire, name)
    typer.echo(f"Wrote {file}. Answer what you know, then run: advisor advise {file}", err=True)
