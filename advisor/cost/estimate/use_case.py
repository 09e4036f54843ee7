"""From a use case and its recommendation to an estimate, and what the estimate says about the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.cost.estimate.compare import in_sentence
from advisor.cost.estimate.options import PLAN
from advisor.cost.estimate.request import EstimateRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from advisor.cost.estimate.result import CostEstimate, OptionCost
    from advisor.use_case import UseCase

_UNTUNED = ("prompting", "rag", "stronger_model")


def request_for(
    use_case: UseCase,
    *,
    as_of: date,
    techniques: Sequence[str] = (),
    approach: str | None = None,
    assumptions: Mapping[str, Any] | None = None,
    strict: bool = True,
) -> EstimateRequest:
    """Return the request for a use case; `assumptions` go before those of the use case."""
    model = use_case.model
    stated = {**use_case.assumptions, **(assumptions or {})}
    return EstimateRequest(
        facts=dict(use_case.facts),
        assumptions={key: value for key, value in stated.items() if key != "prices"},
        own_prices=stated.get("prices"),
        provider=model.provider if model else None,
        model=model.name if model else None,
        techniques=tuple(techniques),
        approach=approach,
        as_of=as_of,
        strict=strict,
    )


def plan_saves(estimate: CostEstimate, against: str | None = None) -> tuple[bool, str] | None:
    """Return whether the recommended plan is probably cheaper than not tuning, with a sentence that says so.

    It is compared with `against`, or else with the cheapest option that changes no weights. None when there is no plan
    or nothing to compare it with.
    """
    plan = _priced(estimate, PLAN)
    others = [_priced(estimate, name) for name in ([against] if against else _UNTUNED)]
    priced = [other for other in others if other is not None]
    if plan is None or not priced or plan.total is None:
        return None
    other = min(priced, key=lambda cost: cost.total.mid if cost.total else 0.0)
    if other.total is None:
        return None
    saves = plan.total.mid < other.total.mid
    says = "less" if saves else "more"
    text = (
        f"Over {estimate.horizon_months:g} months the plan costs about {plan.total.mid:,.0f} USD, "
        f"{abs(plan.total.mid - other.total.mid):,.0f} USD {says} than {in_sentence(other.name)}."
    )
    return saves, text


def _priced(estimate: CostEstimate, name: str) -> OptionCost | None:
    return next((cost for cost in estimate.options if cost.id == name and cost.total), None)
