"""Help pages in plain text, the same with every version of Typer, and apps that start fast."""

from __future__ import annotations

from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


class PlainHelp:
    """What the help pages of commands and of groups have in common; mixed into Typer's classes."""

    takes: ClassVar[tuple[str, ...]] = ()

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what stands behind the program's name in the usage line."""
        arguments = (_argument(param) for param in ctx.command.params if param.param_type_name == "argument")
        return ["[OPTIONS]", *arguments, *self.takes]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections of arguments and options."""
        params = ctx.command.get_params(ctx)
        for title, kind, name in (("Arguments", "argument", _argument), ("Options", "option", _option)):
            rows = [(name(param), _explained(param)) for param in params if param.param_type_name == kind]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class PlainCommand(PlainHelp, TyperCommand):
    """A command with a plain help page."""


class PlainGroup(PlainHelp, TyperGroup):
    """A group of commands with a plain help page."""

    takes = ("COMMAND [ARGS]...",)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections of options and commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


def _argument(param: Any) -> str:
    name = str(param.metavar or param.name.upper())
    return name if param.required else f"[{name}]"


def _option(param: Any) -> str:
    return " ".join(filter(None, (", ".join(param.opts), param.metavar)))


def _explained(param: Any) -> str:
    """Return a parameter's help, with its default where it has one that says something."""
    default = param.default
    return f"{param.help} [default: {default}]" if default and isinstance(default, str) else str(param.help)


def command_app(group: type[TyperGroup] = PlainGroup) -> typer.Typer:
    """Return a Typer app set up for a fast start: plain text, no shell completion, no decorated tracebacks."""
    return typer.Typer(
        cls=group,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
