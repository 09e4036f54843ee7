"""The rule pack as arrays: many cases through the same sums as advisor.assess and advisor.plans at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from advisor.approaches import APPROACHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.conditions import Facts
    from advisor.rules import Rule, RulePack

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

BLOCKED = 1e6  # a loss that no plan reaches


@dataclass(frozen=True)
class PackArrays:
    """A rule pack's structure. R rules, G gaps, O options, P plans.

    `to_gap` (R, G) and `to_option` (R, O) say what each rule's weight is added to; `closes` (O, G) are shares;
    `plans` (P, O) says which options a plan holds; they are all pairs of `halves`, sets of the earlier and of the later
    interventions' options, the later ones running faster. `headline` (P,) is the approach, or -1 where it depends on
    the case: then `rivals` lists (plan, approach, plan without that approach's part).
    """

    rules: tuple[Rule, ...]
    to_gap: Floats
    to_option: Floats
    closes: Floats
    plans: Floats
    halves: tuple[Floats, Floats]
    headline: Ints
    rivals: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]


@dataclass(frozen=True)
class CaseArrays:
    """Cases as arrays: which rules hold (N, R), options blocked (N, O), gaps settled (N, G)."""

    holds: Floats
    blocked: Flags
    settled: Flags

    def __len__(self) -> int:
        return len(self.holds)

    def __getitem__(self, rows: Ints | Flags) -> CaseArrays:
        return CaseArrays(self.holds[rows], self.blocked[rows], self.settled[rows])


@dataclass(frozen=True)
class Parameters:
    """What can be fitted: weights (R,), gap priors (G,), option priors (O,), burdens (O,); and the two settings."""

    weights: Floats
    gap_priors: Floats
    option_priors: Floats
    burdens: Floats
    temperature: float
    surprise: float


@dataclass(frozen=True)
class Scores:
    """Intermediate and final results for N cases; `best` (N, A) is the index of each approach's best plan."""

    excess: Floats
    severity: Floats
    works: Floats
    residual: Floats
    best: Ints
    losses: Floats
    softmax: Floats
    probabilities: Floats


def pack_arrays(pack: RulePack) -> PackArrays:
    """Return the structure of a rule pack as arrays; rules come in the order of their ids."""
    rules = tuple(rule for _, rule in sorted(pack.rules.items()))
    place = {rule.id: i for i, rule in enumerate(rules)}
    to_gap = np.zeros((len(rules), len(pack.gaps)))
    to_option = np.zeros((len(rules), len(pack.options)))
    for g, gap in enumerate(pack.gaps):
        to_gap[[place[rule.id] for rule in gap.rules], g] = 1
    for o, option in enumerate(pack.options):
        to_option[[place[rule.id] for rule in option.rules], o] = 1
    first, second = _halves(pack)
    members = [a + b for a, b in product(first, second)]
    plans, *halves = (_memberships(pack, sets) for sets in (members, first, second))
    headline, rivals = _headlines(pack, members)
    closes = np.array([option.closes for option in pack.options])
    return PackArrays(rules, to_gap, to_option, closes, plans, (halves[0], halves[1]), headline, rivals)


def pack_parameters(pack: RulePack, arrays: PackArrays) -> Parameters:
    """Return the numbers that a pack holds now."""
    return Parameters(
        weights=np.array([rule.weight for rule in arrays.rules]),
        gap_priors=np.array([gap.prior for gap in pack.gaps]),
        option_priors=np.array([option.prior for option in pack.options]),
        burdens=np.array([option.burden for option in pack.options]),
        temperature=pack.temperature,
        surprise=pack.surprise,
    )


def case_arrays(pack: RulePack, arrays: PackArrays, cases: Sequence[Facts]) -> CaseArrays:
    """Return what holds in each case."""
    holds = [[rule.condition.truth(facts) is True for rule in arrays.rules] for facts in cases]
    blocked = [
        [any(clause.condition.truth(facts) is True for clause in option.blocks) for option in pack.options]
        for facts in cases
    ]
    settled = [
        [gap.settled_by is not None and gap.settled_by.condition.truth(facts) is True for gap in pack.gaps]
        for facts in cases
    ]
    return CaseArrays(np.array(holds, float), np.array(blocked, bool), np.array(settled, bool))


def score(arrays: PackArrays, cases: CaseArrays, numbers: Parameters) -> Scores:
    """Return severities, plans and probabilities of N cases; approaches in the order of APPROACHES."""
    weights = numbers.weights[:, None]
    severity = _logistic(numbers.gap_priors + cases.holds @ (arrays.to_gap * weights))
    before = _logistic(numbers.gap_priors)
    excess = np.maximum(0.0, (severity - before) / (1 - before))
    excess[cases.settled] = 0.0
    works = _logistic(numbers.option_priors + cases.holds @ (arrays.to_option * weights))
    residual, loss = _losses(arrays, cases, numbers, excess, works)
    best, losses = _best(arrays, loss)
    open_ = losses < BLOCKED / 2
    logits = np.where(open_, -losses / numbers.temperature, -np.inf)
    logits -= logits.max(axis=1, keepdims=True)
    softmax = np.exp(logits)
    softmax /= softmax.sum(axis=1, keepdims=True)
    floor = open_ / open_.sum(axis=1, keepdims=True)
    probabilities = (1 - numbers.surprise) * softmax + numbers.surprise * floor
    return Scores(excess, severity, works, residual, best, losses, softmax, probabilities)


def _losses(
    arrays: PackArrays, cases: CaseArrays, numbers: Parameters, excess: Floats, works: Floats
) -> tuple[Floats, Floats]:
    """Return the share left open (N, P, G) and the loss (N, P) of every plan."""
    count = len(arrays.plans)
    shares_open = np.log1p(-arrays.closes.T[:, None, :] * works[None, :, :])  # (G, N, O)
    first, second = (np.exp(shares_open @ half.T) for half in arrays.halves)  # (G, N, sets)
    residual = (first[:, :, :, None] * second[:, :, None, :]).reshape(len(first), len(works), count)
    loss = np.einsum("gnp,ng->np", residual, excess) + arrays.plans @ numbers.burdens
    loss[(cases.blocked.astype(float) @ arrays.plans.T) > 0] = BLOCKED
    return np.moveaxis(residual, 0, 2), loss


def _best(arrays: PackArrays, loss: Floats) -> tuple[Ints, Floats]:
    """Return, for each case and approach, its best plan and that plan's loss."""
    headline = np.tile(arrays.headline, (len(loss), 1))
    for size in sorted({len(rest) for _, rest in arrays.rivals}):
        # The plan is named after the part whose removal raises the loss most; the earlier approach wins a tie.
        alike = [(plan, rest) for plan, rest in arrays.rivals if len(rest) == size]
        named = np.array([[approach for approach, _ in rest] for _, rest in alike])
        without = loss[:, np.array([[other for _, other in rest] for _, rest in alike])]
        headline[:, [plan for plan, _ in alike]] = named[np.arange(len(alike)), without.argmax(axis=2)]
    best = np.empty((len(loss), len(APPROACHES)), np.int64)
    losses = np.empty((len(loss), len(APPROACHES)))
    for a in range(len(APPROACHES)):
        own = np.where(headline == a, loss, BLOCKED)
        best[:, a] = own.argmin(axis=1)
        losses[:, a] = own.min(axis=1)
    return best, losses


def _halves(pack: RulePack) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return every set of options of the earlier and of the later interventions, at most one variant of each."""
    groups: dict[str, list[int | None]] = {}
    for o, option in enumerate(pack.options):
        groups.setdefault(option.intervention, [None]).append(o)
    names = list(groups)
    # Halves with about as many sets each need the least work.
    sizes = [max(prod(len(groups[n]) for n in part) for part in (names[:i], names[i:])) for i in range(len(names) + 1)]
    middle = sizes.index(min(sizes))
    first, second = (
        [tuple(o for o in chosen if o is not None) for chosen in product(*(groups[name] for name in part))]
        for part in (names[:middle], names[middle:])
    )
    return first, second


def _memberships(pack: RulePack, sets: list[tuple[int, ...]]) -> Floats:
    """Return which options each set holds, as an array (sets, O) of 0 and 1."""
    result = np.zeros((len(sets), len(pack.options)))
    for row, members in enumerate(sets):
        result[row, list(members)] = 1
    return result


def _headlines(
    pack: RulePack, members: list[tuple[int, ...]]
) -> tuple[Ints, tuple[tuple[int, tuple[tuple[int, int], ...]], ...]]:
    """Return each plan's approach where its parts alone decide it, and what to compare where they do not."""
    place = {plan: p for p, plan in enumerate(members)}
    headline = np.zeros(len(members), np.int64)
    rivals = []
    for p, plan in enumerate(members):
        heavy = {pack.options[o].approach: o for o in plan if pack.options[o].heavy}
        if {"rag", "fine_tuning"} <= heavy.keys():
            headline[p] = APPROACHES.index("rag_and_fine_tuning")
        elif len(heavy) == 1:
            headline[p] = APPROACHES.index(next(iter(heavy)))
        elif heavy:
            headline[p] = -1
            rest = [
                (APPROACHES.index(approach), place[tuple(o for o in plan if o != part)])
                for approach, part in heavy.items()
            ]
            rivals.append((p, tuple(sorted(rest))))
    return headline, tuple(rivals)


def _logistic(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))
