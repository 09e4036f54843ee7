"""An estimate as Markdown: the answer first, a short table, and everything else folded.

The report of a recommendation holds it as one section with one fold; `advisor cost estimate` prints more folds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from advisor.explain import inside
from advisor.report.escape import as_text
from advisor.wording import about, format_number, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from advisor.cost_result import AssumptionUsed, BreakEven, Comparison, CostEstimate, Money, OptionCost

MOST_ROWS: Final = 8
_OWN: Final = ("fine_tuning_lora", "fine_tuning_qlora", "fine_tuning_full")
_BAR: Final = 24
_NO_NAME: Final = re.compile(r"[^\w.,:/@+ -]", re.ASCII)
_NOT_A_CHOICE: Final = (
    "Compared is cost alone. The cheapest option may not do the job; which one does is what the sections above decide."
)


def to_markdown(estimate: CostEstimate, *, heading: str = "Cost") -> str:
    """Return the whole report of an estimate, under a heading of the first level."""
    lines = [f"# {as_text(heading)}", "", as_text(estimate.sentence), ""]
    if estimate.summary:
        lines += [f"**The recommended plan:** {as_text(estimate.summary)}", ""]
    lines += _budget_lines(estimate)
    lines += option_table(estimate)
    lines += ["", *_folded("From which volume on that changes", _break_even_lines(estimate))]
    for comparison in estimate.sampling.comparisons if estimate.sampling else ():
        if comparison.option in _shown_ids(estimate):
            lines += _folded(_comparison_title(estimate, comparison), swing_lines(comparison))
    for title, content in _background(estimate):
        lines += _folded(title, content)
    return "\n".join(lines).rstrip() + "\n"


def cost_section(estimate: CostEstimate, *, compact: bool = False) -> Markup:
    """Return the section of a recommendation's report; a compact one folds the table away as well."""
    lines = ["## Cost", "", as_text(estimate.sentence), ""]
    shown = [*_budget_lines(estimate), *option_table(estimate), ""]
    inner = shown if compact else []
    lines += [] if compact else shown
    inner += [_NOT_A_CHOICE, "", "**From which volume on that changes**", "", *_break_even_lines(estimate), ""]
    for title, content in _background(estimate):
        inner += [f"**{as_text(title)}**", "", *content, ""]
    title = "Break-even points, lines, assumptions, and what has no price"
    lines += _folded(f"The options, {title[0].lower()}{title[1:]}" if compact else title, inner)
    return Markup("\n".join(lines))  # noqa: S704 - every text in it went through as_text


def option_table(estimate: CostEstimate) -> list[str]:
    """Return the table of options, of own fine-tuning only the cheapest way, blocked ones with their reason."""
    months = f"{estimate.horizon_months:g} months in all (low to high)"
    header = f"| Option | To start | A month, fixed | A request | {months} |"
    rows = [header, "| :-- | --: | --: | --: | --: |"]
    reasons: set[str] = set()
    for cost in shown_options(estimate.options):
        rows.append(_option_row(cost, estimate, said=cost.reason in reasons))
        reasons.add(cost.reason)
    return rows


def shown_options(options: Sequence[OptionCost]) -> list[OptionCost]:
    """Return at most eight options: all, but only the cheapest of the ways to tune on own GPUs."""
    own = [cost for cost in options if cost.id in _OWN]
    best = min(own, key=lambda cost: cost.total.mid if cost.total else float("inf"), default=None)
    return [cost for cost in options if cost.id not in _OWN or cost is best][:MOST_ROWS]


def line_table(cost: OptionCost) -> list[str]:
    """Return the lines of an option; their totals add up to the option's total."""
    unit = {"upfront": "once", "monthly": "a month", "request": "a request"}
    rows = ["| Line | Amount | Paid | In all |", "| :-- | --: | :-- | --: |"]
    rows += [
        f"| {as_text(line.label)} | {_cents(line.amount.mid)} | {unit[line.phase]} | {_cents(line.total.mid)} |"
        for line in cost.lines
    ]
    total = cost.total.mid if cost.total else 0.0
    return [*rows, f"| **Total over {cost.months:.3g} months** | | | **{_cents(total)}** |"]


def assumption_table(estimate: CostEstimate) -> list[str]:
    """Return every assumption that was used, those stated by the user first."""
    order = {"yours": 0, "answer": 1, "default": 2}
    rows = ["| Name | What it is | Value | Unit | Default | Source |", "| :-- | :-- | --: | :-- | --: | :-- |"]
    rows += [_assumption_row(each) for each in sorted(estimate.assumptions, key=lambda a: order[a.origin])]
    return [
        *rows,
        "",
        "Change one under `assumptions:` in the file, or with `cost estimate --assume name=value`.",
    ]


def _assumption_row(each: AssumptionUsed) -> str:
    value = _code(each.text) if each.text is not None else _range(each.low or 0.0, each.mid or 0.0, each.high or 0.0)
    default = _code(each.default) if each.text is not None else as_text(each.default)
    cells = (f"`{each.id}`", as_text(each.about), value, as_text(each.unit), default, as_text(each.source))
    return f"| {' | '.join(cells)} |"


def swing_lines(comparison: Comparison) -> list[str]:
    """Return which inputs move a difference most, as a table and as a chart in text."""
    if not comparison.swings:
        return ["No uncertain input moves the difference."]
    rows = ["| Input | Difference at its low end | at its high end |", "| :-- | --: | --: |"]
    rows += [f"| {as_text(s.about)} | {_usd(s.at_low)} | {_usd(s.at_high)} |" for s in comparison.swings]
    widest = max(abs(s.at_high - s.at_low) for s in comparison.swings)
    bars = ["", "```text"]
    for swing in comparison.swings:
        width = max(1, round(_BAR * abs(swing.at_high - swing.at_low) / widest))
        moved = f"{abs(swing.at_high - swing.at_low):>12,.0f} USD"
        bars.append(f"{'#' * width:<{_BAR}}  {moved}  {one_line(swing.about)}")
    return [*rows, *bars, "```"]


def _budget_lines(estimate: CostEstimate) -> list[str]:
    """Return what is needed beside each budget; the summary of the plan says what fits, else this does."""
    lines = [f"- {as_text(check.sentence)}" for check in estimate.budgets]
    fits = dict.fromkeys(check.fit for check in estimate.budgets if check.fit and not estimate.summary)
    return [*lines, *(f"- {as_text(fit)}" for fit in fits), ""] if lines else []


def _background(estimate: CostEstimate) -> Iterator[tuple[str, list[str]]]:
    """Yield what explains the figures, each with its title."""
    shown = []
    for cost in estimate.options:
        if cost.total is not None and cost.id in (estimate.recommended, estimate.cheapest):
            lines = line_table(cost)
            if lines not in shown:  # the plan may be just the cheapest option
                yield f"What {inside(cost.name)} consists of, in USD", lines
            shown.append(lines)
    yield "What is assumed", assumption_table(estimate)
    yield "What has no price here", [f"- {as_text(text)}" for text in estimate.unpriced]
    if estimate.warnings:
        yield "Mind", [f"- {as_text(text)}" for text in estimate.warnings]
    yield "Where the prices come from", [f"- {as_text(text)}" for text in (*estimate.sources, *_dates(estimate))]


def _dates(estimate: CostEstimate) -> Iterator[str]:
    dates = ", ".join(f"{name} {day}" for name, day in estimate.price_dates.items())
    yield f"The oldest date of each kind of price: {dates or 'none used'}. List prices without tax, in USD."


def _shown_ids(estimate: CostEstimate) -> set[str]:
    return {cost.id for cost in shown_options(estimate.options)}


def _option_row(cost: OptionCost, estimate: CostEstimate, *, said: bool) -> str:
    name = f"**{as_text(cost.name)}**" if cost.id == estimate.recommended else as_text(cost.name)
    if cost.total is None or cost.upfront is None or cost.monthly is None or cost.per_request is None:
        why = "not to be had" if cost.status == "blocked" else "no price"
        return f"| {name} | | | | {why}{', as above' if said else f': {as_text(cost.reason)}'} |"
    mark = " (cheapest)" if cost.id == estimate.cheapest else ""
    flag = f", for {cost.months:.1f} months only" if cost.flags else ""
    request = f"{cost.per_request.mid:.5f}" if cost.per_request.mid else "0"
    cells = (f"{name}{mark}{flag}", _usd(cost.upfront.mid), _usd(cost.monthly.mid), request, _money(cost.total))
    return f"| {' | '.join(cells)} |"


def _break_even_lines(estimate: CostEstimate) -> list[str]:
    shown = _shown_ids(estimate)
    points = [point for point in estimate.break_even if point.option in shown]
    points += [estimate.overtaken] if estimate.overtaken else []
    return [f"- {as_text(text)}" for text in _point_texts(points)] or ["- There is nothing to compare."]


def _point_texts(points: Iterable[BreakEven]) -> Iterator[str]:
    for point in points:
        text = point.sentence
        if point.share_of_draws is not None and point.low is not None:
            high = "never" if point.high is None else about(point.high)
            text += f" In {point.share_of_draws:.0%} of the draws there is such a volume"
            text += f" (80% interval: {about(point.low)} to {high})."
        yield text


def _comparison_title(estimate: CostEstimate, comparison: Comparison) -> str:
    one, other = estimate.option(comparison.option).name, inside(estimate.option(comparison.against).name)
    return f"{one} costs less than {other} in {comparison.probability_cheaper:.0%} of the draws"


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return ["<details>", f"<summary>{as_text(title)}</summary>", "", *lines, "", "</details>", ""]


def _money(money: Money) -> str:
    return f"{_usd(money.mid)} ({_usd(money.low)} to {_usd(money.high)})"


def _usd(value: float) -> str:
    """Return USD as a table shows it: cents only for small amounts."""
    if value and abs(value) < 0.01:
        return f"{value:.6f}"
    return f"{value:,.2f}" if abs(value) < 100 and value else f"{value:,.0f}"


def _cents(value: float) -> str:
    """Return USD to the cent, so that a reader can add up the lines; prices of a request have more digits."""
    return f"{value:.6f}" if value and abs(value) < 0.1 else f"{value:,.2f}"


def _range(low: float, mid: float, high: float) -> str:
    ends = "" if low == high else f" ({format_number(low)} to {format_number(high)})"
    return format_number(mid) + ends


def _code(text: str) -> str:
    """Return a name as a user types it; what no such name holds is left out."""
    return f"`{_NO_NAME.sub('', one_line(text)).strip() or '?'}`"
