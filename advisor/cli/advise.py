"""`advisor advise`."""

from datetime import date
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, as_date, changes, one_of, placed, rule_pack
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app
from advisor.errors import AdvisorError

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def advise(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A use case in YAML or JSON; - reads standard input.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="markdown|json|adr",
            help="A report to read, the same content as JSON, or a decision record (MADR 4) that `recheck` reads.",
        ),
    ] = "markdown",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FACT=VALUE",
            help="Change one answer for this run (what if); may be repeated. The value `unknown` takes an answer back.",
        ),
    ] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Advise as on this date, such as 2026-11-20; else the file's, else today."),
    ] = None,
    accept_proposed: Annotated[
        bool,
        typer.Option("--accept-proposed", help="Take the answers that the description makes plain, marked as such."),
    ] = False,
    no_cost: Annotated[bool, typer.Option("--no-cost", help="Leave the cost estimate out, which is faster.")] = False,
) -> None:
    """Recommend how to adapt a model to a use case.

    The report says what to do, which gap pays for each part of the plan, why not the other approaches, and what to
    do first. Whatever the verdict, the exit code is 0.

    \b
    Examples:
      advisor advise support.yaml
      advisor advise support.yaml --format json --output support.json
      advisor advise support.yaml --set knowledge_change=static --set labeled_examples=2k
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.advice import advise as recommend
    from advisor.use_case import load_use_case, with_changes

    form = one_of(form, ("markdown", "json", "adr"), "--format")
    day = None if as_of is None else as_date(as_of, "--as-of")
    changed = changes(what_if or (), "--set")
    pack = rule_pack(rules)
    use_case = load_use_case(file, pack.questionnaire)
    try:
        use_case = with_changes(use_case, changed, pack.questionnaire)
    except AdvisorError as error:
        raise placed(error, "--set") from None
    as_of_day = day or use_case.as_of or date.today()
    recommendation = recommend(use_case, pack, as_of=as_of_day, cost=not no_cost, accept_proposed=accept_proposed)
    if form == "adr":
        from advisor.records import to_adr

        text = to_adr(use_case, recommendation, pack)
    else:
        text = recommendation.to_markdown() if form == "markdown" else recommendation.model_dump_json(indent=2)
    write_result(text, output, inputs=(file,))
