"""Explanations: who pays for each part of the plan, why not the others, and the one-sentence reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.plans import difference, payments
from advisor.reasons import reason
from advisor.recommendation import Alternative, Contribution, GapResult, LedgerLine
from advisor.techniques import techniques

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.approaches import Approach
    from advisor.assess import Assessment, OptionScore
    from advisor.conditions import Facts
    from advisor.plans import Choice, Plan
    from advisor.rules import Rule, RulePack
    from advisor.techniques import Picked
    from advisor.verdict import Decision

_SHOWN_REASONS = 3
_WORTH_SAYING = 0.005  # half a point of loss; smaller differences are not put into words


def contributions(pack: RulePack, facts: Facts, rules: Iterable[Rule]) -> tuple[Contribution, ...]:
    """Return rules that counted, the weightiest first, with the user's own answers in their reasons."""
    ordered = sorted(rules, key=lambda rule: (-abs(rule.weight), rule.id))
    return tuple(
        Contribution(
            rule=rule.id,
            weight=rule.weight,
            because=reason(rule.because, facts, pack.questionnaire),
            evidence=rule.evidence,
            against=rule.against,
            basis=rule.basis,
        )
        for rule in ordered
        if rule.weight
    )


def gap_results(pack: RulePack, facts: Facts, assessment: Assessment) -> dict[str, GapResult]:
    """Return every gap with its severity and what moved it."""
    results = {}
    for score in assessment.gaps:
        settled = score.gap.settled_by if score.settled else None
        results[score.gap.id] = GapResult(
            name=score.gap.name,
            about=score.gap.about,
            remedy=score.gap.remedy,
            severity=score.severity,
            excess=score.excess,
            settled=settled and reason(settled.because, facts, pack.questionnaire),
            contributions=contributions(pack, facts, score.contributions),
        )
    return results


def ledger(
    pack: RulePack, facts: Facts, assessment: Assessment, plan: Plan, picked: tuple[Picked, ...]
) -> tuple[LedgerLine, ...]:
    """Return, for each part of the plan, which gap pays for it and why; the part that earns most comes first."""
    lines = []
    for payment in sorted(payments(assessment, plan), key=lambda payment: -payment.total):
        payer = max(range(len(pack.gaps)), key=lambda i: payment.by_gap[i])
        score = assessment.gaps[payer]
        option = payment.part.option
        lines.append(
            LedgerLine(
                part=option.id,
                name=option.name,
                about=option.about,
                techniques=techniques(pack, picked, option),
                paid_by=score.gap.id,
                by_gap={gap.id: gain for gap, gain in zip(pack.gaps, payment.by_gap, strict=True) if gain > 0},
                burden=payment.burden,
                works=payment.part.works,
                because=contributions(pack, facts, (r for r in score.contributions if r.weight > 0)),
                works_because=contributions(pack, facts, payment.part.contributions),
            )
        )
    return tuple(lines)


def alternatives(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice) -> tuple[Alternative, ...]:
    """Return the other approaches from the most to the least probable, the blocked ones last."""
    others = [plan for plan in choice.ranked if plan is not choice.best]
    found = [_alternative(pack, facts, assessment, choice, plan) for plan in others]
    blocked = [approach for approach in pack.approaches if approach not in choice.plans]
    return (*found, *(_blocked(pack, facts, assessment, approach) for approach in blocked))


def _alternative(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, plan: Plan) -> Alternative:
    by_gap, burden = difference(choice.best, plan)
    return Alternative(
        approach=plan.approach,
        name=pack.approaches[plan.approach].name,
        probability=choice.probabilities[plan.approach],
        parts=plan.part_ids,
        part_names=tuple(part.option.name for part in plan.parts),
        loss=plan.loss,
        margin=plan.loss - choice.best.loss,
        by_gap={gap.id: value for gap, value in zip(pack.gaps, by_gap, strict=True) if value},
        burden=burden,
        blocked=(),
        why_not=_why_not(pack, facts, assessment, choice, plan),
    )


def _why_not(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, plan: Plan) -> tuple[str, ...]:
    """Return in words what the exact difference to the best plan consists of, the largest piece first."""
    wording = pack.wording
    by_gap, burden = difference(choice.best, plan)
    pieces: list[tuple[float, str]] = []
    for gap, more in zip(pack.gaps, by_gap, strict=True):
        if more > _WORTH_SAYING:
            pieces.append((more, wording.why_not_gap.format(points=points(more), gap=_inside(gap.name))))
    if burden > _WORTH_SAYING:
        pieces.append((burden, wording.why_not_burden.format(points=points(burden))))
    said = [text for _, text in sorted(pieces, key=lambda piece: -piece[0])]
    unpaid = _unpaid(assessment, choice.best, plan)
    if unpaid is not None:
        return (wording.why_not_nothing_pays.format(part=_inside(unpaid.option.name)), *said)
    doubts = _doubts(pack, facts, choice.best, plan)
    return tuple([*said, *doubts][:_SHOWN_REASONS])


def _unpaid(assessment: Assessment, best: Plan, plan: Plan) -> OptionScore | None:
    """Return a heavy part of a plan that no gap with evidence would pay anything for."""
    kept = {part.option.intervention for part in best.parts}
    for payment in payments(assessment, plan):
        option = payment.part.option
        if option.heavy and option.intervention not in kept and sum(payment.by_gap) < _WORTH_SAYING:
            return payment.part
    return None


def _doubts(pack: RulePack, facts: Facts, best: Plan, plan: Plan) -> list[str]:
    """Return the reasons why the heavy parts of a plan that the best lacks would not work well here."""
    kept = {part.option.intervention for part in best.parts}
    against = [
        rule
        for part in plan.parts
        if part.option.heavy and part.option.intervention not in kept
        for rule in part.contributions
        if rule.weight < 0
    ]
    said = contributions(pack, facts, against)
    return [pack.wording.why_not_works.format(because=item.because) for item in said]


def _blocked(pack: RulePack, facts: Facts, assessment: Assessment, approach: Approach) -> Alternative:
    reasons = {
        reason(clause.because, facts, pack.questionnaire): None
        for score in assessment.options
        if score.option.approach in (approach, *_halves(approach))
        for clause in score.blocks
    }
    return Alternative(
        approach=approach,
        name=pack.approaches[approach].name,
        probability=0.0,
        parts=(),
        part_names=(),
        loss=None,
        margin=None,
        by_gap={},
        burden=None,
        blocked=tuple(reasons),
        why_not=tuple(pack.wording.blocked.format(because=because) for because in reasons),
    )


def _halves(approach: Approach) -> tuple[str, ...]:
    return ("rag", "fine_tuning") if approach == "rag_and_fine_tuning" else ()


def one_sentence(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, decision: Decision) -> str:
    """Return the verdict's reason in one sentence: what to do, and the weightiest answer that speaks for it."""
    wording = pack.wording
    if decision.why is not None:
        return _why_undecided(pack, facts, assessment, choice, decision.why)
    headline = pack.approaches[choice.best.approach].headline.rstrip(".")
    failed = next((gate for gate in decision.gates if gate.failed), None)
    if failed is not None:
        because = _inside(reason(failed.entry.because, facts, pack.questionnaire))
        return wording.not_yet.format(headline=headline, because=because)
    paying = _weightiest(assessment, choice.best)
    if paying is None:
        return wording.no_gap + "."
    return f"{headline}: {_inside(reason(paying.because, facts, pack.questionnaire))}"


def _why_undecided(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, why: str) -> str:
    from advisor.verdict import decided_gaps

    first, second = sorted(choice.probabilities, key=lambda approach: -choice.probabilities[approach])[:2]
    text: str = getattr(pack.wording, why)
    return (
        text.format(
            answers=len(facts),
            gaps=decided_gaps(assessment),
            all_gaps=len(pack.gaps),
            first=pack.approaches[first].name,
            second=_inside(pack.approaches[second].name),
            first_percent=percent(choice.probabilities[first]),
            second_percent=percent(choice.probabilities[second]),
        )
        + "."
    )


def _weightiest(assessment: Assessment, plan: Plan) -> Rule | None:
    """Return the strongest evidence of the gap that pays most for the headline part of a plan."""
    earned = payments(assessment, plan)
    headline = [p for p in earned if p.part.option.approach == plan.approach] or list(earned)
    if not headline:
        return None
    best = max(headline, key=lambda payment: sum(payment.by_gap))
    score = max(zip(best.by_gap, assessment.gaps, strict=True), key=lambda pair: pair[0])[1]
    return max(score.contributions, key=lambda rule: (rule.weight, rule.id), default=None)


def points(loss: float) -> str:
    """Return a loss in points (1 point = 0.01): whole from 10 up, else with one decimal."""
    value = abs(loss) * 100
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def percent(probability: float) -> str:
    """Return a probability as a whole percentage."""
    return f"{probability * 100:.0f}%"


def _inside(sentence: str) -> str:
    """Return a sentence or a name as it stands inside another sentence."""
    first = sentence.split(" ", 1)[0]
    return sentence if first.isupper() and len(first) > 1 else sentence[:1].lower() + sentence[1:]
