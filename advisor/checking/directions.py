"""The directions that facts declare: proven where one fact moves one intervention alone, else searched for breaches."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from advisor.checking.cases import Sampler
from advisor.checking.domains import leaves
from advisor.conditions import parse_condition
from advisor.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.checking.domains import Box, Domains
    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.checking.probe import Case, Probe
    from advisor.conditions import Facts, FactValue
    from advisor.facts import Direction, Fact

_BASES: Final = 4
_CLIMBS: Final = 4
_EXACT: Final = 1e-9


class Directions:
    """The check of directions; `proven` counts those that need no search."""

    def __init__(self, probe: Probe, domains: Domains, bases: Sequence[Facts]) -> None:
        self.probe = probe
        self.domains = domains
        self.bases = bases
        self.sampler = Sampler(domains)
        self.proven = 0
        self.searched = 0

    def findings(self, files: PackFiles) -> Iterator[Finding]:
        """Yield every direction that some answers break, with these answers."""
        for position, fact in enumerate(self.probe.pack.questionnaire.facts):
            for number, direction in enumerate(fact.monotone):
                if direction.intervention not in self.probe.pack.interventions:
                    continue
                steps = self._steps(fact, direction)
                if self._proof(fact, direction, steps):
                    self.proven += 1
                    continue
                self.searched += 1
                breach = self._breach(fact, direction, steps)
                if breach is not None:
                    facts, before, after = breach
                    given = ", ".join(f"{name}: {value}" for name, value in facts.items() if name != fact.id)
                    message = (
                        f"the lead of {direction.intervention} must never "
                        f"{'fall' if direction.lead == 'rises' else 'rise'} from {fact.id} {quoted(before)} to "
                        f"{quoted(after)}, but it does, given {given or 'nothing else'}"
                    )
                    yield files.finding(
                        "error", "direction", message, "facts.yaml", "facts", position, "monotone", number
                    )

    def _steps(self, fact: Fact, direction: Direction) -> list[FactValue]:
        if fact.kind == "number":
            return [value for value in self.domains.cells[fact.id] if value >= (direction.start or 0)]  # type: ignore[operator]
        return list(direction.order or self.domains.cells[fact.id])

    # ------------------------------------------------------------ proof

    def _proof(self, fact: Fact, direction: Direction, steps: Sequence[FactValue]) -> bool:
        """Return whether only the intervention's own rules and blocks read the fact, each in the right direction."""
        own = {o.id for o in self.probe.pack.options if o.intervention == direction.intervention}
        for item in self.probe.items:
            if item.kind not in ("rule", "block", "settled_by") or item.condition is None:
                continue
            if all(leaf.fact != fact.id for leaf in leaves(item.condition)):
                continue
            if item.owner not in (*own, direction.intervention) or item.kind == "settled_by":
                return False
            grows = (item.kind == "rule" and item.part.weight > 0) is (direction.lead == "rises")
            for before, after in pairwise(steps):
                lesser, greater = (before, after) if grows else (after, before)
                if not self._spreads(item, fact, lesser, greater):
                    return False
        return True

    def _spreads(self, item: Item, fact: Fact, lesser: FactValue, greater: FactValue) -> bool:
        """Return whether an item that holds with one answer also holds with another, all else being equal."""
        assert item.condition is not None  # noqa: S101 - only items with a condition get here
        here, there = (self._at(item, fact, value) for value in (lesser, greater))
        return all(any(_inside(box, other) for other in there) for box in here)

    def _at(self, item: Item, fact: Fact, value: FactValue) -> list[Box]:
        """Return the boxes over the other facts in which an item holds with one answer to a fact."""
        assert item.condition is not None  # noqa: S101
        cell = 1 << self.domains.cell_of(fact.id, value)
        boxes = self.domains.boxes(item.condition)
        return [
            {name: mask for name, mask in box.items() if name != fact.id}
            for box in boxes
            if box.get(fact.id, cell) & cell
        ]

    # ------------------------------------------------------------ search

    def _breach(
        self, fact: Fact, direction: Direction, steps: Sequence[FactValue]
    ) -> tuple[Facts, FactValue, FactValue] | None:
        """Return answers that break a direction and the step at which they do, or None when none were found."""
        condition = parse_condition(direction.when or {}, self.probe.pack.questionnaire, lambda *_: None)
        boxes = self.domains.boxes(condition) or ({},)
        fixed = {fact.id, *boxes[0]}
        slackest: tuple[float, dict[str, FactValue]] | None = None
        start = self.searched * 7 % max(1, len(self.bases))
        bases = [*self.bases[start:], *self.bases[:start]][:_BASES]
        for base in bases:
            facts = self.sampler.within({**base, fact.id: steps[0]}, {**boxes[0], fact.id: self._cell(fact, steps[0])})
            slack, at = self._slack(facts, fact, direction, steps)
            if slack < -_EXACT:
                return facts, steps[at], steps[at + 1]
            if slackest is None or slack < slackest[0]:
                slackest = slack, facts
        for _ in range(_CLIMBS if slackest is not None else 0):
            assert slackest is not None  # noqa: S101
            facts = self.sampler.neighbor(slackest[1], fixed)
            slack, at = self._slack(facts, fact, direction, steps)
            if slack < -_EXACT:
                return facts, steps[at], steps[at + 1]
            if slack <= slackest[0]:
                slackest = slack, facts
        return None

    def _cell(self, fact: Fact, value: FactValue) -> int:
        return 1 << self.domains.cell_of(fact.id, value)

    def _slack(self, facts: Facts, fact: Fact, direction: Direction, steps: Sequence[FactValue]) -> tuple[float, int]:
        """Return the smallest step in the right direction (negative: a breach), and which step it is."""
        sign = 1 if direction.lead == "rises" else -1
        leads: list[float] = []
        known: dict[tuple[int, int], float] = {}
        for step in steps:
            case = self.probe.case({**facts, fact.id: step})
            key = case.true & self.probe.rules, self.probe.numbers(case).blocked
            if key not in known:
                known[key] = self._lead(case, direction.intervention)
            leads.append(known[key])
        slack = [
            sign * (after - before) if math.isfinite(before) and math.isfinite(after) else math.inf
            for before, after in pairwise(leads)
        ]
        least = min(range(len(slack)), key=slack.__getitem__)
        return slack[least], least

    def _lead(self, case: Case, intervention: str) -> float:
        """Return the least loss without an intervention minus the least loss with it."""
        probe = self.probe
        numbers = probe.numbers(case)
        options = probe.pack.options
        own = [i for i, option in enumerate(options) if option.intervention == intervention]
        blocked = numbers.blocked
        others = blocked | sum(1 << i for i in own)
        without = self._least(numbers.excess, numbers.works, others)
        with_it = math.inf
        for i in own:
            if not blocked >> i & 1:
                left = [
                    excess * (1 - share * numbers.works[i])
                    for excess, share in zip(numbers.excess, options[i].closes, strict=True)
                ]
                with_it = min(with_it, self._least(left, numbers.works, others) + options[i].burden)
        return without - with_it

    def _least(self, excess: list[float], works: list[float], blocked: int) -> float:
        return self.probe.search.least(excess, works, blocked)


def _inside(box: Box, other: Box) -> bool:
    """Return whether a box lies in another."""
    return all(name in box and not box[name] & ~mask for name, mask in other.items())
