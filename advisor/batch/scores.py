"""Gaps, options and plans of many cases at once: the same sums as advisor.assess and advisor.plan_search."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from advisor.approaches import APPROACHES
from advisor.batch.columns import ColumnConditions, summed
from advisor.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from advisor.batch.columns import Codes, Flags
    from advisor.conditions import Condition, FactValue
    from advisor.heavy_sets import Parts
    from advisor.pack import RulePack

Floats: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]

BLOCKED: Final = 1e6
"""A loss that no plan reaches."""

NEAR: Final = 1e-9
"""Losses and probabilities nearer than this could be ordered otherwise by the exact sums of a single case."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """Cases assessed: severities (N, G; NaN where undecided), excess (N, G), works and blocked (N, O)."""

    severity: Floats
    excess: Floats
    works: Floats
    blocked: Flags
    true: Flags


@dataclass(frozen=True, slots=True)
class Planned:
    """The best plan of each approach in N cases, approaches in the order of APPROACHES.

    `loss` (N, A) is at least BLOCKED / 2 where all are blocked; `heavy` and `light` (N, A) are places in `PackColumns`;
    `table` (N, H, L) holds the loss of every plan; `doubtful` (N,) marks cases where a tie may decide.
    """

    loss: Floats
    heavy: Places
    light: Places
    table: Floats
    doubtful: Flags


class PackColumns:
    """A rule pack prepared for columns. H sets of heavy options, L sets of light ones; a plan is one of each."""

    def __init__(
        self,
        pack: RulePack,
        values: Mapping[str, Iterable[FactValue]],
        bounds: Mapping[str, Iterable[float]],
    ) -> None:
        self.pack = pack
        rules = [*pack.rules.values()]
        place = {rule.id: i for i, rule in enumerate(rules)}
        self._weights = np.zeros((len(rules), len(pack.gaps) + len(pack.options)))
        for total, own in enumerate([*(gap.rules for gap in pack.gaps), *(option.rules for option in pack.options)]):
            for rule in own:
                self._weights[place[rule.id], total] = rule.weight
        self._gap_rules = [np.array([place[rule.id] for rule in gap.rules], np.intp) for gap in pack.gaps]
        self.rule_place = place
        conditions: list[Condition] = [rule.condition for rule in rules]
        self._settled = [
            self._placed(conditions, gap.settled_by.condition) if gap.settled_by else None for gap in pack.gaps
        ]
        self._blocks = [
            [self._placed(conditions, clause.condition) for clause in option.blocks] for option in pack.options
        ]
        self.gates = [
            (when.entry, self._placed(conditions, when.condition)) for when in pack.gates if when.condition is not None
        ]
        self.columns = ColumnConditions(conditions, values, bounds)
        self._prior = np.array([*(gap.prior for gap in pack.gaps), *(option.prior for option in pack.options)])
        self._before = _logistic(self._prior[: len(pack.gaps)])
        self._prepare_plans()

    @staticmethod
    def _placed(conditions: list[Condition], condition: Condition) -> int:
        conditions.append(condition)
        return len(conditions) - 1

    def _prepare_plans(self) -> None:
        search = compiled(self.pack).search
        self.sets = search.heavy
        self.heavy_parts = [choice.parts for heavy in self.sets for choice in heavy.choices]
        ends = np.cumsum([len(heavy.choices) for heavy in self.sets])
        self.spans = [(int(end) - len(heavy.choices), int(end)) for heavy, end in zip(self.sets, ends, strict=True)]
        chosen = product(*((None, *group) for group in search.light))
        self.light_parts = [tuple(i for i in parts if i is not None) for parts in chosen]
        burdens = np.array(search.burdens)
        self._closes = np.array([option.closes for option in self.pack.options])
        self._heavy_holds, self._light_holds = (
            self._membership(sets, len(burdens)) for sets in (self.heavy_parts, self.light_parts)
        )
        self._heavy_burden, self._light_burden = self._heavy_holds @ burdens, self._light_holds @ burdens
        self.heavy_less, self.light_less = _with_one_less(self.heavy_parts), _with_one_less(self.light_parts)

    @staticmethod
    def _membership(sets: list[Parts], options: int) -> Floats:
        held = np.zeros((len(sets), options))
        for i, parts in enumerate(sets):
            held[i, [*parts]] = 1
        return held

    # ------------------------------------------------------------------ cases

    def assessed(self, codes: Codes, without: Sequence[str] = ()) -> Assessed:
        """Return the cases with these codes assessed; the rules of `without` then count for no gap."""
        true, false = self.columns.truths(codes)
        rules, gaps = len(self._weights), len(self.pack.gaps)
        weights = self._weights
        if without:
            weights = weights.copy()
            weights[[self.rule_place[rule] for rule in without], :gaps] = 0.0
        totals = summed(true[:rules], weights)
        chance = _logistic(self._prior + totals)
        excess = np.where(totals[:, :gaps] > 0, (chance[:, :gaps] - self._before) / (1 - self._before), 0.0)
        severity = chance[:, :gaps].copy()
        for i, (own, settled) in enumerate(zip(self._gap_rules, self._settled, strict=True)):
            severity[~(true[own] | false[own]).any(axis=0), i] = np.nan
            if settled is not None:
                excess[true[settled], i] = 0.0
        blocked = np.zeros((codes.shape[1], len(self._blocks)), bool)
        for i, clauses in enumerate(self._blocks):
            for clause in clauses:
                blocked[:, i] |= true[clause]
        return Assessed(severity, excess, chance[:, gaps:], blocked, true)

    def planned(self, cases: Assessed) -> Planned:
        """Return the best plan of each approach."""
        left = 1 - self._closes[None] * cases.works[:, :, None]
        heavy = cases.excess[:, None, :] * self._left_open(left, self.heavy_parts)
        table = heavy @ self._left_open(left, self.light_parts).transpose(0, 2, 1)
        blocked = cases.blocked.astype(float)
        table += (self._heavy_burden + BLOCKED * (blocked @ self._heavy_holds.T > 0))[:, :, None]
        table += (self._light_burden + BLOCKED * (blocked @ self._light_holds.T > 0))[:, None, :]
        return self._best(table)

    def _left_open(self, left: Floats, sets: list[Parts]) -> Floats:
        """Return what each set of options leaves open of each gap (N, sets, G)."""
        result = np.empty((len(left), len(sets), left.shape[2]))
        known: dict[Parts, int] = {}
        for i, parts in enumerate(sets):
            if not parts:
                result[:, i] = 1.0
            else:
                before = known.get(parts[:-1])
                result[:, i] = left[:, parts[-1]]
                if before is not None:
                    result[:, i] *= result[:, before]
                else:
                    for part in parts[:-1]:
                        result[:, i] *= left[:, part]
            known[parts] = i
        return result

    def _best(self, table: Floats) -> Planned:
        rows = np.arange(len(table))
        best = np.empty((len(table), len(self.sets)), np.intp)
        loss = np.empty((len(table), len(self.sets)))
        for i, (start, end) in enumerate(self.spans):
            own = table[:, start:end].reshape(len(table), -1)
            best[:, i] = own.argmin(axis=1)
            loss[:, i] = own[rows, best[:, i]]
            best[:, i] += start * len(self.light_parts)
        names, doubtful = self._names(loss)
        by_approach = np.empty((len(table), len(APPROACHES)))
        plan = np.empty((len(table), len(APPROACHES)), np.intp)
        for name in range(len(APPROACHES)):
            own = np.where(names == name, loss, 2 * BLOCKED)
            chosen = own.argmin(axis=1)
            by_approach[:, name] = own[rows, chosen]
            plan[:, name] = best[rows, chosen]
        ordered = np.sort(by_approach, axis=1)
        doubtful |= (ordered[:, 1] - ordered[:, 0] < NEAR) & (ordered[:, 1] < BLOCKED / 2)
        return Planned(by_approach, *np.divmod(plan, len(self.light_parts)), table, doubtful)

    def _names(self, loss: Floats) -> tuple[Places, Flags]:
        """Return the approach of each set of heavy interventions, and where a tie may decide one that counts."""
        names = np.empty(loss.shape, np.intp)
        doubtful = np.zeros(len(loss), bool)
        for i, heavy in enumerate(self.sets):
            if heavy.name is not None:
                names[:, i] = heavy.name
                continue
            # Named after the intervention without which the least loss is highest; the earlier approach wins a tie.
            rests = sorted(zip(heavy.approaches, heavy.rests, strict=True))
            without = np.minimum(np.stack([loss[:, rest] for _, rest in rests], axis=1), BLOCKED)
            names[:, i] = np.array([approach for approach, _ in rests])[without.argmax(axis=1)]
            highest = np.sort(without, axis=1)
            counts = loss[:, i] < highest[:, 0] + NEAR
            doubtful |= counts & (highest[:, -1] - highest[:, -2] < NEAR) & (highest[:, -1] < BLOCKED / 2)
        return names, doubtful


def _with_one_less(sets: list[Parts]) -> list[Places]:
    """Return for each set the places of the sets with one part less."""
    place = {parts: i for i, parts in enumerate(sets)}
    return [np.array([place[parts[:k] + parts[k + 1 :]] for k in range(len(parts))], np.intp) for parts in sets]


def _logistic(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))
