"""What guides an interview: which questions are worth asking next, where the answers lean, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from advisor.advice import found_contradictions
from advisor.uncertainty.answering import questions
from advisor.uncertainty.next_questions import answer_effects, in_short, next_questions
from advisor.uncertainty.outcome import outcome
from advisor.uncertainty.outlook import look_ahead
from advisor.uncertainty.results import stable

if TYPE_CHECKING:
    from collections.abc import Collection

    from advisor.conditions import Facts
    from advisor.pack import RulePack


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

    def __init__(self, pack: RulePack, description: str | None = None) -> None:
        self._pack = pack
        self._description = description
        self._questions = questions(pack)

    def standing(self, facts: Facts, passed: Collection[str]) -> Standing:
        """Return where the interview stands with these answers."""
        outlook = look_ahead(self._pack, facts, description=self._description)
        ranked = [found.fact.id for found in next_questions(self._pack, outlook, most=1 + len(passed))]
        now = outcome(self._pack, facts, self._description)
        return Standing(
            order=tuple(name for name in dict.fromkeys((*ranked, *outlook.open_)) if name not in passed),
            leaning=self._pack.approaches[now.approach].name if facts else None,
            probability=now.probabilities[now.approach] if facts else None,
            stays=outlook.stays if facts else None,
            stable=stable(self._pack, outlook) if facts else None,
            clashes=tuple(f"{clash.because} {clash.mend}" for clash in found_contradictions(self._pack, facts)),
        )

    def why(self, facts: Facts, fact_id: str) -> Why:
        """Return why a question is asked, and what each answer to it would do."""
        effects = answer_effects(self._pack, facts, fact_id, self._description)
        return Why(
            self._pack.questionnaire.by_id[fact_id].why,
            tuple(
                Effect(effect.words, self._pack.approaches[effect.approach].name)
                for effect in in_short(self._pack, fact_id, effects)
            ),
        )

    def applies(self, facts: Facts, fact_id: str) -> bool:
        """Return whether a question applies; one that depends on an unknown answer does."""
        return self._questions.applies(fact_id, facts)
