"""How far each gap can still move: the least and the greatest severity over all completions.

The total of a gap is a sum of terms, each over the few unknown facts that a rule reads. Its extremes are found by
eliminating one fact after the other (dynamic programming), at first without the contradictions and the questions that
do not apply; those that the extreme breaks are added until it is a completion. What is not exact is too wide, never
too narrow.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

from advisor.compiled import logistic
from advisor.conditions import facts_read
from advisor.frozen import Frozen
from advisor.uncertainty.answering import questions
from advisor.uncertainty.completions import extended

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from advisor.conditions import Condition, Facts, FactValue
    from advisor.pack import Gap, RulePack

Value: TypeAlias = "FactValue | None"
"""An answer in a completion; None where the question does not apply."""

Scope: TypeAlias = tuple[str, ...]
Term: TypeAlias = "tuple[Scope, dict[tuple[Value, ...], float]]"
"""Some unknown facts, and what each of their answers together adds to the total."""

ROUNDS: Final = 8
LARGEST_TERM: Final = 4000
_FREE: Final = "either way "
_RULED_OUT: Final = float("-inf")


class Interval(Frozen):
    """From `low` to `high`; `exact` where completions reach both ends."""

    low: float
    high: float
    exact: bool


def severity_bounds(pack: RulePack, facts: Facts) -> dict[str, Interval]:
    """Return, for each gap, the severities that completions of the answers can give."""
    space = Space(pack, facts)
    return {gap.id: space.severity(gap) for gap in pack.gaps}


class Space:
    """The unknown facts of a case with the answers that each can have."""

    def __init__(self, pack: RulePack, facts: Facts) -> None:
        self.asked = questions(pack)
        self.facts = facts
        self.exempt = self.asked.holding(facts)
        self.contradictions = [c for i, c in enumerate(self.asked.contradictions) if i not in self.exempt]
        self.values: dict[str, tuple[Value, ...]] = {name: self._values(name) for name in self.asked.unanswered(facts)}

    def _values(self, name: str) -> tuple[Value, ...]:
        answering = self.asked.by_id[name]
        fits: list[Value] = [
            value
            for value in answering.values
            if not self.asked.contradicted(name, {**self.facts, name: value}, self.exempt)
        ]
        always = answering.only_if is None or answering.only_if.truth(self.facts) is True
        return tuple(fits) if always and fits else (*fits, None)

    def severity(self, gap: Gap) -> Interval:
        """Return the severities of one gap."""
        terms, known = self.terms(gap)
        low, low_exact = self.extreme(terms, -1)
        high, high_exact = self.extreme(terms, 1)
        prior = gap.prior + known
        return Interval(low=logistic(prior + low), high=logistic(prior + high), exact=low_exact and high_exact)

    def terms(self, gap: Gap) -> tuple[list[Term], float]:
        """Return the undecided part of a gap's total as terms, and the decided part as a number."""
        known = 0.0
        by_scope: dict[Scope, list[tuple[Condition, float]]] = {}
        for rule in gap.rules:
            truth = rule.condition.truth(self.facts)
            if truth is True:
                known += rule.weight
            elif truth is None:
                by_scope.setdefault(self._scope(rule.condition), []).append((rule.condition, rule.weight))
        terms: list[Term] = []
        for scope, rules in by_scope.items():
            term = self._term(scope, self._weights(rules))
            terms += [term] if term[1] else [self._free(weight) for _, weight in rules]
        return terms, known

    def _free(self, weight: float) -> Term:
        """Return the term of a rule that reads too much to be tabled: it may hold or not, whatever the answers."""
        name = f"{_FREE}{len(self.values)}"
        self.values[name] = (False, True)
        return (name,), {(False,): 0.0, (True,): weight}

    def extreme(self, terms: list[Term], sign: int) -> tuple[float, bool]:
        """Return the greatest (sign 1) or least (sign -1) sum of terms, and whether a completion reaches it."""
        tables = [(scope, {key: sign * value for key, value in table.items()}) for scope, table in terms]
        for _ in range(ROUNDS):
            best, answers = greatest(tables, self.values)
            if best == _RULED_OUT:
                break
            if extended(self.asked, self.facts, answers) is not None:
                return sign * best, not any(name.startswith(_FREE) for name in answers)
            broken = self._broken(answers)
            if not broken:
                return sign * best, False
            tables += broken
        best, _ = greatest([table for table in tables if _RULED_OUT not in table[1].values()], self.values)
        return sign * best, False

    def _broken(self, answers: dict[str, Value]) -> list[Term]:
        """Return the rules of completion that some answers break, as terms that rule such answers out."""
        facts = {**self.facts, **{name: value for name, value in answers.items() if value is not None}}
        found = [
            self._term(self._scope(condition), _forbidding(condition))
            for condition in self.contradictions
            if condition.truth(facts) is True
        ]
        for name, value in answers.items():
            only_if = None if name.startswith(_FREE) else self.asked.by_id[name].only_if
            if only_if is not None and (value is None) != (only_if.truth(facts) is False):
                scope = tuple(sorted({name, *self._scope(only_if)}))
                found.append(self._term(scope, _applying(name, only_if)))
        return [term for term in found if term[1]]

    def _scope(self, condition: Condition) -> Scope:
        return tuple(sorted(name for name in facts_read(condition) if name in self.values))

    def _weights(self, rules: list[tuple[Condition, float]]) -> Callable[[Facts], float]:
        return lambda facts: sum(weight for condition, weight in rules if condition.truth(facts) is True)

    def _term(self, scope: Scope, worth: Callable[[Facts], float]) -> Term:
        """Return the term over some facts; empty when it would be too large."""
        size = 1
        for name in scope:
            size *= len(self.values[name])
        if size > LARGEST_TERM:
            return scope, {}
        table: dict[tuple[Value, ...], float] = {}
        facts = dict(self.facts)
        for key in product(*(self.values[name] for name in scope)):
            for name, value in zip(scope, key, strict=True):
                if value is None:
                    facts.pop(name, None)
                else:
                    facts[name] = value
            table[key] = worth(facts)
        return scope, table


def _forbidding(condition: Condition) -> Callable[[Facts], float]:
    return lambda facts: _RULED_OUT if condition.truth(facts) is True else 0.0


def _applying(name: str, only_if: Condition) -> Callable[[Facts], float]:
    return lambda facts: 0.0 if (name in facts) == (only_if.truth(facts) is not False) else _RULED_OUT


def greatest(terms: Sequence[Term], values: dict[str, tuple[Value, ...]]) -> tuple[float, dict[str, Value]]:
    """Return the greatest sum of terms, and answers that reach it, by eliminating one fact after the other."""
    tables = [(scope, table) for scope, table in terms if table]
    names = sorted({name for scope, _ in tables for name in scope})
    total = sum(table[()] for scope, table in tables if not scope)
    tables = [(scope, table) for scope, table in tables if scope]
    steps: list[tuple[str, Scope, dict[tuple[Value, ...], Value]]] = []
    while names:
        name, scope = min(((name, _joint(tables, name)) for name in names), key=lambda pair: _size(pair[1], values))
        names.remove(name)
        own = [table for table in tables if name in table[0]]
        tables = [table for table in tables if name not in table[0]]
        reduced, choice = _eliminated(name, scope, own, values)
        steps.append((name, scope, choice))
        if scope:
            tables.append((scope, reduced))
        else:
            total += reduced[()]
    answers: dict[str, Value] = {}
    for name, scope, choice in reversed(steps):
        answers[name] = choice[tuple(answers[other] for other in scope)]
    return total, answers


def _joint(tables: Sequence[Term], name: str) -> Scope:
    """Return the other facts that share a term with a fact."""
    return tuple(sorted({other for scope, _ in tables if name in scope for other in scope if other != name}))


def _size(scope: Scope, values: dict[str, tuple[Value, ...]]) -> int:
    size = 1
    for name in scope:
        size *= len(values[name])
    return size


def _eliminated(
    name: str, scope: Scope, terms: Sequence[Term], values: dict[str, tuple[Value, ...]]
) -> tuple[dict[tuple[Value, ...], float], dict[tuple[Value, ...], Value]]:
    """Return, for all answers to some facts, the most that terms add up to over one more fact, and its answer."""
    reduced: dict[tuple[Value, ...], float] = {}
    choice: dict[tuple[Value, ...], Value] = {}
    for key in product(*(values[other] for other in scope)):
        at = dict(zip(scope, key, strict=True))
        best, chosen = _RULED_OUT, values[name][0]
        for value in values[name]:
            at[name] = value
            worth = sum([table[tuple([at[other] for other in own])] for own, table in terms])
            if worth > best:
                best, chosen = worth, value
        reduced[key], choice[key] = best, chosen
    return reduced, choice
