"""Mutants of a rule pack: each rule, block, gate, pick or other entry dropped or flipped, and which tests notice it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from advisor.checking.coverage import percent
from advisor.checking.verdicts import wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from advisor.checking.items import Item
    from advisor.checking.probe import Case, Change, Probe
    from advisor.checking.verdicts import VerdictTest
    from advisor.rule_tests import RuleTest

How: TypeAlias = Literal["drop", "flip"]

VERDICT_KINDS: Final = ("rule", "block", "settled_by", "gate", "pick")
_TESTED_AS: Final = {"gates": "gate", "contradictions": "contradiction", "notes": "note", "stages": "stage"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a pack: an item dropped or flipped, and whether it can reach a verdict at all."""

    item: Item
    place: int
    how: How
    decides: bool

    def __str__(self) -> str:
        """Return `FILE:LINE: rule knowledge-citations dropped`."""
        done = {"drop": "dropped", "flip": "with the opposite sign" if self.item.kind == "rule" else "negated"}
        source, line = self.item.place
        return f"{source}:{line}: {self.item.name} {done[self.how]}"


@dataclass(frozen=True, slots=True)
class Notice:
    """What notices a mutant: the first verdict test, and the first test of a single rule (None: no such test)."""

    mutant: Mutant
    verdict_test: str | None
    rule_test: str | None


def mutants_of(probe: Probe) -> tuple[Mutant, ...]:
    """Return every mutant of a pack, in the order of its files."""
    found: list[Mutant] = []
    for place, item in enumerate(probe.items):
        if item.kind in ("only_if", "direction"):
            continue
        ways: tuple[How, ...] = ("drop",) if item.condition is None else ("drop", "flip")
        found += [Mutant(item, place, how, _decides(probe, item)) for how in ways]
    return tuple(found)


def _decides(probe: Probe, item: Item) -> bool:
    """Return whether an item can change an approach, a technique or a rank."""
    if item.kind == "gate":
        return not item.part.entry.saving  # a gate on a saving needs the cost estimate as well
    if item.kind != "pick":
        return item.kind in VERDICT_KINDS
    own = item.part.entry
    choice = next(choice for choice, _ in probe.pack.choices if choice.id == item.owner)
    if choice.pick == "every":
        return bool(own.techniques)
    later = choice.options[choice.options.index(own) + 1 :]
    return not later or any({*option.techniques} != {*own.techniques} for option in later)


class Suite:
    """The tests of a pack, decided once for the pack as it is, and again for what a mutant touches."""

    def __init__(self, probe: Probe, verdict_tests: Sequence[VerdictTest], rule_tests: Sequence[RuleTest]) -> None:
        self.probe = probe
        self.verdicts: list[tuple[VerdictTest, Case]] = []
        for test in verdict_tests:
            self.add(test)
        self.rules = [(test, probe.case(test.entry.given)) for test in rule_tests]
        self.places = {(item.kind, item.id): i for i, item in enumerate(probe.items) if item.kind != "pick"}
        self.picks = {(item.owner, item.id): i for i, item in enumerate(probe.items) if item.kind == "pick"}

    def add(self, test: VerdictTest) -> None:
        """Add a verdict test, unless it fails already: then it can't notice anything."""
        case = self.probe.case(test.facts)
        if not self._fails(test, case, None):
            self.verdicts.append((test, case))

    def notice(self, mutant: Mutant) -> Notice:
        """Return what notices a mutant."""
        change: Change = (mutant.how, mutant.place)
        verdict = None
        if mutant.decides:
            verdict = next(
                (f"{t.source}:{t.line}" for t, c in self._touched(mutant) if self._fails(t, c, change)), None
            )
        rule = next((f"{t.source}:{t.line}" for t, c in self.rules if self._rule_test_fails(t, c, mutant)), None)
        return Notice(mutant, verdict, rule)

    def _touched(self, mutant: Mutant) -> list[tuple[VerdictTest, Case]]:
        """Return the verdict tests that a mutant can make a difference to, those written for it first."""
        bit = 1 << mutant.place
        negates = mutant.how == "flip" and mutant.item.kind != "rule"
        found = [(t, c) for t, c in self.verdicts if c.true & bit or (negates and not c.unknown & bit)]
        return sorted(found, key=lambda pair: mutant.item.id not in pair[0].id)

    def _fails(self, test: VerdictTest, case: Case, change: Change | None) -> bool:
        outcome = self.probe.outcome(case, change)
        return next(wrong(test.expected, self.probe.seen(case, outcome, change)), None) is not None

    def _rule_test_fails(self, test: RuleTest, case: Case, mutant: Mutant) -> bool:
        """Return whether a test beside the rules fails on a mutant, which has to be about the same thing."""
        entry, item, change = test.entry, mutant.item, (mutant.how, mutant.place)
        if entry.holds is not None:
            if (_TESTED_AS.get(test.kind, test.kind), test.name) != (item.kind, item.id):
                return False
            return (self.probe.holds(case, mutant.place, change) is True) is not entry.holds
        if entry.picks is not None:
            if item.kind != "pick" or item.owner != test.name:
                return False
            return self._picked(test, case, change) != {*entry.picks}
        if item.kind != "rule" or not case.true >> mutant.place & 1:
            return False
        if entry.works is not None:
            option = self.probe.search.ids.index(test.name)
            return not entry.works.holds(self.probe.numbers(case, change).works[option])
        gap = next(i for i, gap in enumerate(self.probe.pack.gaps) if gap.id == test.name)
        severity = self.probe.severity(case, gap, change)
        return entry.severity is not None and (severity is None or not entry.severity.holds(severity))

    def _picked(self, test: RuleTest, case: Case, change: Change) -> set[str]:
        choice = next(choice for choice, _ in self.probe.pack.choices if choice.id == test.name)
        holding = [
            option.id
            for option in choice.options
            if self.probe.holds(case, self.picks[choice.id, option.id], change) is True
        ]
        return {*holding[:1]} if choice.pick == "first" else {*holding}


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants the tests notice: those that can reach a verdict by verdict tests, and all by any test."""

    notices: tuple[Notice, ...]

    @property
    def deciding(self) -> tuple[Notice, ...]:
        """Return the mutants that can reach a verdict."""
        return tuple(notice for notice in self.notices if notice.mutant.decides)

    @property
    def unseen_by_verdicts(self) -> tuple[Mutant, ...]:
        """Return the mutants that could reach a verdict and that no verdict test notices."""
        return tuple(notice.mutant for notice in self.deciding if notice.verdict_test is None)

    @property
    def unseen(self) -> tuple[Mutant, ...]:
        """Return the mutants that no test notices."""
        return tuple(n.mutant for n in self.notices if n.verdict_test is None and n.rule_test is None)


def mutate(suite: Suite, report: Callable[[int, int], None] | None = None) -> Score:
    """Return which mutants of a pack its tests notice; `report(done, all)` is told how far it is."""
    mutants = mutants_of(suite.probe)
    notices: list[Notice] = []
    for done, mutant in enumerate(mutants):
        if report is not None:
            report(done, len(mutants))
        notices.append(suite.notice(mutant))
    return Score(tuple(notices))


def to_text(score: Score) -> str:
    """Return the scores and every change that goes unnoticed, with its place."""
    deciding, notices = score.deciding, score.notices
    noticed = len(deciding) - len(score.unseen_by_verdicts)
    any_test = len(notices) - len(score.unseen)
    lines = [
        f"{noticed} of {len(deciding)} ({percent(noticed, len(deciding))}) changes that could reach a verdict are "
        "noticed by a verdict test",
        f"{any_test} of {len(notices)} ({percent(any_test, len(notices))}) changes are noticed by some test",
    ]
    for title, mutants in (
        ("No verdict test notices", score.unseen_by_verdicts),
        ("No test at all notices", score.unseen),
    ):
        if mutants:
            lines += ["", f"{title} ({len(mutants)})", *(f"  {mutant}" for mutant in mutants)]
    return "\n".join(lines)


def to_json(score: Score) -> str:
    """Return every change with what notices it as JSON."""
    content = {
        "verdict_level": {
            "changes": len(score.deciding),
            "noticed": len(score.deciding) - len(score.unseen_by_verdicts),
        },
        "all_tests": {"changes": len(score.notices), "noticed": len(score.notices) - len(score.unseen)},
        "changes": [
            {
                "change": str(notice.mutant),
                "could_reach_a_verdict": notice.mutant.decides,
                "verdict_test": notice.verdict_test,
                "rule_test": notice.rule_test,
            }
            for notice in score.notices
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)
