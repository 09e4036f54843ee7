"""Plans: sets of options, what each leaves open, and the exact differences between them.

loss(plan) = sum over gaps of excess severity x share left open + burden of its options,
share left open = product over the plan's options of (1 - share closed at best x how well it works here).

For each set of heavy interventions only the plan of least loss counts: with the variants and light parts that suit it
best. It is named after the heavy intervention without which the least loss would be highest.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from advisor.approaches import APPROACHES
from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from advisor.approaches import Approach
    from advisor.assess import Assessment, OptionScore
    from advisor.heavy_sets import Parts
    from advisor.pack import RulePack

Residual = tuple[float, ...]
"""For each gap, in the pack's order, its excess severity times the share that a plan leaves open."""


class Plan(NamedTuple):
    """A set of options (at most one variant of each intervention) and what it costs in units of loss."""

    parts: tuple[OptionScore, ...]
    approach: Approach
    residual: Residual
    burden: float
    loss: float

    @property
    def part_ids(self) -> tuple[str, ...]:
        """Return the ids of the plan's options, in the pack's order."""
        return tuple(part.option.id for part in self.parts)


class Payment(NamedTuple):
    """What one part of a plan earns: how much loss each gap would gain without it, and its burden."""

    part: OptionScore
    by_gap: Residual
    burden: float

    @property
    def total(self) -> float:
        """Return how much the loss would rise if the part were removed."""
        return math.fsum(self.by_gap) - self.burden


class Choice(Frozen):
    """The best plan of every approach, which of them is best, and their probabilities.

    `plans` leaves out approaches that hard blocks rule out; `probabilities` holds 0 for those.
    """

    best: Plan
    plans: dict[Approach, Plan]
    probabilities: dict[Approach, float]

    @property
    def ranked(self) -> tuple[Plan, ...]:
        """Return the best plan of each approach, from the least loss up."""
        return tuple(sorted(self.plans.values(), key=_rank))


def choose(pack: RulePack, assessment: Assessment) -> Choice:
    """Return the least-loss plan of each approach and their probabilities.

    probability = (1 - surprise) x softmax(-loss / temperature) + surprise / number of approaches not blocked.
    """
    plans = _best_plans(assessment)
    best = min(plans.values(), key=_rank)
    return Choice(
        best=best, plans=plans, probabilities=shares(pack, {approach: plan.loss for approach, plan in plans.items()})
    )


def shares(pack: RulePack, losses: Mapping[Approach, float]) -> dict[Approach, float]:
    """Return the probabilities of the approaches from their least losses; 0 for those without one."""
    least = min(losses.values())
    weights = {approach: math.exp((least - loss) / pack.temperature) for approach, loss in losses.items()}
    whole = math.fsum(weights.values())
    floor = pack.surprise / len(losses)
    return {
        approach: (1 - pack.surprise) * weights[approach] / whole + floor if approach in losses else 0.0
        for approach in APPROACHES
    }


def _best_plans(assessment: Assessment) -> dict[Approach, Plan]:
    """Return the best plan of each approach that is not blocked."""
    excess = [score.excess for score in assessment.gaps]
    works = [score.works for score in assessment.options]
    blocked = sum(1 << i for i, score in enumerate(assessment.options) if score.blocks)
    found = assessment.search.best(excess, works, blocked)
    return {
        APPROACHES[name]: _plan(assessment, best.parts, APPROACHES[name])
        for name, best in enumerate(found)
        if best is not None
    }


def _plan(assessment: Assessment, places: Parts, approach: Approach) -> Plan:
    """Return the plan of the options at some places."""
    parts = tuple(assessment.options[i] for i in places)
    residual = _residual(assessment, parts)
    burden = _burden(parts)
    return Plan(parts, approach, residual, burden, math.fsum(residual) + burden)


def payments(assessment: Assessment, plan: Plan) -> tuple[Payment, ...]:
    """Return, for each part of a plan, the loss by gap that removing it would add, and its burden."""
    result = []
    for i, part in enumerate(plan.parts):
        without = _residual(assessment, plan.parts[:i] + plan.parts[i + 1 :])
        by_gap = tuple(open_ - now for open_, now in zip(without, plan.residual, strict=True))
        result.append(Payment(part, by_gap, part.option.burden))
    return tuple(result)


def difference(plan: Plan, other: Plan) -> tuple[Residual, float]:
    """Return by gap, and in burden, how much more loss `other` has than `plan`; together the exact difference."""
    by_gap = tuple(b - a for a, b in zip(plan.residual, other.residual, strict=True))
    return by_gap, other.burden - plan.burden


def least_loss(assessment: Assessment, intervention: str) -> tuple[float, float]:
    """Return the least loss of plans with an intervention and of plans without it (infinity where there is none)."""
    groups: dict[str, list[OptionScore]] = {}
    for score in assessment.options:
        if not score.blocks:
            groups.setdefault(score.option.intervention, []).append(score)
    excess = tuple(gap.excess for gap in assessment.gaps)
    own = groups.pop(intervention, [])
    others = list(groups.values())
    with_it = (_least(_narrowed(excess, part), part.option.burden, others) for part in own)
    return min(with_it, default=math.inf), _least(excess, 0.0, others)


def _least(open_: Residual, burden: float, groups: list[list[OptionScore]]) -> float:
    """Return the least loss that can be reached from a residual by taking at most one part of each group."""
    states = [(open_, burden)]
    for group in groups:
        states += [
            (_narrowed(left, part), spent + part.option.burden)
            for left, spent in states
            for part in group
            if _gain(left, part) > part.option.burden
        ]
    return min(math.fsum(left) + spent for left, spent in states)


def _narrowed(open_: Residual, part: OptionScore) -> Residual:
    """Return what a part leaves of a residual."""
    return tuple(
        [
            left * (1 - share * part.works) if share else left
            for left, share in zip(open_, part.option.closes, strict=True)
        ]
    )


def _gain(open_: Residual, part: OptionScore) -> float:
    """Return how much of a residual a part closes."""
    return sum([left * share * part.works for left, share in zip(open_, part.option.closes, strict=True) if share])


def _rank(plan: Plan) -> tuple[float, int, int, int, tuple[str, ...]]:
    """Return the sort key of a plan: least loss, then the simpler plan (the founding guidance wins ties)."""
    heavy = sum(part.option.heavy for part in plan.parts)
    return round(plan.loss, 12), heavy, APPROACHES.index(plan.approach), len(plan.parts), plan.part_ids


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
