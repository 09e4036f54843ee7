"""What the rules said about one set of answers, number by number, and packs with some of the numbers put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from advisor.assess import assess
from advisor.conditions import AllOf, AnyOf
from advisor.fallback import settle
from advisor.pack import Clause, Rule, When
from advisor.plans import choose
from advisor.validation import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.conditions import Facts
    from advisor.pack import Option, RulePack

_ALWAYS: Final = AllOf(())
_NEVER: Final = AnyOf(())


class OptionState(Model):
    """The numbers of one variant of an intervention, and the hard blocks that hold."""

    prior: float
    burden: float
    closes: dict[str, float] = Field(default_factory=dict)
    blocked_by: tuple[str, ...] = ()


class GapState(Model):
    """A gap's prior in log-odds, and whether the team's own result closes it."""

    prior: float
    settled: bool = False


class Limits(Model):
    """The few numbers of the engine."""

    temperature: float
    surprise: float
    answers: int
    decided_gaps: int
    margin: float


class State(Model):
    """Everything that the rules said: rules that counted by what they count for, and the numbers around them."""

    rules: dict[str, dict[str, float]]
    gaps: dict[str, GapState]
    options: dict[str, OptionState]
    failing_gates: dict[str, tuple[str, ...]]
    limits: Limits


Kind = Literal["rule", "gap", "option", "gate", "limit"]


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that differs between two states: old and new in words, None where it was or is not there."""

    kind: Kind
    owner: str
    id: str
    old: str | None
    new: str | None


def state_of(pack: RulePack, facts: Facts) -> State:
    """Return what the rules of a pack say about answers."""
    rules: dict[str, dict[str, float]] = {}
    for owner, rule in _owned(pack):
        if rule.condition.truth(facts) is True and rule.weight:
            rules.setdefault(owner, {})[rule.id] = rule.weight
    gap_ids = [gap.id for gap in pack.gaps]
    return State(
        rules=rules,
        gaps={
            gap.id: GapState(
                prior=gap.prior,
                settled=gap.settled_by is not None and gap.settled_by.condition.truth(facts) is True,
            )
            for gap in pack.gaps
        },
        options={
            option.id: OptionState(
                prior=round(option.prior, 9),
                burden=round(option.burden, 9),
                closes={gap: share for gap, share in zip(gap_ids, option.closes, strict=True) if share},
                blocked_by=tuple(block.id for block in option.blocks if block.condition.truth(facts) is True),
            )
            for option in pack.options
        },
        failing_gates={
            when.entry.id: when.entry.approaches
            for when in pack.gates
            if when.condition is not None and when.condition.truth(facts) is True
        },
        limits=Limits(temperature=pack.temperature, surprise=pack.surprise, **pack.thresholds.model_dump()),
    )


def verdict_of(pack: RulePack, facts: Facts, description: str | None = None) -> tuple[str, str | None]:
    """Return the verdict of rules and classifier on answers, before prices, and its approach (None while undecided)."""
    assessment = assess(pack, facts)
    settled = settle(pack, facts, assessment, choose(pack, assessment), description)
    verdict = settled.decision.verdict
    return verdict, None if verdict == "undecided" else settled.choice.best.approach


def differences(old: State, new: State) -> tuple[Element, ...]:
    """Return everything in which two states differ."""
    return tuple(_differences(old, new))


def _differences(old: State, new: State) -> Iterator[Element]:
    for owner in dict.fromkeys((*old.rules, *new.rules)):
        before, after = old.rules.get(owner, {}), new.rules.get(owner, {})
        for name in dict.fromkeys((*before, *after)):
            if before.get(name) != after.get(name):
                yield Element("rule", owner, name, _weight(before.get(name)), _weight(after.get(name)))
    tables: tuple[tuple[Kind, dict[str, Any], dict[str, Any]], ...] = (
        ("gap", dict(old.gaps), dict(new.gaps)),
        ("option", dict(old.options), dict(new.options)),
        ("gate", dict(old.failing_gates), dict(new.failing_gates)),
        ("limit", old.limits.model_dump(), new.limits.model_dump()),
    )
    for kind, first, second in tables:
        for name in dict.fromkeys((*first, *second)):
            if first.get(name) != second.get(name):
                yield Element(kind, name, name, _words(kind, first.get(name)), _words(kind, second.get(name)))


def _weight(weight: float | None) -> str | None:
    return None if weight is None else f"{weight:+g}"


def _words(kind: Kind, value: Any) -> str | None:
    if value is None:
        return None
    if kind == "gate":
        return "fails"
    if isinstance(value, GapState):
        return f"prior {value.prior:g}{', closed by what was tried' if value.settled else ''}"
    if isinstance(value, OptionState):
        closes = ", ".join(f"{gap} {share:g}" for gap, share in value.closes.items())
        blocked = f", ruled out by {', '.join(value.blocked_by)}" if value.blocked_by else ""
        return f"prior {value.prior:g}, burden {value.burden:g}, closes {closes or 'nothing'}{blocked}"
    return f"{value:g}"


def put_back(pack: RulePack, old: State, elements: Iterable[Element]) -> RulePack:
    """Return a pack that says about the same answers what the old state says for these elements.

    A variant that is gone can't be put back; everything else can.
    """
    chosen = {(element.kind, element.id) for element in elements}
    gaps = tuple(
        gap.replaced(
            prior=old.gaps[gap.id].prior if ("gap", gap.id) in chosen and gap.id in old.gaps else gap.prior,
            settled_by=(
                Clause(id=gap.id, condition=_ALWAYS if old.gaps[gap.id].settled else _NEVER, because="")
                if ("gap", gap.id) in chosen and gap.id in old.gaps
                else gap.settled_by
            ),
            rules=_rules(gap.rules, (gap.id,), old, chosen),
        )
        for gap in pack.gaps
    )
    options = tuple(_option(pack, option, old, chosen) for option in pack.options)
    kept = tuple(option for option in options if ("option", option.id) not in chosen or option.id in old.options)
    limits = old.limits.model_dump()
    own = {name: limits[name] for name in ("temperature", "surprise") if ("limit", name) in chosen}
    thresholds = {name: limits[name] for name in ("answers", "decided_gaps", "margin") if ("limit", name) in chosen}
    return pack.replaced(
        gaps=gaps,
        options=kept,
        gates=tuple(_gate(when, old) if ("gate", when.entry.id) in chosen else when for when in pack.gates),
        thresholds=pack.thresholds.model_copy(update=thresholds),
        **own,
    )


def _owned(pack: RulePack) -> Iterator[tuple[str, Rule]]:
    """Yield every rule once with what it counts for: a gap, an intervention or one variant."""
    for gap in pack.gaps:
        yield from ((gap.id, rule) for rule in gap.rules)
    for name, entry in pack.interventions.items():
        options = [option for option in pack.options if option.intervention == name]
        shared = {rule.id for rule in entry.works.rules}
        if options:
            yield from ((name, rule) for rule in options[0].rules if rule.id in shared)
        for option in options:
            yield from ((option.id, rule) for rule in option.rules if rule.id not in shared)


def _rules(
    rules: tuple[Rule, ...], owners: tuple[str, ...], old: State, chosen: set[tuple[Kind, str]]
) -> tuple[Rule, ...]:
    """Return rules with the chosen ones counting as they did: with their old weight, or not at all."""
    before = {name: weight for owner in owners for name, weight in old.rules.get(owner, {}).items()}
    kept = [rule for rule in rules if ("rule", rule.id) not in chosen]
    back = [
        Rule(
            id=name,
            condition=_ALWAYS,
            weight=weight,
            because="",
            evidence=(),
            against=(),
            basis="fitted",
            source="",
            line=0,
        )
        for name, weight in before.items()
        if ("rule", name) in chosen
    ]
    return (*kept, *back)


def _option(pack: RulePack, option: Option, old: State, chosen: set[tuple[Kind, str]]) -> Option:
    rules = _rules(option.rules, (option.intervention, option.id), old, chosen)
    before = old.options.get(option.id)
    if ("option", option.id) not in chosen or before is None:
        return option.replaced(rules=rules)
    return option.replaced(
        rules=rules,
        prior=before.prior,
        burden=before.burden,
        closes=tuple(before.closes.get(gap.id, 0.0) for gap in pack.gaps),
        blocks=tuple(Clause(id=name, condition=_ALWAYS, because="") for name in before.blocked_by),
    )


def _gate(when: When, old: State) -> When:
    return When(entry=when.entry, condition=_ALWAYS if when.entry.id in old.failing_gates else _NEVER)
