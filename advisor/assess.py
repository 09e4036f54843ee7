"""What the answers say: how severe each gap is, and how well each intervention would work here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from advisor.compiled import compiled, logistic
from advisor.frozen import Frozen

if TYPE_CHECKING:
    from advisor.conditions import Facts
    from advisor.pack import Clause, Gap, Option, Rule, RulePack
    from advisor.plan_search import PlanSearch


class GapScore(NamedTuple):
    """How severe one gap is.

    `severity` = logistic(prior + sum of the weights that count), None while no rule is decided. `excess` is the part
    above the prior, 0..1; it alone can pay for anything. `settled` says that the team's own result closes the gap.
    """

    gap: Gap
    severity: float | None
    excess: float
    contributions: tuple[Rule, ...]
    settled: bool


class OptionScore(NamedTuple):
    """How well one variant of an intervention would work here: 0..1, what moved it, and what blocks it."""

    option: Option
    works: float
    contributions: tuple[Rule, ...]
    blocks: tuple[Clause, ...]


class Assessment(Frozen):
    """The scores of all gaps and options, in the pack's order, from one set of answers; `search` finds their plans."""

    gaps: tuple[GapScore, ...]
    options: tuple[OptionScore, ...]
    search: PlanSearch


def assess(pack: RulePack, facts: Facts) -> Assessment:
    """Return how severe each gap is and how well each option works, from the answers that are known."""
    engine = compiled(pack)
    true, unknown = engine.truths(facts)
    totals = engine.card.totals(true)
    rules = engine.card.contributions(true)
    excess = engine.excess(totals, true)
    gaps = tuple(
        GapScore(
            gap=gap,
            severity=None if engine.undecided(i, unknown) else logistic(gap.prior + totals[i]),
            excess=excess[i],
            contributions=rules[i],
            settled=bool(true & engine.settled[i]),
        )
        for i, gap in enumerate(pack.gaps)
    )
    options = tuple(
        OptionScore(option, works, holding, tuple([clause for bit, clause in blocks if true & bit]))
        for option, works, holding, blocks in zip(
            pack.options, engine.works(totals), rules[len(gaps) :], engine.blocks, strict=True
        )
    )
    return Assessment(gaps=gaps, options=options, search=engine.search)
