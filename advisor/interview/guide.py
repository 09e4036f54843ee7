"""What guides an interview: which questions are worth asking next, where the answers lean, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from advisor.advice import advise
from advisor.conditions import parse_condition
from advisor.use_case import UseCase

if TYPE_CHECKING:
    from collections.abc import Collection

    from advisor.conditions import Condition, Facts
    from advisor.facts import Questionnaire
    from advisor.recommendation import Recommendation
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
    """A guide that asks in the order of the questionnaire and takes everything else from `advise`."""

    def __init__(self, pack: RulePack) -> None:
        self._pack = pack
        self._only_if = _compiled(pack.questionnaire)

    def standing(self, facts: Facts, passed: Collection[str]) -> Standing:
        """Return where the interview stands with these answers."""
        result = self._advice(facts)
        approach = result.approach or result.leaning
        return Standing(
            order=tuple(
                fact_id
                for fact_id in self._pack.questionnaire.fact_ids
                if fact_id not in facts and fact_id not in passed and self.applies(facts, fact_id)
            ),
            leaning=None if approach is None else result.approach_names[approach],
            probability=None if approach is None else result.probabilities[approach],
            stays=result.stays,
            stable=result.stable,
            clashes=tuple(f"{clash.because} {clash.mend}" for clash in result.contradictions),
        )

    def why(self, facts: Facts, fact_id: str) -> Why:
        """Return why a question is asked, and for a choice or a yes or no what each answer would do."""
        fact = self._pack.questionnaire.by_id[fact_id]
        answers = {option.id: option.label for option in fact.options} if fact.options else {True: "yes", False: "no"}
        if fact.kind == "number":
            answers = {}
        effects = []
        for value, words in answers.items():
            result = self._advice({**facts, fact_id: value})
            approach = result.approach or result.leaning
            if approach is not None:
                effects.append(Effect(words, result.approach_names[approach]))
        return Why(fact.why, tuple(effects))

    def applies(self, facts: Facts, fact_id: str) -> bool:
        """Return whether a question applies; one that depends on an unknown answer does."""
        condition = self._only_if.get(fact_id)
        return condition is None or condition.truth(facts) is not False

    def _advice(self, facts: Facts) -> Recommendation:
        return advise(UseCase(name="interview", facts=dict(facts)), self._pack)


def _compiled(questionnaire: Questionnaire) -> dict[str, Condition]:
    """Return when each question applies that does not always apply. The rules were checked when they were loaded."""
    return {
        fact.id: parse_condition(fact.only_if, questionnaire, lambda *_: None)
        for fact in questionnaire.facts
        if fact.only_if is not None
    }
