"""`advisor recheck`."""

from datetime import date
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, as_date, one_of, rule_pack
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()
_FORMATS = ("text", "markdown", "json", "github")


@app.command(cls=PlainCommand, no_args_is_help=True)
def recheck(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Decision records (.md), use cases with `x-decision`, or JSON results of advise."
        ),
    ],
    form: Annotated[
        str,
        typer.Option("--format", metavar="|".join(_FORMATS), help="Text, Markdown, JSON, or GitHub annotations."),
    ] = "text",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Check as on this date, such as 2027-11-20; else today.")
    ] = None,
) -> None:
    """Run recorded decisions again on today's rules and prices.

    Says which verdicts changed, and which rule, number, price or date did it: each difference is put back to see
    whether it alone turned the verdict. The exit code is 1 when a verdict changed, and 2 for a record that can't be
    read.

    \b
    Examples:
      advisor advise support.yaml --format adr --output docs/decisions/support.md
      advisor recheck docs/decisions/*.md
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.records import recheck_files

    form = one_of(form, _FORMATS, "--format")
    day = date.today() if as_of is None else as_date(as_of, "--as-of")
    found = recheck_files(files, rule_pack(rules), day)
    if form == "json":
        text = found.model_dump_json(indent=2)
    else:
        from advisor.records import text as written

        text = {"text": written.to_text, "markdown": written.to_markdown, "github": written.to_github}[form](found)
    write_result(text, output, inputs=tuple(files))
    if found.changed:
        raise typer.Exit(1)
