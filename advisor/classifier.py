"""The fallback classifier: two small linear models in plain weights, made by `advisor train`.

One reads answers, the rules' probabilities and the words of the description; the other a description alone.
Probability of an approach = softmax((intercept + sum of feature x weight) / temperature).
"""

from __future__ import annotations

import hashlib
import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from advisor.approaches import APPROACHES
from advisor.errors import AdvisorError, Problem
from advisor.features import FeatureSet
from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.pack import RulePack

CLASSIFIER_SCHEMA: Final = 1
CHANGES_WEIGHTS: Final[tuple[Approach, ...]] = ("fine_tuning", "rag_and_fine_tuning")
BASE_RATE_ONLY: Final = "unknown:"
"""Features of this kind say only which questions are open: they are no evidence for changing weights."""
HELD_BACK_BY: Final = 0.1  # in log-odds: how far below the others an approach falls that only its base rate favors


class LinearModel(Frozen):
    """A multinomial logistic model; each feature has one weight for each approach, in the order of APPROACHES."""

    intercept: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]
    temperature: float

    def logits(self, features: Mapping[str, float]) -> list[float]:
        """Return the log-odds of the approaches before any temperature."""
        totals = list(self.intercept)
        for name, value in features.items():
            for i, weight in enumerate(self.weights.get(name, ())):
                totals[i] += value * weight
        return totals

    def probabilities(self, features: Mapping[str, float]) -> dict[Approach, float]:
        """Return the probabilities of the approaches as the model was fitted, with its temperature."""
        return _softmax(self.logits(features), self.temperature)

    def supported(self, features: Mapping[str, float]) -> dict[Approach, float]:
        """Return the probabilities, with approaches that change weights held back unless something speaks for them.

        Published cases over-represent training. So what the case itself says (no intercept, no open question) must
        speak more for such an approach than for every other one; else it falls below the best of the others.
        """
        said = LinearModel(intercept=(0.0,) * len(APPROACHES), weights=self.weights, temperature=1.0).logits(
            {name: value for name, value in features.items() if not name.startswith(BASE_RATE_ONLY)}
        )
        return self.held_back(self.logits(features), said)

    def held_back(self, logits: Sequence[float], said: Sequence[float]) -> dict[Approach, float]:
        """Return the probabilities of `supported`, from all log-odds and from those that the case itself says."""
        logits = list(logits)
        others = [i for i, approach in enumerate(APPROACHES) if approach not in CHANGES_WEIGHTS]
        ceiling = max(logits[i] for i in others) - HELD_BACK_BY
        needed = max(said[i] for i in others)
        for i, approach in enumerate(APPROACHES):
            if approach in CHANGES_WEIGHTS and said[i] <= needed:
                logits[i] = min(logits[i], ceiling)
        return _softmax(logits, self.temperature)


class Blend(Frozen):
    """Where the classifier speaks, and how much it counts there.

    It speaks with fewer than `answers` answers (too thin), or when the rules' two best approaches are less than
    `margin` apart in probability (too close); then the result is `share` x classifier + (1 - share) x rules.
    With fewer than `few` answers, less than any training case has, the model that reads the description is asked
    instead, and the rules count the less the fewer answers there are.
    """

    share: float
    margin: float
    answers: float
    few: float


class Classifier(Frozen):
    """Both models, their features, the blend, and hashes of what they were made from."""

    features: FeatureSet
    answers: LinearModel
    text: LinearModel
    blend: Blend
    made_from: Mapping[str, Any]

    def of_case(self, facts: Facts, rules: Mapping[Approach, float], description: str | None) -> dict[Approach, float]:
        """Return the probabilities for a case with answers; `rules` are the rules' own."""
        ordered = [rules[approach] for approach in APPROACHES]
        return self.answers.supported(self.features.of_case(facts, ordered, description))

    def of_text(self, description: str) -> dict[Approach, float]:
        """Return the probabilities for a description alone."""
        return self.text.supported(self.features.of_text(description))


def _softmax(logits: list[float], temperature: float) -> dict[Approach, float]:
    highest = max(logits)
    powers = [math.exp((logit - highest) / temperature) for logit in logits]
    whole = math.fsum(powers)
    return {approach: power / whole for approach, power in zip(APPROACHES, powers, strict=True)}


# ------------------------------------------------------------------ the file


def classifier_path() -> Path:
    """Return the file of the shipped classifier."""
    return Path(__file__).parent / "data" / "classifier.json"


@cache
def shipped_classifier() -> Classifier:
    """Return the shipped classifier, loaded on first use."""
    return load_classifier(classifier_path())


def load_classifier(path: Path) -> Classifier:
    """Return the classifier in a file that `advisor train` wrote.

    Raises AdvisorError when the file can't be read, is of another layout, or does not match its own hash.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
    except (OSError, ValueError):
        raise AdvisorError(
            Problem("can't be read as classifier weights; `advisor train` makes them", str(path))
        ) from None
    if not isinstance(data, dict) or data.get("schema_version") != CLASSIFIER_SCHEMA:
        raise AdvisorError(
            Problem("is not a classifier of this version; make it again with `advisor train`", str(path))
        )
    if data.get("hash") != body_hash(text):
        message = "does not match its own hash: it was changed after training; make it again with `advisor train`"
        raise AdvisorError(Problem(message, str(path)))
    return classifier_from(data)


def classifier_from(data: Mapping[str, Any]) -> Classifier:
    """Return the classifier that the content of a checked file describes."""
    features = FeatureSet(
        levels=data["levels"],
        asked=tuple(data["asked"]),
        scales=data["scales"],
        rarity=data["rarity"],
        hints=data["hints"],
    )
    models = {name: _model(model) for name, model in data["models"].items()}
    return Classifier(
        features=features,
        answers=models["answers"],
        text=models["text"],
        blend=Blend(**data["blend"]),
        made_from=data["made_from"],
    )


def _model(data: Mapping[str, Any]) -> LinearModel:
    weights = {name: tuple(values) for name, values in data["weights"].items()}
    return LinearModel(intercept=tuple(data["intercept"]), weights=weights, temperature=data["temperature"])


def body_hash(text: str) -> str:
    """Return the hash of a classifier file's text without the line that holds the hash itself."""
    lines = (line for line in text.splitlines() if not line.startswith('"hash":'))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def numbers_hash(pack: RulePack) -> str:
    """Return a hash of every number that a pack decides with; words may change without making the classifier stale."""
    return hashlib.sha256("\n".join(_numbers(pack)).encode()).hexdigest()[:16]


def _numbers(pack: RulePack) -> Iterator[str]:
    yield f"{pack.temperature} {pack.surprise}"
    for gap in pack.gaps:
        yield f"{gap.id} {gap.prior}"
        yield from (f"{rule.id} {rule.weight}" for rule in gap.rules)
    for option in pack.options:
        yield f"{option.id} {option.prior} {option.burden} {option.closes}"
        yield from (f"{rule.id} {rule.weight}" for rule in option.rules)
