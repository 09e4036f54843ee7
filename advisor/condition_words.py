"""Conditions in plain words, with the questionnaire's own names for facts and answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.answers import answer_in_words
from advisor.conditions import AllOf, AnyOf, Between, Not, OneOf, parse_condition

if TYPE_CHECKING:
    from advisor.conditions import Condition
    from advisor.facts import Fact, Questionnaire


def in_words(condition: Condition | None, questionnaire: Questionnaire) -> str:
    """Return a condition as a phrase such as `the main task: summarising or translating, and the examples at hand:
    at least 100 examples`; None, which holds always, is `always`.
    """  # noqa: D205 - the example needs the space
    match condition:
        case None | AllOf(parts=()):
            return "always"
        case OneOf(fact=name, values=values):
            fact = questionnaire.by_id[name]
            given = [value for value in (*fact.option_ids, False, True) if value in values]
            return f"{fact.short}: {_listed([answer_in_words(fact, value) for value in given], 'or')}"
        case Between(fact=name, at_least=low, below=high):
            fact = questionnaire.by_id[name]
            return f"{fact.short}: {_interval(fact, low, high)}"
        case AllOf(parts=parts):
            return ", and ".join(in_words(part, questionnaire) for part in parts)
        case AnyOf(parts=parts):
            return f"any of ({'; '.join(in_words(part, questionnaire) for part in parts)})"
        case Not(part=part):
            return f"not ({in_words(part, questionnaire)})"


def raw_in_words(raw: dict[str, Any] | None, questionnaire: Questionnaire) -> str:
    """Return a condition, as it is written in a rule file that has been checked, in words."""
    if raw is None:
        return in_words(None, questionnaire)
    return in_words(parse_condition(raw, questionnaire, lambda *_: None), questionnaire)


def _interval(fact: Fact, low: float, high: float) -> str:
    pieces = []
    if math.isfinite(low):
        pieces.append(f"at least {answer_in_words(fact, low)}")
    if math.isfinite(high):
        pieces.append(f"below {answer_in_words(fact, high)}")
    return " and ".join(pieces)


def _listed(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
