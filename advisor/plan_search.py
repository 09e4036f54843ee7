"""The exact search for the plans of least loss, on plain numbers and without walking every plan.

loss(plan) = sum over gaps of excess x product over its options of (1 - share closed x works) + burden of its options.
What is left out is proven never to win: an option closes the less of a gap the more other options stand beside it, so
one that can't repay its burden now can't repay it in any larger plan.
"""

from __future__ import annotations

import math
from operator import mul
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from advisor.approaches import APPROACHES
from advisor.heavy_sets import PROMPTING, HeavyChoice, Parts, heavy_sets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.pack import Option

State: TypeAlias = tuple[Parts, "list[float]", float]
"""Some options, what they leave of each gap's excess, and their burden."""

Tried: TypeAlias = "tuple[list[float], float]"
"""The shares that some heavy options leave open, and their burden."""

_NEAR: Final = 1e-11  # losses this near are compared by the other marks of a plan
_FEW: Final = 8  # sets of light options


class Found(NamedTuple):
    """A plan and its loss."""

    loss: float
    parts: Parts


class Best(NamedTuple):
    """A plan with the place of its heavy set, and its loss."""

    loss: float
    place: int
    parts: Parts


class PlanSearch:
    """What of a pack's options does not depend on the answers, prepared for searching."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.ids = [option.id for option in options]
        self.is_heavy = [option.heavy for option in options]
        self.heavy_places = tuple(i for i, option in enumerate(options) if option.heavy)
        self.burdens = [option.burden for option in options]
        self.closes = [tuple((g, c) for g, c in enumerate(option.closes) if c) for option in options]
        self.approach_of = [APPROACHES.index(option.approach) for option in options]
        groups: dict[bool, dict[str, list[int]]] = {False: {}, True: {}}
        for i, option in enumerate(options):
            groups[option.heavy].setdefault(option.intervention, []).append(i)
        self.light = tuple(tuple(group) for group in groups[False].values())
        heavy = [tuple(group) for group in groups[True].values()]
        self.heavy = heavy_sets(heavy, self.approach_of, self.burdens)
        self.variants = tuple(
            tuple((c.burden, c.mask, sum(1 << c.parts[k] for k in heavy.spare), c) for c in heavy.choices)
            for heavy in self.heavy
        )
        self.choices = tuple((place, choice) for place, heavy in enumerate(self.heavy) for choice in heavy.choices)

    def best(self, excess: Sequence[float], works: Sequence[float], blocked: int) -> list[Found | None]:
        """Return the best plan of each approach, in the order of APPROACHES; None where every plan is blocked.

        `blocked` has a bit for each option that is.
        """
        return _Run(self, excess, works, blocked).best()

    def leader(self, excess: Sequence[float], works: Sequence[float], blocked: int) -> int:
        """Return the place in APPROACHES of the best plan of all."""
        run = _Run(self, excess, works, blocked)
        near = run.nearest()
        if len(near) == 1:
            return run.name(near[0].place)
        return min((run.rank(plan.parts, name), name) for plan in near for name in [run.name(plan.place)])[1]

    def least(self, excess: Sequence[float], works: Sequence[float], blocked: int) -> float:
        """Return the loss of the best plan of all."""
        return min(plan.loss for plan in _Run(self, excess, works, blocked).nearest())

    def losses(self, excess: Sequence[float], works: Sequence[float], blocked: int) -> tuple[int, list[float | None]]:
        """Return the place of the best approach, and the least loss of each; None where every plan is blocked."""
        run = _Run(self, excess, works, blocked)
        best = run.best()
        return run.first(best), [None if plan is None else plan.loss for plan in best]


class _Lefts(dict[Parts, list[float]]):
    """The shares of the gaps that heavy options leave open, worked out from those of each one alone."""

    def __missing__(self, parts: Parts) -> list[float]:
        found = self[parts] = [*map(mul, self[parts[:-1]], self[parts[-1:]])]
        return found


class _Run:
    """One search: the numbers of one set of answers, and the best plan of each set of heavy interventions so far."""

    __slots__ = ("beside", "blocked", "excess", "found", "least_open", "lefts", "shares", "space", "useless", "worth")

    def __init__(self, space: PlanSearch, excess: Sequence[float], works: Sequence[float], blocked: int) -> None:
        self.space = space
        self.excess = excess
        self.blocked = blocked
        self.found: dict[int, Found | None] = {}
        self.shares = [
            [(g, c * work) for g, c in closes if excess[g] > 0.0]
            for closes, work in zip(space.closes, works, strict=True)
        ]
        self.worth = [[(g, excess[g] * share) for g, share in shares] for shares in self.shares]
        whole = [1.0] * len(excess)
        alone: dict[Parts, list[float]] = {(i,): self._left(whole, (i,)) for i in space.heavy_places}
        self.lefts = _Lefts({(): whole} | alone)
        self.beside = self._light_states()
        self.useless = self._useless()
        self.least_open = [min(column) for column in zip(*(open_ for _, open_, _ in self.beside), strict=True)]

    def nearest(self) -> list[Best]:
        """Return the plan of least loss with all that come as near as makes no difference.

        Heavy options are tried from the most promising on, until no others can do as well.
        """
        useless = self.useless
        promising = []
        for number, (place, choice) in enumerate(self.space.choices):
            if not choice.mask & useless:
                left = self.lefts[choice.parts]
                promising.append((sum(map(mul, left, self.least_open)) + choice.burden, number, place, choice, left))
        promising.sort()
        least = math.inf
        found: list[Best] = []
        for bound, _, place, choice, left in promising:
            if bound > least + _NEAR:
                break
            for light, open_, spent in self.beside:
                loss = sum(map(mul, open_, left)) + spent + choice.burden
                if loss <= least + _NEAR:
                    least = min(least, loss)
                    found.append(Best(loss, place, light + choice.parts))
        return [plan for plan in found if plan.loss <= least + _NEAR]

    def _useless(self) -> int:
        """Return the mask of the heavy options that are blocked or can't repay their burden in any plan."""
        most_open = [max(column) for column in zip(*(open_ for _, open_, _ in self.beside), strict=True)]
        mask = self.blocked
        for i in self.space.heavy_places:
            if sum([most_open[g] * share for g, share in self.shares[i]]) <= self.space.burdens[i]:
                mask |= 1 << i
        return mask

    def best(self) -> list[Found | None]:
        """Return the best plan of each approach."""
        best: list[Found | None] = [None] * len(APPROACHES)
        limits = [math.inf] * len(APPROACHES)  # above these losses a plan can't be the best of its name
        for place, heavy in enumerate(self.space.heavy):
            spare = heavy.spare
            if heavy.name is not None:
                limit = limits[heavy.name]
            elif spare:
                # Named after the better of its two interventions, so it counts only where it beats both alone.
                limit = min([math.inf if (one := self._least(rest)) is None else one.loss for rest in heavy.rests])
            else:
                limit = math.inf
            found = self._least(place, limit, spare)
            if found is None:
                continue
            name = self.name(place)
            known = best[name]
            if known is None or self._before(found, known, name):
                best[name] = found
                limits[name] = found.loss
        return best

    def first(self, best: list[Found | None]) -> int:
        """Return the approach whose plan comes first."""
        found = [(plan.loss, name, plan.parts) for name, plan in enumerate(best) if plan is not None]
        least = min(found)
        near = [(name, parts) for loss, name, parts in found if loss <= least[0] + _NEAR]
        return min([(self.rank(parts, name), name) for name, parts in near])[1] if len(near) > 1 else least[1]

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

    def name(self, place: int) -> int:
        """Return the approach of a heavy set: its own, or that of the intervention whose loss would cost most."""
        heavy = self.space.heavy[place]
        if heavy.name is not None:
            return heavy.name
        without = []
        for rest, approach in zip(heavy.rests, heavy.approaches, strict=True):
            found = self._least(rest)
            without.append((math.inf if found is None else round(found.loss, 12), -approach))
        return -max(without)[1]

    def _left(self, left: Sequence[float], parts: Sequence[int]) -> list[float]:
        """Return what options leave of a residual."""
        result = [*left]
        for i in parts:
            for g, share in self.shares[i]:
                result[g] *= 1 - share
        return result

    def _least(self, place: int, limit: float = math.inf, spare: tuple[int, ...] = ()) -> Found | None:
        """Return the plan of least loss with a set of heavy interventions.

        None where all are blocked, where all have more loss than `limit`, and where a `spare` part can't repay its
        burden, so that the plan without is at least as good.
        """
        if place in self.found:
            return self.found[place]
        best: Found | None = None
        tried: list[Tried] = []
        beside, lefts, blocked, bar = self.beside, self.lefts, self.blocked, limit + _NEAR
        many = len(beside) > _FEW  # else trying a choice costs less than showing that it is beaten
        for burden, mask, spared, choice in self.space.variants[place]:
            if burden > bar or mask & blocked or (spare and spared & self.useless):
                continue
            parts = choice.parts
            left = lefts[parts]
            if bar < math.inf and sum(map(mul, left, self.least_open)) + burden > bar:
                continue
            if spare and self._idle(choice, spare):
                continue
            if many:
                if self._beaten(left, burden, tried):
                    continue
                tried.append((left, burden))
            losses = [sum(map(mul, open_, left)) + spent + burden for _, open_, spent in beside]
            least = min(losses)
            if best is not None and least >= best.loss + _NEAR:
                continue
            for loss, (light, _, _) in zip(losses, beside, strict=True):
                if loss <= least + _NEAR:
                    found = Found(loss, light + parts)
                    if best is None or self._before(found, best, PROMPTING):
                        best = found
        if limit == math.inf:
            self.found[place] = best
        return best

    def _idle(self, choice: HeavyChoice, spare: tuple[int, ...]) -> bool:
        """Return whether a spare part can't repay its burden beside the other heavy ones."""
        for k in spare:
            i = choice.parts[k]
            left = self.lefts[choice.others[k]]
            if sum([left[g] * worth for g, worth in self.worth[i]]) <= self.space.burdens[i]:
                return True
        return False

    def _beaten(self, left: list[float], burden: float, tried: list[Tried]) -> bool:
        """Return whether heavy options tried before have less loss, whatever light options stand beside."""
        for other, other_burden in tried:
            more = burden - other_burden
            for mine, theirs, least, most in zip(left, other, self.least_open, self.excess, strict=True):
                more += (mine - theirs) * (least if mine > theirs else most)
            if more > _NEAR:
                return True
        return False

    def _pays(self, i: int) -> bool:
        """Return whether an option is not blocked and can repay its burden in some plan."""
        return not self.blocked >> i & 1 and sum([worth for _, worth in self.worth[i]]) > self.space.burdens[i]

    def _light_states(self) -> list[State]:
        """Return the sets of light options among which the best is, whatever heavy options stand beside."""
        burdens, shares = self.space.burdens, self.shares
        paying = ([i for i in variants if self._pays(i)] for variants in self.space.light)
        light = [variants for variants in paying if variants]
        # What is left of each gap at least by the light options still to come and by every heavy one.
        heavy = [i for i in self.space.heavy_places if not self.blocked >> i & 1]
        later = self._left([1.0] * len(self.excess), heavy)
        least = [later]
        for group in reversed(light):
            later = self._left(later, tuple(group))
            least.append(later)
        states: list[State] = [((), [*self.excess], 0.0)]
        for k, group in enumerate(light):
            later = least[len(light) - k - 1]
            grown: list[State] = []
            for state in states:
                parts, left, burden = state
                needed = False
                for i in group:
                    cost = burdens[i]
                    if sum([left[g] * share for g, share in shares[i]]) > cost:
                        grown.append(((*parts, i), self._left(left, (i,)), burden + cost))
                        # Worth it even beside all that may still come: then no best plan goes without.
                        needed = needed or sum([left[g] * later[g] * share for g, share in shares[i]]) > cost
                if not needed:
                    grown.append(state)
            states = grown
        return states
