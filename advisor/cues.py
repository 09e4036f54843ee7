"""Answers that the words of a description make plain, proposed to be confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from advisor.patterns import found_words, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.conditions import Facts
    from advisor.cue_files import CueEntry
    from advisor.facts import FactValue, Questionnaire


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
    found: dict[str, list[Proposal]] = {}
    for cue in cues:
        if cue.fact not in known and (words := found_words(cue.words, text)):
            found.setdefault(cue.fact, []).append(Proposal(cue.fact, cue.value, words))
    return [found[fact][0] for fact in questionnaire.fact_ids if len(found.get(fact, ())) == 1]
