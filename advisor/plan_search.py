"""The exact search for the plan of least loss, on plain numbers and without walking every plan.

loss(plan) = sum over gaps of excess x product over its options of (1 - share closed x works) + burden of its options.
What may be left out is proven never to win: a share that an option closes is worth less the more other options stand
beside it, so an option that can't repay its burden now can't repay it in any larger plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from operator import mul
from typing import TYPE_CHECKING, Final, TypeAlias

from advisor.approaches import APPROACHES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from advisor.rules import Option

Parts: TypeAlias = tuple[int, ...]
"""A plan by the places of its options: the light ones first, as the pack orders them."""

NEAR: Final = 1e-11
"""Losses this near are compared by the caller's exact rank."""

_BOTH: Final = APPROACHES.index("rag_and_fine_tuning")
_HALVES: Final = frozenset((APPROACHES.index("rag"), APPROACHES.index("fine_tuning")))
_PROMPTING: Final = 0


@dataclass(frozen=True, slots=True)
class HeavySet:
    """A set of heavy options; `approach` is None where its name depends on what each part earns.

    `rests` holds for each part the place of the set without it; `spare` are the parts whose idleness rules the set out.
    """

    parts: Parts
    mask: int
    burden: float
    approach: int | None
    names: tuple[int, ...]
    rests: tuple[int, ...]
    spare: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Found:
    """The best plan so far of one approach."""

    loss: float
    parts: Parts


LightSet: TypeAlias = "tuple[Parts, list[float], float]"
"""Some light options, the residual with them, and the burden."""

Prefer: TypeAlias = "Callable[[Parts, Parts, int], bool]"
"""Whether the first of two plans of nearly equal loss comes before the second, both of one approach."""


class PlanSearch:
    """What of a pack's options does not depend on the answers, prepared for searching."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.burdens = [option.burden for option in options]
        self.closes = [tuple((g, c) for g, c in enumerate(option.closes) if c) for option in options]
        self.interventions = [option.intervention for option in options]
        light: dict[str, list[int]] = {}
        heavy: dict[str, list[int]] = {}
        for i, option in enumerate(options):
            (heavy if option.heavy else light).setdefault(option.intervention, []).append(i)
        self.light = tuple(tuple(group) for group in light.values())
        self.approach_of = [APPROACHES.index(option.approach) for option in options]
        choices = product(*((None, *group) for group in heavy.values()))
        sets = sorted((tuple(i for i in chosen if i is not None) for chosen in choices), key=lambda s: (len(s), s))
        place = {parts: i for i, parts in enumerate(sets)}
        self.heavy = tuple(self._heavy_set(parts, place) for parts in sets)

    def _heavy_set(self, parts: Parts, place: dict[Parts, int]) -> HeavySet:
        names = {self.approach_of[i] for i in parts}
        approach = _BOTH if names >= _HALVES else None if len(names) > 1 else next(iter(names), _PROMPTING)
        rests = tuple(place[parts[:k] + parts[k + 1 :]] for k in range(len(parts)))
        # A smaller plan with the same name is at least as good where one of these can't repay its burden beside the
        # rest. Of two parts that give the plan its name: leaving the idle one out keeps the name, or, when both are
        # idle, leaving out the other does. A part beside retrieval and training never gives the name.
        if approach is None:
            spare = tuple(zip(parts, rests, strict=True)) if len(parts) == 2 else ()
        else:
            beside = (approach == _BOTH and self.approach_of[i] not in _HALVES for i in parts)
            spare = tuple(pair for pair, idle in zip(zip(parts, rests, strict=True), beside, strict=True) if idle)
        return HeavySet(
            parts=parts,
            mask=sum(1 << i for i in parts),
            burden=math.fsum(self.burdens[i] for i in parts),
            approach=approach,
            names=tuple(sorted(names)) if approach is None else (approach,),
            rests=rests,
            spare=spare,
        )

    def best(
        self, excess: Sequence[float], works: Sequence[float], blocked: int, prefer: Prefer, every: bool = True
    ) -> list[Found | None]:
        """Return the best plan of each approach, in the order of APPROACHES; None where every plan is blocked.

        `blocked` has a bit for each option that is. Without `every` only the best of all is sure to be found.
        """
        return _Run(self, excess, works, blocked, prefer, every).search(blocked)


class _Run:
    """One search: the numbers of one set of answers and the best plans so far."""

    __slots__ = (
        "best",
        "every",
        "excess",
        "kept",
        "least_left",
        "lefts",
        "light",
        "light_sets",
        "limits",
        "prefer",
        "shares",
        "space",
    )

    def __init__(
        self,
        space: PlanSearch,
        excess: Sequence[float],
        works: Sequence[float],
        blocked: int,
        prefer: Prefer,
        every: bool,
    ) -> None:
        self.space = space
        self.excess = excess
        self.prefer = prefer
        self.every = every
        self.best: list[Found | None] = [None] * len(APPROACHES)
        self.limits = [math.inf] * len(APPROACHES)  # above these losses a plan can't be the best of its name
        self.lefts: list[list[float] | None] = [None] * len(space.heavy)
        self.kept: list[list[tuple[list[float], float]]] = [[] for _ in APPROACHES]
        self.light_sets: list[LightSet] | None = None
        self.shares = [
            [(g, c * work) for g, c in closes if excess[g] > 0.0]
            for closes, work in zip(space.closes, works, strict=True)
        ]
        self.light: list[list[int]] = []
        for variants in space.light:
            open_ = [i for i in variants if not blocked >> i & 1 and self._gain(excess, i) > space.burdens[i]]
            if open_:
                self.light.append(open_)
        self.least_left = [[1.0] * len(excess)]
        for group in reversed(self.light):
            self.least_left.append(self._with_best_of(group, self.least_left[-1]))
        self.least_left.reverse()

    def search(self, blocked: int) -> list[Found | None]:
        """Return the best plan of each approach."""
        limits, burdens, shares = self.limits, self.space.burdens, self.shares
        for place, heavy in enumerate(self.space.heavy):
            name = heavy.approach
            limit = limits[name] if name is not None else max([limits[name] for name in heavy.names])
            if blocked & heavy.mask or heavy.burden > limit:
                continue
            for i, rest in heavy.spare:
                left = self._heavy_left(rest)
                if sum([left[g] * share for g, share in shares[i]]) <= burdens[i]:
                    break
            else:
                left = self._heavy_left(place)
                if sum(map(mul, left, self.least_left[0])) + heavy.burden > limit:
                    continue
                if name is None:
                    self._mixed(heavy)
                elif not self._beaten(heavy, left, name):
                    self._fixed(heavy, name, left)
        return self.best

    def _heavy_left(self, place: int) -> list[float]:
        """Return the residual beside a set of heavy options, from that of the set without its last part."""
        known = self.lefts[place]
        if known is None:
            heavy = self.space.heavy[place]
            known = self._left(self._heavy_left(heavy.rests[-1]), heavy.parts[-1:]) if heavy.parts else [*self.excess]
            self.lefts[place] = known
        return known

    def _beaten(self, heavy: HeavySet, left: list[float], name: int) -> bool:
        """Return whether a set tried before has less loss with the same name, whatever light options stand beside."""
        least = self.least_left[0]
        for other, burden in self.kept[name]:
            more = heavy.burden - burden
            for mine, theirs, share in zip(left, other, least, strict=True):
                more += (mine - theirs) * share if mine > theirs else mine - theirs
            if more > NEAR:
                return True
        self.kept[name].append((left, heavy.burden))
        return False

    def _gain(self, left: Sequence[float], option: int) -> float:
        """Return how much of a residual an option closes."""
        return sum([left[g] * share for g, share in self.shares[option]])

    def _left(self, left: Sequence[float], parts: Parts) -> list[float]:
        """Return what options leave of a residual."""
        result = [*left]
        for i in parts:
            for g, share in self.shares[i]:
                result[g] *= 1 - share
        return result

    def _with_best_of(self, group: list[int], left: list[float]) -> list[float]:
        """Return the least that any of some variants can leave of each gap."""
        most: dict[int, float] = {}
        for i in group:
            for g, share in self.shares[i]:
                if share > most.get(g, 0.0):
                    most[g] = share
        result = [*left]
        for g, share in most.items():
            result[g] *= 1 - share
        return result

    def _fixed(self, heavy: HeavySet, name: int, left: list[float]) -> None:
        """Try the light options beside heavy ones whose plan has one name whatever stands beside them."""
        burdens = self.space.burdens
        states: list[LightSet] = [((), left, heavy.burden)]
        for k, group in enumerate(self.light, 1):
            later = self.least_left[k]
            grown: list[LightSet] = []
            for state in states:
                parts, open_, burden = state
                optional = True
                for i in group:
                    shares = self.shares[i]
                    cost = burdens[i]
                    if sum([open_[g] * share for g, share in shares]) > cost:
                        grown.append(((*parts, i), self._left(open_, (i,)), burden + cost))
                        if sum([open_[g] * later[g] * share for g, share in shares]) > cost:
                            optional = False
                if optional:
                    grown.append(state)
            states = grown
        for parts, open_, burden in states:
            loss = sum(open_) + burden
            if loss <= self.limits[name]:
                self._offer(name, loss, parts + heavy.parts)

    def _mixed(self, heavy: HeavySet) -> None:
        """Try all light options beside heavy ones, naming each plan after the part that earns most."""
        space = self.space
        ones = [1.0] * len(self.excess)
        rest = []
        for place, i in enumerate(heavy.parts):
            others = heavy.parts[:place] + heavy.parts[place + 1 :]
            rest.append((space.approach_of[i], self._left(ones, others), math.fsum(space.burdens[j] for j in others)))
        left_of = self._left(ones, heavy.parts)
        for parts, open_, burden in self._all_light_sets():
            loss = sum(map(mul, open_, left_of)) + burden + heavy.burden
            if loss <= max([self.limits[name] for name in heavy.names]):
                without = [(sum(map(mul, open_, others)) + burden + other, -name) for name, others, other in rest]
                self._offer(-max(without)[1], loss, parts + heavy.parts)

    def _all_light_sets(self) -> list[LightSet]:
        if self.light_sets is None:
            burdens = self.space.burdens
            sets: list[LightSet] = [((), [*self.excess], 0.0)]
            for group in self.light:
                sets += [
                    ((*parts, i), self._left(open_, (i,)), burden + burdens[i])
                    for parts, open_, burden in sets
                    for i in group
                ]
            self.light_sets = sets
        return self.light_sets

    def _offer(self, name: int, loss: float, parts: Parts) -> None:
        """Keep a plan if it is the best of its approach so far."""
        known = self.best[name]
        if (
            known is None
            or loss < known.loss - NEAR
            or (loss < known.loss + NEAR and self.prefer(parts, known.parts, name))
        ):
            self.best[name] = Found(loss, parts)
            if self.every:
                self.limits[name] = loss + NEAR
            else:
                self.limits[:] = [loss + NEAR] * len(self.limits)
