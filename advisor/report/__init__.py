"""The Markdown report of a recommendation. Its wording lives in the templates beside this module."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Environment

    from advisor.recommendation import Recommendation

MOST_VISIBLE_LINES: Final = 100
"""Beyond this a report folds away more than it does otherwise."""

_FOLDED: Final = re.compile(r"^<details>\n.*?^</details>\n", re.MULTILINE | re.DOTALL)


def to_markdown(recommendation: Recommendation) -> str:
    """Return the report: Markdown in GitHub's flavor that ends with a newline. The same input gives the same text.

    Texts of the user and of rule files are shown as they are, never interpreted as Markdown, HTML or Jinja.
    """
    from advisor.report.view import build

    text = rendered("report.md.j2", report=build(recommendation))
    if visible_lines(text) > MOST_VISIBLE_LINES:
        text = rendered("report.md.j2", report=build(recommendation, compact=True))
    return text


def rendered(template: str, **values: object) -> str:
    """Return a template beside this module with values in it, each shown as text unless it is Markup."""
    return _tidy(_environment().get_template(template).render(**values))


def visible_lines(text: str) -> int:
    """Return how many lines of a report are seen while its details are folded away, the empty ones included."""
    return len(_FOLDED.sub("<summary>\n", text).splitlines())


@cache
def _environment() -> Environment:
    from advisor.report.environment import report_environment

    return report_environment()


def _tidy(text: str) -> str:
    """Return a text without trailing spaces and double blank lines, ending with one newline."""
    lines = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
