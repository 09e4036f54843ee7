"""The compiled engine decides exactly as the plain one, on the shipped pack and on conditions of every shape."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import assess as compiled_engine
from advisor import plans
from advisor.condition_sets import ConditionSet, bits
from advisor.conditions import AllOf, AnyOf, Between, Condition, FactValue, Not, OneOf
from advisor.documents import read_document
from advisor.rules import shipped_rules
from tests import oracle

if TYPE_CHECKING:
    from advisor.conditions import Facts
    from advisor.facts import Fact

PACK = shipped_rules()
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.yaml"))
NUMBERS = [0, 1, 9, 10, 49, 50, 99, 100, 500, 999, 1000, 2000, 9999, 10_000, 200_000, 1_000_000, 10_000_000]


def answers(fact: Fact) -> st.SearchStrategy[FactValue]:
    if fact.kind == "choice":
        return st.sampled_from(fact.option_ids)
    if fact.kind == "flag":
        return st.booleans()
    share = fact.maximum is not None and fact.maximum <= 1
    return st.sampled_from([0.0, 0.05, 0.1, 0.25, 1.0]) if share else st.sampled_from(NUMBERS)


FACTS = st.fixed_dictionaries({}, optional={fact.id: answers(fact) for fact in PACK.questionnaire.facts})


def assert_same(facts: Facts) -> None:
    fast, plain = compiled_engine.assess(PACK, facts), oracle.assess(PACK, facts)
    for mine, theirs in zip(fast.gaps, plain.gaps, strict=True):
        assert (mine.contributions, mine.settled) == (theirs.contributions, theirs.settled)
        assert mine.severity == (None if theirs.severity is None else pytest.approx(theirs.severity, abs=1e-12))
        assert mine.excess == pytest.approx(theirs.excess, abs=1e-12)
    for score, other in zip(fast.options, plain.options, strict=True):
        assert (score.contributions, score.blocks) == (other.contributions, other.blocks)
        assert score.works == pytest.approx(other.works, abs=1e-12)
    chosen, expected = plans.choose(PACK, fast), oracle.choose(PACK, plain)
    assert {name: plan.part_ids for name, plan in chosen.plans.items()} == {
        name: plan.part_ids for name, plan in expected.plans.items()
    }
    assert chosen.best.approach == expected.best.approach
    for name, probability in expected.probabilities.items():
        assert chosen.probabilities[name] == pytest.approx(probability, abs=1e-12)
    for intervention in PACK.interventions:
        mine_, theirs_ = plans.least_loss(fast, intervention), oracle.least_loss(plain, intervention)
        assert all(a == b or math.isclose(a, b, abs_tol=1e-12) for a, b in zip(mine_, theirs_, strict=True))


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_any_answers_give_what_the_plain_engine_gives(facts: dict[str, FactValue]) -> None:
    assert_same(facts)


def test_the_examples_and_no_answers_give_what_the_plain_engine_gives() -> None:
    assert_same({})
    for path in EXAMPLES:
        content = read_document(path).data
        if isinstance(content, dict) and "facts" in content:
            assert_same({name: value for name, value in content["facts"].items() if value is not None})


def conditions(depth: int) -> st.SearchStrategy[Condition]:
    bounds = st.sampled_from([-math.inf, 0.0, 1.0, 2.5, math.inf])
    leaf = st.one_of(
        st.builds(OneOf, st.sampled_from("ab"), st.frozensets(st.sampled_from("xyz"))),
        st.builds(Between, st.sampled_from("mn"), bounds, bounds),
    )
    if not depth:
        return leaf
    inner = conditions(depth - 1)
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(leaf, st.builds(Not, inner), st.builds(AllOf, several), st.builds(AnyOf, several))


SOME_FACTS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.sampled_from("xyzw") for name in "ab"},
        **{name: st.sampled_from([-1, 0, 0.5, 1, 2.5, 3]) for name in "mn"},
    },
)


@given(st.lists(conditions(2), max_size=20), SOME_FACTS)
def test_conditions_of_any_shape_are_decided_as_one_by_one(some: list[Condition], facts: dict[str, FactValue]) -> None:
    true, unknown = ConditionSet(some).truths(facts)
    expected = [condition.truth(facts) for condition in some]
    assert [*bits(true)] == [i for i, truth in enumerate(expected) if truth is True]
    assert [*bits(unknown)] == [i for i, truth in enumerate(expected) if truth is None]
