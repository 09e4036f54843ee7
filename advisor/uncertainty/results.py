"""The parts of a recommendation that are about unknown answers and about changed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.answers import answer_in_words
from advisor.explain import inside
from advisor.frozen import Frozen
from advisor.recommendation import ApproachBounds, Bounds, Change, Effect, Flip, NextQuestion, Range
from advisor.uncertainty.bounds import Space, severity_bounds
from advisor.uncertainty.boxes import Boxes
from advisor.uncertainty.flips import flips
from advisor.uncertainty.next_questions import in_short, next_questions
from advisor.uncertainty.outlook import look_ahead
from advisor.uncertainty.stability import stability
from advisor.uncertainty.standing import standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.pack import RulePack
    from advisor.plans import Choice
    from advisor.recommendation import GapResult
    from advisor.uncertainty.bounds import Interval
    from advisor.uncertainty.flips import Flip as FoundFlip
    from advisor.uncertainty.next_questions import NextQuestion as FoundQuestion
    from advisor.uncertainty.outlook import Outlook
    from advisor.uncertainty.standing import Standing


class Unknowns(Frozen):
    """What is said about unknown and changed answers; `severities` holds those that each gap can still have."""

    stable: bool | None
    stays: float | None
    next_questions: tuple[NextQuestion, ...]
    flips: tuple[Flip, ...]
    severities: Mapping[str, Interval]
    bounds: Bounds | None

    def widened(self, gaps: Mapping[str, GapResult]) -> dict[str, GapResult]:
        """Return gaps with the bounds of their severity."""
        bounds = self.severities
        return {
            gap: result.replaced(low=bounds[gap].low, high=bounds[gap].high, exact=bounds[gap].exact)
            for gap, result in gaps.items()
        }


def uncertainty(pack: RulePack, facts: Facts, choice: Choice, description: str | None) -> Unknowns:
    """Return what the answers still missing can change, what to ask next, and which known answers carry the advice."""
    outlook = look_ahead(pack, facts, description=description)
    severities = severity_bounds(pack, facts)
    boxes = Boxes(pack, Space(pack, facts))
    places = {name: place for place, name in enumerate(boxes.engine.search.ids)}
    plans = {name: tuple(places[part] for part in plan.part_ids) for name, plan in choice.plans.items()}
    stood = standing(pack, boxes, [*severities.values()], plans, description) if facts else None
    settled = stable(pack, outlook, boxes, stood) if facts else None
    return Unknowns(
        stable=settled,
        stays=outlook.stays if facts else None,
        next_questions=tuple(_question(pack, found) for found in next_questions(pack, outlook)),
        flips=tuple(_flip(pack, found) for found in flips(pack, facts, choice, description)),
        severities=severities,
        bounds=None if stood is None else _bounds(stood, outlook.approach if settled else None),
    )


def stable(pack: RulePack, outlook: Outlook, boxes: Boxes | None = None, stood: Standing | None = None) -> bool:
    """Return whether no completion gives another approach; a drawn one that does spares the proof."""
    if not outlook.open_:
        return True
    if not {*outlook.approaches} <= {outlook.approach}:
        return False
    if stood is not None and (stood.exact or stood.can_lead == {outlook.approach}):
        return stood.can_lead == {outlook.approach}
    return stability(pack, outlook.facts, outlook.description, boxes=boxes).stable


def _bounds(stood: Standing, only: Approach | None) -> Bounds:
    """Return the bounds of all approaches; `only` one can lead where that is proven."""

    def ranged(interval: Interval | None) -> Range | None:
        return None if interval is None else Range(low=interval.low, high=interval.high)

    return Bounds(
        exact=stood.exact,
        approaches={
            str(name): ApproachBounds.model_validate(
                {
                    "probability": ranged(interval),
                    "loss": ranged(stood.losses.get(name)),
                    "can_lead": name in stood.can_lead and only in (None, name),
                }
            )
            for name, interval in stood.probabilities.items()
        },
    )


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
