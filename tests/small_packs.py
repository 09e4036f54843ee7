"""Small random rule packs on which everything can be counted out, and the counting out."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from advisor.conditions import AllOf, AnyOf, Between, Condition, FactValue, Not, OneOf, parse_condition
from advisor.facts import Questionnaire
from advisor.rule_files import ContradictionEntry
from advisor.rules import Clause, Gap, Option, Rule, RulePack, When, shipped_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VALUES: dict[str, tuple[FactValue, ...]] = {
    "color": ("red", "green", "blue"),
    "ready": (False, True),
    "size": (0, 5, 10),
    "shade": ("light", "dark"),
    "spare": (False, True),
}
CUTS = (5.0, 10.0)


def _fact(name: str, kind: str, **more: Any) -> dict[str, Any]:
    texts = {"short": f"the {name}", "question": f"Which {name}?", "help": "Look.", "why": "It matters."}
    return {"id": name, "kind": kind, "group": "all", "influence": "given", **texts, **more}


def _options(name: str) -> list[dict[str, str]]:
    return [{"id": str(value), "label": str(value), "about": f"{value}."} for value in VALUES[name]]


QUESTIONNAIRE = Questionnaire.model_validate(
    {
        "schema_version": 1,
        "groups": [{"id": "all", "title": "All", "about": "All."}],
        "facts": [
            _fact("shade", "choice", options=_options("shade"), only_if={"color": ["red", "green"]}),
            _fact("color", "choice", options=_options("color")),
            {**_fact("ready", "flag"), "influence": "team"},
            _fact("size", "number", unit="pieces", integer=True),
            _fact("spare", "flag", only_if={"any": [{"ready": True}, {"size": {"at_least": 10}}]}),
        ],
    }
)
ONLY_IF: dict[str, Condition] = {
    fact.id: parse_condition(fact.only_if, QUESTIONNAIRE, lambda *_: None)
    for fact in QUESTIONNAIRE.facts
    if fact.only_if is not None
}

CHOICES = st.sampled_from(["color", "shade"]).flatmap(
    lambda name: st.builds(OneOf, st.just(name), st.sets(st.sampled_from(VALUES[name]), min_size=1).map(frozenset))
)
FLAGS = st.builds(OneOf, st.sampled_from(["ready", "spare"]), st.sampled_from([frozenset([True]), frozenset([False])]))
NUMBERS = st.sampled_from([Between("size", 5, float("inf")), Between("size", 10, float("inf")), Between("size", 0, 10)])
LEAVES: st.SearchStrategy[Condition] = st.one_of(CHOICES, FLAGS, NUMBERS)
PAIRS = st.tuples(LEAVES, LEAVES)
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    LEAVES, PAIRS.map(AllOf), PAIRS.map(AnyOf), LEAVES.map(Not), st.tuples(LEAVES, LEAVES, LEAVES).map(AllOf)
)
WEIGHTS = st.sampled_from([-1.5, -0.7, 0.4, 1.0, 1.6, 2.3])


@st.composite
def rules(draw: st.DrawFn, owner: str) -> tuple[Rule, ...]:
    conditions = draw(st.lists(CONDITIONS, min_size=1, max_size=4))
    return tuple(
        Rule(
            id=f"{owner}-{i}",
            condition=condition,
            weight=draw(WEIGHTS),
            because="Because.",
            evidence=(),
            against=(),
            basis="judgement",
            source="small",
            line=i,
        )
        for i, condition in enumerate(conditions)
    )


@st.composite
def small_packs(draw: st.DrawFn) -> RulePack:
    """Draw a pack of 2 gaps and 5 options over 5 facts."""
    gaps = []
    for name in ("first", "second"):
        settled = Clause(id=name, condition=draw(LEAVES), because="Settled.") if draw(st.integers(0, 3)) == 0 else None
        gaps.append(
            Gap(
                id=name,
                name=name,
                about=name,
                remedy=name,
                prior=draw(st.sampled_from([-2.0, -1.0])),
                rules=draw(rules(name)),
                settled_by=settled,
            )
        )
    options = []
    kinds = [
        ("prompt", "prompting"),
        ("rag", "rag"),
        ("rag", "rag"),
        ("tune", "fine_tuning"),
        ("bigger", "stronger_model"),
    ]
    for i, (intervention, approach) in enumerate(kinds):
        blocks = (
            (Clause(id=f"b{i}", condition=draw(CONDITIONS), because="Blocked."),)
            if i and draw(st.integers(0, 3)) == 0
            else ()
        )
        options.append(
            Option(
                id=f"{intervention}.{i}",
                intervention=intervention,
                variant=str(i),
                name=intervention,
                about=intervention,
                approach=approach,  # type: ignore[arg-type]
                heavy=i > 0,
                closes=draw(st.tuples(*[st.sampled_from([0.0, 0.4, 0.8, 0.95])] * 2)),
                burden=draw(st.sampled_from([0.02, 0.07, 0.13, 0.19])),
                burden_parts={},
                prior=0.3,
                rules=draw(rules(f"option-{i}")),
                blocks=blocks,
            )
        )
    wrong = draw(st.lists(PAIRS.map(AllOf), max_size=3))
    entries = [
        When(entry=ContradictionEntry(id=f"wrong-{i}", when={}, because="Both no.", mend="Check."), condition=condition)
        for i, condition in enumerate(wrong)
    ]
    return shipped_rules().replaced(
        questionnaire=QUESTIONNAIRE,
        gaps=tuple(gaps),
        options=tuple(options),
        contradictions=tuple(entries),
        interventions={},
        evidence={},
        techniques={},
        choices=(),
        gates=(),
        notes=(),
        stages=(),
    )


SOME_ANSWERS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


def completions(pack: RulePack, facts: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    """Yield every completion, by trying all combinations of answers."""
    unknown = [name for name in VALUES if name not in facts]
    before = [when.condition.truth(facts) is True for when in pack.contradictions if when.condition]
    for answers in product(*((None, *VALUES[name]) for name in unknown)):
        given = dict(zip(unknown, answers, strict=True))
        full = {**facts, **{name: value for name, value in given.items() if value is not None}}
        applies = all(
            (value is None) == (name in ONLY_IF and ONLY_IF[name].truth(full) is False) for name, value in given.items()
        )
        after = [when.condition.truth(full) is True for when in pack.contradictions if when.condition]
        if applies and not any(now and not then for then, now in zip(before, after, strict=True)):
            yield full
