"""`advisor rules coverage`."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, TESTS_HELP, one_of, rule_pack
from advisor.cli.output import write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand)
def coverage(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help=TESTS_HELP)] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="text|json", help="Text to read, or the same content as JSON.")
    ] = "text",
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Say which rules, branches and answers no test touches.

    Shares are rounded down: 100% means that nothing is missed.

    \b
    Example:
      advisor rules coverage
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.checking.coverage import coverage as covered
    from advisor.checking.coverage import to_json, to_text
    from advisor.checking.domains import Domains
    from advisor.checking.items import PackFiles, conditions_of, items_of
    from advisor.checking.testing import load_tests, tests_of_pack

    form = one_of(form, ("text", "json"), "--format")
    pack = rule_pack(rules)
    files = PackFiles(rules or ())
    items = items_of(pack, files)
    domains = Domains(pack.questionnaire, conditions_of(items))
    tests = load_tests(pack, [Path(path) for path in paths]) if paths else tests_of_pack(pack)
    found = covered(pack, items, domains, files, tests)
    write_result(to_json(found) if form == "json" else to_text(found), None)
