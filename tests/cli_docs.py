"""The page docs/cli.md, made from the program's own help. `python -m tests.cli_docs` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from typer.testing import CliRunner

from advisor.cli.program import app

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = Path(__file__).parents[1] / "docs" / "cli.md"
_HEAD: Final = """\
# Command line

<!-- Made from the program's own help: python -m tests.cli_docs -->

Standard output carries the result alone; messages go to standard error. Input that can't be used gives one line for
each problem, with file and line, and exit code 2. `python -m advisor` is the same program as `advisor`.
"""


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, groups included, from the program (no words) down."""
    yield from _below((), typer.main.get_command(app))


def help_of(words: tuple[str, ...]) -> str:
    """Return the help page of a command, at 80 columns."""
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="advisor", terminal_width=80)
    assert result.exit_code == 0, result.output
    return result.stdout


def page() -> str:
    """Return the whole page."""
    sections = [
        f"## {' '.join(('advisor', *words))}\n\n```text\n{help_of(words).rstrip()}\n```\n" for words in commands()
    ]
    return "\n".join([_HEAD, *sections])


def _below(words: tuple[str, ...], command: object) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, typer.core.TyperGroup):
        context = typer.Context(command)
        for name in command.list_commands(context):
            yield from _below((*words, name), command.get_command(context, name))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
