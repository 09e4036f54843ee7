"""`advisor schema`."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, one_of, rule_pack
from advisor.cli.output import write_result
from advisor.cli.plain import PlainCommand, command_app
from advisor.errors import AdvisorError, Problem

app = command_app()


@app.command(cls=PlainCommand)
def schema(
    of: Annotated[str, typer.Argument(metavar="use-case|rules|result", help="What the schema describes.")] = "use-case",
    into: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="With `rules`: write one for each kind of rule file into this folder, those of overlays included.",
        ),
    ] = None,
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Print a JSON Schema of what is read or written.

    `use-case` describes the files that `advise` reads, with every fact and its possible answers; `rules` describes
    the rule files; `result` describes what `advise --format json` prints. Editors complete and check files with it.

    \b
    Example:
      advisor schema use-case > use-case.schema.json
      advisor schema rules --into our-rules/schema
    """  # noqa: D301 - the mark keeps the lines as they are
    import json

    from advisor.schemas import result_schema, rules_schema, use_case_schema

    of = one_of(of, ("use-case", "rules", "result"), "schema")
    if into is not None:
        if of != "rules":
            raise AdvisorError(Problem("goes with `advisor schema rules` only", "--into"))
        from advisor.rule_schemas import write_schemas

        written = list(write_schemas(Path(into), rule_pack(rules).questionnaire))
        typer.echo(f"Wrote {len(written)} schemas into {into}", err=True)
        return
    if of == "result":
        content = result_schema()
    else:
        questionnaire = rule_pack(rules).questionnaire
        content = use_case_schema(questionnaire) if of == "use-case" else rules_schema(questionnaire)
    write_result(json.dumps(content, indent=2, ensure_ascii=False), None)
