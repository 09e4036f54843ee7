"""Which approach some answers lead to, without the words around it: the fastest path to what `advise` would say.

Where the rules leave it open the classifier counts as well, so that "stable", `stays`, flips and next questions speak
of the approach that is shown.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from advisor.approaches import APPROACHES
from advisor.compiled import compiled, kept
from advisor.compiled_classifier import CompiledClassifier, compiled_classifier
from advisor.fallback import classifier_for, judged
from advisor.plans import shares

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.heavy_sets import Parts
    from advisor.pack import RulePack
    from advisor.plan_search import PlanSearch


class Outcome(NamedTuple):
    """The approach that answers lead to, and the probabilities of all five (0 where every plan is blocked)."""

    approach: Approach
    probabilities: Mapping[Approach, float]

    def lead(self, approach: Approach) -> float:
        """Return how much more probable an approach is than the best other one."""
        others = max(share for name, share in self.probabilities.items() if name != approach)
        return self.probabilities[approach] - others


def second_opinion(pack: RulePack) -> CompiledClassifier | None:
    """Return the classifier that counts beside the rules, None for a pack that it was not trained with."""
    return kept(pack, "second opinion", lambda pack: (compiled_classifier() if classifier_for(pack) else None,))[0]


def leading_approach(pack: RulePack, facts: Facts, description: str | None = None) -> Approach:
    """Return the approach that answers lead to."""
    if second_opinion(pack) is not None:
        return outcome(pack, facts, description).approach
    engine = compiled(pack)
    true, _ = engine.truths(facts)
    return APPROACHES[engine.search.leader(*engine.judged(true))]


def plan_loss(pack: RulePack, facts: Facts, parts: Parts) -> float:
    """Return the loss of a plan, its options given by their places, whether or not they are blocked."""
    engine = compiled(pack)
    excess, works, _ = engine.judged(engine.truths(facts)[0])
    return loss_of(engine.search, parts, excess, works)


def loss_of(search: PlanSearch, parts: Parts, excess: Sequence[float], works: Sequence[float]) -> float:
    """Return the loss of a plan from the excess of each gap and how well each option works."""
    left = [*excess]
    for i in parts:
        for g, share in search.closes[i]:
            left[g] *= 1 - share * works[i]
    return math.fsum(left) + math.fsum(search.burdens[i] for i in parts)


class _ByRules(NamedTuple):
    """What the rules alone say: their approach, and the probabilities of all and of those that are not blocked."""

    approach: Approach
    probabilities: Mapping[Approach, float]
    open_: tuple[Approach, ...]


def _by_rules(pack: RulePack) -> Callable[[int], _ByRules]:
    """Return what judges by the rules of a pack, from the mask of what is true; it keeps the latest."""
    engine = compiled(pack)

    @lru_cache(maxsize=512)
    def judge(true: int) -> _ByRules:
        leader, losses = engine.search.losses(*engine.judged(true))
        open_ = {name: loss for name, loss in zip(APPROACHES, losses, strict=True) if loss is not None}
        return _ByRules(approach=APPROACHES[leader], probabilities=shares(pack, open_), open_=tuple(open_))

    return judge


def outcome(pack: RulePack, facts: Facts, description: str | None = None) -> Outcome:
    """Return the approach that answers lead to, and the probability of each."""
    rules = kept(pack, "by rules", _by_rules)(compiled(pack).truths(facts)[0])
    classifier = second_opinion(pack)
    said = None if classifier is None else judged(classifier, facts, rules.probabilities, description)
    if said is None:
        return Outcome(approach=rules.approach, probabilities=rules.probabilities)
    together = said.together
    first = max(rules.open_, key=lambda name: (together[name], name == rules.approach))
    return Outcome(approach=first, probabilities=together)
