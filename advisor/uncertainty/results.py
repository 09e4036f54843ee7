"""The parts of a recommendation that are about unknown answers and about changed ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.answers import answer_in_words
from advisor.explain import inside
from advisor.recommendation import Change, Effect, Flip, NextQuestion
from advisor.uncertainty.bounds import severity_bounds
from advisor.uncertainty.flips import flips
from advisor.uncertainty.next_questions import in_short, next_questions
from advisor.uncertainty.outlook import look_ahead
from advisor.uncertainty.stability import stability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.conditions import Facts
    from advisor.pack import RulePack
    from advisor.plans import Choice
    from advisor.recommendation import GapResult
    from advisor.uncertainty.bounds import Interval
    from advisor.uncertainty.flips import Flip as FoundFlip
    from advisor.uncertainty.next_questions import NextQuestion as FoundQuestion
    from advisor.uncertainty.outlook import Outlook


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What is said about unknown and changed answers; `bounds` holds the severities that each gap can still have."""

    stable: bool | None
    stays: float | None
    next_questions: tuple[NextQuestion, ...]
    flips: tuple[Flip, ...]
    bounds: Mapping[str, Interval]

    def widened(self, gaps: Mapping[str, GapResult]) -> dict[str, GapResult]:
        """Return gaps with the bounds of their severity."""
        return {
            gap: result.model_copy(update={"low": self.bounds[gap].low, "high": self.bounds[gap].high})
            for gap, result in gaps.items()
        }


def uncertainty(pack: RulePack, facts: Facts, choice: Choice, description: str | None) -> Unknowns:
    """Return what the answers still missing can change, what to ask next, and which known answers carry the advice."""
    outlook = look_ahead(pack, facts, description=description)
    return Unknowns(
        stable=stable(pack, outlook) if facts else None,
        stays=outlook.stays if facts else None,
        next_questions=tuple(_question(pack, found) for found in next_questions(pack, outlook)),
        flips=tuple(_flip(pack, found) for found in flips(pack, facts, choice, description)),
        bounds=severity_bounds(pack, facts),
    )


def stable(pack: RulePack, outlook: Outlook) -> bool:
    """Return whether no completion gives another approach; a drawn one that does spares the proof."""
    if not outlook.open_:
        return True
    return {*outlook.approaches} <= {outlook.approach} and stability(pack, outlook.facts, outlook.description).stable


def _question(pack: RulePack, found: FoundQuestion) -> NextQuestion:
    return NextQuestion(
        fact=found.fact.id,
        question=found.fact.question,
        why=found.fact.why,
        effects=tuple(
            Effect(answer=effect.answer, words=effect.words, approach=effect.approach)
            for effect in in_short(pack, found.fact.id, found.effects)
        ),
    )


def _flip(pack: RulePack, found: FoundFlip) -> Flip:
    by_id = pack.questionnaire.by_id
    changes = tuple(
        Change(
            fact=change.fact,
            short=by_id[change.fact].short,
            from_=change.before,
            to=change.after,
            from_words=answer_in_words(by_id[change.fact], change.before),
            to_words=change.words,
        )
        for change in found.changes
    )
    said = [
        pack.wording.flip_change.format(short=change.short, after=change.to_words, before=change.from_words)
        for change in changes
    ]
    approach = inside(pack.approaches[found.approach].name)
    words = pack.wording.flip.format(changes=" and ".join(said), approach=approach)
    return Flip(changes=changes, approach=found.approach, margin=found.margin, influence=found.influence, words=words)
