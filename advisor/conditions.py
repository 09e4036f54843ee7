"""Conditions over facts: structured data that is true, false, or unknown while an answer it needs is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from advisor.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from advisor.facts import Fact, Questionnaire

FactValue: TypeAlias = str | bool | int | float
Facts: TypeAlias = "Mapping[str, FactValue]"
Truth: TypeAlias = bool | None
"""True, False, or None for unknown (Kleene's three-valued logic)."""

COMBINERS: Final = ("any", "all", "not")


class OneOf(NamedTuple):
    """A choice fact is one of some options, or a flag has one value."""

    fact: str
    values: frozenset[FactValue]

    def truth(self, facts: Facts) -> Truth:
        """Return whether the answer is among the values; None when there is no answer."""
        value = facts.get(self.fact)
        return None if value is None else value in self.values


class Between(NamedTuple):
    """A number fact lies in the half-open interval at_least <= value < below."""

    fact: str
    at_least: float
    below: float

    def truth(self, facts: Facts) -> Truth:
        """Return whether the answer lies in the interval; None when there is no answer."""
        value = facts.get(self.fact)
        return None if value is None else self.at_least <= value < self.below  # type: ignore[operator]


class AllOf(NamedTuple):
    """All parts hold. With no parts it always holds."""

    parts: tuple[Condition, ...]

    def truth(self, facts: Facts) -> Truth:
        """Return False when a part is false, else None when a part is unknown, else True."""
        result: Truth = True
        for part in self.parts:
            truth = part.truth(facts)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result


class AnyOf(NamedTuple):
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def truth(self, facts: Facts) -> Truth:
        """Return True when a part is true, else None when a part is unknown, else False."""
        result: Truth = False
        for part in self.parts:
            truth = part.truth(facts)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result


class Not(NamedTuple):
    """The part does not hold."""

    part: Condition

    def truth(self, facts: Facts) -> Truth:
        """Return the opposite of the part; unknown stays unknown."""
        truth = self.part.truth(facts)
        return None if truth is None else not truth


Condition: TypeAlias = OneOf | Between | AllOf | AnyOf | Not
ALWAYS: Final = AllOf(())


def facts_read(condition: Condition) -> frozenset[str]:
    """Return the ids of the facts that a condition looks at."""
    match condition:
        case OneOf(fact=fact) | Between(fact=fact):
            return frozenset((fact,))
        case Not(part=part):
            return facts_read(part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return frozenset().union(*map(facts_read, parts))


def parse_condition(
    raw: Any, questionnaire: Questionnaire, complain: Callable[[str, tuple[str | int, ...], str | None], None]
) -> Condition:
    """Return the condition that `raw` describes.

    `complain(message, path, nearest name)` is called for each thing wrong; `path` leads to it inside `raw`. What
    could not be understood is left out of the condition that is returned.
    """
    if not isinstance(raw, dict):
        complain("expected a condition such as {task: [extraction]}", (), None)
        return ALWAYS
    parts: list[Condition] = []
    for key, value in raw.items():

        def inner(message: str, path: tuple[str | int, ...], name: str | None, key: str = key) -> None:
            complain(message, (key, *path), name)

        part = _parse_entry(key, value, questionnaire, inner)
        if part is not None:
            parts.append(part)
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _parse_entry(
    key: str,
    value: Any,
    questionnaire: Questionnaire,
    complain: Callable[[str, tuple[str | int, ...], str | None], None],
) -> Condition | None:
    """Return the condition of one `key: value` pair, or None after a complaint."""
    if key == "not":
        return Not(parse_condition(value, questionnaire, complain))
    if key in ("any", "all"):
        if not isinstance(value, list) or not value:
            complain(f"expected a list of conditions under '{key}'", (), None)
            return None
        parts = []
        for i, item in enumerate(value):

            def inner(message: str, path: tuple[str | int, ...], name: str | None, i: int = i) -> None:
                complain(message, (i, *path), name)

            parts.append(parse_condition(item, questionnaire, inner))
        return AnyOf(tuple(parts)) if key == "any" else AllOf(tuple(parts))
    fact = questionnaire.by_id.get(key)
    if fact is None:
        complain(f"unknown fact '{key}'", (), nearest(key, [*questionnaire.by_id, *COMBINERS]))
        return None
    return _parse_test(fact, value, complain)


def _parse_test(
    fact: Fact, value: Any, complain: Callable[[str, tuple[str | int, ...], str | None], None]
) -> Condition | None:
    """Return the test that one fact is put to, or None after a complaint."""
    if fact.kind == "flag":
        if isinstance(value, bool):
            return OneOf(fact.id, frozenset((value,)))
        complain(f"'{fact.id}' is answered yes or no; expected true or false", (), None)
        return None
    if fact.kind == "number":
        return _parse_interval(fact, value, complain)
    options = [option.id for option in fact.options]
    if not isinstance(value, list) or not value:
        complain(f"expected a list of options of '{fact.id}', such as [{options[0]}]", (), None)
        return None
    for i, option in enumerate(value):
        if option not in options:
            complain(f"'{option}' is no option of '{fact.id}'", (i,), nearest(option, options))
    if len(set(map(str, value))) < len(value):
        complain(f"an option of '{fact.id}' is named twice", (), None)
    return OneOf(fact.id, frozenset(option for option in value if option in options))


def _parse_interval(
    fact: Fact, value: Any, complain: Callable[[str, tuple[str | int, ...], str | None], None]
) -> Condition | None:
    """Return the interval test of a number fact, or None after a complaint."""
    bounds = ("at_least", "below")
    if not isinstance(value, dict) or not value:
        complain(f"'{fact.id}' is a number; expected {{at_least: n, below: m}} or one of the two", (), None)
        return None
    for key, bound in value.items():
        if key not in bounds:
            complain(f"unknown bound '{key}'; expected at_least or below", (key,), nearest(key, bounds))
        elif isinstance(bound, bool) or not isinstance(bound, (int, float)):
            complain(f"expected a number, found {bound!r}", (key,), None)
        else:
            continue
        return None
    low = float(value.get("at_least", "-inf"))
    high = float(value.get("below", "inf"))
    if low >= high:
        complain(f"no number is at least {low:g} and below {high:g}", (), None)
        return None
    return Between(fact.id, low, high)
