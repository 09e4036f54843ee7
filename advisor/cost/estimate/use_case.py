"""From a use case and its recommendation to what an estimate is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.cost.estimate.request import EstimateRequest
from advisor.errors import AdvisorError, Problem
from advisor.wording import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from advisor.use_case import UseCase


def request_for(
    use_case: UseCase,
    *,
    as_of: date,
    techniques: Sequence[str] = (),
    approach: str | None = None,
    instead: Sequence[str] | None = None,
    ranking: Sequence[str] = (),
    assumptions: Mapping[str, Any] | None = None,
    strict: bool = True,
) -> EstimateRequest:
    """Return the request for a use case; `assumptions` go before those of the use case.

    `instead` are the techniques of the plan that would be best if nothing promised a saving, `ranking` the approaches
    from the best to the worst. Raises AdvisorError when the prices among the assumptions are not given by name.
    """
    model = use_case.model
    stated = {**use_case.assumptions, **(assumptions or {})}
    prices = stated.get("prices")
    if prices is not None and not isinstance(prices, dict):
        message = f"expected `input:` and `output:` in USD per million tokens, not {kind_of(prices)}"
        raise AdvisorError(Problem(message, "assumptions: prices"))
    return EstimateRequest(
        facts=dict(use_case.facts),
        assumptions={key: value for key, value in stated.items() if key != "prices"},
        own_prices=prices,
        provider=model.provider if model else None,
        model=model.name if model else None,
        techniques=tuple(techniques),
        approach=approach,
        ranking=tuple(ranking),
        instead=None if instead is None else tuple(instead),
        as_of=as_of,
        strict=strict,
    )
