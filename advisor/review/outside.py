"""What stands outside the answers: services that end, and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from advisor.cost_result import CostEstimate, OptionCost
    from advisor.recommendation import Recommendation
    from advisor.review.rules import Kind
    from advisor.rules import RulePack
    from advisor.use_case import UseCase

_CHANGES_WEIGHTS = ("fine_tuning", "rag_and_fine_tuning")
_BUDGETS = ("upfront_budget_usd", "monthly_budget_usd")


def service(
    use_case: UseCase, pack: RulePack, day: date
) -> Iterator[tuple[Kind, dict[str, Any], tuple[str, ...], tuple[str, ...]]]:
    """Yield whether the provider that is named can tune models on a day, for a proposal that changes weights.

    Training on one's own machines needs no provider, so nothing is said then.
    """
    provider = use_case.model.provider if use_case.model else None
    access = use_case.facts.get("training_access", "provider_api")
    if provider is None or use_case.proposed not in _CHANGES_WEIGHTS or access != "provider_api":
        return
    from advisor.cost.prices import load_prices
    from advisor.cost.services import fine_tuning_at

    found = fine_tuning_at(load_prices(pack.cost_folders), provider, day)
    values = {"provider": provider, "day": day, "why": found.reason, "ends": found.ends}
    facts = tuple(fact for fact in ("training_access",) if fact in use_case.facts)
    if not found.open:
        yield "blocked_service", values, facts, ("model", "provider")
    elif found.ends is not None:
        yield "service_ends", values, facts, ("model", "provider")


def over_budget(
    use_case: UseCase, result: Recommendation, pack: RulePack, day: date
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """Yield each budget that the proposed plan does not keep to, with the answer that gives it."""
    budgets = {fact: use_case.facts[fact] for fact in _BUDGETS if fact in use_case.facts}
    approach = use_case.proposed or result.approach
    if not budgets or approach is None:
        return
    from advisor.cost.estimate.budget import best_fit
    from advisor.cost.estimate.build import estimate
    from advisor.cost.estimate.use_case import request_for

    same = approach == result.approach
    request = request_for(
        use_case, as_of=day, techniques=result.techniques if same else (), approach=approach, strict=False
    )
    found = estimate(request, rules=pack.cost_folders)
    plan = _option(found, approach, planned=same)
    if plan is None:
        return
    given: dict[Any, float] = {
        "upfront" if fact == _BUDGETS[0] else "monthly": float(value) for fact, value in budgets.items()
    }
    best = best_fit(found.options, given, tuple(other.approach for other in result.alternatives))
    fits = f" ({best.name})" if best else ""
    for fact, budget in budgets.items():
        need = plan.upfront if fact == _BUDGETS[0] else plan.running
        if need is None or need.mid <= float(budget):
            continue
        values = {
            "plan": plan.name,
            "need": f"{need.mid:,.0f}",
            "low": f"{need.low:,.0f}",
            "high": f"{need.high:,.0f}",
            "per": "to start" if fact == _BUDGETS[0] else "a month",
            "budget": f"{float(budget):,.0f}",
            "fits": fits,
        }
        yield values, (fact,)


def _option(found: CostEstimate, approach: str, *, planned: bool) -> OptionCost | None:
    """Return the recommended plan's cost, or that of the cheapest way of another approach that could be priced."""
    from advisor.cost.estimate.options import PLAN

    priced = [option for option in found.options if option.total is not None]
    own = [option for option in priced if option.id == PLAN] if planned else []
    named = own or [option for option in priced if option.id == approach or option.id.startswith(f"{approach}_")]
    if approach == "rag":
        named = own or [option for option in priced if option.id == "rag"]
    return min(named, key=lambda option: option.total.mid if option.total else 0.0, default=None)
