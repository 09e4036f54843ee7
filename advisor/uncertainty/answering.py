"""What can be answered: for every fact the answers that the rules tell apart, and which sets of answers make sense.

A number has one answer for each interval between the thresholds of the rules and of the classifier. An answer stands at
its place in the fact's list. A fact whose `only_if` is false has no answer, and contradictory answers are no case; a
contradiction that holds among answers already given is the user's to mend and rules nothing out.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from advisor.answers import answer_in_words
from advisor.compiled import compiled, kept
from advisor.conditions import AllOf, AnyOf, Between, Condition, Not, OneOf, facts_read, parse_condition
from advisor.frozen import Frozen
from advisor.uncertainty.outcome import second_opinion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from advisor.conditions import Facts, FactValue
    from advisor.facts import Fact
    from advisor.pack import RulePack

_NEARLY: Final = 0.9  # of an upper bound: a plain number below it, where whole numbers are not asked for


class Answering(Frozen):
    """The answers to one fact that the rules tell apart; `cuts` are a number's thresholds."""

    fact: Fact
    values: tuple[FactValue, ...]
    cuts: tuple[float, ...]
    only_if: Condition | None

    def place(self, value: FactValue) -> int:
        """Return which of the answers a value counts as."""
        if self.fact.kind == "number":
            return bisect_right(self.cuts, value)
        return self.values.index(value)

    def nearest(self, place: int, value: FactValue) -> FactValue:
        """Return the answer at a place that is nearest to a value and easy to say."""
        if self.fact.kind != "number" or isinstance(value, (bool, str)) or place > self.place(value):
            return self.values[place]
        low, high = self.values[place], self.cuts[place]
        below = high - 1 if self.fact.integer and high == int(high) else high * _NEARLY
        return _tidy(max(float(low), below), self.fact.integer)

    def words(self, place: int, last: int | None = None) -> str:
        """Return the answer at a place in words; a number as its interval, on to the one at the place `last`."""
        if self.fact.kind != "number":
            return answer_in_words(self.fact, self.values[place])
        end = place if last is None else last
        low = "" if place == 0 else f"at least {answer_in_words(self.fact, self.values[place])}"
        high = "" if end == len(self.cuts) else f"below {answer_in_words(self.fact, self.values[end + 1])}"
        return f"{low} and {high}" if low and high else low or high or "any number"


class Questions:
    """All facts of a pack with their answers, parents before the facts that they make applicable."""

    def __init__(self, pack: RulePack) -> None:
        only_if = {fact.id: _only_if(pack, fact) for fact in pack.questionnaire.facts}
        self.contradictions = tuple(when.condition for when in pack.contradictions if when.condition is not None)
        conditions = [*_conditions(pack), *self.contradictions, *(c for c in only_if.values() if c is not None)]
        cuts = _cuts(conditions)
        classifier = second_opinion(pack)
        for name, levels in classifier.levels.items() if classifier else ():
            cuts.setdefault(name, set()).update(levels)
        by_id = {
            fact.id: _answering(fact, cuts.get(fact.id, set()), only_if[fact.id]) for fact in pack.questionnaire.facts
        }
        self.by_id = {name: by_id[name] for name in _parents_first(only_if)}
        reading = [facts_read(condition) for condition in self.contradictions]
        self.contradicting = {
            name: tuple((i, c) for i, c in enumerate(self.contradictions) if name in reading[i]) for name in self.by_id
        }
        self.deciding = frozenset().union(*(facts_read(condition) for condition in _conditions(pack)))
        """The facts that the rules read."""
        self.counting = _with_parents(self.deciding.union(classifier.facts if classifier else ()), only_if)
        """The facts that the rules or the classifier read, and those that decide whether these apply."""
        self.children: dict[str, tuple[str, ...]] = {
            name: tuple(child for child, c in only_if.items() if c is not None and name in facts_read(c))
            for name in self.by_id
        }
        self.entangled = frozenset().union(
            *reading, *({name, *facts_read(c)} for name, c in only_if.items() if c is not None)
        )
        """The facts whose answers other answers can rule out; all others are free."""

    def applies(self, name: str, facts: Facts) -> bool:
        """Return whether a question applies; it still does while the answers that decide that are unknown."""
        only_if = self.by_id[name].only_if
        return only_if is None or only_if.truth(facts) is not False

    def unanswered(self, facts: Facts) -> list[str]:
        """Return the facts without an answer whose question applies, parents first."""
        return [name for name in self.by_id if name not in facts and self.applies(name, facts)]

    def holding(self, facts: Facts) -> frozenset[int]:
        """Return the places of the contradictions that hold among some answers."""
        return frozenset(i for i, c in enumerate(self.contradictions) if c.truth(facts) is True)

    def contradicted(self, name: str, facts: Facts, exempt: frozenset[int] = frozenset()) -> bool:
        """Return whether a contradiction that reads a fact holds, other than those at some places."""
        return any(i not in exempt and c.truth(facts) is True for i, c in self.contradicting[name])


def questions(pack: RulePack) -> Questions:
    """Return the answers of a pack's facts, worked out on first use."""
    return kept(pack, "questions", Questions)


def _conditions(pack: RulePack) -> Iterator[Condition]:
    """Yield every condition that the least losses rest on."""
    compiled(pack)
    for gap in pack.gaps:
        yield from (rule.condition for rule in gap.rules)
        if gap.settled_by is not None:
            yield gap.settled_by.condition
    for option in pack.options:
        yield from (rule.condition for rule in option.rules)
        yield from (clause.condition for clause in option.blocks)


def _with_parents(names: frozenset[str], only_if: Mapping[str, Condition | None]) -> frozenset[str]:
    """Return facts with those that decide whether they apply, and so on."""
    parents = frozenset().union(*(facts_read(c) for name in names if (c := only_if.get(name)) is not None))
    return names if parents <= names else _with_parents(names | parents, only_if)


def _only_if(pack: RulePack, fact: Fact) -> Condition | None:
    if fact.only_if is None:
        return None
    return parse_condition(fact.only_if, pack.questionnaire, lambda *_: None)


def _cuts(conditions: Iterable[Condition]) -> dict[str, set[float]]:
    """Return the finite bounds at which conditions test each number."""
    found: dict[str, set[float]] = {}
    for condition in conditions:
        for test in _intervals(condition):
            found.setdefault(test.fact, set()).update(filter(math.isfinite, (test.at_least, test.below)))
    return found


def _intervals(condition: Condition) -> Iterator[Between]:
    match condition:
        case Between():
            yield condition
        case Not(part=part):
            yield from _intervals(part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _intervals(part)
        case OneOf():
            pass


def _answering(fact: Fact, bounds: set[float], only_if: Condition | None) -> Answering:
    if fact.kind == "choice":
        return Answering(fact=fact, values=fact.option_ids, cuts=(), only_if=only_if)
    if fact.kind == "flag":
        return Answering(fact=fact, values=(False, True), cuts=(), only_if=only_if)
    # A bound without an answer between it and the next one (below the minimum, between whole numbers) tells nothing.
    cuts: list[float] = []
    values: list[FactValue] = [_tidy(_first(fact, fact.minimum), fact.integer)]
    for bound in sorted(bounds):
        first = _first(fact, bound)
        if first > (math.inf if fact.maximum is None else fact.maximum):
            break
        if first <= values[-1]:  # type: ignore[operator]
            continue
        cuts.append(first)
        values.append(_tidy(first, fact.integer))
    return Answering(fact=fact, values=tuple(values), cuts=tuple(cuts), only_if=only_if)


def _first(fact: Fact, bound: float) -> float:
    """Return the first valid number from a bound up."""
    return max(fact.minimum, math.ceil(bound) if fact.integer else bound)


def _tidy(value: float, integer: bool) -> FactValue:
    return int(value) if integer or value == int(value) else float(value)


def _parents_first(only_if: Mapping[str, Condition | None]) -> list[str]:
    """Return the facts in their order, but each after those that decide whether its question applies."""
    ordered: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        condition = only_if.get(name)
        if condition is not None and name not in above:
            for parent in sorted(facts_read(condition)):
                visit(parent, (*above, name))
        ordered.setdefault(name)

    for name in only_if:
        visit(name, ())
    return list(ordered)
