"""How far the classifier could still move the advice, whatever the open answers turn out to be.

Log-odds are sums over the answers, so the most by which another approach can get ahead of the present one is a sum over
the questions: each at its worst answer. The rules' probabilities enter through bounds of their own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from advisor.approaches import APPROACHES
from advisor.classifier import CHANGES_WEIGHTS, HELD_BACK_BY
from advisor.features import SMALLEST_PROBABILITY
from advisor.uncertainty.outcome import second_opinion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.compiled_classifier import CompiledClassifier, Vector
    from advisor.conditions import Facts
    from advisor.pack import RulePack
    from advisor.uncertainty.bounds import Space

_SURELY: Final = 1e-9
_CHANGING: Final = frozenset(APPROACHES.index(name) for name in CHANGES_WEIGHTS)
_HIGHEST: Final = 50.0  # log-odds that are as good as certain
_NO_ANSWER: Final[Vector] = (0.0,) * len(APPROACHES)


def opinion_bounds(pack: RulePack, space: Space, now: Approach, description: str | None) -> OpinionBounds | None:
    """Return what bounds the classifier beside an approach; None where the rules decide alone."""
    classifier = second_opinion(pack)
    return None if classifier is None else OpinionBounds(pack, classifier, now, description, space)


class OpinionBounds:
    """How far other approaches can get ahead of one, for parts of the completions in a space."""

    def __init__(
        self,
        pack: RulePack,
        classifier: CompiledClassifier,
        now: Approach,
        description: str | None,
        space: Space,
    ) -> None:
        values = {name: space.values[name] for name in space.asked.by_id if name in space.values}
        answered = len(space.facts) + sum(None not in own for own in values.values())
        self.thin = answered < max(classifier.blend.few, classifier.blend.answers)
        """Whether there may be completions with so few answers that they are judged by their description instead."""
        self.share, self.margin = classifier.blend.share, classifier.blend.margin
        self._classifier = classifier
        self._now = APPROACHES.index(now)
        self._rivals = [i for i in range(len(APPROACHES)) if i != self._now]
        self._words = classifier.words(description) if description else _NO_ANSWER
        self._surprise, self._temperature = pack.surprise, pack.temperature
        self._worst: dict[str, tuple[list[float], list[float]]] = {
            name: (
                self._over([classifier.answer(name, v) if v is not None else _NO_ANSWER for v in own]),
                self._over([classifier.answer(name, v) if v is not None else classifier.unknown(name) for v in own]),
            )
            for name, own in values.items()
        }
        self._asked = classifier.asked
        columns = [[weights[i] for weights in classifier.rules] for i in range(len(APPROACHES))]
        self._by_rules = {}
        for rival in self._rivals:
            own = [a - b for a, b in zip(columns[rival], columns[self._now], strict=True)]
            middle = math.fsum(own) / len(own)
            self._by_rules[rival] = [value - middle for value in own]

    def swing(self, name: str) -> float:
        """Return how much the answer to an open question matters here, in log-odds."""
        return max(map(abs, self._worst[name][1]), default=0.0)

    def stays(self, facts: Facts, open_: Iterable[str], leads: Mapping[int, float], ruled_out: set[int]) -> bool:
        """Return whether the present approach is sure to come out.

        `leads` bounds from below how much more loss each other approach has (in the order of APPROACHES); those that
        are missing are surely blocked. `ruled_out` may be blocked.
        """
        ahead = self.ahead(leads)
        if all(lead >= self.margin + _SURELY for lead in ahead.values()):
            return True
        if any(lead <= -self.margin + _SURELY for lead in ahead.values()):
            return False
        own = self.own(facts, open_, leads, ruled_out)
        return all(self.share * least_lead(own, i) + (1 - self.share) * ahead[i] > _SURELY for i in leads)

    def ahead(self, leads: Mapping[int, float]) -> dict[int, float]:
        """Return by how much, at least, the present approach is more probable than each other one, by the rules."""
        odds = self._odds(leads)
        return {i: (1 - self._surprise) * least_lead(odds, i) for i in odds}

    def own(
        self, facts: Facts, open_: Iterable[str], leads: Mapping[int, float], ruled_out: set[int]
    ) -> dict[int, float]:
        """Return the most that the classifier's odds of each other approach against the present one can be."""
        odds = self._odds(leads)
        said, total = self._most(facts, [*open_])
        logs = self._logs(odds, ruled_out)
        for place, rival in enumerate(self._rivals):
            by_rules = sum(
                [k * (logs[j][1] if k > 0 else logs[j][0]) for j, k in enumerate(self._by_rules[rival]) if j in logs]
            )
            said[place] += by_rules
            total[place] += by_rules
        own = dict(zip(self._rivals, total, strict=True))
        outspoken = dict(zip(self._rivals, said, strict=True))
        if self._now in _CHANGING and any(more >= 0 for i, more in outspoken.items() if i not in _CHANGING):
            # It may be held back below the best of those that leave the weights as they are.
            own = {i: math.inf if i in _CHANGING else max(most, HELD_BACK_BY) for i, most in own.items()}
        temperature = self._classifier.temperature
        return {i: math.exp(min(own[i] / temperature, _HIGHEST)) for i in odds}

    def _odds(self, leads: Mapping[int, float]) -> dict[int, float]:
        return {i: math.exp(min(-lead / self._temperature, _HIGHEST)) for i, lead in leads.items()}

    def _most(self, facts: Facts, open_: list[str]) -> tuple[list[float], list[float]]:
        """Return the most by which answers put each rival ahead: by what they say, and all in all."""
        classifier = self._classifier
        known = [self._over([classifier.answer(name, value)]) for name, value in facts.items()]
        known.append(self._over([self._words]))
        worst = [self._worst[name] for name in open_]
        idle = [
            self._over([classifier.unknown(name)]) for name in self._asked if name not in facts and name not in open_
        ]
        said = [sum(column) for column in zip(*known, *(pair[0] for pair in worst), strict=True)]
        base = self._over([classifier.intercept])
        return said, [sum(column) for column in zip(base, *known, *idle, *(pair[1] for pair in worst), strict=True)]

    def _over(self, vectors: Sequence[Vector]) -> list[float]:
        """Return the most that one of some answers puts each rival ahead of the present approach."""
        now = self._now
        return [max([vector[i] - vector[now] for vector in vectors]) for i in self._rivals]

    def _logs(self, odds: Mapping[int, float], ruled_out: set[int]) -> dict[int, tuple[float, float]]:
        """Return bounds of log(probability / probability of the present approach), by the rules, for each rival."""
        most = max(1.0, *odds.values()) if odds else 1.0
        blocked = math.log(SMALLEST_PROBABILITY)
        least = math.log(max(self._surprise / len(APPROACHES), SMALLEST_PROBABILITY))
        bounds = {}
        for i in self._rivals:
            if i not in odds:
                bounds[i] = (blocked, math.log(SMALLEST_PROBABILITY * len(APPROACHES)))
                continue
            share, spread = 1 - self._surprise, self._surprise * most
            ratio = odds[i] if odds[i] > 1 else (share * odds[i] + spread) / (share + spread)
            bounds[i] = (blocked if i in ruled_out else least, math.log(ratio))
        return bounds


def least_lead(odds: Mapping[int, float], rival: int) -> float:
    """Return the least by which a share is ahead of a rival's; `odds` are the most that others have against it."""
    against = odds[rival]
    others = sum(odds.values()) - against if against <= 1 else 0.0
    return (1 - against) / (1 + against + others)
