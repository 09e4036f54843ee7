"""`advisor review`."""

from datetime import date
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, as_date, one_of, rule_pack
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()
_FORMATS = ("text", "markdown", "json", "github")
_LEVELS = ("error", "warning", "note", "never")


@app.command(cls=PlainCommand, no_args_is_help=True)
def review(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Use cases that say what is `proposed`; - is standard input.")
    ],
    form: Annotated[
        str,
        typer.Option("--format", metavar="|".join(_FORMATS), help="Text, Markdown, JSON, or GitHub annotations."),
    ] = "text",
    fail_on: Annotated[
        str,
        typer.Option("--fail-on", metavar="|".join(_LEVELS), help="Exit with 1 for findings of this level or worse."),
    ] = "error",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Review as on this date, such as 2026-11-20; else today.")
    ] = None,
) -> None:
    """Check proposed designs against their own answers.

    Each finding says which answers it rests on and what would settle it. An error means that the answers speak
    against the proposal; the exit code is then 1. Files with the same name and different respondents are reviewed
    together: disagreements that matter to the verdict are findings, the others are counted.

    \b
    Examples:
      advisor review use-cases/*.yaml
      advisor review support.yaml --format github --fail-on warning
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.review import review_files

    form = one_of(form, _FORMATS, "--format")
    fail_on = one_of(fail_on, _LEVELS, "--fail-on")
    day = date.today() if as_of is None else as_date(as_of, "--as-of")
    found = review_files(files, rule_pack(rules), day)
    if form == "json":
        text = found.model_dump_json(indent=2)
    else:
        from advisor.review import text as written

        text = {"text": written.to_text, "markdown": written.to_markdown, "github": written.to_github}[form](found)
    write_result(text, output, inputs=tuple(files))
    if fail_on != "never" and found.fails(fail_on):  # type: ignore[arg-type]
        raise typer.Exit(1)
