"""Fitting the fallback classifier: features, penalties, temperature and blend, all chosen by grouped cross-validation.

The rules' probabilities that it learns from are out of fold: they come from rules fitted without the case's group.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from advisor.approaches import APPROACHES
from advisor.classifier import Blend, LinearModel, classifier_from
from advisor.errors import AdvisorError, Problem
from advisor.fallback import mixed, reason_to_speak, within
from advisor.training.design import answer_names, feature_set, labels, matrix, text_names
from advisor.training.folds import grouped_folds
from advisor.training.metrics import SMALLEST
from advisor.training.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.classifier import Classifier
    from advisor.cue_files import ClassifierFile, HintsFile
    from advisor.features import FeatureSet
    from advisor.scenarios import Scenario
    from advisor.training.arrays import Floats, Ints
    from advisor.training.weights import Workbench

INNER_FOLDS: Final = 5
INNER_SEED: Final = 100
FEWEST_SCENARIOS: Final = 40
FEWEST_GROUPS: Final = 10
_TEMPERATURES: Final = tuple(float(t) for t in np.round(np.arange(0.6, 1.65, 0.05), 2))
_NEVER_SEEN: Final = -10.0  # the intercept of an approach that no training case has
_DIGITS: Final = 8


class Examples(NamedTuple):
    """Labelled cases as features for both models."""

    answers: list[dict[str, float]]
    text: list[dict[str, float]]
    labels: Ints


@dataclass(frozen=True)
class Recipe:
    """What a classifier is made with beside the scenarios."""

    settings: ClassifierFile
    hints: HintsFile


def rules_out_of_fold(bench: Workbench, scenarios: Sequence[Scenario], step: Callable[[], None]) -> Floats:
    """Return the rules' probabilities (N, 5), each case's from rules fitted without its group; `step` is progress."""
    result = np.zeros((len(scenarios), len(APPROACHES)))
    for train, test in grouped_folds([s.group for s in scenarios], INNER_FOLDS, INNER_SEED):
        numbers = bench.fit([scenarios[i] for i in train])
        result[test] = bench.probabilities([scenarios[i] for i in test], numbers)
        step()
    return result


def fit_classifier(scenarios: Sequence[Scenario], rules: Floats, recipe: Recipe) -> dict[str, Any]:
    """Return the content of a classifier file (without hashes), fitted to scenarios and the rules' probabilities.

    Raises AdvisorError when there are too few scenarios, sources or approaches to learn from.
    """
    check_enough(scenarios)
    settings = recipe.settings
    answers_strength, text_strength, out_of_fold = _choose_strengths(scenarios, rules, recipe)
    answers_temperature = _temperature(out_of_fold.answers, labels(scenarios))
    text_temperature = _temperature(out_of_fold.text, labels(scenarios))
    blend = _choose_blend(scenarios, rules, out_of_fold.answers, answers_temperature, settings)
    features = feature_set(scenarios, settings, recipe.hints)
    examples = _examples(scenarios, rules, features)
    names = answer_names(scenarios, features, settings.least_cases)
    return {
        "levels": features.levels,
        "asked": features.asked,
        "scales": features.scales,
        "rarity": features.rarity,
        "hints": features.hints,
        "blend": {"share": blend.share, "margin": blend.margin, "answers": blend.answers, "few": blend.few},
        "strengths": {"answers": answers_strength, "text": text_strength},
        "models": {
            "answers": _content(examples.answers, examples.labels, names, answers_strength, answers_temperature),
            "text": _content(examples.text, examples.labels, text_names(features), text_strength, text_temperature),
        },
    }


def check_enough(scenarios: Sequence[Scenario]) -> None:
    """Raise AdvisorError when scenarios are too few, from too few sources, or all of one approach."""
    groups = len({s.group for s in scenarios})
    if len(scenarios) < FEWEST_SCENARIOS or groups < FEWEST_GROUPS:
        message = (
            f"too few scenarios to learn from: {len(scenarios)} of {groups} groups "
            f"(at least {FEWEST_SCENARIOS} of {FEWEST_GROUPS} groups are needed)"
        )
        raise AdvisorError(Problem(message))
    if len({s.approach for s in scenarios}) == 1:
        raise AdvisorError(
            Problem(f"all scenarios have the approach '{scenarios[0].approach}': nothing can be learned")
        )


def assembled(content: Mapping[str, Any]) -> Classifier:
    """Return a classifier that has not been written to a file."""
    return classifier_from({**content, "made_from": {}})


class Predictions(NamedTuple):
    """For each case a model that has not seen its group, and its features there."""

    answers: list[tuple[LinearModel, dict[str, float]]]
    text: list[tuple[LinearModel, dict[str, float]]]


def _choose_strengths(scenarios: Sequence[Scenario], rules: Floats, recipe: Recipe) -> tuple[float, float, Predictions]:
    """Return the two penalties with the least log loss out of fold, and the predictions made with them."""
    grids = recipe.settings.grids
    answers: dict[float, dict[int, Any]] = {strength: {} for strength in grids.answers_strength}
    text: dict[float, dict[int, Any]] = {strength: {} for strength in grids.text_strength}
    for train, test in grouped_folds([s.group for s in scenarios], INNER_FOLDS, INNER_SEED):
        inside = [scenarios[i] for i in train]
        features = feature_set(inside, recipe.settings, recipe.hints)
        seen = _examples(inside, rules[train], features)
        unseen = _examples([scenarios[i] for i in test], rules[test], features)
        names = answer_names(inside, features, recipe.settings.least_cases)
        for strength, found in answers.items():
            model = fit_linear(seen.answers, seen.labels, names, strength)
            found.update((int(i), (model, row)) for i, row in zip(test, unseen.answers, strict=True))
        for strength, found in text.items():
            model = fit_linear(seen.text, seen.labels, text_names(features), strength)
            found.update((int(i), (model, row)) for i, row in zip(test, unseen.text, strict=True))
    best = [_least_loss(candidates, labels(scenarios)) for candidates in (answers, text)]
    chosen = [
        [found[strength][i] for i in range(len(scenarios))]
        for found, strength in zip((answers, text), best, strict=True)
    ]
    return best[0], best[1], Predictions(chosen[0], chosen[1])


def _least_loss(candidates: Mapping[float, Mapping[int, Any]], truth: Ints) -> float:
    def loss(strength: float) -> float:
        found = candidates[strength]
        return _log_loss([found[i][0].probabilities(found[i][1]) for i in range(len(truth))], truth)

    return min(candidates, key=lambda strength: (round(loss(strength), 6), strength))


def _log_loss(probabilities: Sequence[Mapping[Approach, float]], truth: Ints) -> float:
    own = [max(p[APPROACHES[int(label)]], SMALLEST) for p, label in zip(probabilities, truth, strict=True)]
    return float(-np.log(own).mean())


def _temperature(predictions: Sequence[tuple[LinearModel, Mapping[str, float]]], truth: Ints) -> float:
    """Return the temperature with the least log loss out of fold."""
    logits = np.array([model.logits(row) for model, row in predictions])

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        whole = np.log(np.exp(scaled).sum(axis=1))
        return round(float((whole - scaled[np.arange(len(truth)), truth]).mean()), 6)

    return min(_TEMPERATURES, key=lambda temperature: (loss(temperature), abs(temperature - 1)))


def _choose_blend(
    scenarios: Sequence[Scenario],
    rules: Floats,
    predictions: Sequence[tuple[LinearModel, Mapping[str, float]]],
    temperature: float,
    settings: ClassifierFile,
) -> Blend:
    """Return share and thresholds with the least log loss out of fold; of equals the one that speaks least."""
    by_rules = [dict(zip(APPROACHES, map(float, row), strict=True)) for row in rules]
    own = [
        within(
            LinearModel(intercept=model.intercept, weights=model.weights, temperature=temperature).supported(row), ruled
        )
        for (model, row), ruled in zip(predictions, by_rules, strict=True)
    ]
    truth = labels(scenarios)
    grids = settings.grids
    best: tuple[float, Blend] | None = None
    for margin, answers, share in product(sorted(grids.margin), sorted(grids.answers), sorted(grids.share)):
        blend = Blend(share=share, margin=margin, answers=answers, few=settings.few_answers)
        together = [
            mixed(share, a, b) if reason_to_speak(blend, b, len(s.facts)) else b
            for a, b, s in zip(own, by_rules, scenarios, strict=True)
        ]
        loss = round(_log_loss(together, truth), 5)
        if best is None or loss < best[0]:
            best = (loss, blend)
    if best is None:
        raise AdvisorError(Problem("the grids of rules/classifier.yaml are empty"))
    return best[1]


def _examples(scenarios: Sequence[Scenario], rules: Floats, features: FeatureSet) -> Examples:
    answers = [
        features.of_case(s.facts, [float(p) for p in row], s.description)
        for s, row in zip(scenarios, rules, strict=True)
    ]
    return Examples(answers, [features.of_text(s.description) for s in scenarios], labels(scenarios))


@one_thread
def fit_linear(rows: Sequence[Mapping[str, float]], truth: Ints, names: Sequence[str], strength: float) -> LinearModel:
    """Return a multinomial logistic regression with an L2 penalty as plain weights; `strength` is scikit-learn's C."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, max_iter=5000, tol=1e-9).fit(matrix(rows, names), truth)
    coefficients, intercepts = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:  # then scikit-learn keeps the second class alone
        coefficients, intercepts = np.vstack([-coefficients, coefficients]) / 2, np.array([-1, 1]) * intercepts / 2
    weights = np.zeros((len(APPROACHES), len(names)))
    intercept = np.full(len(APPROACHES), _NEVER_SEEN)
    weights[fitted.classes_] = coefficients
    intercept[fitted.classes_] = intercepts
    table = {name: tuple(_rounded(column)) for name, column in zip(names, weights.T, strict=True)}
    return LinearModel(intercept=tuple(_rounded(intercept)), weights=table, temperature=1.0)


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def _content(
    rows: Sequence[Mapping[str, float]], truth: Ints, names: Sequence[str], strength: float, temperature: float
) -> dict[str, Any]:
    model = fit_linear(rows, truth, names, strength)
    return {"intercept": model.intercept, "temperature": temperature, "weights": dict(model.weights)}
