"""The classifier compiled into one table for each question, for judging many completions of one case.

It says what advisor.classifier says of the same answers, up to rounding.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import cache, lru_cache
from operator import mul
from typing import TYPE_CHECKING, Final, TypeAlias

from advisor.approaches import APPROACHES
from advisor.classifier import BASE_RATE_ONLY, shipped_classifier
from advisor.features import GIVEN, SMALLEST_PROBABILITY, word_features

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.classifier import Blend, Classifier
    from advisor.conditions import Facts
    from advisor.facts import FactValue

Vector: TypeAlias = "tuple[float, ...]"
"""What one answer adds to the log-odds of each approach, in the order of APPROACHES."""

_NOTHING: Vector = (0.0,) * len(APPROACHES)
_FLAGS: Final = {"yes": True, "no": False}


class CompiledClassifier:
    """A classifier with the interface of advisor.classifier, faster by its tables."""

    def __init__(self, classifier: Classifier) -> None:
        model, features = classifier.answers, classifier.features
        self._classifier = classifier
        self._options: dict[str, dict[FactValue, Vector]] = {}
        self._numbers: dict[str, tuple[Sequence[float], list[Vector]]] = {
            fact: (bounds, [_NOTHING] * (len(bounds) + 1)) for fact, bounds in features.levels.items()
        }
        self._unknown: dict[str, Vector] = dict.fromkeys(features.asked, _NOTHING)
        self.blend: Blend = classifier.blend
        self.intercept = model.intercept
        self.temperature = model.temperature
        self.asked = features.asked
        self.levels: Mapping[str, Sequence[float]] = features.levels
        by_rules = [model.weights.get(f"rules:{name}", _NOTHING) for name in APPROACHES]
        self.rules = [_scaled(weights, features.scales["rules"]) for weights in by_rules]
        self._by_approach = [*zip(*self.rules, strict=True)]
        for name, weights in model.weights.items():
            kind, _, rest = name.partition(":")
            if kind == "fact":
                fact, _, answer = rest.partition("=")
                self._set(fact, answer, _scaled(weights, features.scales["fact"]))
            elif name.startswith(BASE_RATE_ONLY) and rest in self._unknown:
                self._unknown[rest] = _scaled(weights, features.scales["unknown"])
        self.facts = frozenset((*self._options, *self._numbers, *self._unknown))
        self.answer = lru_cache(maxsize=1024)(self._answer)
        """What an answer to a fact adds."""
        self.words = lru_cache(maxsize=64)(self._words)
        self.of_text = lru_cache(maxsize=64)(classifier.of_text)

    def _set(self, fact: str, answer: str, weights: Vector) -> None:
        """Take in what one level of an answer adds."""
        if fact in self._numbers:
            self._numbers[fact][1][int(answer)] = weights
            return
        if answer == GIVEN:  # a number without levels
            self._numbers[fact] = ((), [weights])
            return
        table = self._options.setdefault(fact, {})
        table[answer] = weights
        if answer in _FLAGS:
            table[_FLAGS[answer]] = weights

    def of_case(self, facts: Facts, rules: Mapping[Approach, float], description: str | None) -> dict[Approach, float]:
        """Return the probabilities for a case with answers; `rules` are the rules' own."""
        said = [*map(self.answer, facts, facts.values())]
        if description:
            said.append(self.words(description))
        logs = [math.log(max(rules[approach], SMALLEST_PROBABILITY)) for approach in APPROACHES]
        mean = sum(logs) / len(logs)
        around = [value - mean for value in logs]
        by_rules = [sum(map(mul, column, around)) for column in self._by_approach]
        own = [*map(math.fsum, zip(by_rules, *said, strict=True))]  # whatever the order of the answers
        open_ = [vector for fact, vector in self._unknown.items() if fact not in facts]
        logits = [*map(sum, zip(self.intercept, own, *open_, strict=True))]
        return self._classifier.answers.held_back(logits, own)

    def _answer(self, fact: str, value: FactValue) -> Vector:
        table = self._options.get(fact)
        if table is not None:
            return table.get(value, _NOTHING)
        number = self._numbers.get(fact)
        return _NOTHING if number is None else number[1][bisect_right(number[0], value)]

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
