"""An interview without a screen: which question is open, what was answered, and when it may stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from advisor.answers import check_value
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.facts import Fact, FactValue, Questionnaire
    from advisor.interview.answer_file import Kept
    from advisor.interview.guide import Guide, Standing
    from advisor.use_case import UseCase

Offer: TypeAlias = Literal["stays", "stable", "complete"]
"""Why an interview may stop: the approach most likely survives, it provably does, or nothing is left to ask."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that something else proposes, such as a reading of the description; it counts once confirmed."""

    value: FactValue
    because: str


class Answers(Protocol):
    """Where answers are kept. Each call returns what is kept then; AdvisorError: it was not saved."""

    def answer(self, fact: str, value: FactValue) -> Kept:
        """Save an answer."""

    def dont_know(self, fact: str) -> Kept:
        """Save that an answer is not known."""


class Session:
    """The state of an interview. Every answer is saved before it counts."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Answers,
        kept: Kept,
        guide: Guide,
        stop_at: float,
        proposals: Mapping[str, Proposal] | None = None,
    ) -> None:
        self.questionnaire = questionnaire
        self.guide = guide
        self._answers = answers
        self._kept = kept
        self._stop_at = stop_at
        self.proposals = proposals or {}
        self._trail = [*kept.unknown, *kept.facts]  # what was shown, oldest first
        self._declined: Offer | None = None
        self.standing: Standing = guide.standing(kept.facts, kept.unknown)
        self.current: str | None = None
        """The question that is open; None while an offer to stop is."""
        self._move_on()

    # ------------------------------------------------------------ what is known

    @property
    def use_case(self) -> UseCase:
        """The use case with every answer so far."""
        return self._kept.use_case

    @property
    def facts(self) -> Mapping[str, FactValue]:
        """The answers so far."""
        return self._kept.facts

    @property
    def unknown(self) -> tuple[str, ...]:
        """The questions that were answered with "I don't know"."""
        return self._kept.unknown

    @property
    def fact(self) -> Fact | None:
        """The question that is open."""
        return None if self.current is None else self.questionnaire.by_id[self.current]

    @property
    def remaining(self) -> tuple[str, ...]:
        """The questions that are still to be asked: those with a proposed answer, then the others, best first."""
        return tuple(sorted(self.standing.order, key=lambda name: name not in self.proposals))

    @property
    def proposal(self) -> Proposal | None:
        """The answer that is proposed for the open question, while it has none."""
        if self.current is None or self.current in self.facts or self.current in self.unknown:
            return None
        return self.proposals.get(self.current)

    @property
    def offer(self) -> Offer | None:
        """The offer to stop that is open instead of a question."""
        return self._offer() if self.current is None else None

    # ------------------------------------------------------------ actions

    def answer(self, value: FactValue) -> None:
        """Save an answer to the open question and move on. AdvisorError: it is not valid or was not saved."""
        fact = self._open_fact()
        if problem := check_value(fact, value):
            raise AdvisorError(problem)
        self._kept = self._answers.answer(fact.id, value)
        self._answered(fact)

    def dont_know(self) -> None:
        """Save that the open question has no answer and move on. AdvisorError: it was not saved."""
        fact = self._open_fact()
        self._kept = self._answers.dont_know(fact.id)
        self._answered(fact)

    def leave(self) -> None:
        """Leave the open question as it is and move on."""
        self._trail.append(self._open_fact().id)
        self._move_on()

    def back(self) -> bool:
        """Open the question before this one; False when there is none."""
        while self._trail and (self._trail[-1] == self.current or not self._open_to_change(self._trail[-1])):
            self._trail.pop()
        if not self._trail:
            return False
        self.current = self._trail.pop()
        return True

    def jump(self, fact_id: str) -> bool:
        """Open a question; False when it does not apply and has no answer that could be changed."""
        if not self._open_to_change(fact_id):
            return False
        if self.current is not None and self.current != fact_id:
            self._trail.append(self.current)
        self.current = fact_id
        return True

    def go_on(self) -> None:
        """Decline the offer to stop and open the next question, where there is one."""
        self._declined = self._offer()
        self._move_on()

    # ------------------------------------------------------------ inside

    def _open_fact(self) -> Fact:
        fact = self.fact
        if fact is None:
            raise RuntimeError("no question is open")
        return fact

    def _open_to_change(self, fact_id: str) -> bool:
        return fact_id in self.facts or self.guide.applies(self.facts, fact_id)

    def _answered(self, fact: Fact) -> None:
        self.standing = self.guide.standing(self.facts, self.unknown)
        self._trail.append(fact.id)
        self._move_on()

    def _move_on(self) -> None:
        """Open the next question, or leave none open where an offer to stop is due."""
        if self.standing.stays is not None and self.standing.stays < self._stop_at and self._declined == "stays":
            self._declined = None
        self.current = None if self._offer() else next(iter(self.remaining), None)

    def _offer(self) -> Offer | None:
        """Return the offer that is due; one that was declined is not made again while it holds."""
        if not self.remaining:
            return "complete"
        if self.standing.stable:
            return None if self._declined == "stable" else "stable"
        if self.standing.stays is not None and self.standing.stays >= self._stop_at and self._declined is None:
            return "stays"
        return None
