"""Commands that are imported only when they run, so that one command never pays for another."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import typer

from advisor.cli.plain import PlainGroup

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lazy(NamedTuple):
    """A command: where its Typer app is (`module:name`), and the line that the list of commands shows for it."""

    app: str
    summary: str


class LazyGroup(PlainGroup):
    """A group whose commands stand in a table and are imported on use; a subclass sets `table`."""

    table: ClassVar[Mapping[str, Lazy]] = MappingProxyType({})

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Click's signature
        """Return the names of all commands, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Click's signature
        """Return a command, importing its module; None when there is no such command."""
        if cmd_name in self.table and cmd_name not in self.commands:
            module, name = self.table[cmd_name].app.split(":")
            self.commands[cmd_name] = typer.main.get_command(getattr(import_module(module), name))
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - Click's signature
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in self.table.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the arguments name; an unknown one is answered with the nearest."""
        if args[0] not in self.table and not args[0].startswith("-"):
            from advisor.errors import nearest

            near = nearest(args[0], list(self.table))
            ctx.fail(f"no such command '{args[0]}'" + (f"; did you mean '{near}'?" if near else ""))
        return super().resolve_command(ctx, args)
