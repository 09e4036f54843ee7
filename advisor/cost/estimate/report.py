"""An estimate as Markdown: the answer first, a short table, and everything else folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.estimate.compare import in_sentence
from advisor.cost.estimate.options import PLAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from advisor.cost.estimate.result import BreakEven, Comparison, CostEstimate, Money, OptionCost

_OWN = ("fine_tuning_lora", "fine_tuning_qlora", "fine_tuning_full")
_BAR = 24
MOST_ROWS = 8


def to_markdown(estimate: CostEstimate, *, heading: str = "## Cost") -> str:
    """Return the whole report: sentence, budgets, table of at most eight rows, then folded details."""
    lines = [heading, "", estimate.sentence, ""]
    lines += [f"- {check.sentence}" for check in estimate.budgets]
    lines += [""] if estimate.budgets else []
    lines += option_table(estimate)
    shown = {cost.id for cost in shown_options(estimate.options)}
    points = [point for point in estimate.break_even if point.option in shown]
    points += [estimate.overtaken] if estimate.overtaken else []
    lines += ["", *_folded("Break-even", _break_even_lines(points))]
    if estimate.sampling:
        for comparison in estimate.sampling.comparisons:
            if comparison.option not in shown:
                continue
            lines += _folded(_comparison_title(estimate, comparison), swing_lines(comparison))
    detailed = [cost for cost in estimate.options if cost.id in (estimate.recommended, estimate.cheapest)]
    for cost in detailed:
        lines += _folded(f"What {in_sentence(cost.name)} consists of", line_table(cost))
    lines += _folded("Assumptions", assumption_table(estimate))
    lines += _folded("Not priced", [f"- {text}" for text in estimate.unpriced])
    lines += _folded("Sources and warnings", _sources(estimate))
    return "\n".join(lines).rstrip() + "\n"


def option_table(estimate: CostEstimate) -> list[str]:
    """Return the table of options, of own fine-tuning only the cheapest way, blocked ones with their reason."""
    header = f"| Option | To start | A month | A request | {estimate.horizon_months:g} months in all (low to high) |"
    rows = [_option_row(cost, estimate) for cost in shown_options(estimate.options)]
    return [header, "|---|---:|---:|---:|---:|", *rows]


def shown_options(options: Sequence[OptionCost]) -> list[OptionCost]:
    """Return at most eight options: all, but only the cheapest of the ways to tune on own GPUs."""
    own = [cost for cost in options if cost.id in _OWN]
    best = min(own, key=lambda cost: cost.total.mid if cost.total else float("inf"), default=None)
    return [cost for cost in options if cost.id not in _OWN or cost is best][:MOST_ROWS]


def line_table(cost: OptionCost) -> list[str]:
    """Return the lines of an option; their totals add up to the option's total."""
    unit = {"upfront": "once", "monthly": "a month", "request": "a request"}
    rows = ["| Line | Amount | | In all |", "|---|---:|---|---:|"]
    rows += [
        f"| {_cell(line.label)} | {_usd(line.amount.mid)} | {unit[line.phase]} | {_usd(line.total.mid)} |"
        for line in cost.lines
    ]
    total = cost.total.mid if cost.total else 0.0
    return [*rows, f"| **Total over {cost.months:g} months** | | | **{_usd(total)}** |"]


def assumption_table(estimate: CostEstimate) -> list[str]:
    """Return every assumption that was used, those stated by the user first."""
    order = {"yours": 0, "answer": 1, "default": 2}
    rows = ["| Assumption | Value | Unit | Default | Source |", "|---|---|---|---|---|"]
    for each in sorted(estimate.assumptions, key=lambda a: order[a.origin]):
        value = each.text or _range(each.low or 0.0, each.mid or 0.0, each.high or 0.0)
        source = "" if each.origin == "default" else f"{each.origin}: "
        rows.append(
            f"| `{each.id}`: {_cell(each.about)} | {_cell(value)} | {each.unit} | {_cell(each.default)} "
            f"| {_cell(source + each.source)} |"
        )
    return [*rows, "", "Change one with `assumptions:` in the file or with `--assume name=value`."]


def swing_lines(comparison: Comparison) -> list[str]:
    """Return which inputs move a difference most, as a table and as a chart in text."""
    if not comparison.swings:
        return ["No uncertain input moves the difference."]
    rows = ["| Input | Difference at its low end | at its high end |", "|---|---:|---:|"]
    rows += [f"| {_cell(s.about)} | {_usd(s.at_low)} | {_usd(s.at_high)} |" for s in comparison.swings]
    widest = max(abs(s.at_high - s.at_low) for s in comparison.swings)
    bars = ["", "```text"]
    for swing in comparison.swings:
        width = max(1, round(_BAR * abs(swing.at_high - swing.at_low) / widest))
        bars.append(f"{'#' * width:<{_BAR}}  {abs(swing.at_high - swing.at_low):>12,.0f} USD  {swing.about}")
    return [*rows, *bars, "```"]


def _option_row(cost: OptionCost, estimate: CostEstimate) -> str:
    name = f"**{cost.name}**" if cost.id == PLAN else cost.name
    if cost.total is None or cost.upfront is None or cost.monthly is None or cost.per_request is None:
        return f"| {name} | {cost.status}: {_cell(cost.reason)} | | | |"
    mark = " (cheapest)" if cost.id == estimate.cheapest else ""
    flag = f" for {cost.months:.1f} months only" if cost.flags else ""
    request = f"{cost.per_request.mid:.5f}" if cost.per_request.mid else "-"
    cells = (f"{name}{mark}{flag}", _usd(cost.upfront.mid), _usd(cost.monthly.mid), request, _money(cost.total))
    return "| " + " | ".join(cells) + " |"


def _break_even_lines(points: Iterable[BreakEven]) -> list[str]:
    lines = []
    for point in points:
        text = f"- {point.sentence}"
        if point.share_of_draws is not None and point.low is not None:
            high = "never" if point.high is None else f"{point.high:,}"
            text += f" In {point.share_of_draws:.0%} of the draws there is such a volume"
            text += f" (80 % interval: {point.low:,} to {high})."
        lines.append(text)
    return lines or ["- There is nothing to compare."]


def _comparison_title(estimate: CostEstimate, comparison: Comparison) -> str:
    one, other = estimate.option(comparison.option).name, in_sentence(estimate.option(comparison.against).name)
    return f"{one} costs less than {other} in {comparison.probability_cheaper:.0%} of the draws"


def _sources(estimate: CostEstimate) -> list[str]:
    lines = [f"- Warning: {text}" for text in estimate.warnings]
    lines += [f"- {text}" for text in estimate.sources]
    return [
        *lines,
        f"- Prices as of {estimate.as_of}; list prices without tax. Package prices are never fully accurate.",
    ]


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", ""]


def _money(money: Money) -> str:
    return f"{_usd(money.mid)} ({_usd(money.low)} to {_usd(money.high)})"


def _usd(value: float) -> str:
    if value and abs(value) < 0.01:
        return f"{value:.6f}"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def _range(low: float, mid: float, high: float) -> str:
    return f"{mid:g}" if low == high else f"{mid:g} ({low:g} to {high:g})"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
