"""What a review looks at. Each check yields what it found, without wording; rules/review.yaml says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.answers import answer_in_words
from advisor.explain import counted_points, inside
from advisor.review.grounds import blocking_facts, deciding_facts, flip_to, question_text
from advisor.review.outside import over_budget, service
from advisor.review.rules import filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from advisor.recommendation import Alternative, Recommendation
    from advisor.review.files import Subject
    from advisor.review.rules import Kind, ReviewFile
    from advisor.rules import RulePack

_OPEN_POINTS = 100  # points are loss x 100
_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing found: its kind, the words for its sentences, the answers it rests on, and the key it is about."""

    kind: Kind
    values: dict[str, Any]
    facts: tuple[str, ...] = ()
    key: tuple[str, ...] = ()


def all_checks(
    subject: Subject, result: Recommendation, pack: RulePack, rules: ReviewFile, day: date
) -> Iterator[Check]:
    """Yield everything that is found about one use case."""
    yield from _proposal(subject, result, pack, rules)
    yield from _disagreements(subject, pack, rules)
    for kind, values, facts, key in service(subject.use_case, pack, day):
        yield Check(kind, values, facts, key)
    for values, facts in over_budget(subject.use_case, result, pack, day):
        yield Check("over_budget", values, facts)
    yield from _gates(subject, result, pack)
    yield from _verdict(result, pack)
    yield from _age(subject, rules, day)


def _proposal(subject: Subject, result: Recommendation, pack: RulePack, rules: ReviewFile) -> Iterator[Check]:
    """Yield what the recommendation says about the proposed approach."""
    proposed, approach = subject.use_case.proposed, result.approach or result.leaning
    if proposed is None:
        if approach:
            yield Check("nothing_proposed", {"recommended": inside(pack.approaches[approach].name)})
        return
    other = next((each for each in result.alternatives if each.approach == proposed), None)
    names = {"proposed": pack.approaches[proposed].name}
    if other is None:
        return
    if other.blocked or other.margin is None:
        why = " ".join(other.blocked) or "No plan of this kind is left."
        facts = blocking_facts(pack, subject.use_case.facts, proposed)
        yield Check("ruled_out", {**names, "why": why}, facts, ("proposed",))
        return
    if result.approach is None:
        return
    names |= {
        "recommended": inside(pack.approaches[result.approach].name),
        "points": counted_points(other.margin),
        "why": _why(other),
        "flip": flip_to(proposed, result, pack, rules),
    }
    facts = deciding_facts(pack, result, other)
    contradicted = other.margin * _OPEN_POINTS >= rules.limits.contradicted_points
    heavier = _is_heavier(other, rules)
    if contradicted:
        yield Check("contradicted", names, facts, ("proposed",))
    if heavier:
        yield Check("heavier", {**names, "burden": counted_points(other.burden or 0.0)}, facts, ("proposed",))
    if not contradicted and not heavier:
        yield Check("less_suited", names, facts, ("proposed",))


def _why(other: Alternative) -> str:
    return " ".join(other.why_not)


def _is_heavier(other: Alternative, rules: ReviewFile) -> bool:
    """Return whether a plan takes more effort than the recommended one and closes hardly more."""
    closes_more = -sum(difference for difference in other.by_gap.values() if difference < 0) * _OPEN_POINTS
    limit = rules.limits.heavier_points
    return (other.burden or 0.0) * _OPEN_POINTS > limit and closes_more <= limit


def _disagreements(subject: Subject, pack: RulePack, rules: ReviewFile) -> Iterator[Check]:
    words = rules.words
    for each in subject.disagreements:
        if not each.matters:
            continue
        fact = pack.questionnaire.by_id[each.fact]
        answers = "; ".join(
            f"{case.use_case.respondent} says {answer_in_words(fact, value)}" for case, value in each.answers
        )
        outcomes = []
        for answer, results in each.outcomes:
            verdicts = " or ".join(sorted(_verdict_words(verdict, name, pack, rules) for verdict, name in results))
            outcomes.append(filled(words.outcome, {"answer": answer_in_words(fact, answer), "verdict": verdicts}))
        said = "; ".join(outcomes)
        values = {
            "short": fact.short[:1].upper() + fact.short[1:],
            "answers": answers,
            "outcomes": f"{said[:1].upper()}{said[1:]}.",
            "question": fact.question,
        }
        yield Check("respondents_disagree", values, (each.fact,))
    proposals = {case.use_case.proposed: case for case in subject.cases if case.use_case.proposed}
    if len(proposals) > 1:
        said = "; ".join(
            f"{case.use_case.respondent} proposes {inside(pack.approaches[name].name)}"
            for name, case in proposals.items()
            if name
        )
        yield Check("proposals_differ", {"proposals": said}, (), ("proposed",))


def _verdict_words(verdict: str, approach: Any, pack: RulePack, rules: ReviewFile) -> str:
    if approach is None:
        return rules.words.undecided
    name = inside(pack.approaches[approach].name)
    return filled(rules.words.not_yet, {"approach": name}) if verdict == "not_yet" else name


def _gates(subject: Subject, result: Recommendation, pack: RulePack) -> Iterator[Check]:
    """Yield the gates that the proposed approach fails, and those that nobody has answered."""
    from advisor.conditions import facts_read
    from advisor.reasons import reason

    facts = subject.use_case.facts
    for when in pack.gates:
        if subject.use_case.proposed not in when.entry.approaches or when.condition is None:
            continue
        failed = when.condition.truth(facts)
        if when.entry.saving:  # asks for a saving only where one pays for the plan, which the advice knows
            status = next((gate.status for gate in result.gates if gate.id == when.entry.id), None)
            failed = {"failed": True, "open": None}.get(str(status), False)
        read = sorted(facts_read(when.condition), key=pack.questionnaire.fact_ids.index)
        if failed:
            experiment = when.entry.experiment
            because = reason(when.entry.because, facts, pack.questionnaire)
            values = {"because": because, "experiment": experiment.do, "sample": experiment.sample}
            yield Check("missing_evidence", values, tuple(fact for fact in read if fact in facts))
        elif failed is None:
            unknown = [fact for fact in read if fact not in facts]
            values = {"provided": when.entry.provided, "question": question_text(pack, unknown[:1])}
            yield Check("unproven", values, tuple(fact for fact in read if fact in facts))


def _verdict(result: Recommendation, pack: RulePack) -> Iterator[Check]:
    """Yield what the recommendation itself leaves open."""
    data = result.model_dump(include={"next_questions"})["next_questions"] or ()
    asked = [str(each["fact"]) for each in data if each.get("fact") in pack.questionnaire.by_id][:_QUESTIONS]
    if result.verdict == "undecided":
        yield Check(
            "undecided", {"reason": result.reason, "questions": question_text(pack, asked) or result.next_action}
        )
    for conflict in result.contradictions:
        facts = tuple(answer.fact for answer in conflict.answers)
        yield Check("answers_conflict", {"because": conflict.because, "mend": conflict.mend}, facts)
    dated = {when.entry.id: when for when in pack.notes if when.entry.since or when.entry.until}
    for note in result.notes:
        if note.id in dated:
            from advisor.conditions import facts_read

            condition = dated[note.id].condition
            read = facts_read(condition) if condition else frozenset()
            known = tuple(answer.fact for answer in result.answers if answer.fact in read)
            yield Check("dated_note", {"text": note.text}, known)


def _age(subject: Subject, rules: ReviewFile, day: date) -> Iterator[Check]:
    as_of = subject.use_case.as_of
    if as_of is None:
        yield Check("undated", {})
        return
    days = (day - as_of).days
    if days > rules.limits.stale_after_days:
        values = {"as_of": as_of, "days": days, "limit": rules.limits.stale_after_days}
        yield Check("stale", values, (), ("as_of",))
