"""The staged plan as a Mermaid flowchart: one box a stage, what ends it on the arrow, and the early ways out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from advisor.report.escape import mermaid_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.recommendation import StageResult

_FEWEST: Final = 3  # two stages in a row need no picture
_BOX: Final = 32
_ARROW: Final = 44


def plan_diagram(stages: Sequence[StageResult], stage_word: str, enough: str) -> Markup | None:
    """Return a flowchart, or None for fewer than three stages.

    `enough` labels the dotted arrow from a rung straight to the last stage, taken when nothing more is needed.
    """
    if len(stages) < _FEWEST:
        return None
    last = len(stages)
    boxes = [f"  s{n}[{_label(f'{stage_word} {n}: {stage.title}', _BOX)}]" for n, stage in enumerate(stages, 1)]
    arrows = [f"  s{n} -->|{_label(stage.exit, _ARROW)}| s{n + 1}" for n, stage in enumerate(stages[:-1], 1)]
    ways_out = [f"  s{n} -.->|{_label(enough, _ARROW)}| s{last}" for n in range(1, last - 1)]
    lines = ("flowchart TD", *boxes, *arrows, *ways_out)
    return Markup("\n".join(lines))  # noqa: S704 - every label is escaped


def _label(text: str, width: int) -> Markup:
    return mermaid_label(*textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False) or [""])
