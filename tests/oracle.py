"""The engine written as plainly as possible: it walks every rule and every plan. The compiled engine must agree."""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import TYPE_CHECKING, Final

from advisor.approaches import APPROACHES
from advisor.assess import Assessment, GapScore, OptionScore
from advisor.compiled import compiled
from advisor.plans import Choice, Plan, Residual

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.rules import Gap, Option, Rule, RulePack

_SAME_LOSS: Final = 1e-11


def assess(pack: RulePack, facts: Facts) -> Assessment:
    """Return how severe each gap is and how well each option works, from the answers that are known."""
    return Assessment(
        gaps=tuple(_gap_score(gap, facts) for gap in pack.gaps),
        options=tuple(_option_score(option, facts) for option in pack.options),
        search=compiled(pack).search,
    )


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), the probability that log-odds of x stand for."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def excess_severity(prior: float, total: float) -> float:
    """Return max(0, (s - s0) / (1 - s0)): the severity at log-odds `prior + total` above that of the prior."""
    if total <= 0:
        return 0.0
    before = logistic(prior)
    return (logistic(prior + total) - before) / (1 - before)


def _gap_score(gap: Gap, facts: Facts) -> GapScore:
    holding, decided = _decided(gap.rules, facts)
    total = math.fsum(rule.weight for rule in holding)
    settled = gap.settled_by is not None and gap.settled_by.condition.truth(facts) is True
    return GapScore(
        gap=gap,
        severity=logistic(gap.prior + total) if decided else None,
        excess=0.0 if settled else excess_severity(gap.prior, total),
        contributions=holding,
        settled=settled,
    )


def _option_score(option: Option, facts: Facts) -> OptionScore:
    holding, _ = _decided(option.rules, facts)
    return OptionScore(
        option=option,
        works=logistic(option.prior + math.fsum(rule.weight for rule in holding)),
        contributions=holding,
        blocks=tuple(clause for clause in option.blocks if clause.condition.truth(facts) is True),
    )


def _decided(rules: tuple[Rule, ...], facts: Facts) -> tuple[tuple[Rule, ...], bool]:
    """Return the rules that hold, and whether any rule is decided at all."""
    holding = []
    decided = False
    for rule in rules:
        truth = rule.condition.truth(facts)
        if truth is not None:
            decided = True
            if truth:
                holding.append(rule)
    return tuple(holding), decided


def choose(pack: RulePack, assessment: Assessment) -> Choice:
    """Return the least-loss plan of each approach and their probabilities.

    probability = (1 - surprise) x softmax(-loss / temperature) + surprise / number of approaches not blocked.
    """
    by_heavy = _best_by_heavy_set(assessment)
    plans: dict[Approach, Plan] = {}
    for heavy, plan in by_heavy.items():
        named = plan._replace(approach=_headline(heavy, by_heavy))
        known = plans.get(named.approach)
        if known is None or _rank(named) < _rank(known):
            plans[named.approach] = named
    best = min(plans.values(), key=_rank)
    weights = {approach: math.exp((best.loss - plan.loss) / pack.temperature) for approach, plan in plans.items()}
    whole = math.fsum(weights.values())
    floor = pack.surprise / len(plans)
    probabilities = {
        approach: (1 - pack.surprise) * weights[approach] / whole + floor if approach in plans else 0.0
        for approach in APPROACHES
    }
    return Choice(best=best, plans=plans, probabilities=probabilities)


def least_loss(assessment: Assessment, intervention: str) -> tuple[float, float]:
    """Return the least loss of plans with an intervention and of plans without it (infinity where there is none)."""
    with_it = without_it = math.inf
    for parts, _, _, loss in _sensible_sets(assessment, keep=intervention):
        if any(part.option.intervention == intervention for part in parts):
            with_it = min(with_it, loss)
        else:
            without_it = min(without_it, loss)
    return with_it, without_it


def _rank(plan: Plan) -> tuple[float, int, int, int, tuple[str, ...]]:
    """Return the sort key of a plan: least loss, then the simpler plan (the founding guidance wins ties)."""
    heavy = sum(part.option.heavy for part in plan.parts)
    return round(plan.loss, 12), heavy, APPROACHES.index(plan.approach), len(plan.parts), plan.part_ids


def _best_by_heavy_set(assessment: Assessment) -> dict[frozenset[str], Plan]:
    """Return the plan of least loss for each set of heavy interventions; its name is still to be given."""
    best: dict[frozenset[str], Plan] = {}
    for parts, residual, burden, loss in _sensible_sets(assessment):
        heavy = frozenset(part.option.intervention for part in parts if part.option.heavy)
        known = best.get(heavy)
        # Ranking needs a plan; most sets lose by their loss alone.
        if known is not None and loss > known.loss + _SAME_LOSS:
            continue
        plan = Plan(parts, APPROACHES[0], residual, burden, loss)
        if known is None or _rank(plan) < _rank(known):
            best[heavy] = plan
    return best


def _sensible_sets(
    assessment: Assessment, keep: str = ""
) -> Iterator[tuple[tuple[OptionScore, ...], Residual, float, float]]:
    """Yield every set of options that could be a best plan, with its residual, burden and loss.

    A light part whose whole benefit can't repay its burden is in no best plan, so it is left out from the start,
    except one of the intervention to `keep`.
    """
    open_ = [score for score in assessment.options if not score.blocks]
    heavy = [score for score in open_ if score.option.heavy]
    light = [
        score
        for score in open_
        if not score.option.heavy and (score.option.intervention == keep or _can_pay(assessment, score))
    ]
    light_sets = [(parts, _residual(assessment, parts), _burden(parts)) for parts in _sets(light)]
    for heavy_parts in _sets(heavy):
        shares = _shares_open(heavy_parts, len(assessment.gaps))
        burden = _burden(heavy_parts)
        for parts, residual, light_burden in light_sets:
            left = tuple(a * b for a, b in zip(residual, shares, strict=True))
            total = burden + light_burden
            yield parts + heavy_parts, left, total, math.fsum(left) + total


def _sets(scores: list[OptionScore]) -> Iterator[tuple[OptionScore, ...]]:
    """Yield every set with at most one variant of each intervention, the empty one first."""
    groups: dict[str, list[OptionScore]] = {}
    for score in scores:
        groups.setdefault(score.option.intervention, []).append(score)
    names = list(groups)
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            yield from product(*(groups[name] for name in chosen))


def _can_pay(assessment: Assessment, score: OptionScore) -> bool:
    gain = sum(
        gap.excess * share * score.works for gap, share in zip(assessment.gaps, score.option.closes, strict=True)
    )
    return gain > score.option.burden


def _shares_open(parts: Iterable[OptionScore], gaps: int) -> Residual:
    shares = [1.0] * gaps
    for part in parts:
        for i, share in enumerate(part.option.closes):
            if share:
                shares[i] *= 1 - share * part.works
    return tuple(shares)


def _residual(assessment: Assessment, parts: tuple[OptionScore, ...]) -> Residual:
    shares = _shares_open(parts, len(assessment.gaps))
    return tuple(gap.excess * share for gap, share in zip(assessment.gaps, shares, strict=True))


def _burden(parts: Iterable[OptionScore]) -> float:
    return math.fsum(part.option.burden for part in parts)


def _headline(heavy: frozenset[str], by_heavy: dict[frozenset[str], Plan]) -> Approach:
    """Return the approach that a plan with these heavy interventions is named after.

    Retrieval with training is an approach of its own; otherwise it is the heavy intervention without which the least
    loss would be highest, the one that changes less where that is equal.
    """
    approaches = {part.option.intervention: part.option.approach for part in by_heavy[heavy].parts if part.option.heavy}
    if not approaches:
        return "prompting"
    if {"rag", "fine_tuning"} <= {*approaches.values()}:
        return "rag_and_fine_tuning"

    def without(intervention: str) -> tuple[float, int]:
        approach = approaches[intervention]
        return round(by_heavy[heavy - {intervention}].loss, 12), -APPROACHES.index(approach)

    return approaches[max(approaches, key=without)]
