"""The questionnaire: everything that can be asked about a use case."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from advisor.documents import read_document
from advisor.errors import AdvisorError
from advisor.shape import Shape
from advisor.validation import validated
from advisor.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from advisor.documents import Document, KeyPath

FactValue: TypeAlias = bool | int | float | str
"""An answer: the id of an option, true or false, or a number in the fact's unit."""

Condition: TypeAlias = dict[str, Any]
"""A condition as it is written in rule files; advisor.conditions compiles it."""


class Option(Shape):
    """One answer to a choice; `label` reads inside a sentence.

    `like` names an earlier option that the rules treat alike on purpose: only cost or precedents tell the two apart.
    """

    id: str
    label: str
    about: str
    like: str | None = None


class Direction(Shape):
    """How an intervention's lead must move along the answers: never down (`rises`) or never up (`falls`)."""

    written_as: ClassVar[dict[str, str]] = {"start": "from"}

    intervention: str
    lead: Literal["rises", "falls"]
    order: tuple[str | bool, ...] | None = None
    start: float | None = None
    when: Condition | None = None


class Fact(Shape):
    """One thing that can be known about a use case, with its question and its valid answers.

    `towards` holds the answers in the order in which the team can bring one about, `more` or `less` for a number; None
    where the team can choose freely.
    """

    id: str
    kind: Literal["choice", "flag", "number"]
    group: str
    short: str
    question: str
    help: str
    why: str
    influence: Literal["team", "given"]
    towards: tuple[str | bool, ...] | None = None
    only_if: Condition | None = None
    unit: str | None = None
    minimum: float = 0
    maximum: float | None = None
    integer: bool = False
    options: tuple[Option, ...] = ()
    monotone: tuple[Direction, ...] = ()

    @cached_property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of a choice's options in their natural order; empty for flags and numbers."""
        return tuple(option.id for option in self.options)

    def within_reach(self, before: FactValue, after: FactValue) -> bool:
        """Return whether the team can turn one answer into another."""
        if self.influence != "team" or self.towards is None:
            return self.influence == "team"
        if self.unit is not None:
            more = not isinstance(before, str) and not isinstance(after, str) and after > before
            return self.towards == ("more" if more else "less",)
        steps = self.towards
        return before in steps and after in steps and steps.index(before) < steps.index(after)

    def option(self, option_id: str) -> Option:
        """Return the option with an id; KeyError when there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)


class FactGroup(Shape):
    """A heading of the questionnaire."""

    id: str
    title: str
    about: str


class Questionnaire(Shape):
    """Every fact that can be asked, in the order in which a person would answer."""

    schema_version: Literal[1]
    groups: tuple[FactGroup, ...]
    facts: tuple[Fact, ...]

    @cached_property
    def by_id(self) -> dict[str, Fact]:
        """The facts by their ids, in the order of the questionnaire."""
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def fact_ids(self) -> tuple[str, ...]:
        """The ids of all facts in the order of the questionnaire."""
        return tuple(self.by_id)


def load_questionnaire(path: Path) -> Questionnaire:
    """Return the questionnaire in a facts.yaml file; AdvisorError holds everything that is wrong with it."""
    return questionnaire_in(read_document(path))


def questionnaire_in(document: Document) -> Questionnaire:
    """Return the questionnaire that a document holds; AdvisorError holds everything that is wrong with it."""
    questionnaire = validated(Questionnaire, document)
    problems = [document.problem(message, place) for message, place in _inconsistencies(questionnaire)]
    if problems:
        raise AdvisorError(problems)
    return questionnaire


def _inconsistencies(questionnaire: Questionnaire) -> Iterator[tuple[str, KeyPath]]:
    """Yield what does not fit together in a questionnaire, with its place."""
    groups = [group.id for group in questionnaire.groups]
    seen: set[str] = set()
    for position, fact in enumerate(questionnaire.facts):
        place: KeyPath = ("facts", position)
        if fact.id in seen:
            yield f"the fact {quoted(fact.id)} is defined twice", (*place, "id")
        seen.add(fact.id)
        if fact.group not in groups:
            yield f"{fact.id}: unknown group {quoted(fact.group)}", (*place, "group")
        yield from ((f"{fact.id}: {message}", (*place, key)) for message, key in _kind_mismatches(fact))
        known: tuple[str | bool, ...] = fact.option_ids or (False, True)
        steps = ("more", "less") if fact.kind == "number" else known
        if unknown := [step for step in fact.towards or () if step not in steps]:
            yield f"{fact.id}: unknown answer {quoted(unknown[0])} in `towards`", (*place, "towards")
        if fact.towards is not None and fact.influence != "team":
            yield f"{fact.id}: only a fact that the team can act on has `towards`", (*place, "towards")
        for number, direction in enumerate(fact.monotone):
            if unknown := [step for step in direction.order or () if step not in known]:
                message = f"{fact.id}: unknown answer {quoted(unknown[0])} in `order`"
                yield message, (*place, "monotone", number, "order")


def _kind_mismatches(fact: Fact) -> Iterator[tuple[str, str]]:
    """Yield what a fact holds that its kind has no use for, or lacks, with the key."""
    if (fact.kind == "choice") != bool(fact.options):
        yield "a choice needs `options`, and only a choice has them", "options"
    if len(set(fact.option_ids)) != len(fact.option_ids):
        yield "an option is defined twice", "options"
    if (fact.kind == "number") != (fact.unit is not None):
        yield "a number needs a `unit`, and only a number has one", "unit"
