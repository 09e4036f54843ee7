"""The exact search for the plans of least loss, on plain numbers and without walking every plan.

loss(plan) = sum over gaps of excess x product over its options of (1 - share closed x works) + burden of its options.
What is left out is proven never to win: an option closes the less of a gap the more other options stand beside it, so
one that can't repay its burden now can't repay it in any larger plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, product
from operator import mul
from typing import TYPE_CHECKING, Final, TypeAlias

from advisor.approaches import APPROACHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.rules import Option

Parts: TypeAlias = tuple[int, ...]
"""A plan by the places of its options: the light ones first, each kind as the pack orders it."""

State: TypeAlias = tuple[Parts, "list[float]", float]
"""Some options, what they leave of each gap's excess, and their burden."""

_NEAR: Final = 1e-11  # losses this near are compared by the other marks of a plan
_BOTH: Final = APPROACHES.index("rag_and_fine_tuning")
_HALVES: Final = frozenset((APPROACHES.index("rag"), APPROACHES.index("fine_tuning")))
_PROMPTING: Final = APPROACHES.index("prompting")


@dataclass(frozen=True, slots=True)
class HeavySet:
    """A set of heavy interventions with every choice of their variants.

    `name` is its approach, None where that depends on what each intervention earns. `rests` are the places of the sets
    with one intervention less, and `approaches` those of the interventions left out, in the same order. `spare` are the
    interventions (by their place in the set) without which there is always a plan of the same name to compare with.
    """

    choices: tuple[Parts, ...]
    name: int | None
    rests: tuple[int, ...]
    approaches: tuple[int, ...]
    spare: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A plan and its loss."""

    loss: float
    parts: Parts


class PlanSearch:
    """What of a pack's options does not depend on the answers, prepared for searching."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.ids = [option.id for option in options]
        self.is_heavy = [option.heavy for option in options]
        self.burdens = [option.burden for option in options]
        self.closes = [tuple((g, c) for g, c in enumerate(option.closes) if c) for option in options]
        self.approach_of = [APPROACHES.index(option.approach) for option in options]
        groups: dict[bool, dict[str, list[int]]] = {False: {}, True: {}}
        for i, option in enumerate(options):
            groups[option.heavy].setdefault(option.intervention, []).append(i)
        self.light = tuple(tuple(group) for group in groups[False].values())
        heavy = [tuple(group) for group in groups[True].values()]
        members = [chosen for size in range(len(heavy) + 1) for chosen in combinations(range(len(heavy)), size)]
        place = {chosen: i for i, chosen in enumerate(members)}
        self.heavy = tuple(self._heavy_set([heavy[k] for k in chosen], chosen, place) for chosen in members)

    def _heavy_set(self, groups: list[Parts], chosen: Parts, place: dict[Parts, int]) -> HeavySet:
        approaches = tuple(self.approach_of[group[0]] for group in groups)
        size = len(chosen)
        name = _common_name(approaches)
        if name is None:
            spare = [0, 1] if size == 2 else []
        else:
            spare = [k for k in range(size) if _common_name(approaches[:k] + approaches[k + 1 :]) == name]
        rests = tuple(place[chosen[:k] + chosen[k + 1 :]] for k in range(size))
        return HeavySet(tuple(product(*groups)), name, rests, approaches, tuple(spare))

    def best(
        self, excess: Sequence[float], works: Sequence[float], blocked: int, every: bool = True
    ) -> list[Found | None]:
        """Return the best plan of each approach, in the order of APPROACHES; None where every plan is blocked.

        `blocked` has a bit for each option that is. Without `every` only the best of all is sure to be found.
        """
        return _Run(self, excess, works, blocked).best(every)

    def leader(self, excess: Sequence[float], works: Sequence[float], blocked: int) -> int:
        """Return the place in APPROACHES of the best plan of all."""
        run = _Run(self, excess, works, blocked)
        found = [(run.rank(plan.parts, name), name) for name, plan in enumerate(run.best(False)) if plan is not None]
        return min(found)[1]


def _common_name(approaches: Sequence[int]) -> int | None:
    """Return the approach of a plan with heavy interventions of these, or None where it depends on the answers."""
    names = {*approaches}
    if names >= _HALVES:
        return _BOTH
    return None if len(names) > 1 else next(iter(names), _PROMPTING)


class _Run:
    """One search: the numbers of one set of answers, and the best plan of each set of heavy interventions so far."""

    __slots__ = ("blocked", "excess", "found", "least_left", "lefts", "light", "shares", "space", "works")

    def __init__(self, space: PlanSearch, excess: Sequence[float], works: Sequence[float], blocked: int) -> None:
        self.space = space
        self.excess = excess
        self.works = works
        self.blocked = blocked
        self.found: dict[int, Found | None] = {}
        self.lefts: dict[Parts, list[float]] = {(): [*excess]}
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

    def best(self, every: bool) -> list[Found | None]:
        """Return the best plan of each approach."""
        best: list[Found | None] = [None] * len(APPROACHES)
        limits = [math.inf] * len(APPROACHES)  # above these losses a plan can't be the best of its name
        for place, heavy in enumerate(self.space.heavy):
            spare = heavy.spare
            if not every:
                limit, spare = limits[0], tuple(range(len(heavy.rests)))
            elif heavy.name is not None:
                limit = limits[heavy.name]
            elif spare:
                # Named after the better of its two interventions, so it counts only where it beats both alone.
                limit = min([math.inf if (one := self._least(rest)) is None else one.loss for rest in heavy.rests])
            else:
                limit = math.inf
            found = self._least(place, limit, spare)
            if found is None:
                continue
            name = self._name(heavy) if heavy.name is None else heavy.name
            known = best[name]
            if known is None or self._before(found, known, name):
                best[name] = found
                if every:
                    limits[name] = found.loss
                else:
                    limits[0] = min(limits[0], found.loss)
        return best

    def rank(self, parts: Parts, name: int) -> tuple[float, int, int, int, tuple[str, ...]]:
        """Return the sort key of a plan: least loss, then the simpler plan (the founding guidance wins ties)."""
        space = self.space
        left = self._left(self.excess, parts)
        loss = math.fsum(left) + math.fsum(space.burdens[i] for i in parts)
        heavy = sum([space.is_heavy[i] for i in parts])
        return round(loss, 12), heavy, name, len(parts), tuple(space.ids[i] for i in parts)

    def _before(self, found: Found, known: Found, name: int) -> bool:
        if abs(found.loss - known.loss) > _NEAR:
            return found.loss < known.loss
        return self.rank(found.parts, name) < self.rank(known.parts, name)

    def _name(self, heavy: HeavySet) -> int:
        """Return the approach of the intervention without which the least loss would be highest."""
        without = []
        for rest, approach in zip(heavy.rests, heavy.approaches, strict=True):
            found = self._least(rest)
            without.append((math.inf if found is None else round(found.loss, 12), -approach))
        return -max(without)[1]

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

    def _heavy_left(self, parts: Parts) -> list[float]:
        """Return what heavy options leave of the excess."""
        known = self.lefts.get(parts)
        if known is None:
            known = self.lefts[parts] = self._left(self._heavy_left(parts[:-1]), parts[-1:])
        return known

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

    def _least(self, place: int, limit: float = math.inf, spare: tuple[int, ...] = ()) -> Found | None:
        """Return the plan of least loss with a set of heavy interventions.

        None where all are blocked, where all have more loss than `limit`, and where a `spare` part of it can't repay its
        burden, so that the plan without is at least as good.
        """
        if place in self.found:
            return self.found[place]
        burdens, least_left = self.space.burdens, self.least_left[0]
        best: Found | None = None
        kept: list[tuple[list[float], float]] = []
        for parts in self.space.heavy[place].choices:
            burden = sum([burdens[i] for i in parts])
            if burden > limit + _NEAR or any(self.blocked >> i & 1 for i in parts):
                continue
            if spare and self._idle(parts, spare):
                continue
            left = self._heavy_left(parts)
            if sum(map(mul, left, least_left)) + burden > limit + _NEAR or self._beaten(left, burden, kept):
                continue
            kept.append((left, burden))
            for light, open_, spent in self._with_light((parts, left, burden)):
                loss = sum(open_) + spent
                if best is None or loss < best.loss + _NEAR:
                    found = Found(loss, light + parts)
                    if best is None or self._before(found, best, _PROMPTING):
                        best = found
        if limit == math.inf:
            self.found[place] = best
        return best

    def _idle(self, parts: Parts, spare: tuple[int, ...]) -> bool:
        """Return whether a spare part can't repay its burden beside the other heavy ones."""
        for k in spare:
            i = parts[k]
            if self._gain(self._heavy_left(parts[:k] + parts[k + 1 :]), i) <= self.space.burdens[i]:
                return True
        return False

    def _beaten(self, left: list[float], burden: float, kept: list[tuple[list[float], float]]) -> bool:
        """Return whether variants tried before have less loss, whatever light options stand beside."""
        for other, other_burden in kept:
            more = burden - other_burden
            for mine, theirs, share in zip(left, other, self.least_left[0], strict=True):
                more += (mine - theirs) * share if mine > theirs else mine - theirs
            if more > _NEAR:
                return True
        return False

    def _with_light(self, start: State) -> list[State]:
        """Return the sets of light options, beside heavy ones, among which the best is."""
        burdens = self.space.burdens
        states: list[State] = [((), start[1], start[2])]
        for k, group in enumerate(self.light, 1):
            later = self.least_left[k]
            grown: list[State] = []
            for state in states:
                parts, open_, burden = state
                needed = False
                for i in group:
                    shares, cost = self.shares[i], burdens[i]
                    if sum([open_[g] * share for g, share in shares]) > cost:
                        grown.append(((*parts, i), self._left(open_, (i,)), burden + cost))
                        # Worth it even beside all that may still come: then no best plan goes without.
                        needed = needed or sum([open_[g] * later[g] * share for g, share in shares]) > cost
                if not needed:
                    grown.append(state)
            states = grown
        return states
