"""Verdict cases for mutants that no verdict test notices: few answers with which one rule decides, by a clear margin.

They are proposals. An expert has to read each one and sign what it expects before it becomes a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from advisor.approaches import APPROACHES
from advisor.checking.cases import Sampler, boxes_of
from advisor.checking.verdicts import wrong
from advisor.reasons import reason
from advisor.verdict_files import Expectation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.checking.domains import Domains
    from advisor.checking.items import Item
    from advisor.checking.probe import Case, Change, Outcome, Probe
    from advisor.conditions import Facts

_FEWEST: Final = 5  # answers that a case keeps, so that it can be pictured
_LEAST_MARGIN: Final = 0.003  # a case that is decided by less loss would change with every small change of a weight
_REFINED: Final = 4
_CLEAR: Final = 0.03  # a margin of 3 points of loss: wider ones are no better
_PER_ANSWER: Final = 0.0012  # margin that one answer less is worth
_BONUS: Final = {
    "approach": 0.012,
    "verdict": 0.012,
    "techniques": 0.008,
    "without": 0.004,
    "parts": 0.004,
    "order": 0.0,
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed case: its answers, what is expected of them, why, and by how much loss it is decided."""

    id: str
    facts: Facts
    expected: dict[str, Any]
    why: str
    margin: float


@dataclass
class Suggester:
    """Searches cases in which one item of a pack decides; `bases` are real cases to start from."""

    probe: Probe
    domains: Domains
    bases: Sequence[Facts]
    sampler: Sampler = field(init=False)

    def __post_init__(self) -> None:
        self.sampler = Sampler(self.domains)
        self.boxes = boxes_of(self.probe.items, self.domains)
        self.contradictory = sum(1 << i for i, item in enumerate(self.probe.items) if item.kind == "contradiction")
        self.known = [self.probe.case(facts) for facts in self.bases]

    def suggest(self, place: int) -> Suggestion | None:
        """Return the case in which the item at this place decides most clearly, or None when none was found.

        Real cases come first; others are real ones bent to the rule, and to what goes with it.
        """
        for source in (self._real, self._bent, self._bent_twice):
            judged = ((found, facts) for facts in source(place) if (found := self._judged(place, facts)) is not None)
            best = sorted(judged, key=lambda pair: -pair[0][0])[:_REFINED]
            refined = [self._shortened(place, found[0], facts) for found, facts in best]
            if refined:
                _, facts = max(refined, key=lambda pair: pair[0])
                return self._suggestion(place, facts)
        return None

    def _suggestion(self, place: int, facts: Facts) -> Suggestion | None:
        found = self._judged(place, facts)
        if found is None:
            return None
        _, margin, expected = found
        item = self.probe.items[place]
        text = reason(item.texts[0], facts, self.probe.pack.questionnaire) if item.texts else ""
        ordered = {fact: facts[fact] for fact in self.probe.pack.questionnaire.fact_ids if fact in facts}
        return Suggestion(item.id.replace("_", "-").replace(".", "-"), ordered, expected, text, margin)

    def _real(self, place: int) -> Iterator[Facts]:
        return (case.facts for case in self.known if case.true >> place & 1)

    def _bent(self, place: int) -> Iterator[Facts]:
        boxes = self.boxes.get(place) or ({},)
        return (self.sampler.within(base, boxes[i % len(boxes)]) for i, base in enumerate(self.bases))

    def _bent_twice(self, place: int) -> Iterator[Facts]:
        """Yield cases bent to the rule and to up to two others that act on the same part of a plan."""
        partners = self._partners(self.probe.items[place])
        for facts in (*self._bent(place), *self._bent(place), *self._bent(place)):
            own = self.boxes[place][0] if self.boxes.get(place) else {}
            for other in self.sampler.random.sample(partners, min(2, len(partners))):
                box = self.sampler.random.choice(self.boxes[other])
                facts = self.sampler.within(facts, {name: mask for name, mask in box.items() if name not in own})
            yield facts

    def _partners(self, item: Item) -> list[int]:
        pack = self.probe.pack
        part = next((choice.part for choice, _ in pack.choices if choice.id == item.owner), item.owner)
        options = [o for o in pack.options if part in (o.id, o.intervention)]
        owners = {
            name
            for o in pack.options
            if o.intervention in {x.intervention for x in options}
            for name in (o.id, o.intervention)
        }
        owners |= {gap.id for i, gap in enumerate(pack.gaps) if any(o.closes[i] > 0.4 for o in options)}
        owners |= {item.owner} if item.kind == "pick" else set()
        return [i for i, other in enumerate(self.probe.items) if other.owner in owners and self.boxes.get(i)]

    def _shortened(self, place: int, value: float, facts: Facts) -> tuple[float, Facts]:
        """Return a case after leaving out, one by one, the answers that matter least."""
        while len(facts) > _FEWEST:
            shorter = []
            for fact in facts:
                fewer = {name: answer for name, answer in facts.items() if name != fact}
                found = self._judged(place, fewer)
                if found is not None and found[0] > value:
                    shorter.append((found[0], fewer))
            if not shorter:
                break
            value, facts = max(shorter, key=lambda pair: pair[0])
        return value, facts

    # ------------------------------------------------------------ judging a case

    def _judged(self, place: int, facts: Facts) -> tuple[float, float, dict[str, Any]] | None:
        """Return how good a case is for an item, its margin and what it expects; None when the item does not decide."""
        if not self.domains.allowed(facts):
            return None
        case = self.probe.case(facts)
        if not case.true >> place & 1 or case.true & self.contradictory:
            return None
        drop: Change = ("drop", place)
        here, there = self.probe.outcome(case), self.probe.outcome(case, drop)
        if here.seen == there.seen or "undecided" in (here.verdict, there.verdict):
            return None
        key, expected, margin = self._difference(case, here, there, drop)
        if not expected or margin < _LEAST_MARGIN:
            return None
        if self.probe.items[place].condition is not None:
            flip: Change = ("flip", place)
            flipped = self.probe.seen(case, self.probe.outcome(case, flip), flip)
            if next(wrong(Expectation.model_validate(expected), flipped), None) is None:
                return None
        return min(margin, _CLEAR) + _BONUS[key] - _PER_ANSWER * len(facts), margin, expected

    def _difference(
        self, case: Case, here: Outcome, there: Outcome, change: Change
    ) -> tuple[str, dict[str, Any], float]:
        """Return what to expect that the change would break, and by how much loss it holds and would break."""
        if here.order[0] != there.order[0]:
            first = here.order[0]
            apart = here.losses[1] - here.losses[0] if len(here.losses) > 1 else 1.0
            behind = there.losses[there.order.index(first)] - there.losses[0] if first in there.order else 1.0
            return "approach", {"approach": APPROACHES[first]}, min(apart, behind)
        if here.verdict != there.verdict:
            expected = {"verdict": here.verdict, "approach": APPROACHES[here.order[0]]}
            return "verdict", expected, here.losses[1] - here.losses[0]
        techniques, others = self.probe.techniques(here), self.probe.techniques(there)
        only, gone = [*set(here.parts) - {*there.parts}], [*set(there.parts) - {*here.parts}]
        if only or gone:
            margin = self._part_margin(case, change, only, gone)
            if techniques - others:
                return "techniques", {"techniques": sorted(techniques - others)[:1]}, margin
            if only:
                return "parts", {"parts": [self.probe.search.ids[only[0]]]}, margin
            if others - techniques:
                return "without", {"without": sorted(others - techniques)[:1]}, margin
            return "without", {"without": [self.probe.search.ids[gone[0]]]}, margin
        if techniques != others:
            key = "techniques" if techniques - others else "without"
            names = sorted(techniques - others or others - techniques)
            return key, {key: names}, _CLEAR
        return self._order(here, there)

    def _order(self, here: Outcome, there: Outcome) -> tuple[str, dict[str, Any], float]:
        best: tuple[float, dict[str, Any]] = (0.0, {})
        for i, better in enumerate(here.order):
            for j in range(i + 1, len(here.order)):
                worse = here.order[j]
                if better in there.order and worse in there.order:
                    after = there.losses[there.order.index(better)] - there.losses[there.order.index(worse)]
                    margin = min(here.losses[j] - here.losses[i], after)
                    if margin > best[0]:
                        best = margin, {"order": [APPROACHES[better], APPROACHES[worse]]}
        return "order", best[1], best[0]

    def _part_margin(self, case: Case, change: Change, only: list[int], gone: list[int]) -> float:
        """Return by how much loss a part stands in the plan, or would, with the change and without it."""
        margins = [min(self._lead(case, None, part), -self._lead(case, change, part)) for part in only]
        margins += [min(-self._lead(case, None, part), self._lead(case, change, part)) for part in gone]
        return min(margins)

    def _lead(self, case: Case, change: Change | None, part: int) -> float:
        """Return the least loss without one option minus the least loss with it."""
        numbers = self.probe.numbers(case, change)
        option = self.probe.pack.options[part]
        if numbers.blocked >> part & 1:
            return -1.0
        same = sum(
            1 << i for i, other in enumerate(self.probe.pack.options) if other.intervention == option.intervention
        )
        without = self._least(numbers.excess, numbers.works, numbers.blocked | 1 << part)
        left = [e * (1 - c * numbers.works[part]) for e, c in zip(numbers.excess, option.closes, strict=True)]
        return without - self._least(left, numbers.works, numbers.blocked | same) - option.burden

    def _least(self, excess: list[float], works: list[float], blocked: int) -> float:
        return self.probe.search.least(excess, works, blocked)
