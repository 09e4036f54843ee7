"""The verdict: whether the best plan is recommended, not yet, or still undecided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.frozen import Frozen

if TYPE_CHECKING:
    from advisor.approaches import Approach
    from advisor.assess import Assessment
    from advisor.conditions import Facts, Truth
    from advisor.pack import RulePack
    from advisor.plans import Choice
    from advisor.recommendation import Verdict
    from advisor.rule_files import GateEntry


class Gate(Frozen):
    """A gate that concerns the headline approach; `failed` is None while the answer is unknown."""

    entry: GateEntry
    failed: Truth


class Decision(Frozen):
    """The verdict with what it rests on. `why` names the sentence of rules/wording.yaml for an undecided one."""

    verdict: Verdict
    gates: tuple[Gate, ...]
    why: str | None
    margin: float


def decide(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice) -> Decision:
    """Return the verdict on the best plan.

    Undecided: nothing answered, too little decided, or the two best approaches too close. A plan without any part
    claims that no gap is open, so it needs most gaps decided; a plan with parts rests on the evidence that pays.
    """
    margin = _margin(choice)
    why = _undecided(pack, facts, assessment, choice, margin)
    if why is not None:
        return Decision(verdict="undecided", gates=(), why=why, margin=margin)
    gates = _gates(pack, facts, choice.best.approach)
    failed = any(gate.failed for gate in gates)
    return Decision(verdict="not_yet" if failed else "recommend", gates=gates, why=None, margin=margin)


def decided_gaps(assessment: Assessment) -> int:
    """Return for how many gaps at least one rule is decided."""
    return sum(score.severity is not None for score in assessment.gaps)


def _undecided(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, margin: float) -> str | None:
    if not facts:
        return "no_answers"
    enough = decided_gaps(assessment) >= (pack.thresholds.decided_gaps if not choice.best.parts else 1)
    if len(facts) < pack.thresholds.answers or not enough:
        return "too_few_answers"
    return "too_close" if margin < pack.thresholds.margin else None


def _margin(choice: Choice) -> float:
    """Return by how much the best approach is more probable than the second best."""
    ordered = sorted(choice.probabilities.values(), reverse=True)
    return ordered[0] - ordered[1]


def _gates(pack: RulePack, facts: Facts, approach: Approach) -> tuple[Gate, ...]:
    """Return the gates of an approach, except those on a saving, which need the cost estimate as well."""
    return tuple(
        Gate(entry=when.entry, failed=when.condition.truth(facts) if when.condition else False)
        for when in pack.gates
        if approach in when.entry.approaches and not when.entry.saving
    )
