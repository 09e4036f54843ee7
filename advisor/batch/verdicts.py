"""The verdicts on many cases at once: rules, classifier and gates, as advisor.fallback and advisor.verdict settle one.

Where a tie or a threshold is so near that the order of a sum could decide, a case is settled on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.batch.opinion import ColumnClassifier
from advisor.batch.scores import BLOCKED, NEAR, PackColumns
from advisor.fallback import classifier_for, settle
from advisor.payback import promised_saving, with_saving
from advisor.plans import choose
from advisor.pricing import found_cheaper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from advisor.approaches import Approach
    from advisor.batch.columns import Codes, ColumnConditions, Flags
    from advisor.batch.scores import Assessed, Floats, Places, Planned
    from advisor.conditions import Facts
    from advisor.pack import RulePack
    from advisor.recommendation import Verdict
    from advisor.rule_files import GateEntry
    from advisor.use_case import UseCase


class Verdicted(NamedTuple):
    """What a batch says of one case. `first` is the approach that is recommended or, while undecided, leaned to."""

    verdict: Verdict
    first: Approach | None
    probabilities: tuple[float, ...]
    severities: tuple[float | None, ...]
    decided_by: str


@dataclass(frozen=True, slots=True)
class _Ruled:
    """What the rules decide, or rules and classifier together: the plan's approach (N,), and where it is undecided."""

    first: Places
    probabilities: Floats
    undecided: Flags


class Judge:
    """A rule pack with its classifier, ready to judge many cases. Safe to use from several threads."""

    def __init__(self, pack: RulePack) -> None:
        self.pack = pack
        classifier = classifier_for(pack)
        levels = {} if classifier is None else classifier.features.levels
        facts = pack.questionnaire.facts
        values = {fact.id: fact.option_ids or (False, True) for fact in facts if fact.kind != "number"}
        bounds = {fact.id: levels.get(fact.id, ()) for fact in facts if fact.kind == "number"}
        self._scores = PackColumns(pack, values, bounds)
        self._classifier = None if classifier is None else ColumnClassifier(classifier, self._scores.columns)

    @property
    def columns(self) -> ColumnConditions:
        """What gives answers their codes."""
        return self._scores.columns

    def judged(self, cases: Sequence[Facts], descriptions: Sequence[str | None], codes: Codes) -> list[Verdicted]:
        """Return the verdict on each case; `codes` are those of the cases' answers."""
        answers = np.count_nonzero(codes, axis=0)
        silent = judged_alone(self.pack, {}, None)
        scored = self._scores.assessed(codes)
        planned = self._scores.planned(scored)
        doubtful = planned.doubtful | (answers == 0)
        ruled = self._ruled(scored, planned, answers, doubtful)
        settled, by_classifier = self._settled(scored, planned, answers, ruled, codes, descriptions, doubtful)
        failed = self._failed(scored.true, settled.first)
        verdicts = np.where(settled.undecided, "undecided", np.where(failed, "not_yet", "recommend"))
        ruled_failed = self._failed(scored.true, ruled.first)
        other = (ruled.undecided != settled.undecided) | (~settled.undecided & (ruled_failed != failed))
        by_classifier &= (settled.first != ruled.first) | other
        severities = np.where(np.isnan(scored.severity), None, scored.severity).tolist()  # type: ignore[call-overload]
        rows: list[Verdicted] = []
        for i, (verdict, first, probabilities, severity, own, alone) in enumerate(
            zip(
                verdicts.tolist(),
                settled.first.tolist(),
                settled.probabilities.tolist(),
                severities,
                by_classifier.tolist(),
                doubtful.tolist(),
                strict=True,
            )
        ):
            if not cases[i] and not descriptions[i]:
                rows.append(silent)
            elif alone:
                rows.append(judged_alone(self.pack, cases[i], descriptions[i]))
            else:
                decided_by = "classifier" if own else "rules"
                rows.append(Verdicted(verdict, APPROACHES[first], tuple(probabilities), tuple(severity), decided_by))
        return rows

    def _ruled(self, scored: Assessed, planned: Planned, answers: Places, doubtful: Flags) -> _Ruled:
        """Return what the rules alone decide."""
        open_ = planned.loss < BLOCKED / 2
        first = planned.loss.argmin(axis=1)
        least = planned.loss.min(axis=1, keepdims=True)
        weights = np.where(open_, np.exp(np.where(open_, least - planned.loss, 0.0) / self.pack.temperature), 0.0)
        floor = self.pack.surprise / open_.sum(axis=1, keepdims=True)
        probabilities = (1 - self.pack.surprise) * weights / weights.sum(axis=1, keepdims=True) + floor
        probabilities[~open_] = 0.0
        return self._decided(scored, planned, answers, first, probabilities, doubtful)

    def _decided(
        self,
        scored: Assessed,
        planned: Planned,
        answers: Places,
        first: Places,
        probabilities: Floats,
        doubtful: Flags,
    ) -> _Ruled:
        rows = np.arange(len(first))
        no_parts = (planned.heavy[rows, first] == 0) & (planned.light[rows, first] == 0)
        limits = self.pack.thresholds
        decided = np.count_nonzero(~np.isnan(scored.severity), axis=1)
        margin = _margin(probabilities)
        doubtful |= np.abs(margin - limits.margin) < NEAR
        too_few = (answers < limits.answers) | (decided < np.where(no_parts, limits.decided_gaps, 1))
        return _Ruled(first, probabilities, too_few | (margin < limits.margin))

    def _settled(
        self,
        scored: Assessed,
        planned: Planned,
        answers: Places,
        ruled: _Ruled,
        codes: Codes,
        descriptions: Sequence[str | None],
        doubtful: Flags,
    ) -> tuple[_Ruled, Flags]:
        """Return what rules and classifier decide together, and where the classifier spoke."""
        if self._classifier is None:
            return ruled, np.zeros(len(answers), bool)
        blend = self._classifier.blend
        margin = _margin(ruled.probabilities)
        few = answers < blend.few
        doubtful |= (np.abs(margin - blend.margin) < NEAR) | (few & np.array([bool(text) for text in descriptions]))
        spoke = ~few & ((answers < blend.answers) | (margin < blend.margin))
        own = self._classifier.probabilities(codes, ruled.probabilities, descriptions)
        together = np.where(
            spoke[:, None], blend.share * own + (1 - blend.share) * ruled.probabilities, ruled.probabilities
        )
        open_ = np.where(planned.loss < BLOCKED / 2, together, -1.0)
        first = np.where(spoke, open_.argmax(axis=1), ruled.first)
        ordered = np.sort(open_, axis=1)
        doubtful |= spoke & (ordered[:, -1] - ordered[:, -2] < NEAR)
        settled = self._decided(scored, planned, answers, first, together, doubtful)
        moved = spoke & (first != ruled.first) & ~settled.undecided & ~doubtful
        settled.undecided[np.flatnonzero(moved)[self._unpaid(planned, np.flatnonzero(moved), first, doubtful)]] = True
        return settled, spoke

    def _unpaid(self, planned: Planned, rows: Places, first: Places, doubtful: Flags) -> Flags:
        """Return for some rows whether a part of the plan is paid for by nothing: whether the loss falls without it."""
        unpaid = np.zeros(len(rows), bool)
        for i, row in enumerate(rows):
            heavy, light = planned.heavy[row, first[row]], planned.light[row, first[row]]
            table = planned.table[row]
            without = np.concatenate(
                (table[self._scores.heavy_less[heavy], light], table[heavy, self._scores.light_less[light]])
            )
            totals = without - table[heavy, light]
            unpaid[i] = bool((totals < 0).any())
            doubtful[row] |= bool((np.abs(totals) < NEAR).any())
        return unpaid

    def _failed(self, true: Flags, first: Places) -> Flags:
        """Return where a gate of an approach fails; those on a saving stay open, since nothing is priced here."""
        failed = np.zeros(len(first), bool)
        for entry, place in self._scores.gates:
            if not entry.saving:
                concerned = np.isin(first, [APPROACHES.index(approach) for approach in entry.approaches])
                failed |= true[place] & concerned
        return failed

    def rests_on_prices(self, codes: Codes, results: Sequence[Verdicted]) -> list[int]:
        """Return the places of cases whose verdict may be another once the plan is priced: a promised saving pays."""
        found: set[int] = set()
        for entry in (when.entry for when in self.pack.gates):
            named = [i for i, result in enumerate(results) if result.first in entry.approaches]
            recommended = np.array([i for i in named if results[i].verdict == "recommend"], np.intp)
            if entry.saving and len(recommended):
                found.update(recommended[self._promised(codes[:, recommended], entry)].tolist())
        return sorted(found)

    def _promised(self, codes: Codes, entry: GateEntry) -> Flags:
        """Return where another approach would be best, or as good, without the rules that promise a saving."""
        loss = self._scores.planned(self._scores.assessed(codes, entry.saving)).loss
        own = np.isin(APPROACHES, entry.approaches)
        best_own, best_other = (loss[:, chosen].min(axis=1, initial=BLOCKED) for chosen in (own, ~own))
        return np.asarray(best_other < best_own + NEAR)


def judged_alone(pack: RulePack, facts: Facts, description: str | None) -> Verdicted:
    """Return the verdict on one case, worked out on its own."""
    scored = assess(pack, facts)
    settled = settle(pack, facts, scored, choose(pack, scored), description)
    choice: Any = settled.choice
    first = choice.best.approach if facts or settled.decided_by == "classifier" else None
    return Verdicted(
        settled.decision.verdict,
        first,
        tuple(choice.probabilities[name] for name in APPROACHES),
        tuple(gap.severity for gap in scored.gaps),
        settled.decided_by,
    )


def priced_alone(pack: RulePack, use_case: UseCase, day: date) -> Verdict:
    """Return the verdict on one case once it is known whether a saving that pays for its plan is one.

    Raises AdvisorError for assumptions that can't be used.
    """
    facts = use_case.facts
    scored = assess(pack, facts)
    settled = settle(pack, facts, scored, choose(pack, scored), use_case.description)
    choice, decision = settled.choice, settled.decision
    promise = None if decision.verdict == "undecided" else promised_saving(pack, scored, choice)
    if promise is None:
        return decision.verdict
    cheaper = found_cheaper(pack, use_case, choice, choice.best, promise, as_of=day)
    return with_saving(pack, facts, decision, promise, cheaper).verdict


def _margin(probabilities: Floats) -> Floats:
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(ordered[:, -1] - ordered[:, -2])
