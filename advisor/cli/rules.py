"""`advisor rules ...`."""

from types import MappingProxyType

from advisor.cli.lazy import Lazy, LazyGroup
from advisor.cli.plain import command_app


class Rules(LazyGroup):
    """The commands about the rules themselves."""

    table = MappingProxyType(
        {
            "show": Lazy("advisor.cli.rules_show:app", "Explain one rule, fact, gap, source or other name."),
            "diff": Lazy("advisor.cli.rules_diff:app", "Show what overlays change, in the rules and in the verdicts."),
        }
    )


app = command_app(Rules)


@app.callback()
def rules() -> None:
    """Look into the rules that decide.

    \b
    Example:
      advisor rules show knowledge_change
    """  # noqa: D301 - the mark keeps the lines as they are
