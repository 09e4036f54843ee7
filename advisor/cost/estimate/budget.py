"""Budgets given as answers, beside what the plan needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from advisor.cost.estimate.compare import in_sentence
from advisor.cost.estimate.options import PLANS, approach_of
from advisor.cost_result import BudgetCheck, Money, OptionCost

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind: TypeAlias = Literal["upfront", "monthly"]
_KINDS: tuple[tuple[Kind, str], ...] = (("upfront", "upfront_budget_usd"), ("monthly", "monthly_budget_usd"))


def budget_checks(
    costs: Sequence[OptionCost], facts: Mapping[str, Any], option: str | None, ranking: Sequence[str] = ()
) -> tuple[BudgetCheck, ...]:
    """Return a check for each budget that was given, of the recommended plan (or of the cheapest option)."""
    plan = next((cost for cost in costs if cost.id == option and cost.total), None)
    limits = {kind: facts.get(fact) for kind, fact in _KINDS}
    given: dict[Kind, float] = {
        kind: float(value)
        for kind, value in limits.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    if plan is None or not given:
        return ()
    best = best_fit(costs, given, ranking)
    return tuple(_check(plan, kind, budget, best, ranked=bool(ranking)) for kind, budget in given.items())


def best_fit(costs: Sequence[OptionCost], given: Mapping[Kind, float], ranking: Sequence[str]) -> OptionCost | None:
    """Return the option that keeps to all budgets over the whole horizon: of the best approach, then the cheapest."""
    fitting = [cost for cost in costs if cost.total and not cost.flags and cost.id not in PLANS and _keeps(cost, given)]
    suited = ([cost for cost in fitting if approach_of(cost.id) == approach] for approach in ranking)
    fitting = next((costs for costs in suited if costs), fitting)
    return min(fitting, key=lambda cost: cost.total.mid if cost.total else 0.0, default=None)


def _keeps(cost: OptionCost, given: Mapping[Kind, float]) -> bool:
    needs = ((_need(cost, kind), budget) for kind, budget in given.items())
    return all(need is not None and need.mid <= budget for need, budget in needs)


def _need(cost: OptionCost, kind: Kind) -> Money | None:
    return cost.upfront if kind == "upfront" else cost.running


def _check(plan: OptionCost, kind: Kind, budget: float, best: OptionCost | None, *, ranked: bool) -> BudgetCheck:
    needed = _need(plan, kind) or Money(low=0, mid=0, high=0)
    over = needed.mid > budget
    what = "to start" if kind == "upfront" else "a month"
    text = f"{plan.name} needs about {needed.mid:,.0f} USD {what} ({needed.low:,.0f} to {needed.high:,.0f})"
    text += f", {'over' if over else 'within'} the budget of {budget:,.0f} USD."
    fit = _fit(best, kind, what, ranked=ranked) if over else None
    return BudgetCheck(
        kind=kind,
        option=plan.id,
        budget=budget,
        needed=needed,
        over=over,
        best_fit=best.id if best else None,
        sentence=text,
        fit=fit,
    )


def _fit(best: OptionCost | None, kind: Kind, what: str, *, ranked: bool) -> str:
    """Return what fits all budgets, in a sentence."""
    need = _need(best, kind) if best else None
    if best is None or need is None:
        return "No option fits all budgets."
    name = in_sentence(best.name)
    which = "Of the options that fit, your answers favor" if ranked else "The cheapest that fits is"
    return f"{which} {name}, with about {need.mid:,.0f} USD {what}."
