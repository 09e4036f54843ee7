"""`advisor rules test`."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, TESTS_HELP, one_of, rule_pack
from advisor.cli.output import write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand)
def run(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help=TESTS_HELP)] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="text|json", help="Text to read, or the same content as JSON.")
    ] = "text",
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Run the tests of a rule pack.

    A folder may hold tests beside the rules (NAME.tests.yaml), a folder `verdicts` of cases with what is expected of
    them, and use cases with an `expected.yaml`. A test marked `known_wrong` is shown and fails only when it passes.

    Exit code 1 when a test fails.

    \b
    Examples:
      advisor rules test
      advisor rules test examples examples/founding/cases.yaml
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.checking.testing import load_tests, run_tests, tests_of_pack, to_json, to_text

    form = one_of(form, ("text", "json"), "--format")
    pack = rule_pack(rules)
    results = run_tests(pack, load_tests(pack, [Path(path) for path in paths]) if paths else tests_of_pack(pack))
    write_result(to_json(results) if form == "json" else to_text(results), None)
    if any(result.failed for result in results):
        raise typer.Exit(1)
