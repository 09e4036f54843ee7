"""What the advisor has to beat: the commonest approach, a plain regression, and the bare table of five gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.training.classifier import fit_linear
from advisor.training.design import answer_names, feature_set, labels, text_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.approaches import Approach
    from advisor.rules import RulePack
    from advisor.scenarios import Scenario
    from advisor.training.arrays import Floats
    from advisor.training.classifier import Recipe

_STRENGTH: Final = 0.2
_TEXT_STRENGTH: Final = 3.0
_TABLE: Final[dict[str, Approach]] = {
    "knowledge": "rag",
    "behavior": "fine_tuning",
    "capability": "stronger_model",
    "context": "prompting",
    "consistency": "prompting",
}
_SURE: Final = 0.6  # how probable the table's answer is taken to be


def majority(train: Sequence[Scenario], test: Sequence[Scenario]) -> Floats:
    """Return for every test case how common each approach is among the training cases."""
    counts = np.bincount(labels(train), minlength=len(APPROACHES)) + 0.5
    return np.tile(counts / counts.sum(), (len(test), 1))


def regression(train: Sequence[Scenario], test: Sequence[Scenario], recipe: Recipe) -> Floats:
    """Return the probabilities of a plain regression on the answers alone."""
    features = feature_set(train, recipe.settings, recipe.hints)
    names = [name for name in answer_names(train, features, recipe.settings.least_cases) if name.startswith("fact:")]
    even = [1 / len(APPROACHES)] * len(APPROACHES)
    model = fit_linear([features.of_case(s.facts, even, None) for s in train], labels(train), names, _STRENGTH)
    return _rows([model.probabilities(features.of_case(s.facts, even, None)) for s in test])


def words_alone(train: Sequence[Scenario], test: Sequence[Scenario], recipe: Recipe) -> Floats:
    """Return the probabilities of a plain regression on the words of the description alone."""
    scales = {**recipe.settings.scales, "word": 1.0}
    features = feature_set(train, recipe.settings.model_copy(update={"scales": scales}), recipe.hints)
    names = [name for name in text_names(features) if name.startswith("word:")]
    model = fit_linear([features.of_text(s.description) for s in train], labels(train), names, _TEXT_STRENGTH)
    return _rows([model.probabilities(features.of_text(s.description)) for s in test])


def five_gaps(pack: RulePack, test: Sequence[Scenario]) -> Floats:
    """Return what the table "widest gap -> remedy" says: prompting where no gap is open."""
    result = np.full((len(test), len(APPROACHES)), (1 - _SURE) / (len(APPROACHES) - 1))
    for row, scenario in zip(result, test, strict=True):
        open_ = {s.gap.id: s.excess for s in assess(pack, scenario.facts).gaps if s.gap.id in _TABLE and s.excess > 0}
        widest = max(open_, key=lambda gap: open_[gap], default="context")
        row[APPROACHES.index(_TABLE[widest])] = _SURE
    return result


def _rows(probabilities: Sequence[dict[Approach, float]]) -> Floats:
    return np.array([[row[approach] for approach in APPROACHES] for row in probabilities])
