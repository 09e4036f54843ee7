"""`advisor ask`."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, one_of, rule_pack
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app
from advisor.errors import AdvisorError, Problem

app = command_app()

INTERRUPTED = 130  # as shells have it: 128 and the number of the signal


@app.command(cls=PlainCommand)
def ask(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Where the answers are kept, YAML or JSON.")
    ] = "use-case.yaml",
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The name of a new use case; else it is made from FILE.")
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain",
            envvar="ADVISOR_PLAIN",
            help="Plain lines, for screen readers; also chosen where there is no terminal, or a simple one.",
        ),
    ] = False,
    form: Annotated[
        str, typer.Option("--format", metavar="markdown|json", help="A report to read, or the same content as JSON.")
    ] = "markdown",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Answer the questions one by one, then get the report.

    The most useful question comes first, "I don't know" is always an answer, and a line shows where the answers lean.
    Every answer is saved at once: stop at any time and run the same command again to go on. Answers may be piped in,
    one on each line.

    \b
    Examples:
      advisor ask support.yaml
      advisor ask support.yaml --plain --output report.md
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.interview import hold_interview

    form = one_of(form, ("markdown", "json"), "--format")
    if file == "-":
        raise AdvisorError(Problem("answers are kept in a file; name one instead of -", "FILE"))
    pack = rule_pack(rules)
    held = hold_interview(Path(file), pack, name=name, plain=plain)
    for line in held.closing:
        typer.echo(line, err=True)
    if held.interrupted:
        raise typer.Exit(INTERRUPTED)
    if held.wants_report:
        from advisor.advice import advise

        recommendation = advise(held.use_case, pack, as_of=held.use_case.as_of or date.today())
        text = recommendation.to_markdown() if form == "markdown" else recommendation.model_dump_json(indent=2)
        write_result(text, output, inputs=(file,))
    if held.save_failed:
        raise AdvisorError(Problem("the last answer could not be saved", file))
