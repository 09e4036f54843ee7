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
_INSIDE = ("text_only", "unpaid")  # sentences that name the approach inside, not first
_NAMED_GAPS = 2
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
    """Return in words what the exact difference to the best plan consists of, and what speaks against the plan."""
    unpaid = _unpaid(assessment, choice.best, plan)
    said = [] if unpaid is None else [pack.wording.why_not_nothing_pays.format(part=inside(unpaid.option.name))]
    return tuple([*said, *_trade(pack, choice.best, plan), *_doubts(pack, facts, choice.best, plan)][:_SHOWN_REASONS])


def _trade(pack: RulePack, best: Plan, plan: Plan) -> list[str]:
    """Return one sentence on what a plan has more and less of than the best one, or none when it is not worse."""
    wording = pack.wording
    by_gap, burden = difference(best, plan)
    left_open = _gap_pieces(pack, by_gap, 1)
    closed = _gap_pieces(pack, by_gap, -1)
    worse = [wording.why_not_open.format(gaps=_joined(left_open))] if left_open else []
    better = [wording.why_not_closed.format(gaps=_joined(closed))] if closed else []
    if abs(burden) > _WORTH_SAYING:
        side, text = (worse, wording.why_not_burden) if burden > 0 else (better, wording.why_not_saved)
        side.append(text.format(points=counted_points(burden)))
    if not worse:
        return []
    frame = wording.why_not_although if better else wording.why_not
    return [frame.format(worse=_joined(worse), better=_joined(better))]


def _gap_pieces(pack: RulePack, by_gap: Iterable[float], sign: int) -> list[str]:
    """Return in words the largest gap differences of one sign, the small rest as one sum."""
    found = [(more * sign, gap) for gap, more in zip(pack.gaps, by_gap, strict=True) if more * sign > _WORTH_SAYING]
    found.sort(key=lambda pair: -pair[0])
    named = len(found) if len(found) == _NAMED_GAPS + 1 else _NAMED_GAPS
    text = pack.wording.why_not_part
    pieces = [text.format(points=counted_points(more), gap=inside(gap.name)) for more, gap in found[:named]]
    rest = sum(more for more, _ in found[named:])
    return [*pieces, pack.wording.why_not_rest.format(points=counted_points(rest))] if rest else pieces


def _joined(parts: list[str]) -> str:
    """Return parts of a sentence joined by commas and a final "and"."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), *parts[-1:]])


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
    return [item.because for item in contributions(pack, facts, against)]


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
        why_not=tuple(reasons),
    )


def _halves(approach: Approach) -> tuple[str, ...]:
    return ("rag", "fine_tuning") if approach == "rag_and_fine_tuning" else ()


def one_sentence(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, decision: Decision) -> str:
    """Return the verdict's reason in one sentence: what to do, and the weightiest answer that speaks for it."""
    wording = pack.wording
    if decision.why is not None:
        return _why_undecided(pack, facts, assessment, choice, decision.why)
    approach = pack.approaches[choice.best.approach]
    paying = [inside(reason(rule.because, facts, pack.questionnaire)) for rule in _weightiest(assessment, choice.best)]
    because = wording.and_because.join(text.rstrip(".") for text in paying) or wording.no_gap
    failed = next((gate for gate in decision.gates if gate.failed), None)
    if failed is not None:
        gate = inside(reason(failed.entry.because, facts, pack.questionnaire))
        return wording.not_yet.format(approach=approach.name, because=because, gate=gate)
    return wording.recommend.format(headline=approach.headline.rstrip("."), because=because)


def _why_undecided(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, why: str) -> str:
    from advisor.verdict import decided_gaps

    first, second = sorted(choice.probabilities, key=lambda approach: -choice.probabilities[approach])[:2]
    text: str = getattr(pack.wording, why)
    return (
        text.format(
            answers=len(facts),
            gaps=decided_gaps(assessment),
            all_gaps=len(pack.gaps),
            first=inside(pack.approaches[first].name) if why in _INSIDE else pack.approaches[first].name,
            second=inside(pack.approaches[second].name),
            first_percent=percent(choice.probabilities[first]),
            second_percent=percent(choice.probabilities[second]),
        )
        + "."
    )


def _weightiest(assessment: Assessment, plan: Plan) -> list[Rule]:
    """Return the strongest evidence of the gap that pays most for each headline part of a plan, each rule once."""
    earned = payments(assessment, plan)
    headline = [p for p in earned if p.part.option.approach in (plan.approach, *_halves(plan.approach))]
    heavy = [p for p in headline if p.part.option.heavy] or headline or list(earned)
    by_approach = {p.part.option.approach: p for p in sorted(heavy, key=lambda payment: payment.total)}
    found = {}
    for payment in sorted(by_approach.values(), key=lambda payment: -payment.total):
        score = max(zip(payment.by_gap, assessment.gaps, strict=True), key=lambda pair: pair[0])[1]
        rule = max(score.contributions, key=lambda rule: (rule.weight, rule.id), default=None)
        if rule is not None:
            found[rule.id] = rule
    return list(found.values())


def points(loss: float) -> str:
    """Return a loss in points (1 point = 0.01): whole from 10 up, else with one decimal."""
    value = abs(loss) * 100
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def counted_points(loss: float) -> str:
    """Return a loss in points with its unit."""
    shown = points(loss)
    return f"{shown} point" if shown == "1.0" else f"{shown} points"


def percent(probability: float) -> str:
    """Return a probability as a whole percentage."""
    return f"{probability * 100:.0f}%"


def inside(sentence: str) -> str:
    """Return a sentence or a name as it stands inside another sentence; names like LoRA or OpenAI stay as they are."""
    first = sentence.split(" ", 1)[0].strip(",;:.")
    plain = len(first) == 1 or first[1:].islower() or "'" in first or "-" in first
    return sentence[:1].lower() + sentence[1:] if plain and first != "I" else sentence
