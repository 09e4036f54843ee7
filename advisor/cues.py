"""Answers that the words of a description make plain, proposed to be confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from advisor.answers import check_value, without_idle_decimals
from advisor.patterns import found_numbers, found_words, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.conditions import Facts
    from advisor.cue_files import CueEntry
    from advisor.facts import Fact, FactValue, Questionnaire


_WHOLE_FROM: Final = 100  # a rate per year that is worked out per month is not known to the hundredth


class Proposal(NamedTuple):
    """An answer that a text makes plain, with the words that it rests on."""

    fact: str
    value: FactValue
    words: tuple[str, ...]


def propose(cues: Iterable[CueEntry], description: str, known: Facts, questionnaire: Questionnaire) -> list[Proposal]:
    """Return proposed answers to questions that `known` leaves open, in the order of the questionnaire.

    Where the text speaks for two answers to one question, none is proposed.
    """
    text = plain_text(description)
    found: dict[str, dict[FactValue, dict[str, None]]] = {}
    for cue in cues:
        if cue.fact not in known:
            for value, words in _answers(cue, text, questionnaire.by_id[cue.fact]):
                found.setdefault(cue.fact, {}).setdefault(value, {})[words] = None
    return [
        Proposal(fact, value, tuple(words))
        for fact in questionnaire.fact_ids
        if len(answers := found.get(fact, {})) == 1
        for value, words in answers.items()
    ]


def _answers(cue: CueEntry, text: str, fact: Fact) -> Iterator[tuple[FactValue, str]]:
    """Yield the answers that a cue finds in a plain text, each with the words that it rests on."""
    if cue.value is not None:
        for words in found_words(cue.words, text):
            yield cue.value, words
    elif cue.each is not None:
        for words, count in found_numbers(cue.words, text):
            amount = count * cue.each
            value = without_idle_decimals(round(amount, 0 if fact.integer or amount >= _WHOLE_FROM else 2))
            if check_value(fact, value) is None:
                yield value, words
