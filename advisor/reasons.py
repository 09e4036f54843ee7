"""Reasons with the user's own answers in them."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING, Final

from advisor.answers import answer_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.facts import FactValue, Questionnaire

PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
"""An answer to be filled in."""


def placeholders(text: str) -> tuple[str, ...]:
    """Return the fact ids that a reason mentions in braces, in reading order."""
    return tuple(PLACEHOLDER.findall(text))


def format_fields(text: str) -> set[str]:
    """Return all that str.format would fill in for a text, conversions included; ValueError for lonely braces."""
    return {
        f"{name}{'!' if conversion else ''}{conversion or ''}{':' if spec else ''}{spec}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    }


def reason(text: str, facts: Mapping[str, FactValue], questionnaire: Questionnaire) -> str:
    """Return a reason as a sentence, each `{fact}` replaced by the user's answer in words.

    A fact without an answer reads as its short name; rules only give reasons whose facts are answered.
    """

    def answer(match: re.Match[str]) -> str:
        fact = questionnaire.by_id[match[1]]
        value = facts.get(fact.id)
        return fact.short if value is None else answer_in_words(fact, value)

    sentence = PLACEHOLDER.sub(answer, text)
    return sentence[:1].upper() + sentence[1:]
