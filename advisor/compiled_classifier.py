"""The classifier compiled into one table for each question, for judging many completions of one case.

It says what advisor.classifier says of the same answers, up to rounding.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from advisor.approaches import APPROACHES
from advisor.classifier import BASE_RATE_ONLY, shipped_classifier
from advisor.features import level, rule_features, word_features

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.classifier import Blend, Classifier
    from advisor.conditions import Facts
    from advisor.facts import FactValue

Vector: TypeAlias = "tuple[float, ...]"
"""What one answer adds to the log-odds of each approach, in the order of APPROACHES."""

_NOTHING: Vector = (0.0,) * len(APPROACHES)


class CompiledClassifier:
    """A classifier with the interface of advisor.classifier, faster by its tables."""

    def __init__(self, classifier: Classifier) -> None:
        model, features = classifier.answers, classifier.features
        self._classifier = classifier
        self._answers: dict[str, dict[str, Vector]] = {}
        self._unknown: dict[str, Vector] = dict.fromkeys(features.asked, _NOTHING)
        self.blend: Blend = classifier.blend
        self.intercept = model.intercept
        self.levels: Mapping[str, Sequence[float]] = features.levels
        self.rules = [
            _scaled(model.weights.get(f"rules:{name}", _NOTHING), features.scales["rules"]) for name in APPROACHES
        ]
        for name, weights in model.weights.items():
            kind, _, rest = name.partition(":")
            fact, _, answer = rest.partition("=")
            if kind == "fact":
                self._answers.setdefault(fact, {})[answer] = _scaled(weights, features.scales["fact"])
            elif name.startswith(BASE_RATE_ONLY) and rest in self._unknown:
                self._unknown[rest] = _scaled(weights, features.scales["unknown"])
        self.temperature = model.temperature
        self.asked = features.asked
        self.facts = frozenset((*self._answers, *self._unknown))
        self.words = lru_cache(maxsize=64)(self._words)
        self.of_text = lru_cache(maxsize=64)(classifier.of_text)

    def of_case(self, facts: Facts, rules: Mapping[Approach, float], description: str | None) -> dict[Approach, float]:
        """Return the probabilities for a case with answers; `rules` are the rules' own."""
        said = [self.answer(fact, value) for fact, value in facts.items()]
        if description:
            said.append(self.words(description))
        shares = rule_features([rules[approach] for approach in APPROACHES], {"rules": 1.0}).values()
        said += [_scaled(weights, share) for weights, share in zip(self.rules, shares, strict=True)]
        own = [sum(column) for column in zip(*said, strict=True)]
        open_ = [vector for fact, vector in self._unknown.items() if fact not in facts]
        logits = [sum(column) for column in zip(self.intercept, own, *open_, strict=True)]
        return self._classifier.answers.held_back(logits, own)

    def answer(self, fact: str, value: FactValue) -> Vector:
        """Return what an answer adds."""
        table = self._answers.get(fact)
        if table is None:
            return _NOTHING
        if isinstance(value, (str, bool)):
            return table.get(level(value, None), _NOTHING)
        bounds = self.levels.get(fact)
        return table.get("given" if bounds is None else str(bisect_right(bounds, value)), _NOTHING)

    def unknown(self, fact: str) -> Vector:
        """Return what a question without an answer adds."""
        return self._unknown.get(fact, _NOTHING)

    def _words(self, description: str) -> Vector:
        features = self._classifier.features
        found = word_features(description, features.rarity, features.scales)
        weights = self._classifier.answers.weights
        known = [_scaled(weights.get(name, _NOTHING), value) for name, value in found.items()]
        return tuple([sum(column) for column in zip(_NOTHING, *known, strict=True)])


@cache
def compiled_classifier() -> CompiledClassifier:
    """Return the shipped classifier, compiled on first use."""
    return CompiledClassifier(shipped_classifier())


def _scaled(weights: Sequence[float], by: float) -> Vector:
    return tuple([weight * by for weight in weights])
