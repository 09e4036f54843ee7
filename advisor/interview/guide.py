"""What guides an interview: which questions are worth asking next, where the answers lean, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from advisor.advice import found_contradictions
from advisor.assess import assess
from advisor.plans import choose
from advisor.uncertainty.answering import questions
from advisor.uncertainty.next_questions import answer_effects, next_questions
from advisor.uncertainty.outlook import look_ahead
from advisor.uncertainty.results import stable

if TYPE_CHECKING:
    from collections.abc import Collection

    from advisor.conditions import Facts
    from advisor.rules import RulePack


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an interview stands with the answers that are known.

    `order` holds the questions that are left to ask, the most useful first. `leaning` is the approach that
    the answers point to (None with no answers) and `probability` its probability, 0..1. `stays` is the probability
    that it survives the remaining answers, `stable` whether that is proven; None where they are not computed.
    `clashes` says in sentences which answers can't both be right.
    """

    order: tuple[str, ...]
    leaning: str | None
    probability: float | None
    stays: float | None
    stable: bool | None
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What one answer to a question would do: the answer in words, and the approach that the answers then lean to."""

    answer: str
    leaning: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a question is asked, in one sentence, and what its answers would do where that is known."""

    because: str
    effects: tuple[Effect, ...]


class Guide(Protocol):
    """What an interview needs from the engine. Approaches and answers come in the words that people read."""

    def standing(self, facts: Facts, passed: Collection[str]) -> Standing:
        """Return where the interview stands with these answers; `passed` questions were answered "I don't know"."""

    def why(self, facts: Facts, fact_id: str) -> Why:
        """Return why a question is asked with these answers, and what each answer to it would do."""

    def applies(self, facts: Facts, fact_id: str) -> bool:
        """Return whether a question applies; one that depends on an unknown answer does."""


class EngineGuide:
    """A guide that asks first what is expected to settle the approach soonest, and takes all else from the engine."""

    def __init__(self, pack: RulePack) -> None:
        self._pack = pack
        self._questions = questions(pack)

    def standing(self, facts: Facts, passed: Collection[str]) -> Standing:
        """Return where the interview stands with these answers."""
        outlook = look_ahead(self._pack, facts)
        ranked = [found.fact.id for found in next_questions(self._pack, outlook, most=1 + len(passed))]
        choice = choose(self._pack, assess(self._pack, facts))
        approach = choice.best.approach
        return Standing(
            order=tuple(name for name in dict.fromkeys((*ranked, *outlook.open_)) if name not in passed),
            leaning=self._pack.approaches[approach].name if facts else None,
            probability=choice.probabilities[approach] if facts else None,
            stays=outlook.stays if facts else None,
            stable=stable(self._pack, outlook) if facts else None,
            clashes=tuple(f"{clash.because} {clash.mend}" for clash in found_contradictions(self._pack, facts)),
        )

    def why(self, facts: Facts, fact_id: str) -> Why:
        """Return why a question is asked, and what each answer to it would do."""
        fact = self._pack.questionnaire.by_id[fact_id]
        answering = self._questions.by_id[fact_id]
        effects = [(answering.place(e.answer), e.approach) for e in answer_effects(self._pack, facts, fact_id)]
        approaches = self._pack.approaches
        if fact.kind != "number":
            return Why(
                fact.why, tuple(Effect(answering.words(place), approaches[name].name) for place, name in effects)
            )
        told = []
        # Neighboring intervals that lead to the same are one: their places grow as their positions do.
        for (_, name), group in groupby(enumerate(effects), key=lambda pair: (pair[1][0] - pair[0], pair[1][1])):
            places = [place for _, (place, _) in group]
            told.append(Effect(answering.words(places[0], places[-1]), approaches[name].name))
        return Why(fact.why, tuple(told))

    def applies(self, facts: Facts, fact_id: str) -> bool:
        """Return whether a question applies; one that depends on an unknown answer does."""
        return self._questions.applies(fact_id, facts)
