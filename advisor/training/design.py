"""From scenarios to what the classifier is fitted on: which features there are, and the matrix of their values."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from advisor.approaches import APPROACHES
from advisor.cue_files import ClassifierFile, HintsFile
from advisor.documents import read_document
from advisor.features import FeatureSet, level
from advisor.rules import shipped_rules_folder
from advisor.validation import validated
from advisor.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from advisor.scenarios import Scenario
    from advisor.training.arrays import Floats, Ints


def read_settings(folder: Path | None = None) -> tuple[ClassifierFile, HintsFile]:
    """Return what rules/classifier.yaml and rules/hints.yaml say; AdvisorError holds all that is wrong with them."""
    root = folder or shipped_rules_folder()
    settings = validated(ClassifierFile, read_document(root / "classifier.yaml"))
    return settings, validated(HintsFile, read_document(root / "hints.yaml"))


def feature_set(scenarios: Sequence[Scenario], settings: ClassifierFile, hints: HintsFile) -> FeatureSet:
    """Return the features that these scenarios show often enough."""
    shown = Counter(fact for scenario in scenarios for fact in scenario.facts)
    used = Counter(word for scenario in scenarios for word in set(words(scenario.description)))
    most_cases = settings.words.largest_share * len(scenarios)
    kept = [word for word, count in used.items() if settings.words.least_cases <= count <= most_cases]
    kept.sort(key=lambda word: (-used[word], word))
    rarity = {
        word: round(math.log((1 + len(scenarios)) / (1 + used[word])) + 1, 6)
        for word in sorted(kept[: settings.words.most])
    }
    return FeatureSet(
        levels=settings.levels,
        asked=tuple(sorted(fact for fact, count in shown.items() if count >= settings.least_cases)),
        scales=settings.scales,
        rarity=rarity,
        hints={hint.id: hint.words for hint in hints.hints},
    )


def answer_names(scenarios: Sequence[Scenario], features: FeatureSet, least_cases: int) -> list[str]:
    """Return the names of all features of the model that reads answers, in the order of its matrix."""
    answers = Counter(
        f"fact:{fact}={level(value, features.levels.get(fact))}"
        for scenario in scenarios
        for fact, value in scenario.facts.items()
    )
    often = sorted(name for name, count in answers.items() if count >= least_cases)
    unknown = [f"unknown:{fact}" for fact in features.asked]
    rules = [f"rules:{approach}" for approach in APPROACHES]
    return [*often, *unknown, *rules, *(f"word:{word}" for word in features.rarity)]


def text_names(features: FeatureSet) -> list[str]:
    """Return the names of all features of the model that reads a description alone."""
    return [*(f"word:{word}" for word in features.rarity), *(f"hint:{hint}" for hint in features.hints)]


def matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Floats:
    """Return the values (N, F) of named features; what a row does not hold is 0."""
    place = {name: i for i, name in enumerate(names)}
    result = np.zeros((len(rows), len(names)))
    for row, values in zip(result, rows, strict=True):
        for name, value in values.items():
            if name in place:
                row[place[name]] = value
    return result


def labels(scenarios: Sequence[Scenario]) -> Ints:
    """Return the scenarios' approaches as positions in APPROACHES."""
    return np.array([APPROACHES.index(scenario.approach) for scenario in scenarios])
