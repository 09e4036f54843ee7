"""What the answers say: how severe each gap is, and how well each intervention would work here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.conditions import Facts
    from advisor.rules import Clause, Gap, Option, Rule, RulePack


@dataclass(frozen=True, slots=True)
class GapScore:
    """How severe one gap is.

    `severity` = logistic(prior + sum of the weights that count), None while no rule is decided. `excess` is the part
    above the prior, 0..1; it alone can pay for anything. `settled` says that the team's own result closes the gap.
    """

    gap: Gap
    severity: float | None
    excess: float
    contributions: tuple[Rule, ...]
    settled: bool


@dataclass(frozen=True, slots=True)
class OptionScore:
    """How well one variant of an intervention would work here: 0..1, what moved it, and what blocks it."""

    option: Option
    works: float
    contributions: tuple[Rule, ...]
    blocks: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The scores of all gaps and options, in the pack's order, from one set of answers."""

    gaps: tuple[GapScore, ...]
    options: tuple[OptionScore, ...]


def assess(pack: RulePack, facts: Facts) -> Assessment:
    """Return how severe each gap is and how well each option works, from the answers that are known."""
    return Assessment(
        gaps=tuple(_gap_score(gap, facts) for gap in pack.gaps),
        options=tuple(_option_score(option, facts) for option in pack.options),
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
