"""What the fallback classifier says of many cases with answers at once, as advisor.fallback does for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from advisor.approaches import APPROACHES
from advisor.classifier import CHANGES_WEIGHTS, HELD_BACK_BY
from advisor.features import SMALLEST_PROBABILITY, level, word_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.batch.columns import Codes, ColumnConditions, FactCodes
    from advisor.batch.scores import Floats
    from advisor.classifier import Classifier


class ColumnClassifier:
    """A classifier prepared for columns."""

    def __init__(self, classifier: Classifier, columns: ColumnConditions) -> None:
        self.classifier = classifier
        self.blend = classifier.blend
        features, model = classifier.features, classifier.answers
        self._intercept = np.array(model.intercept)
        self._said: list[tuple[int, Floats]] = []
        self._open: list[tuple[int, Floats]] = []
        for fact, codes in columns.facts.items():
            said = np.zeros((codes.size, len(APPROACHES)))
            for code, answer in _answers(codes, features.levels.get(fact)):
                said[code] = self._weight(f"fact:{fact}={answer}") * features.scales["fact"]
            self._said.append((codes.place, said))
            if fact in features.asked:
                self._open.append((codes.place, self._weight(f"unknown:{fact}") * features.scales["unknown"]))
        self._rules = np.stack([self._weight(f"rules:{name}") for name in APPROACHES]) * features.scales["rules"]

    def _weight(self, name: str) -> Floats:
        return np.array(self.classifier.answers.weights.get(name, (0.0,) * len(APPROACHES)))

    def probabilities(self, codes: Codes, rules: Floats, descriptions: Sequence[str | None]) -> Floats:
        """Return the classifier's own probabilities (N, A), 0 where the rules (N, A) rule an approach out."""
        said = self._from_rules(rules)
        for place, table in self._said:
            said += table[codes[place]]
        for row, text in enumerate(descriptions):
            if text:
                said[row] += self._from_words(text)
        logits = self._intercept + said
        for place, weight in self._open:
            logits += (codes[place] == 0)[:, None] * weight
        own = _softmax(_held_back(logits, said), self.classifier.answers.temperature)
        own[rules <= 0] = 0.0
        return np.asarray(own / own.sum(axis=1, keepdims=True))

    def _from_rules(self, rules: Floats) -> Floats:
        logs = np.log(np.maximum(rules, SMALLEST_PROBABILITY))
        return np.asarray((logs - logs.mean(axis=1, keepdims=True)) @ self._rules)

    def _from_words(self, text: str) -> Floats:
        features = self.classifier.features
        total = np.zeros(len(APPROACHES))
        for name, value in word_features(text, features.rarity, features.scales).items():
            total += value * self._weight(name)
        return total


def _answers(codes: FactCodes, bounds: Sequence[float] | None) -> list[tuple[int, str]]:
    """Return what the classifier calls each code of a fact."""
    if codes.named:
        return [(code, level(value, None)) for value, code in codes.named.items()]
    return [(code, level(start, bounds)) for code, start in enumerate(codes.starts, 1)]


def _held_back(logits: Floats, said: Floats) -> Floats:
    """Return the log-odds with approaches that change weights held back unless the case itself speaks for them."""
    others = [i for i, approach in enumerate(APPROACHES) if approach not in CHANGES_WEIGHTS]
    ceiling = logits[:, others].max(axis=1) - HELD_BACK_BY
    needed = said[:, others].max(axis=1)
    for i, approach in enumerate(APPROACHES):
        if approach in CHANGES_WEIGHTS:
            held = said[:, i] <= needed
            logits[held, i] = np.minimum(logits[held, i], ceiling[held])
    return logits


def _softmax(logits: Floats, temperature: float) -> Floats:
    powers = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
