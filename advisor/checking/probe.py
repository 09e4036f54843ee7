"""The decision on many cases and on many slightly changed packs, without loading a pack for each change.

Every condition of the pack is one bit. A change drops a bit, turns it around, or turns the sign of a weight; only the
sums and the search for plans are then done again. The result is the one that advisor.advise gives: tests hold it to
that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from advisor.approaches import APPROACHES
from advisor.checking.verdicts import Seen
from advisor.compiled import logistic
from advisor.condition_sets import ConditionSet, bits
from advisor.plan_search import Found, PlanSearch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.checking.items import Item
    from advisor.conditions import Condition, Facts
    from advisor.pack import RulePack

Change: TypeAlias = 'tuple[Literal["drop", "flip"], int]'
"""What is done to the item with this bit: dropped, or flipped (a rule's sign, any other item's condition)."""

_OF_FACTS: Final = ("only_if", "direction")
_MAY_BE_BARE: Final = ("pick", "note", "stage", "gate")


@dataclass(frozen=True, slots=True)
class Case:
    """One set of answers, with the items that are true and those that are unknown as bits."""

    facts: Facts
    true: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes out of a case: all that a test of a verdict can see.

    `order` ranks the approaches that are not blocked, by their places in APPROACHES; `parts` are the places of the best
    plan's options; `picked` are the picks, as bits; `losses` are those of the ranked plans.
    """

    verdict: str
    order: tuple[int, ...]
    parts: tuple[int, ...]
    picked: int
    failed: int
    losses: tuple[float, ...]

    @property
    def seen(self) -> tuple[object, ...]:
        """Return what two outcomes are compared by: everything but the numbers."""
        return self.verdict, self.order, self.parts, self.picked, self.failed


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the answers come to before plans are compared: excess by gap, works by option, blocked options as bits."""

    excess: list[float]
    works: list[float]
    blocked: int


class Probe:
    """A pack made ready for deciding many cases under many changes; `items` are its conditions, bit by bit."""

    def __init__(self, pack: RulePack, items: Sequence[Item]) -> None:
        self.pack = pack
        self.items = items
        self.decisions = 0
        self.search = PlanSearch(pack.options)
        self.conditions = ConditionSet([_condition(item) for item in items])
        self.bit_of = {id(item.part): i for i, item in enumerate(items) if item.part is not None}
        self.before = [logistic(gap.prior) for gap in pack.gaps]
        groups = [gap.rules for gap in pack.gaps] + [option.rules for option in pack.options]
        self.weights = [item.part.weight if item.kind == "rule" else 0.0 for item in items]
        self.totals: list[tuple[int, ...]] = [() for _ in items]
        for total, rules in enumerate(groups):
            for rule in rules:
                self.totals[self.bit_of[id(rule)]] += (total,)
        self.gap_rules = [sum(1 << self.bit_of[id(rule)] for rule in gap.rules) for gap in pack.gaps]
        self.rules = sum(1 << i for i, item in enumerate(items) if item.kind == "rule")
        self.settled = [0 if g.settled_by is None else 1 << self.bit_of[id(g.settled_by)] for g in pack.gaps]
        self.blocks = [sum(1 << self.bit_of[id(clause)] for clause in option.blocks) for option in pack.options]
        self.gates = [
            (1 << self.bit_of[id(when)], frozenset(when.entry.approaches))
            for when in pack.gates
            if not when.entry.saving  # a gate on a saving needs the cost estimate as well
        ]
        self.choices = [
            (choice.pick == "first", self._holders(choice.part), [self.bit_of[id(when)] for when in whens])
            for choice, whens in pack.choices
        ]
        self.always = sum(
            1 << i for i, item in enumerate(items) if item.condition is None and item.kind in _MAY_BE_BARE
        )

    def _holders(self, part: str) -> frozenset[int]:
        return frozenset(i for i, o in enumerate(self.pack.options) if part in (o.id, o.intervention))

    def case(self, facts: Facts) -> Case:
        """Return a case with its conditions decided."""
        true, unknown = self.conditions.truths(facts)
        return Case(facts, true | self.always, unknown)

    def numbers(self, case: Case, change: Change | None = None) -> Numbers:
        """Return the sums of a case, under a change of the pack."""
        true, _, turned = self._changed(case, change)
        return self._numbers(true, turned)

    def outcome(self, case: Case, change: Change | None = None) -> Outcome:
        """Return what comes out of a case, under a change of the pack."""
        self.decisions += 1
        true, unknown, turned = self._changed(case, change)
        numbers = self._numbers(true, turned)
        plans = self.search.best(numbers.excess, numbers.works, numbers.blocked)
        ranked = sorted((self._rank(plan, name), name, plan) for name, plan in enumerate(plans) if plan is not None)
        order = tuple(name for _, name, _ in ranked)
        best = ranked[0][2]
        losses = tuple(plan.loss for _, _, plan in ranked)
        verdict, failed = self._verdict(case, true, unknown, order[0], best, losses)
        picked = 0 if verdict == "undecided" else self._picked(true, best.parts)
        return Outcome(verdict, order, best.parts, picked, failed, losses)

    def severity(self, case: Case, gap: int, change: Change | None = None) -> float | None:
        """Return how severe a gap is in a case, under a change of the pack; None while no rule is decided."""
        true, unknown, turned = self._changed(case, change)
        mask = self.gap_rules[gap]
        if not mask & ~unknown:
            return None
        total = math.fsum(-self.weights[i] if i == turned else self.weights[i] for i in bits(true & mask))
        return logistic(self.pack.gaps[gap].prior + total)

    def holds(self, case: Case, place: int, change: Change | None = None) -> bool | None:
        """Return whether an item holds in a case, under a change of the pack; None for unknown."""
        true, unknown, _ = self._changed(case, change)
        bit = 1 << place
        return True if true & bit else None if unknown & bit else False

    def seen(self, case: Case, outcome: Outcome, change: Change | None = None) -> Seen:
        """Return what a test of a verdict can see of an outcome."""
        true, _, _ = self._changed(case, change)
        undecided = outcome.verdict == "undecided"
        held = () if undecided else outcome.parts
        parts = {self.pack.options[i].intervention for i in held}
        return Seen(
            verdict=outcome.verdict,
            approach=None if undecided else APPROACHES[outcome.order[0]],
            techniques=self.techniques(outcome),
            parts=frozenset(self.search.ids[i] for i in held),
            order=tuple(APPROACHES[name] for name in outcome.order),
            first_notes=frozenset(self._first_notes(true, parts)),
            contradictions=frozenset(
                item.id for i, item in enumerate(self.items) if true >> i & 1 and item.kind == "contradiction"
            ),
        )

    def _first_notes(self, true: int, parts: set[str]) -> Iterator[str]:
        day = self.pack.as_of
        for place, item in enumerate(self.items):
            if item.kind == "note" and true >> place & 1 and item.part.entry.first:
                note = item.part.entry
                current = (note.since is None or note.since <= day) and (note.until is None or day < note.until)
                if current and (not note.parts or parts.intersection(note.parts)):
                    yield note.id

    def techniques(self, outcome: Outcome) -> frozenset[str]:
        """Return the techniques that an outcome recommends."""
        found = (self.items[bit].part.entry.techniques for bit in bits(outcome.picked))
        return frozenset(technique for techniques in found for technique in techniques)

    def _changed(self, case: Case, change: Change | None) -> tuple[int, int, int]:
        """Return what is true, what is unknown, and which rule's sign is turned (-1: none)."""
        if change is None:
            return case.true, case.unknown, -1
        how, place = change
        bit = 1 << place
        if how == "drop":
            # A rule that is gone decides nothing, as if its answers were missing.
            unknown = case.unknown | bit if self.items[place].kind == "rule" else case.unknown & ~bit
            return case.true & ~bit, unknown, -1
        if self.items[place].kind == "rule":
            return case.true, case.unknown, place
        return case.true if case.unknown & bit else case.true ^ bit, case.unknown, -1

    def _numbers(self, true: int, turned: int) -> Numbers:
        gaps = self.pack.gaps
        totals = [0.0] * (len(gaps) + len(self.pack.options))
        for place in bits(true & self.rules):
            weight = -self.weights[place] if place == turned else self.weights[place]
            for total in self.totals[place]:
                totals[total] += weight
        excess = [
            0.0
            if totals[i] <= 1e-12 or true & self.settled[i]
            else (logistic(gap.prior + totals[i]) - self.before[i]) / (1 - self.before[i])
            for i, gap in enumerate(gaps)
        ]
        works = [logistic(o.prior + t) for o, t in zip(self.pack.options, totals[len(gaps) :], strict=True)]
        blocked = sum([1 << i for i, mask in enumerate(self.blocks) if true & mask])
        return Numbers(excess, works, blocked)

    def _rank(self, plan: Found, name: int) -> tuple[float, int, int, int, tuple[str, ...]]:
        heavy = sum([self.search.is_heavy[i] for i in plan.parts])
        ids = tuple([self.search.ids[i] for i in plan.parts])
        return round(plan.loss, 12), heavy, name, len(plan.parts), ids

    def _verdict(
        self, case: Case, true: int, unknown: int, name: int, best: Found, losses: tuple[float, ...]
    ) -> tuple[str, int]:
        """Return the verdict, and the gates that failed as bits."""
        limits = self.pack.thresholds
        decided = sum([bool(mask & ~unknown) for mask in self.gap_rules])
        enough = decided >= (1 if best.parts else limits.decided_gaps)
        if len(case.facts) < limits.answers or not enough or self.margin(losses) < limits.margin:
            return "undecided", 0
        failed = sum(bit for bit, approaches in self.gates if true & bit and APPROACHES[name] in approaches)
        return ("not_yet" if failed else "recommend"), failed

    def margin(self, losses: Sequence[float]) -> float:
        """Return by how much the best plan's approach is more probable than the second best."""
        weights = [math.exp((losses[0] - loss) / self.pack.temperature) for loss in losses]
        second = weights[1] if len(weights) > 1 else 0.0
        floor = 0.0 if len(weights) > 1 else self.pack.surprise
        return (1 - self.pack.surprise) * (weights[0] - second) / math.fsum(weights) + floor

    def _picked(self, true: int, parts: tuple[int, ...]) -> int:
        held = frozenset(parts)
        picked = 0
        for first, holders, places in self.choices:
            if holders & held:
                holding = [1 << place for place in places if true >> place & 1]
                picked |= sum(holding[:1] if first else holding)
        return picked


def _condition(item: Item) -> Condition | None:
    return item.condition if item.kind not in _OF_FACTS else None
