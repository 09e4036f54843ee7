"""`advisor rules show`."""

from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, one_of, rule_pack
from advisor.cli.output import write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="The name to explain, as reports and rule files give it.")],
    form: Annotated[
        str, typer.Option("--format", metavar="text|json", help="Text to read, or the same content as JSON.")
    ] = "text",
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Explain one rule, fact, gap, source or other name.

    A name may stand for a rule, a fact, a gap, an intervention or one of its variants, a technique, an approach, a
    source, a choice or pick, a gate, a note, a contradiction or a stage. Shown are its meaning, when it counts and
    how much, what speaks for and against it, the published decisions that a rule turns, and the file and line where it
    is written.

    \b
    Examples:
      advisor rules show knowledge-citations
      advisor rules show fine_tuning --format json
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.lookup import look_up

    form = one_of(form, ("text", "json"), "--format")
    entries = look_up(rule_pack(rules), name)
    if form == "json":
        import json
        from dataclasses import asdict

        content = {"id": name, "entries": [asdict(entry) for entry in entries]}
        write_result(json.dumps(content, indent=2, ensure_ascii=False), None)
    else:
        from advisor.lookup.text import to_text

        write_result(to_text(entries), None)
