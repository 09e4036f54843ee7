"""The Markdown report of a recommendation. Its wording lives in the templates beside this module."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

    from advisor.recommendation import Recommendation


def to_markdown(recommendation: Recommendation) -> str:
    """Return the report: Markdown in GitHub's flavor that ends with a newline. The same input gives the same text.

    Texts of the user and of rule files are shown as they are, never interpreted as Markdown, HTML or Jinja.
    """
    from advisor.report.view import build

    return _tidy(_template().render(report=build(recommendation)))


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from advisor.explain import counted_points, inside
    from advisor.report import numbers
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
        points=counted_points,
        probability=numbers.probability,
        severity=numbers.severity,
        signed_weight=numbers.signed_weight,
    )
    environment.globals.update(inside=inside, link=link, plan_diagram=plan_diagram)
    return environment.get_template("report.md.j2")


def _tidy(text: str) -> str:
    """Return a text without trailing spaces and double blank lines, ending with one newline."""
    lines = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"
