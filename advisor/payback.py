"""Whether a saving is what pays for changing weights, and the verdict where the cost estimate finds none.

A gate with `saving` names the rules that promise one. It concerns a plan only if another approach would be best without
those rules; what that other plan costs is then what the plan has to beat.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from advisor.compiled import logistic
from advisor.frozen import Frozen
from advisor.plans import choose
from advisor.verdict import Gate

if TYPE_CHECKING:
    from collections.abc import Container

    from advisor.assess import Assessment, GapScore
    from advisor.conditions import Facts, Truth
    from advisor.pack import RulePack, When
    from advisor.plans import Choice, Plan
    from advisor.verdict import Decision


class Promise(Frozen):
    """A saving that pays for the plan: the gate that asks for it, and the plan that would be best without it."""

    gate: When
    instead: Plan


def promised_saving(pack: RulePack, assessment: Assessment, choice: Choice) -> Promise | None:
    """Return the saving without which the best plan's approach would not be best, or None where none decides that.

    A plan that the rules alone would not recommend does not rest on a saving that rules promise.
    """
    for when in pack.gates:
        entry = when.entry
        if not entry.saving or not {choice.best.approach, choice.ranked[0].approach} <= {*entry.approaches}:
            continue
        instead = choose(pack, _without(assessment, entry.saving)).best
        if instead.approach not in entry.approaches:
            return Promise(gate=when, instead=instead)
    return None


def with_saving(pack: RulePack, facts: Facts, decision: Decision, promise: Promise, cheaper: bool | None) -> Decision:
    """Return a decision with the gate on a promised saving, in the pack's order of gates.

    `cheaper` says whether the plan is probably cheaper than the one without the promise; None while that is not known,
    which leaves the gate open.
    """
    gate = Gate(entry=promise.gate.entry, failed=_failed(promise, facts, cheaper))
    order = [when.entry.id for when in pack.gates]
    gates = tuple(sorted((*decision.gates, gate), key=lambda each: order.index(each.entry.id)))
    return decision.replaced(verdict="not_yet" if gate.failed else decision.verdict, gates=gates)


def _failed(promise: Promise, facts: Facts, cheaper: bool | None) -> Truth:
    """Return whether the gate fails: unknown while the answers that it reads, or the costs, are unknown."""
    applies = promise.gate.condition.truth(facts) if promise.gate.condition else True
    if applies is False or cheaper:
        return False
    return None if applies is None or cheaper is None else True


def _without(assessment: Assessment, rules: Container[str]) -> Assessment:
    """Return the assessment as it would be if some rules did not hold."""
    return assessment.replaced(gaps=tuple(_gap_without(score, rules) for score in assessment.gaps))


def _gap_without(score: GapScore, rules: Container[str]) -> GapScore:
    kept = tuple(rule for rule in score.contributions if rule.id not in rules)
    if len(kept) == len(score.contributions):
        return score
    excess = 0.0 if score.settled else _excess(score.gap.prior, math.fsum(rule.weight for rule in kept))
    return score._replace(excess=excess, contributions=kept)


def _excess(prior: float, total: float) -> float:
    """Return the severity at log-odds `prior + total` above that of the prior, as a share of what is left above it."""
    before = logistic(prior)
    return max(0.0, (logistic(prior + total) - before) / (1 - before))
