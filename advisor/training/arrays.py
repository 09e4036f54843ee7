"""The rule pack as arrays: many cases through the same sums as advisor.assess and advisor.plans at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
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
    """A rule pack's structure. R rules, G gaps, O options, P plans, H sets of heavy interventions.

    `to_gap` (R, G) and `to_option` (R, O) say what each rule's weight is added to; `closes` (O, G) are shares;
    `variants` lists each intervention's options; `plans` (P, O) says which options a plan holds. `heavy_sets` lists
    the plans of each set of heavy interventions; `headline` (H,) is its approach, or -1 where that depends on the
    case: then `rivals` lists (set, ((approach, set without that approach's part), ...)).
    """

    rules: tuple[Rule, ...]
    to_gap: Floats
    to_option: Floats
    closes: Floats
    variants: tuple[tuple[int, ...], ...]
    plans: Floats
    heavy_sets: tuple[Ints, ...]
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
    variants = _variants(pack)
    members = _plans(variants)
    plans = np.zeros((len(members), len(pack.options)))
    for p, plan in enumerate(members):
        plans[p, list(plan)] = 1
    heavy_sets, headline, rivals = _headlines(pack, members)
    closes = np.array([option.closes for option in pack.options])
    return PackArrays(rules, to_gap, to_option, closes, variants, plans, heavy_sets, headline, rivals)


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
    shares_open = 1 - arrays.closes[None] * works[:, :, None]  # (N, O, G)
    count, _, gaps = shares_open.shape
    residual = np.ones((count, 1, gaps))
    for group in arrays.variants:
        # Plans stand in the order of a product over the interventions, "none of its variants" first.
        factors = np.concatenate([np.ones((count, 1, gaps)), shares_open[:, list(group)]], axis=1)
        residual = (residual[:, :, None] * factors[:, None]).reshape(count, -1, gaps)
    loss = np.einsum("npg,ng->np", residual, excess) + arrays.plans @ numbers.burdens
    loss[(cases.blocked.astype(float) @ arrays.plans.T) > 0] = BLOCKED
    return residual, loss


def _best(arrays: PackArrays, loss: Floats) -> tuple[Ints, Floats]:
    """Return, for each case and approach, its best plan and that plan's loss."""
    rows = np.arange(len(loss))
    set_plan = np.stack([members[loss[:, members].argmin(axis=1)] for members in arrays.heavy_sets], axis=1)
    set_loss = loss[rows[:, None], set_plan]
    headline = np.tile(arrays.headline, (len(loss), 1))
    for own, rest in arrays.rivals:
        # Named after the part without which the least loss is highest; the earlier approach wins a tie.
        without = np.stack([set_loss[:, other] for _, other in rest], axis=1)
        named = np.array([approach for approach, _ in rest])
        headline[:, own] = named[without.argmax(axis=1)]
    best = np.empty((len(loss), len(APPROACHES)), np.int64)
    losses = np.empty((len(loss), len(APPROACHES)))
    for a in range(len(APPROACHES)):
        own_loss = np.where(headline == a, set_loss, BLOCKED)
        chosen = own_loss.argmin(axis=1)
        best[:, a] = set_plan[rows, chosen]
        losses[:, a] = own_loss[rows, chosen]
    return best, losses


def _variants(pack: RulePack) -> tuple[tuple[int, ...], ...]:
    """Return, for each intervention, the positions of its options."""
    groups: dict[str, list[int]] = {}
    for o, option in enumerate(pack.options):
        groups.setdefault(option.intervention, []).append(o)
    return tuple(tuple(group) for group in groups.values())


def _plans(variants: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    """Return every set of options with at most one variant of each intervention."""
    chosen = product(*((None, *group) for group in variants))
    return [tuple(o for o in plan if o is not None) for plan in chosen]


def _headlines(
    pack: RulePack, members: list[tuple[int, ...]]
) -> tuple[tuple[Ints, ...], Ints, tuple[tuple[int, tuple[tuple[int, int], ...]], ...]]:
    """Return the plans of each set of heavy interventions, its approach, and what to compare where that varies."""
    sets: dict[frozenset[str], list[int]] = {}
    approach_of = {option.intervention: option.approach for option in pack.options}
    for p, plan in enumerate(members):
        heavy = frozenset(pack.options[o].intervention for o in plan if pack.options[o].heavy)
        sets.setdefault(heavy, []).append(p)
    place = {heavy: h for h, heavy in enumerate(sets)}
    headline = np.zeros(len(sets), np.int64)
    rivals = []
    for heavy, h in place.items():
        approaches = {approach_of[intervention] for intervention in heavy}
        if {"rag", "fine_tuning"} <= approaches:
            headline[h] = APPROACHES.index("rag_and_fine_tuning")
        elif len(approaches) == 1:
            headline[h] = APPROACHES.index(next(iter(approaches)))
        elif approaches:
            headline[h] = -1
            rest = ((APPROACHES.index(approach_of[part]), place[heavy - {part}]) for part in heavy)
            rivals.append((h, tuple(sorted(rest))))
    return tuple(np.array(plans) for plans in sets.values()), headline, tuple(rivals)


def _logistic(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))
