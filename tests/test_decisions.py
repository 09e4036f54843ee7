"""The decision as a whole: founding cases, who pays, directions, unknowns and order."""

from __future__ import annotations

import math
import shutil
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from advisor import UseCase, advise, load_rules
from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.conditions import AllOf, AnyOf, Between, Not, parse_condition
from advisor.plans import choose, difference, least_loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.conditions import Condition
    from advisor.facts import Direction, Fact, FactValue

ROOT = Path(__file__).parents[1]
PACK = load_rules(ROOT / "rules")
FOUNDING = yaml.safe_load((ROOT / "examples/founding/cases.yaml").read_text(encoding="utf-8"))
LIGHT = {option.id for option in PACK.options if not option.heavy}


def bounds_of(condition: Condition) -> Iterator[tuple[str, float]]:
    """Yield every (fact, bound) that a condition compares a number with."""
    match condition:
        case Between(fact, at_least, below):
            yield from ((fact, bound) for bound in (at_least, below) if math.isfinite(bound))
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from bounds_of(part)
        case Not(part):
            yield from bounds_of(part)
        case _:
            return


def thresholds() -> dict[str, list[float]]:
    found: dict[str, set[float]] = {}
    conditions = [rule.condition for rule in PACK.rules.values()]
    conditions += [clause.condition for option in PACK.options for clause in option.blocks]
    for condition in conditions:
        for fact, bound in bounds_of(condition):
            found.setdefault(fact, {0}).update((bound, bound * 0.9, bound * 1.5))
    return {fact: sorted(values) for fact, values in found.items()}


THRESHOLDS = thresholds()


def answers(fact: Fact) -> st.SearchStrategy[FactValue]:
    if fact.kind == "choice":
        return st.sampled_from(fact.option_ids)
    if fact.kind == "flag":
        return st.booleans()
    highest = math.inf if fact.maximum is None else fact.maximum
    return st.sampled_from([min(value, highest) for value in THRESHOLDS.get(fact.id, [0, 1])])


def whole(fact: Fact, value: FactValue) -> FactValue:
    return int(value) if fact.integer and not isinstance(value, (str, bool)) else value


@st.composite
def partial_facts(draw: st.DrawFn) -> dict[str, FactValue]:
    chosen = draw(st.lists(st.sampled_from(PACK.questionnaire.facts), unique_by=lambda fact: fact.id, max_size=40))
    return {fact.id: whole(fact, draw(answers(fact))) for fact in chosen}


many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# ---------------------------------------------------------------- founding cases


@pytest.mark.parametrize("case", FOUNDING, ids=lambda case: str(case["id"]))
def test_founding_case(case: dict[str, Any]) -> None:
    result = advise(UseCase(name=case["id"], facts=case["facts"]))
    assert result.approach == case["approach"]
    assert result.verdict == "recommend"
    assert set(case.get("also", ())) <= set(result.techniques)
    assert result.reason.endswith(".")
    assert result.reason.count(". ") == 0


def test_brand_voice_without_an_evaluation_set_is_not_yet() -> None:
    voice = next(case for case in FOUNDING if case["id"] == "seed-brand-voice")
    result = advise(UseCase(name="voice", facts={**voice["facts"], "evaluation_set": False}))
    assert (result.verdict, result.approach) == ("not_yet", "fine_tuning")
    assert [gate.id for gate in result.gates if gate.status == "failed"]


def test_nothing_answered_is_undecided() -> None:
    result = advise(UseCase(name="nothing"))
    assert (result.verdict, result.approach, result.leaning) == ("undecided", None, None)
    assert result.next_action
    assert all(gap.severity is None for gap in result.gaps.values())


# ---------------------------------------------------------------- who pays


@many
@given(partial_facts())
def test_every_part_is_paid_for_by_a_gap_with_evidence(facts: dict[str, FactValue]) -> None:
    result = advise(UseCase(name="any", facts=facts), cost=False)
    for line in result.ledger:
        payer = result.gaps[line.paid_by]
        assert any(contribution.weight > 0 for contribution in payer.contributions)
        assert payer.excess > 0
        assert math.fsum(line.by_gap.values()) >= line.burden - 1e-9


@many
@given(partial_facts())
def test_probabilities_agree_with_the_plans(facts: dict[str, FactValue]) -> None:
    choice = choose(PACK, assess(PACK, facts))
    assert math.isclose(math.fsum(choice.probabilities.values()), 1)
    assert max(choice.probabilities, key=lambda a: choice.probabilities[a]) == choice.best.approach
    for approach in APPROACHES:
        assert (choice.probabilities[approach] == 0) == (approach not in choice.plans)
    for plan in choice.ranked[1:]:
        by_gap, burden = difference(choice.best, plan)
        assert math.isclose(math.fsum(by_gap) + burden, plan.loss - choice.best.loss, abs_tol=1e-9)


@many
@given(partial_facts())
def test_a_gap_without_positive_evidence_has_no_excess(facts: dict[str, FactValue]) -> None:
    for score in assess(PACK, facts).gaps:
        decided = any(rule.condition.truth(facts) is not None for rule in score.gap.rules)
        assert (score.severity is None) == (not decided)
        if not any(rule.weight > 0 for rule in score.contributions):
            assert score.excess == 0


# ---------------------------------------------------------------- directions


def lead(facts: dict[str, FactValue], intervention: str) -> float:
    with_it, without_it = least_loss(assess(PACK, facts), intervention)
    return without_it - with_it


def steps(fact: Fact, direction: Direction) -> list[FactValue]:
    if fact.kind == "number":
        return [whole(fact, value) for value in THRESHOLDS[fact.id] if value >= (direction.start or 0)]
    return list(direction.order or (fact.option_ids if fact.kind == "choice" else (False, True)))


def forced(condition: dict[str, Any] | None) -> dict[str, FactValue]:
    """Return answers that make a direction's own condition hold."""
    return {fact: test[0] if isinstance(test, list) else test for fact, test in (condition or {}).items()}


DIRECTIONS = [(fact, direction) for fact in PACK.questionnaire.facts for direction in fact.monotone]


@pytest.mark.parametrize(
    ("fact", "direction"), DIRECTIONS, ids=[f"{fact.id}-{direction.intervention}" for fact, direction in DIRECTIONS]
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=partial_facts())
def test_direction(fact: Fact, direction: Direction, facts: dict[str, FactValue]) -> None:
    facts = {**facts, **forced(direction.when)}
    leads = [lead({**facts, fact.id: step}, direction.intervention) for step in steps(fact, direction)]
    for before, after in pairwise(leads):
        if math.isfinite(before) and math.isfinite(after):
            assert after >= before - 1e-9 if direction.lead == "rises" else after <= before + 1e-9


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=partial_facts())
def test_faster_knowledge_never_speaks_for_tuning_even_with_retrieval_blocked(facts: dict[str, FactValue]) -> None:
    facts |= {"corpus_readiness": "not_collected", "weeks_to_launch": 2}
    order = PACK.questionnaire.by_id["knowledge_change"].option_ids
    leads = [lead({**facts, "knowledge_change": step}, "fine_tuning") for step in order]
    assert all(after <= before + 1e-9 for before, after in pairwise(leads))


@many
@given(partial_facts())
def test_a_prompt_that_meets_the_bar_needs_knowledge_or_efficiency_to_pay_for_more(
    facts: dict[str, FactValue],
) -> None:
    result = advise(UseCase(name="any", facts={**facts, "prompting_result": "meets"}), cost=False)
    for line in result.ledger:
        assert line.part in LIGHT or line.paid_by in ("knowledge", "efficiency")


# ---------------------------------------------------------------- unknowns and order


@many
@given(partial_facts(), st.sampled_from([fact for fact in PACK.questionnaire.facts if fact.kind == "flag"]))
def test_an_unknown_flag_is_not_a_no(facts: dict[str, FactValue], flag: Fact) -> None:
    """What counts while a flag is unknown never rests on its answer being no."""
    facts.pop(flag.id, None)
    unknown = assess(PACK, facts)
    no = assess(PACK, {**facts, flag.id: False})
    yes = assess(PACK, {**facts, flag.id: True})
    for now, after_no, after_yes in zip(unknown.gaps, no.gaps, yes.gaps, strict=True):
        assert {r.id for r in now.contributions} <= {r.id for r in after_no.contributions} & {
            r.id for r in after_yes.contributions
        }


@settings(max_examples=60, deadline=None)
@given(partial_facts(), st.randoms())
@example(  # the classifier once added up in the order of the answers
    {
        "output_tokens": 0,
        "task": "question_answering",
        "criteria_writable": "fully",
        "citations_required": True,
        "evaluation_set": False,
        "task_breadth": "narrow",
    },
    Random(0),
)
def test_the_order_of_facts_changes_nothing(facts: dict[str, FactValue], random: Any) -> None:
    keys = list(facts)
    random.shuffle(keys)
    first = advise(UseCase(name="any", facts=facts), cost=False)
    assert first == advise(UseCase(name="any", facts={key: facts[key] for key in keys}), cost=False)


def test_the_order_of_rules_and_files_changes_nothing(tmp_path: Path) -> None:
    shuffled = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", shuffled)
    for folder in ("gaps", "interventions"):
        for i, path in enumerate(sorted((shuffled / folder).glob("*.yaml"))):
            if path.name.endswith(".tests.yaml"):
                continue
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            rules = content["rules"] if "rules" in content else content["works"]["rules"]
            rules.reverse()
            path.unlink()
            text = yaml.safe_dump(content, sort_keys=False)
            path.with_name(f"{9 - i}-{path.name}").write_text(text, encoding="utf-8")
    other = load_rules(shuffled)
    for case in FOUNDING:
        here, there = (choose(pack, assess(pack, case["facts"])) for pack in (PACK, other))
        assert here.best.part_ids == there.best.part_ids
        assert here.probabilities == there.probabilities


def test_conditions_say_unknown_only_while_an_answer_could_still_decide() -> None:
    def complain(message: str, *_: object) -> None:
        raise AssertionError(message)

    condition = parse_condition({"task": ["agent"], "output_checkable": True}, PACK.questionnaire, complain)
    assert condition.truth({}) is None
    assert condition.truth({"task": "agent"}) is None
    assert condition.truth({"task": "ranking"}) is False
    assert condition.truth({"task": "agent", "output_checkable": True}) is True
    either = parse_condition({"any": [{"task": ["agent"]}, {"not": {"stakes": ["low"]}}]}, PACK.questionnaire, complain)
    assert either.truth({"stakes": "low"}) is None
    assert either.truth({"stakes": "high"}) is True
