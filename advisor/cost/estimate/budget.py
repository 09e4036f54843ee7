"""Budgets given as answers, beside what the plan needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from advisor.cost.estimate.compare import in_sentence
from advisor.cost.estimate.result import BudgetCheck, Money, OptionCost

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KINDS: tuple[tuple[Literal["upfront", "monthly"], str], ...] = (
    ("upfront", "upfront_budget_usd"),
    ("monthly", "monthly_budget_usd"),
)


def budget_checks(costs: Sequence[OptionCost], facts: Mapping[str, Any], option: str | None) -> tuple[BudgetCheck, ...]:
    """Return a check for each budget that was given, of the recommended plan (or of the cheapest option)."""
    plan = next((cost for cost in costs if cost.id == option and cost.total), None)
    limits = {kind: facts.get(fact) for kind, fact in _KINDS}
    given: dict[Literal["upfront", "monthly"], float] = {
        kind: float(value)
        for kind, value in limits.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    if plan is None or not given:
        return ()
    best = best_fit(costs, given)
    name = next((cost.name for cost in costs if cost.id == best), None)
    return tuple(_check(plan, kind, budget, best, name) for kind, budget in given.items())


def best_fit(costs: Sequence[OptionCost], given: Mapping[Literal["upfront", "monthly"], float]) -> str | None:
    """Return the cheapest option that keeps to all budgets over the whole horizon, or None."""
    fitting = [
        cost
        for cost in costs
        if cost.total
        and not cost.flags
        and all((need := _need(cost, kind)) is not None and need.mid <= budget for kind, budget in given.items())
    ]
    best = min(fitting, key=lambda cost: cost.total.mid if cost.total else 0.0, default=None)
    return best.id if best else None


def _need(cost: OptionCost, kind: str) -> Money | None:
    return cost.upfront if kind == "upfront" else cost.running


def _check(
    plan: OptionCost, kind: Literal["upfront", "monthly"], budget: float, best: str | None, name: str | None
) -> BudgetCheck:
    needed = _need(plan, kind) or Money(low=0, mid=0, high=0)
    over = needed.mid > budget
    what = "to start" if kind == "upfront" else "a month"
    text = f"{plan.name} needs about {needed.mid:,.0f} USD {what} ({needed.low:,.0f} to {needed.high:,.0f})"
    if not over:
        text += f", within the budget of {budget:,.0f} USD."
    else:
        text += f", over the budget of {budget:,.0f} USD. "
        text += f"The cheapest that fits is {in_sentence(name)}." if name else "No option fits all budgets."
    return BudgetCheck(kind=kind, option=plan.id, budget=budget, needed=needed, over=over, best_fit=best, sentence=text)
