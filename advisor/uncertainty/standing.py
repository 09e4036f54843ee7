"""How far each approach and its plan can still move over all completions of the answers.

Few completions are counted out: then both ends are reached. Otherwise every gap, option and difference of plans lies in
an interval, and so do losses and probabilities: too wide at times, never too narrow.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Final

from advisor.approaches import APPROACHES
from advisor.frozen import Frozen
from advisor.uncertainty.bounds import Interval
from advisor.uncertainty.boxes import least_leads, maybe_out, middle_plans
from advisor.uncertainty.completions import every
from advisor.uncertainty.opinion_bounds import least_lead, opinion_bounds
from advisor.uncertainty.outcome import loss_of, outcome, plan_loss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.conditions import Facts, FactValue
    from advisor.heavy_sets import Parts
    from advisor.pack import RulePack
    from advisor.uncertainty.boxes import Boxes
    from advisor.uncertainty.opinion_bounds import OpinionBounds

COUNTED: Final = 24
"""So many completions are counted out."""
_ALL: Final = (-math.inf, -math.inf)  # every lead, none of them made sharper
_SURELY: Final = 1e-9


class Standing(Frozen):
    """What completions can make of the approaches.

    `losses` are those of some plans, whether or not an answer would block them. `can_lead` holds every approach that a
    completion may lead to. `exact`: each of these completions exists, and each end of an interval is reached by one.
    """

    probabilities: Mapping[Approach, Interval]
    losses: Mapping[Approach, Interval]
    can_lead: frozenset[Approach]
    exact: bool


def standing(
    pack: RulePack,
    boxes: Boxes,
    severities: Sequence[Interval],
    plans: Mapping[Approach, Parts],
    description: str | None = None,
) -> Standing:
    """Return what all completions can make of the approaches, and of one plan of each (its options by their places).

    `severities` are the bounds of the gaps, in the pack's order.
    """
    counted = _counted(boxes)
    if counted is not None:
        return _of_all(pack, counted, plans, description)
    return _Bounds(pack, boxes, severities, description).standing(plans)


def _counted(boxes: Boxes) -> list[dict[str, FactValue]] | None:
    """Return all completions that the approach can depend on, None where they are too many to count out."""
    asked = boxes.space.asked
    names = [name for name in asked.by_id if name in asked.counting or name in asked.entangled]
    free = [name for name in names if name in boxes.space.values and name not in asked.entangled]
    if math.prod(len(boxes.space.values[name]) for name in free) > COUNTED:
        return None
    found = list(islice(every(boxes.pack, boxes.space.facts, names), COUNTED + 1))
    return found if 0 < len(found) <= COUNTED else None


def _of_all(
    pack: RulePack, completions: Sequence[Facts], plans: Mapping[Approach, Parts], description: str | None
) -> Standing:
    found = [outcome(pack, facts, description) for facts in completions]
    return Standing(
        probabilities={name: _spanned([each.probabilities[name] for each in found]) for name in APPROACHES},
        losses={
            name: _spanned([plan_loss(pack, facts, parts) for facts in completions]) for name, parts in plans.items()
        },
        can_lead=frozenset(each.approach for each in found),
        exact=True,
    )


def _spanned(values: Sequence[float]) -> Interval:
    return Interval(low=min(values), high=max(values), exact=True)


class _Bounds:
    """Bounds on all completions at once, from one box.

    `_leads[a][b]` is how much more loss approach b has than a at least; missing where b is surely blocked, and without
    a row where all plans of a may be blocked.
    """

    def __init__(self, pack: RulePack, boxes: Boxes, severities: Sequence[Interval], description: str | None) -> None:
        self._pack = pack
        self._facts = boxes.space.facts
        self._open = [name for name in boxes.space.asked.by_id if name in boxes.space.values]
        self._search = boxes.engine.search
        self._box = boxes.sharpened(boxes.box(self._facts, self._open), severities)
        self._maybe_out = maybe_out(self._search, self._box)
        self._leads: dict[int, dict[int, float]] = {}
        for name, parts in enumerate(middle_plans(self._search, self._box)):
            if parts is not None and name not in self._maybe_out:
                leads, _ = least_leads(self._search, parts, name, self._box, _ALL)
                self._leads[name] = leads or {}
        self._kept: dict[int, Mapping[int, float]] = {}
        self._opinions: dict[int, OpinionBounds] = {}
        for name in self._leads:
            if (found := opinion_bounds(pack, boxes.space, APPROACHES[name], description)) is not None:
                self._opinions[name] = found

    def standing(self, plans: Mapping[Approach, Parts]) -> Standing:
        """Return the bounds of all approaches, and of some plans."""
        shares = [self._together(name) for name in range(len(APPROACHES))]
        return Standing(
            probabilities={
                APPROACHES[name]: Interval(low=low, high=high, exact=False) for name, (low, high) in enumerate(shares)
            },
            losses={name: self._loss(parts) for name, parts in plans.items()},
            can_lead=frozenset(
                APPROACHES[name] for name, (_, high) in enumerate(shares) if high and not self._beaten(name)
            ),
            exact=False,
        )

    def _loss(self, parts: Parts) -> Interval:
        ends = []
        for excess, works in zip(self._box.excess, reversed(self._box.works), strict=True):
            ends.append(loss_of(self._search, parts, excess, works))
        return Interval(low=ends[0], high=ends[1], exact=False)

    def _possible(self, name: int) -> bool:
        return name in self._leads or any(name in leads for leads in self._leads.values())

    def _by_rules(self, name: int) -> tuple[float, float]:
        """Return the bounds of an approach's probability by the rules."""
        if not self._possible(name):
            return 0.0, 0.0
        surprise, scale = self._pack.surprise, self._pack.temperature
        sure = {name, *self._leads}
        rivals = sum(math.exp(min(leads[name] / scale, 50.0)) for own, leads in self._leads.items() if own != name)
        high = (1 - surprise) / (1 + rivals) + surprise / len(sure)
        if name not in self._leads:
            return 0.0, high
        most = sum(math.exp(min(-lead / scale, 50.0)) for lead in self._leads[name].values())
        return (1 - surprise) / (1 + most) + surprise / (1 + len(self._leads[name])), high

    def _together(self, name: int) -> tuple[float, float]:
        """Return the bounds of an approach's probability by rules and classifier together."""
        rules = self._by_rules(name)
        if not self._opinions or not self._possible(name):
            return rules
        opinion = next(iter(self._opinions.values()))
        if opinion.thin:
            return 0.0, 1.0
        if any(self._clear(own) for own in self._opinions):
            return rules
        own = self._own(name)
        mixed = [
            opinion.share * mine + (1 - opinion.share) * by_rules for mine, by_rules in zip(own, rules, strict=True)
        ]
        return min(rules[0], mixed[0]), max(rules[1], mixed[1])

    def _own(self, name: int) -> tuple[float, float]:
        """Return the bounds of an approach's probability by the classifier."""
        rivals = sum(1 / self._odds(own)[name] for own in self._opinions if own != name)
        low = 1 / (1 + sum(self._odds(name).values())) if name in self._opinions else 0.0
        return low, 1 / (1 + rivals)

    def _odds(self, name: int) -> Mapping[int, float]:
        """Return the most that the classifier's odds of each other approach against one can be."""
        if name not in self._kept:
            leads = self._leads[name]
            self._kept[name] = self._opinions[name].own(self._facts, self._open, leads, self._maybe_out)
        return self._kept[name]

    def _clear(self, name: int) -> bool:
        """Return whether the rules are surely so clear for an approach that the classifier is not asked."""
        opinion = self._opinions[name]
        return all(lead >= opinion.margin + _SURELY for lead in opinion.ahead(self._leads[name]).values())

    def _beaten(self, name: int) -> bool:
        """Return whether some other approach surely comes before one."""
        if not self._opinions:
            return any(leads.get(name, -1.0) > _SURELY for leads in self._leads.values())
        return any(self._before(own, name) for own in self._opinions if own != name)

    def _before(self, name: int, other: int) -> bool:
        opinion = self._opinions[name]
        if opinion.thin:
            return False
        if self._clear(name):
            return True
        ahead = opinion.ahead(self._leads[name])[other]
        together = opinion.share * least_lead(self._odds(name), other) + (1 - opinion.share) * ahead
        return ahead > -opinion.margin + _SURELY and together > _SURELY
