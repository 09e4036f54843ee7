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
            "check": Lazy("advisor.cli.rules_check:app", "Find what is wrong with a rule pack or an overlay."),
            "test": Lazy("advisor.cli.rules_test:app", "Run the tests of a rule pack."),
            "coverage": Lazy(
                "advisor.cli.rules_coverage:app", "Say which rules, branches and answers no test touches."
            ),
            "mutate": Lazy("advisor.cli.rules_mutate:app", "Change each rule and list what no test notices."),
        }
    )


app = command_app(Rules)


@app.callback()
def rules() -> None:
    """Look into the rules that decide, and check them.

    \b
    Examples:
      advisor rules show knowledge_change
      advisor rules check our-rules
    """  # noqa: D301 - the mark keeps the lines as they are
