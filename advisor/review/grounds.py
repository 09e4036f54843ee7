"""What a finding about the proposal rests on: the answers behind the recommendation, and what would turn it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.answers import answer_in_words
from advisor.conditions import facts_read
from advisor.explain import inside
from advisor.review.rules import filled
from advisor.uncertainty.flips import allowed, changes
from advisor.uncertainty.outcome import outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.pack import RulePack
    from advisor.recommendation import Alternative, Contribution, Recommendation
    from advisor.review.rules import ReviewFile

_RULES = 2  # the strongest reasons on each side
_FACTS = 4


def deciding_facts(pack: RulePack, result: Recommendation, other: Alternative) -> tuple[str, ...]:
    """Return the answers that speak most against another approach, in the order of their weight.

    They are behind the gaps that it leaves open; where it leaves none, behind what lowers the gaps that it is for.
    """
    left_open = sorted((gap for gap in other.by_gap if other.by_gap[gap] > 0), key=lambda gap: -other.by_gap[gap])
    found: list[Contribution] = []
    for gap in left_open[:_RULES]:
        found += [item for item in result.gaps[gap].contributions if item.weight > 0][:_RULES]
    if not found:
        lowering = [item for gap in result.gaps.values() for item in gap.contributions if item.weight < 0]
        found = sorted(lowering, key=lambda item: (item.weight, item.rule))[:_RULES]
    found += _doubts(pack, result, other)
    return _facts_of(pack, found)


def _doubts(pack: RulePack, result: Recommendation, other: Alternative) -> list[Contribution]:
    """Return the reasons given against an approach's heavy parts, strongest first."""
    from advisor.explain import contributions

    facts = {answer.fact: answer.value for answer in result.answers}
    parts = [option for option in pack.options if option.heavy and option.id in other.parts]
    rules = {rule.id: rule for option in parts for rule in option.rules if rule.weight < 0}
    return list(contributions(pack, facts, (r for r in rules.values() if r.condition.truth(facts))))[:_RULES]


def _facts_of(pack: RulePack, found: Iterable[Contribution]) -> tuple[str, ...]:
    order = pack.questionnaire.fact_ids
    known = pack.rules
    facts: dict[str, None] = {}
    for item in found:
        if item.rule in known:
            facts |= dict.fromkeys(sorted(facts_read(known[item.rule].condition), key=order.index))
    return tuple(facts)[:_FACTS]


def blocking_facts(pack: RulePack, facts: Facts, approach: Approach) -> tuple[str, ...]:
    """Return the answers that rule an approach out."""
    halves = ("rag", "fine_tuning") if approach == "rag_and_fine_tuning" else (approach,)
    read = {
        fact
        for option in pack.options
        if option.heavy and option.approach in halves
        for block in option.blocks
        if block.condition.truth(facts)
        for fact in facts_read(block.condition)
        if fact in facts
    }
    return tuple(fact for fact in pack.questionnaire.fact_ids if fact in read)


def flip_to(approach: Approach, result: Recommendation, pack: RulePack, rules: ReviewFile) -> str:
    """Return in words the change of one answer, among those the team can bring about, that would give an approach."""
    facts = {answer.fact: answer.value for answer in result.answers}
    nearest: tuple[float, str] | None = None
    for change in changes(pack, facts):
        fact = pack.questionnaire.by_id[change.fact]
        if not fact.within_reach(change.before, change.after):
            continue
        found = outcome(pack, {**facts, change.fact: change.after}, result.description)
        if found.approach == approach and allowed(pack, facts, (change,)):
            words = {"short": inside(fact.short), "to": change.words, "from": answer_in_words(fact, change.before)}
            lead = found.lead(approach)
            if nearest is None or lead > nearest[0]:
                nearest = (lead, filled(rules.words.flip_part, words))
    return rules.words.no_flip if nearest is None else filled(rules.words.flip, {"changes": nearest[1]})


def question_text(pack: RulePack, facts: Iterable[str]) -> str:
    """Return questions one after the other."""
    return " ".join(pack.questionnaire.by_id[fact].question for fact in facts)
