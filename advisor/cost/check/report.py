"""The result of `advisor cost check` as text, Markdown or JSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.cost.check.compare import CheckReport, CheckRow, KindSummary

_COLUMNS = ("kind", "unit", "low", "estimate", "high", "published", "ratio", "inside", "note")


def to_json(report: CheckReport) -> str:
    """Return a JSON list, one object a figure, null where nothing was computed."""
    return json.dumps([row.model_dump() for row in report.rows], indent=2, ensure_ascii=False)


def to_markdown(report: CheckReport) -> str:
    """Return Markdown tables: a summary by kind, every computed figure, and what can't be computed with the reason."""
    lines = ["| Kind | Figures | Computed | Within x1.5 | Within x2 | Inside low to high | Median high/low |"]
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    lines += [_summary_line(summary) for summary in report.summaries]
    lines += ["", "| Figure | " + " | ".join(name.capitalize() for name in _COLUMNS) + " |"]
    lines.append("|---|---|---|---:|---:|---:|---:|---:|---|---|")
    computed = [row for row in report.rows if row.mid is not None]
    lines += [f"| {_cell(row.id)} | " + " | ".join(_cells(row)) + " |" for row in computed]
    missing = [row for row in report.rows if row.mid is None]
    if missing:
        lines += ["", "Not computed:", ""]
        lines += [f"- {_cell(row.id)} ({_cell(row.kind)}): {_cell(row.note)}" for row in missing]
    return "\n".join(lines) + "\n"


def _summary_line(summary: KindSummary) -> str:
    def share(count: int) -> str:
        return f"{count} ({100 * count / summary.computed:.0f} %)" if summary.computed else "-"

    name = "all but other" if summary.kind == "all" else _cell(summary.kind)
    spread = "-" if summary.median_spread is None else f"{summary.median_spread:.2f}"
    cells = (
        name,
        str(summary.figures),
        str(summary.computed),
        share(summary.within_1_5),
        share(summary.within_2),
    )
    return "| " + " | ".join((*cells, share(summary.inside), spread)) + " |"


def _cells(row: CheckRow) -> list[str]:
    published = row.published if isinstance(row.published, float) else None
    inside = "-" if row.inside is None else ("yes" if row.inside else "no")
    figures = [_figure(value) for value in (row.low, row.mid, row.high, published)]
    ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
    return [_cell(row.kind), _cell(row.unit), *figures, ratio, inside, _cell(row.note)]


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
