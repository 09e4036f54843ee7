"""What the recommended plan costs, in a few sentences for the first screen of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.wording import about

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.cost_result import BudgetCheck, OptionCost, Saving

_WHEN = {"upfront": "to start", "monthly": "a month"}


def summary_of(
    costs: Sequence[OptionCost], plan: str | None, budgets: Sequence[BudgetCheck], saving: Saving | None
) -> str | None:
    """Return what the plan costs, whether it keeps to the budgets, and whether it saves what it has to save."""
    cost = next((each for each in costs if each.id == plan), None)
    if cost is None:
        return None
    if cost.total is None or cost.upfront is None or cost.running is None:
        return f"The plan has no price: {cost.reason.rstrip('.')}."
    total = cost.total
    sentences = [
        f"About {about(total.mid)} USD over {cost.months:.3g} months ({about(total.low)} to {about(total.high)}): "
        f"{about(cost.upfront.mid)} to start, then {about(cost.running.mid)} a month."
    ]
    sentences += _over([check for check in budgets if check.over])
    if saving is not None:
        sentences.append(saving.sentence)
    return " ".join(sentences)


def _over(checks: Sequence[BudgetCheck]) -> list[str]:
    """Return that budgets are not kept, and what keeps to them."""
    if not checks:
        return []
    limits = (f"{check.budget:,.0f} USD {_WHEN[check.kind]}" for check in checks)
    return [f"That is over the budget of {' and of '.join(limits)}.", checks[0].fit or ""]
