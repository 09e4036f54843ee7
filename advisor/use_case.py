"""A use case: what is known about it, read from a file, from standard input, or built in Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from advisor.answers import check_value, parse_value, without_idle_decimals
from advisor.approaches import Approach
from advisor.documents import read_document, read_standard_input
from advisor.errors import AdvisorError, Problem
from advisor.facts import FactValue
from advisor.validation import Model, nearest_name, problems_of
from advisor.wording import HIDDEN, kind_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.documents import Document
    from advisor.facts import Questionnaire

_LONGEST_NAME: Final = 200
_MOST_PROBLEMS: Final = 50
_OWN_KEYS: Final = "x-"
UNKNOWN: Final = "unknown"
"""The word that takes an answer back, as in `--set task=unknown`."""


def _text(value: object) -> str:
    """Return text as it is; ValueError for anything else."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("expected text, but it is empty")
    if not isinstance(value, str):
        hint = " (put it in quotes)" if isinstance(value, (bool, int, float)) else ""
        raise ValueError(f"expected text, not {_shown(value)}{hint}")  # noqa: TRY004 - pydantic reads ValueError
    if found := HIDDEN.search(value):
        raise ValueError(f"holds an invisible control character ({found[0]!a})")
    return value


def _name(value: object) -> str:
    """Return a name on one line."""
    name = " ".join(_text(value).split())
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"expected a name of at most {_LONGEST_NAME} characters, not {len(name):,}")
    return name


def _date(value: object) -> object:
    """Return a date from its ISO form."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f"expected a date such as 2026-11-20, not {_shown(value)}")


def _mapping(value: object) -> object:
    if not isinstance(value, Mapping):
        raise ValueError(f"expected `name: value` lines, not {_shown(value)}")  # noqa: TRY004 - as above
    return value


def _model_choice(value: object) -> object:
    if not isinstance(value, (Mapping, ModelChoice)):
        raise ValueError(f"expected `provider:` and `name:` of the model, not {_shown(value)}")  # noqa: TRY004
    return value


def _version(value: object) -> object:
    if value != 1 or isinstance(value, bool):
        raise ValueError(f"expected 1, the only version that this program reads, not {_shown(value)}")
    return 1


def _answers(value: object) -> dict[object, object]:
    """Return the answers that are given; one of None is not known, which is the same as leaving it out."""
    given: dict[object, object] = {}
    if not isinstance(value, Mapping):
        raise ValueError(f"expected `fact: answer` lines, not {_shown(value)}")  # noqa: TRY004 - as above
    for fact_id, answer in value.items():
        if answer is None:
            continue
        if not isinstance(answer, (bool, int, float, str)):
            raise ValueError(f"{fact_id}: expected one answer, not {kind_of(answer)}")  # noqa: TRY004 - as above
        given[fact_id] = without_idle_decimals(answer) if isinstance(answer, float) else answer
    return given


def _shown(value: object) -> str:
    return quoted(value) if value is None or isinstance(value, (str, int, float)) else kind_of(value)


Text = Annotated[str, BeforeValidator(_text)]


class ModelChoice(Model):
    """The model that the team means to use, as its provider names it."""

    name: Text
    provider: Text | None = None


def _forbid_other_keys(schema: dict[str, Any]) -> None:
    schema["additionalProperties"] = False
    schema["patternProperties"] = {f"^{_OWN_KEYS}": {}}


class UseCase(BaseModel):
    """What is known about a use case. A fact that is missing is unknown: never "no", and never a default.

    The answers under `facts` are checked against a questionnaire by `check_use_case`, which `advise` does.
    Keys of your own may be added when their names begin with `x-`.
    """

    model_config = ConfigDict(frozen=True, extra="allow", json_schema_extra=_forbid_other_keys)

    name: Annotated[str, BeforeValidator(_name)]
    description: Text | None = None
    facts: Annotated[dict[str, FactValue], BeforeValidator(_answers)] = Field(default_factory=dict)
    model: Annotated[ModelChoice, BeforeValidator(_model_choice)] | None = None
    proposed: Approach | None = None
    assumptions: Annotated[dict[str, Any], BeforeValidator(_mapping)] = Field(default_factory=dict)
    as_of: Annotated[date, BeforeValidator(_date)] | None = None
    respondent: Text | None = None
    schema_version: Annotated[Literal[1], BeforeValidator(_version)] = 1

    @model_validator(mode="before")
    @classmethod
    def _only_known_keys(cls, data: Any) -> Any:
        unknown = [str(problem) for problem, _ in _unknown_keys(data, ())]
        if unknown:
            raise ValueError("; ".join(unknown))
        return data


TOP_LEVEL_KEYS: Final = tuple(UseCase.model_fields)


def _unknown_keys(data: object, fact_ids: tuple[str, ...]) -> Iterator[tuple[Problem, str]]:
    """Yield a problem (without a place) for each key that no use case has, with the key."""
    for key in data if isinstance(data, Mapping) else ():
        if key in TOP_LEVEL_KEYS or str(key).startswith(_OWN_KEYS):
            continue
        if key in fact_ids:
            yield Problem(f"{quoted(key)} is a fact; write it under `facts:`"), key
        else:
            message = f"unknown key {quoted(key)} (keys of your own begin with {_OWN_KEYS})"
            yield Problem(message, suggestion=nearest_name(key, TOP_LEVEL_KEYS)), key


def load_use_case(path: str | Path, questionnaire: Questionnaire) -> UseCase:
    """Return the use case in a YAML or JSON file, or on standard input for `-`.

    Raises AdvisorError with everything that is wrong with it, each problem with its line.
    """
    if str(path) == "-":
        document = read_document(None, read_standard_input(), "standard input")
    else:
        document = read_document(Path(path))
    return parse_use_case(document, questionnaire)


def parse_use_case(document: Document, questionnaire: Questionnaire) -> UseCase:
    """Return the use case that a document holds; AdvisorError holds everything that is wrong with it."""
    problems: list[Problem] = []
    # A key without a value means the same as no key, so that a template can be filled in piece by piece.
    data = {key: value for key, value in document.data.items() if value is not None or key == "name"}
    for problem, key in _unknown_keys(data, questionnaire.fact_ids):
        problems.append(document.problem(problem.message, (key,), problem.suggestion))
        if len(problems) > _MOST_PROBLEMS:
            break
    facts = data.get("facts")
    if isinstance(facts, dict):
        problems += [
            document.problem(problem.message, ("facts", fact_id), problem.suggestion)
            for problem, fact_id in _fact_problems(facts, questionnaire)
        ]
    known = {key: value for key, value in data.items() if key in TOP_LEVEL_KEYS or key.startswith(_OWN_KEYS)}
    if problems and isinstance(facts, dict):
        del known["facts"]  # the answers have their problems already
    try:
        use_case = UseCase.model_validate(known)
    except ValidationError as error:
        problems += problems_of(error, UseCase, document)
    if problems:
        raise AdvisorError(_shortened(sorted(problems, key=lambda problem: problem.line or 0)))
    return use_case


def _shortened(problems: list[Problem]) -> list[Problem]:
    """Return as many problems as a person can use at once."""
    if len(problems) <= _MOST_PROBLEMS:
        return problems
    return [
        *problems[:_MOST_PROBLEMS],
        Problem("more problems follow; put these right first", problems[0].source),
    ]


def _fact_problems(facts: Mapping[str, object], questionnaire: Questionnaire) -> Iterator[tuple[Problem, str]]:
    """Yield what is wrong with the answers, each with its fact, as far as anyone can use."""
    found = 0
    for fact_id, value in facts.items():
        fact = questionnaire.by_id.get(fact_id)
        problem = _unknown_fact(fact_id, questionnaire) if fact is None else None
        if fact is not None and value is not None:
            problem = check_value(fact, value)
        if problem is not None:
            yield problem, fact_id
            found += 1
        if found > _MOST_PROBLEMS:
            return


def _unknown_fact(fact_id: str, questionnaire: Questionnaire) -> Problem:
    if fact_id in TOP_LEVEL_KEYS or fact_id.startswith(_OWN_KEYS):
        return Problem(f"{quoted(fact_id)} is no fact; write it at the top level, not under `facts:`")
    message = f"unknown fact {quoted(fact_id)}"
    return Problem(message, suggestion=nearest_name(fact_id, questionnaire.fact_ids))


def check_use_case(use_case: UseCase, questionnaire: Questionnaire) -> list[Problem]:
    """Return all that is wrong with a use case's answers; empty when they fit the questionnaire."""
    return [problem for problem, _ in _fact_problems(use_case.facts, questionnaire)]


def with_changes(use_case: UseCase, changes: Mapping[str, str], questionnaire: Questionnaire) -> UseCase:
    """Return the use case with answers changed, each given as a person types it (`10k`, `yes`, `weekly`).

    The word `unknown` takes an answer back. Raises AdvisorError with all that is wrong with the changes.
    """
    facts = dict(use_case.facts)
    problems: list[Problem] = []
    for fact_id, text in changes.items():
        fact = questionnaire.by_id.get(fact_id)
        if fact is None:
            problems.append(_unknown_fact(fact_id, questionnaire))
        elif text.strip().lower() == UNKNOWN:
            facts.pop(fact_id, None)
        else:
            try:
                facts[fact_id] = parse_value(fact, text)
            except AdvisorError as error:
                problems += error.problems
    if problems:
        raise AdvisorError(problems)
    return use_case.model_copy(update={"facts": facts})
