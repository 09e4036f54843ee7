"""What is said about unknown answers agrees with counting out every completion, and never promises too much."""

from __future__ import annotations

import math
import os
from itertools import combinations, groupby
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from advisor import UseCase, advise
from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.compiled import logistic
from advisor.conditions import facts_read
from advisor.library import shipped_library
from advisor.plans import choose
from advisor.rules import shipped_rules
from advisor.training.asking import curve, in_order, needed
from advisor.training.calibration import predictions
from advisor.training.completed import completed_cases
from advisor.uncertainty.answering import questions
from advisor.uncertainty.bounds import Interval, Space, severity_bounds
from advisor.uncertainty.boxes import Boxes
from advisor.uncertainty.completions import drawn, every, extended
from advisor.uncertainty.flips import allowed, changes, depended_on, flips
from advisor.uncertainty.next_questions import answer_effects, in_short, next_questions
from advisor.uncertainty.outcome import leading_approach, outcome
from advisor.uncertainty.outlook import look_ahead
from advisor.uncertainty.stability import stability
from advisor.uncertainty.standing import COUNTED as COUNTED_OUT
from advisor.uncertainty.standing import Standing, standing
from tests.small_packs import ONLY_IF, SOME_ANSWERS, completions, small_packs

if TYPE_CHECKING:
    from advisor.approaches import Approach
    from advisor.conditions import FactValue
    from advisor.heavy_sets import Parts
    from advisor.rules import RulePack

PACK = shipped_rules()
CASES = int(os.environ.get("ADVISOR_PARTIAL_CASES", "60"))  # the full run: 2000
COUNTED = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

Facts = dict[str, "FactValue"]


def sensible(facts: Facts) -> bool:
    return all(name not in facts or condition.truth(facts) is not False for name, condition in ONLY_IF.items())


@COUNTED
@given(small_packs(), SOME_ANSWERS)
def test_the_completions_are_all_that_can_be_counted_out(pack: RulePack, facts: Facts) -> None:
    by_id = questions(pack).by_id

    def places(full: Facts) -> tuple[tuple[str, int], ...]:
        """Numbers that no rule tells apart are one answer."""
        return tuple((name, by_id[name].place(value)) for name, value in sorted(full.items()))

    expected = {places(full) for full in completions(pack, facts)}
    counted = [places(full) for full in every(pack, facts)]
    assert len(counted) == len(expected)
    assert {*counted} == expected
    assert {places(full) for full in drawn(pack, facts, 20)} <= expected
    found = extended(questions(pack), facts, {})
    assert (found is None) == (not expected)


@COUNTED
@given(small_packs(), SOME_ANSWERS)
def test_severity_bounds_are_those_of_all_completions(pack: RulePack, facts: Facts) -> None:
    full = list(completions(pack, facts))
    if not full:
        return
    bounds = severity_bounds(pack, facts)
    for i, gap in enumerate(pack.gaps):
        prior = logistic(gap.prior)
        seen = [prior if (s := assess(pack, f).gaps[i].severity) is None else s for f in full]
        interval = bounds[gap.id]
        assert interval.low <= min(seen) + 1e-12
        assert interval.high >= max(seen) - 1e-12
        if interval.exact:
            assert interval.low == pytest.approx(min(seen), abs=1e-12)
            assert interval.high == pytest.approx(max(seen), abs=1e-12)


@COUNTED
@given(small_packs())
def test_what_decides_whether_a_counting_question_applies_counts_too(pack: RulePack) -> None:
    """Else a proof would never look at the cases in which the question does not apply."""
    asked = questions(pack)
    for name in asked.counting:
        only_if = asked.by_id[name].only_if
        assert only_if is None or facts_read(only_if) <= asked.counting


@COUNTED
@given(small_packs(), SOME_ANSWERS)
def test_stable_means_that_every_completion_gives_the_approach(pack: RulePack, facts: Facts) -> None:
    now = leading_approach(pack, facts)
    others = [full for full in completions(pack, facts) if choose(pack, assess(pack, full)).best.approach != now]
    found = stability(pack, facts, None, 1_000_000)
    assert found.proof == ("refuted" if others else "proven")
    assert found.example is None or dict(found.example) in others
    hurried = stability(pack, facts, None, 60)
    assert not (hurried.proof == "proven" and others)
    assert not (hurried.proof == "refuted" and not others)


def stood(pack: RulePack, facts: Facts, description: str | None = None) -> tuple[Standing, dict[Approach, Parts]]:
    """Return the bounds of all approaches, and the plans that they are about."""
    choice = choose(pack, assess(pack, facts))
    boxes = Boxes(pack, Space(pack, facts))
    severities = [*severity_bounds(pack, facts).values()]
    plans = {name: places(pack, plan.part_ids) for name, plan in choice.plans.items()}
    return standing(pack, boxes, severities, plans, description), plans


def places(pack: RulePack, part_ids: tuple[str, ...]) -> Parts:
    """Return a plan by the places of its options."""
    ids = [option.id for option in pack.options]
    return tuple(ids.index(name) for name in part_ids)


def lost(pack: RulePack, facts: Facts, parts: Parts) -> float:
    """Return the loss of a plan, reckoned from its definition."""
    found = assess(pack, facts)
    chosen = [found.options[i] for i in parts]
    left = [
        gap.excess * math.prod(1 - option.option.closes[g] * option.works for option in chosen)
        for g, gap in enumerate(found.gaps)
    ]
    return sum(left) + sum(option.option.burden for option in chosen)


def holds(found: Interval, values: list[float]) -> bool:
    return found.low <= min(values) + 1e-9 and found.high >= max(values) - 1e-9


@COUNTED
@given(small_packs(), SOME_ANSWERS)
def test_bounds_of_plans_and_approaches_hold_every_completion(pack: RulePack, facts: Facts) -> None:
    full = list(completions(pack, facts))
    if not full:
        return
    found, plans = stood(pack, facts)
    choices = [choose(pack, assess(pack, each)) for each in full]
    assert {choice.best.approach for choice in choices} <= found.can_lead
    seen = {name: [choice.probabilities[name] for choice in choices] for name in APPROACHES}
    seen_losses = {name: [lost(pack, each, parts) for each in full] for name, parts in plans.items()}
    ends = [(name, found.probabilities[name], values) for name, values in seen.items()]
    ends += [(name, found.losses[name], values) for name, values in seen_losses.items()]
    assert [end for end in ends if not holds(*end[1:])] == []
    assert found.exact == (len({*map(repr, every(pack, facts))}) <= COUNTED_OUT)
    if found.exact:
        assert {choice.best.approach for choice in choices} == found.can_lead
        for _, interval, values in ends:
            assert (interval.low, interval.high) == pytest.approx((min(values), max(values)), abs=1e-9)


@COUNTED
@given(small_packs(), SOME_ANSWERS)
def test_flips_are_all_single_changes_or_else_all_pairs(pack: RulePack, facts: Facts) -> None:
    if not sensible(facts):
        return
    choice = choose(pack, assess(pack, facts))
    now = choice.best.approach

    def given_by(wanted: tuple[object, ...]) -> set[tuple[tuple[str, ...], str]]:
        changed = {**facts, **{change.fact: change.after for change in wanted}}  # type: ignore[attr-defined]
        approach = outcome(pack, changed).approach
        if approach == now or not allowed(pack, facts, wanted):  # type: ignore[arg-type]
            return set()
        return {(tuple(change.fact for change in wanted), approach)}  # type: ignore[attr-defined]

    every_change = list(changes(pack, facts))
    expected = set().union(*(given_by((change,)) for change in every_change)) if every_change else set()
    if not expected:
        weighty = depended_on(pack, choice.ranked[:2])
        near = [change for change in every_change if change.fact in weighty]
        pairs = [(a, b) for a, b in combinations(near, 2) if a.fact != b.fact]
        expected = set().union(*(given_by(pair) for pair in pairs)) if pairs else set()
    found = flips(pack, facts, choice, None, 1000, 100_000)
    assert {(tuple(change.fact for change in flip.changes), flip.approach) for flip in found} == expected
    assert len(flips(pack, facts, choice)) <= 10


@COUNTED
@given(small_packs(), SOME_ANSWERS)
def test_changes_keep_what_applies_and_contradict_nothing_new(pack: RulePack, facts: Facts) -> None:
    conditions = [when.condition for when in pack.contradictions if when.condition]
    for flip in flips(pack, facts, choose(pack, assess(pack, facts))):
        changed = {**facts, **{change.fact: change.after for change in flip.changes}}
        assert outcome(pack, changed).approach == flip.approach
        for name, condition in ONLY_IF.items():
            assert name not in facts or condition.truth(changed) is not False or condition.truth(facts) is False
        assert not any(c.truth(changed) is True and c.truth(facts) is not True for c in conditions)


def partial_cases(count: int) -> list[Facts]:
    """Return answers as users give them: of cases completed from near ones, all but a few, or only some."""
    random = Random(7)
    cases = shipped_library().cases
    found = []
    for i in range(count):
        full = drawn(PACK, cases[i * 7 % len(cases)].facts, 1, seed=i)[0]
        kept = len(full) - random.choice([1, 2, 3, 5, 8, 13, 21, 34])
        names = random.sample(sorted(full), max(0, kept))
        found.append({name: full[name] for name in names})
    return found


def described(facts: Facts, i: int) -> UseCase:
    """Return answers as a use case; every other one has a description."""
    cases = shipped_library().cases
    return UseCase(name="A", facts=facts, description=cases[i % len(cases)].title if i % 2 else None)


def test_outcomes_are_what_advice_says() -> None:
    for i, facts in enumerate(partial_cases(CASES)):
        case = described(facts, i)
        advice = advise(case, cost=False, brief=True)
        found = outcome(PACK, facts, case.description)
        assert advice.probabilities == pytest.approx(dict(found.probabilities), abs=1e-12)
        if facts:
            assert found.approach == (advice.approach or advice.leaning)


def test_stable_advice_survives_the_missing_answers() -> None:
    """What counts is the whole advice: the classifier may tip it too, where the rules are close."""
    proven = 0
    for i, facts in enumerate(partial_cases(CASES)):
        case = described(facts, i)
        if not facts or not stability(PACK, facts, case.description).stable:
            continue
        proven += 1
        now = advise(case, cost=False, brief=True)
        for full in drawn(PACK, facts, 5, seed=i):
            then = advise(case.model_copy(update={"facts": full}), cost=False, brief=True)
            assert (then.approach or then.leaning) == (now.approach or now.leaning)
    assert proven > CASES // 10


def test_no_drawn_completion_leaves_its_bounds() -> None:
    for i, facts in enumerate(partial_cases(CASES)):
        case = described(facts, i)
        found, plans = stood(PACK, facts, case.description)
        severities = severity_bounds(PACK, facts)
        for full in drawn(PACK, facts, 10, seed=i):
            result = outcome(PACK, full, case.description)
            assert result.approach in found.can_lead
            assert all(holds(found.probabilities[name], [share]) for name, share in result.probabilities.items())
            assert all(holds(found.losses[name], [lost(PACK, full, parts)]) for name, parts in plans.items())
            for score in assess(PACK, full).gaps:
                assert score.severity is None or holds(severities[score.gap.id], [score.severity])


def test_no_drawn_completion_ever_contradicts_stable() -> None:
    proven = 0
    for i, facts in enumerate(partial_cases(CASES)):
        if stability(PACK, facts).stable:
            proven += 1
            now = leading_approach(PACK, facts)
            assert {leading_approach(PACK, full) for full in drawn(PACK, facts, 30, seed=i)} <= {now}
    assert proven > CASES // 10


def test_flips_come_true() -> None:
    for i, facts in enumerate(partial_cases(CASES // 3)):
        case = described(facts, i)
        for flip in advise(case, cost=False).flips or ():
            changed = {**facts, **{change.fact: change.to for change in flip.changes}}
            then = advise(case.model_copy(update={"facts": changed}), cost=False, brief=True)
            assert (then.approach or then.leaning) == flip.approach
            assert then.margin == pytest.approx(flip.margin, abs=1e-9)


def test_what_stays_possible_is_said_in_the_result() -> None:
    for facts in partial_cases(CASES // 3):
        if not facts:
            continue
        result = advise(UseCase(name="A", facts=facts), cost=False)
        assert result.bounds is not None
        can_lead = {name for name, own in result.bounds.approaches.items() if own.can_lead}
        assert result.approach in (None, *can_lead) or not result.stable
        assert result.stable == (can_lead == {result.approach or result.leaning})
        for gap in result.gaps.values():
            assert gap.low is not None
            assert gap.high is not None
            assert gap.low <= gap.high
        never = [result.approach_names[n] for n, own in result.bounds.approaches.items() if own.probability.high == 0]
        assert all(f"| {name} | 0% |" in result.to_markdown() for name in never)


def test_only_what_a_team_can_bring_about_is_an_action() -> None:
    found = [flip for facts in partial_cases(CASES) for flip in flips(PACK, facts, choose(PACK, assess(PACK, facts)))]
    changed = {(change.fact, change.before, change.after): flip.influence for flip in found for change in flip.changes}
    by_id = PACK.questionnaire.by_id
    for flip in found:
        reached = [by_id[change.fact].within_reach(change.before, change.after) for change in flip.changes]
        assert flip.influence == ("team" if all(reached) else "given")
    assert {*changed.values()} == {"team", "given"}


@pytest.mark.parametrize(
    ("fact", "before", "after", "reached"),
    [
        ("output_checkable", False, True, True),
        ("output_checkable", True, False, False),
        ("labeled_examples", 100, 500, True),
        ("labeled_examples", 500, 100, False),
        ("instruction_tokens", 5000, 1000, True),
        ("label_quality", "noisy", "curated", True),
        ("label_quality", "curated", "noisy", False),
        ("model_tier", "frontier", "small", True),
        ("prompting_result", "close", "meets", False),
        ("stakes", "high", "low", False),
    ],
)
def test_a_worse_answer_is_no_action(fact: str, before: FactValue, after: FactValue, reached: bool) -> None:
    assert PACK.questionnaire.by_id[fact].within_reach(before, after) is reached


def test_an_unknown_answer_is_no_no() -> None:
    """A flag that is unknown leaves both answers open: what only holds for "no" is never said to be stable."""
    for facts in partial_cases(CASES // 3):
        if not stability(PACK, facts).stable:
            continue
        now = leading_approach(PACK, facts)
        for name in questions(PACK).unanswered(facts):
            for value in questions(PACK).by_id[name].values:
                full = extended(questions(PACK), facts, {name: value})
                assert full is None or leading_approach(PACK, full) == now


def test_everything_answered_leaves_nothing_open() -> None:
    full = drawn(PACK, shipped_library().cases[3].facts, 1)[0]
    outlook = look_ahead(PACK, full)
    assert outlook.stays == 1.0
    assert stability(PACK, full).stable
    assert next_questions(PACK, outlook) == ()


def test_the_outlook_is_the_same_every_time() -> None:
    facts = shipped_library().cases[5].facts
    assert look_ahead(PACK, facts) == look_ahead(PACK, facts)


def test_a_question_says_what_each_answer_would_do() -> None:
    outlook = look_ahead(PACK, {"task": "question_answering", "knowledge_source": "private"})
    for question in next_questions(PACK, outlook):
        assert question.fact.id not in outlook.facts
        assert question.effects
        for effect in question.effects:
            assert effect.approach == leading_approach(PACK, {**outlook.facts, question.fact.id: effect.answer})


def test_neighboring_intervals_that_lead_to_the_same_are_told_as_one() -> None:
    shortened = 0
    for facts in partial_cases(CASES):
        for name in {"labeled_examples", "requests_per_month"} - {*facts}:
            effects = answer_effects(PACK, facts, name)
            told = in_short(PACK, name, effects)
            assert [e.approach for e in told] == [approach for approach, _ in groupby(e.approach for e in effects)]
            assert told[0].answer == effects[0].answer
            shortened += 1 < len(told) < len(effects)
    assert shortened


def test_a_question_that_does_not_apply_is_never_asked() -> None:
    facts: Facts = {"rag_result": "not_tried", "prompting_result": "not_tried"}
    assert not {"rag_failure", "rag_effort", "prompting_effort"} & set(questions(PACK).unanswered(facts))
    assert all("rag_failure" not in full for full in drawn(PACK, facts, 20))


def test_what_is_said_to_stay_mostly_stays() -> None:
    """The full table is `python -m advisor.training.calibration`."""
    sure = [item for item in predictions(PACK, 12, completions=60) if item.stays >= 0.9]
    assert len(sure) >= 15
    assert sum(item.survived for item in sure) / len(sure) >= 0.88


def test_adaptive_questions_settle_the_advice_sooner() -> None:
    """The full curve is `python -m advisor.training.asking`."""
    assert needed(["prompting", "rag", "prompting", "rag", "rag"]) == 3
    assert needed(["rag", "rag"]) == 0
    case = next(completed_cases(PACK, 1))
    fixed = in_order(PACK, case)
    assert fixed[-1] == leading_approach(PACK, case.answers)
    assert curve([fixed], [len(fixed)]) == [1.0]
