"""A rule pack compiled for the engine: one pass over the answers decides every rule, block and settled gap."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from advisor.plan_search import PlanSearch
from advisor.scorecard import Scorecard, Weighted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from advisor.conditions import Condition, Facts
    from advisor.pack import Clause, Rule, RulePack

Derived = TypeVar("Derived")

_COMPILED: Final = "compiled"
_PATTERNS_KEPT: Final = 1024


def compiled(pack: RulePack) -> CompiledPack:
    """Return the compiled form of a pack, made on first use and kept with it."""
    return kept(pack, _COMPILED, CompiledPack)


def kept(pack: RulePack, name: str, make: Callable[[RulePack], Derived]) -> Derived:
    """Return what `make` works out from a pack, kept with the pack under a name.

    Two threads may both work it out at first; both then use the one that was kept first.
    """
    found = pack.derived.get(name)
    if found is None:
        found = pack.derived.setdefault(name, make(pack))
    result: Derived = found
    return result


class _ByPattern(dict[int, float]):
    """A number by the pattern of the conditions that it rests on, those of `mask`."""

    def __init__(self, work_out: Callable[[int], float], mask: int) -> None:
        super().__init__()
        self.work_out = work_out
        self.mask = mask

    def __missing__(self, pattern: int) -> float:
        if len(self) >= _PATTERNS_KEPT:
            self.clear()
        found = self[pattern] = self.work_out(pattern)
        return found


class CompiledPack:
    """The rules of a pack as bit sets and tables. Totals come in the order: gaps, then options."""

    def __init__(self, pack: RulePack) -> None:
        gaps, options = pack.gaps, pack.options
        self.gap_count = len(gaps)
        targets: dict[int, tuple[Rule, list[int]]] = {}
        for total, rules in enumerate([*(gap.rules for gap in gaps), *(option.rules for option in options)]):
            for rule in rules:
                targets.setdefault(id(rule), (rule, []))[1].append(total)
        weighted = [Weighted(rule.condition, rule.weight, tuple(at), rule) for rule, at in targets.values()]
        also: list[Condition] = []
        settled: list[int | None] = []
        for gap in gaps:
            settled.append(len(also) if gap.settled_by else None)
            also += [gap.settled_by.condition] if gap.settled_by else []
        blocks: list[list[tuple[int, Clause]]] = []
        placed: dict[int, int] = {}
        for option in options:
            for clause in option.blocks:
                if id(clause) not in placed:
                    placed[id(clause)] = len(also)
                    also.append(clause.condition)
            blocks.append([(placed[id(clause)], clause) for clause in option.blocks])
        self.card: Scorecard[Rule] = Scorecard(weighted, len(gaps) + len(options), also)
        extra = self.card.extra
        self.settled = [0 if place is None else extra[place] for place in settled]
        self.blocks = [tuple((extra[place], clause) for place, clause in clauses) for clauses in blocks]
        self.blocked_by = [sum(bit for bit, _ in clauses) for clauses in self.blocks]
        self.gap_priors = [gap.prior for gap in gaps]
        self.before = [logistic(gap.prior) for gap in gaps]
        self.option_priors = [option.prior for option in options]
        masks = self.card.masks
        self._excess = [
            _ByPattern(partial(self._excess_of, gap), masks[gap] | self.settled[gap]) for gap in range(len(gaps))
        ]
        self._works = [
            _ByPattern(partial(self._works_of, option), masks[len(gaps) + option]) for option in range(len(options))
        ]
        self.search = PlanSearch(options)

    def truths(self, facts: Facts) -> tuple[int, int]:
        """Return the masks of what is true and of what is unknown."""
        return self.card.truths(facts)

    def excess(self, totals: Sequence[float], true: int) -> list[float]:
        """Return the excess severity of each gap; 0 for those that are settled."""
        return [self._excess_at(gap, total, true) for gap, total in enumerate(totals[: self.gap_count])]

    def _excess_at(self, gap: int, total: float, true: int) -> float:
        if total <= 0 or true & self.settled[gap]:
            return 0.0
        before = self.before[gap]
        return (logistic(self.gap_priors[gap] + total) - before) / (1 - before)

    def works(self, totals: Sequence[float]) -> list[float]:
        """Return how well each option works."""
        return [
            logistic(prior + total) for prior, total in zip(self.option_priors, totals[self.gap_count :], strict=True)
        ]

    def blocked(self, true: int) -> int:
        """Return the mask of the options that are blocked; the bit of an option is its place."""
        return sum([1 << i for i, mask in enumerate(self.blocked_by) if true & mask])

    def judged(self, true: int) -> tuple[list[float], list[float], int]:
        """Return the excess of each gap, how well each option works and which are blocked, as the searches take them.

        The same as `excess`, `works` and `blocked` from totals; what one gap or option comes to is worked out once for
        all answers that make the same of its own rules true.
        """
        excess = [table[true & table.mask] for table in self._excess]
        works = [table[true & table.mask] for table in self._works]
        return excess, works, self.blocked(true)

    def _excess_of(self, gap: int, true: int) -> float:
        return self._excess_at(gap, self.card.total(gap, true), true)

    def _works_of(self, option: int, true: int) -> float:
        return logistic(self.option_priors[option] + self.card.total(self.gap_count + option, true))

    def undecided(self, gap: int, unknown: int) -> bool:
        """Return whether no rule of a gap is decided."""
        mask = self.card.masks[gap]
        return unknown & mask == mask


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), the probability that log-odds of x stand for."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
