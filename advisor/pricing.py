"""From a decision to what it costs: the plan, and the plans that it is compared with, in the words of the estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.assess import assess
from advisor.errors import AdvisorError
from advisor.fallback import settle
from advisor.frozen import Frozen
from advisor.payback import promised_saving
from advisor.plans import choose
from advisor.techniques import pick, techniques
from advisor.use_case import check_use_case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from advisor.cost.estimate import EstimateRequest
    from advisor.cost_result import CostEstimate
    from advisor.pack import RulePack
    from advisor.payback import Promise
    from advisor.plans import Choice, Plan
    from advisor.use_case import UseCase


class Sampled(Frozen):
    """How an estimate is refined: assumptions that go before the file's, and the number and seed of the draws."""

    assumptions: Mapping[str, Any] | None = None
    draws: int = 0
    seed: int = 1


def estimate_cost(
    use_case: UseCase, rules: RulePack | None = None, *, as_of: date | None = None, how: Sampled | None = None
) -> CostEstimate:
    """Return the cost of all options and of the recommended plan. Raises AdvisorError also for an unknown model."""
    if rules is None:
        from advisor.rules import shipped_rules  # only here: the command line brings a pack, perhaps from its cache

        rules = shipped_rules()
    pack = rules
    problems = check_use_case(use_case, pack.questionnaire)
    if problems:
        raise AdvisorError(problems)
    facts, day = use_case.facts, as_of or use_case.as_of or pack.as_of
    assessment = assess(pack, facts)
    settled = settle(pack, facts, assessment, choose(pack, assessment), use_case.description)
    choice, decided = settled.choice, settled.decision.verdict != "undecided"
    promise = promised_saving(pack, assessment, choice) if decided else None
    return priced(pack, use_case, choice, choice.best if decided else None, promise, as_of=day, strict=True, how=how)


def priced(
    pack: RulePack,
    use_case: UseCase,
    choice: Choice,
    plan: Plan | None,
    promise: Promise | None,
    *,
    as_of: date,
    strict: bool = False,
    how: Sampled | None = None,
) -> CostEstimate:
    """Return the estimate for a plan (None while undecided). Unless strict, what can't be priced is said and left out.

    Raises AdvisorError for assumptions that can't be used.
    """
    from advisor.cost.estimate import estimate

    how = how or Sampled()
    request = _request(pack, use_case, choice, plan, promise, as_of, strict=strict, assumptions=how.assumptions)
    return estimate(request, rules=pack.cost_folders, draws=how.draws, seed=how.seed)


def found_cheaper(
    pack: RulePack, use_case: UseCase, choice: Choice, plan: Plan, promise: Promise, *, as_of: date
) -> bool | None:
    """Return whether a plan is probably cheaper than the one without the promised saving; None where that is unknown.

    The same as `priced` says, and several times as fast. Raises AdvisorError for assumptions that can't be used.
    """
    from advisor.cost.estimate import estimated_saving

    request = _request(pack, use_case, choice, plan, promise, as_of)
    saving = estimated_saving(request, rules=pack.cost_folders)
    return None if saving is None else saving.cheaper


def check_assumptions(pack: RulePack, use_case: UseCase, as_of: date) -> None:
    """Raise AdvisorError where a use case makes assumptions that can't be used in an estimate."""
    if use_case.assumptions:
        from advisor.cost.estimate import setting_of
        from advisor.cost.estimate.use_case import request_for

        setting_of(request_for(use_case, as_of=as_of, strict=False), rules=pack.cost_folders)


def _request(
    pack: RulePack,
    use_case: UseCase,
    choice: Choice,
    plan: Plan | None,
    promise: Promise | None,
    as_of: date,
    *,
    strict: bool = False,
    assumptions: Mapping[str, Any] | None = None,
) -> EstimateRequest:
    from advisor.cost.estimate.use_case import request_for

    return request_for(
        use_case,
        as_of=as_of,
        techniques=() if plan is None else _techniques(pack, use_case, plan),
        instead=None if promise is None else _techniques(pack, use_case, promise.instead),
        approach=None if plan is None else plan.approach,
        ranking=() if plan is None else tuple(other.approach for other in choice.ranked),
        assumptions=assumptions,
        strict=strict,
    )


def _techniques(pack: RulePack, use_case: UseCase, plan: Plan) -> tuple[str, ...]:
    return techniques(pack, pick(pack, use_case.facts, plan))
