"""`advisor rules mutate`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import RULES_HELP, TESTS_HELP, one_of, rule_pack
from advisor.cli.output import write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand)
def mutate(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help=TESTS_HELP)] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="text|json", help="Text to read, or the same content as JSON.")
    ] = "text",
    rules: Annotated[list[str] | None, typer.Option(metavar="DIR", help=RULES_HELP)] = None,
) -> None:
    """Change each rule and list what no test notices.

    Every rule, block, gate, pick, note and other entry is dropped, and flipped: a rule's weight gets the opposite
    sign, a condition is negated. Listed are the changes that could reach a verdict and that no verdict test
    (approach, technique or rank of a case) notices, and those that no test at all notices.

    \b
    Example:
      advisor rules mutate
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.checking.items import PackFiles, items_of
    from advisor.checking.mutation import Suite, to_json, to_text
    from advisor.checking.mutation import mutate as mutated
    from advisor.checking.probe import Probe
    from advisor.checking.testing import load_tests, tests_of_pack

    form = one_of(form, ("text", "json"), "--format")
    pack = rule_pack(rules)
    files = PackFiles(rules or ())
    own, named = tests_of_pack(pack), load_tests(pack, [Path(path) for path in paths or ()])
    verdict_tests, rule_tests = (*own.verdicts, *named.verdicts), (*own.rules, *named.rules)
    suite = Suite(Probe(pack, items_of(pack, files)), verdict_tests, rule_tests)

    def report(done: int, number: int) -> None:
        if sys.stderr.isatty() or done % 100 == 0:
            typer.echo(f"\r{done} of {number} changes tried", err=True, nl=not sys.stderr.isatty())

    score = mutated(suite, report)
    if sys.stderr.isatty():
        typer.echo("", err=True)
    write_result(to_json(score) if form == "json" else to_text(score), None)
