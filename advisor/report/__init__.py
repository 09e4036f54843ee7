"""The Markdown report of a recommendation. Its wording lives in the templates beside this module."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from advisor.explain import counted_points, inside
    from advisor.report import numbers
    from advisor.report.cost import cost_section
    from advisor.report.diagram import plan_diagram
    from advisor.report.escape import as_text, link

    # With autoescape on, macros return Markup, and `finalize` is what turns every other value into safe text.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        finalize=as_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        inside=inside,
        points=counted_points,
        probability=numbers.probability,
        severity=numbers.severity,
        signed_weight=numbers.signed_weight,
    )
    environment.globals.update(cost_section=cost_section, inside=inside, link=link, plan_diagram=plan_diagram)
    return environment


def _tidy(text: str) -> str:
    """Return a text without trailing spaces and double blank lines, ending with one newline."""
    lines = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
