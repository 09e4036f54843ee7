"""Use-case files with the lines of their answers, and several respondents' answers brought together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.brief import advise_briefly
from advisor.documents import read_document, read_standard_input
from advisor.errors import AdvisorError, Problem
from advisor.use_case import UseCase, parse_use_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from advisor.documents import Document
    from advisor.facts import FactValue, Questionnaire
    from advisor.rules import RulePack

Outcome = tuple[str, str | None]
"""A verdict and its approach: what a disagreement can change."""


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A use case with the document that it was read from."""

    use_case: UseCase
    document: Document

    def line(self, *path: str) -> int:
        """Return the line of a key, or of the file's start where it is not there."""
        return self.document.line(path)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A fact on which respondents differ. `outcomes` holds what each answer led to, the others as they may be."""

    fact: str
    answers: tuple[tuple[ReadCase, FactValue], ...]
    outcomes: tuple[tuple[FactValue, frozenset[Outcome]], ...]
    matters: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reviewed: one use case with the files behind it, and what their respondents disagree on."""

    use_case: UseCase
    cases: tuple[ReadCase, ...]
    disagreements: tuple[Disagreement, ...] = ()

    def giving(self, fact: str) -> tuple[ReadCase, ...]:
        """Return the files that answer a fact."""
        return tuple(case for case in self.cases if fact in case.use_case.facts)


def read_cases(paths: Iterable[str], questionnaire: Questionnaire) -> list[ReadCase]:
    """Return the use cases in files (`-` is standard input); AdvisorError holds what is wrong with any of them."""
    cases: list[ReadCase] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            if path == "-":
                document = read_document(None, read_standard_input(), "standard input")
            else:
                document = read_document(Path(path))
            cases.append(ReadCase(parse_use_case(document, questionnaire), document))
        except AdvisorError as error:
            problems += error.problems
    if problems:
        raise AdvisorError(problems)
    return cases


def subjects(cases: Iterable[ReadCase], pack: RulePack, day: date, most: int) -> list[Subject]:
    """Return what is reviewed. Files of one name with different respondents are one use case.

    `most` limits the combinations of differing answers that are tried together.
    """
    groups: dict[tuple[str, ...], list[ReadCase]] = {}
    for position, case in enumerate(cases):
        respondent = case.use_case.respondent
        # A second file of one respondent is another version, not another view.
        group = groups.get((case.use_case.name,), [])
        taken = [other.use_case.respondent for other in group]
        alone = respondent is None or None in taken or respondent in taken
        key = (case.use_case.name, str(position)) if alone and group else (case.use_case.name,)
        groups.setdefault(key, []).append(case)
    return [
        Subject(group[0].use_case, (group[0],)) if len(group) == 1 else _merged(group, pack, day, most)
        for group in groups.values()
    ]


def outcome(pack: RulePack, use_case: UseCase, facts: Mapping[str, FactValue], day: date) -> Outcome:
    """Return the verdict and the approach for some answers."""
    found = advise_briefly(use_case.model_copy(update={"facts": dict(facts)}), pack, day)
    return found.verdict, found.approach


def _merged(cases: list[ReadCase], pack: RulePack, day: date, most: int) -> Subject:
    """Return several respondents' answers as one use case.

    An answer that differs but does not matter to the verdict is the first respondent's; one that matters stays open.
    """
    first = cases[0].use_case
    given: dict[str, list[tuple[ReadCase, FactValue]]] = {}
    for case in cases:
        for fact, value in case.use_case.facts.items():
            given.setdefault(fact, []).append((case, value))
    agreed = {fact: answers[0][1] for fact, answers in given.items() if len({v for _, v in answers}) == 1}
    differing = {fact: answers for fact, answers in given.items() if fact not in agreed}
    tried = _outcomes(pack, first, agreed, differing, day, most)
    disagreements = tuple(
        Disagreement(fact, tuple(answers), tried[fact][0], tried[fact][1]) for fact, answers in differing.items()
    )
    settled = {each.fact: each.answers[0][1] for each in disagreements if not each.matters}
    order = [fact for fact in pack.questionnaire.fact_ids if fact in agreed or fact in settled]
    facts = {fact: agreed.get(fact, settled.get(fact)) for fact in order}
    proposed = next((case.use_case.proposed for case in cases if case.use_case.proposed), None)
    dates = [case.use_case.as_of for case in cases if case.use_case.as_of]
    model = next((case.use_case.model for case in cases if case.use_case.model), None)
    changes = {"facts": facts, "proposed": proposed, "as_of": min(dates, default=None), "model": model}
    return Subject(first.model_copy(update=changes), tuple(cases), disagreements)


def _outcomes(
    pack: RulePack,
    use_case: UseCase,
    agreed: Mapping[str, FactValue],
    differing: Mapping[str, list[tuple[ReadCase, FactValue]]],
    day: date,
    most: int,
) -> dict[str, tuple[tuple[tuple[FactValue, frozenset[Outcome]], ...], bool]]:
    """Return for each fact what its answers led to, and whether it matters.

    It matters when, with all others the same, another answer gives another outcome. All combinations are tried; where
    there are more than `most`, one fact at a time with the others as the first respondent says.
    """
    values = {fact: tuple(dict.fromkeys(value for _, value in answers)) for fact, answers in differing.items()}
    if math.prod(map(len, values.values())) <= most:
        combinations = [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]
    else:
        usual = {fact: answers[0] for fact, answers in values.items()}
        combinations = [{**usual, fact: value} for fact, answers in values.items() for value in answers]
    tried = [(each, outcome(pack, use_case, {**agreed, **each}, day)) for each in combinations]
    found = {}
    for fact, answers in values.items():
        by_answer: dict[FactValue, set[Outcome]] = {answer: set() for answer in answers}
        by_rest: dict[frozenset[tuple[str, FactValue]], set[Outcome]] = {}
        for each, result in tried:
            by_answer[each[fact]].add(result)
            rest = frozenset((other, value) for other, value in each.items() if other != fact)
            by_rest.setdefault(rest, set()).add(result)
        matters = any(len(results) > 1 for results in by_rest.values())
        found[fact] = (tuple((answer, frozenset(results)) for answer, results in by_answer.items()), matters)
    return found
