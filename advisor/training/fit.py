"""Fitting the weights to labelled decisions: signs kept, drawn towards the experts' first numbers.

Weights and priors are fitted; shares and burdens are the experts' and stay. Minimises
mean log loss + strength / (2 N) x sum of ((value - first) / scale)^2 by L-BFGS-B within bounds that keep each sign.
What the scenarios hardly show is not fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from advisor.conditions import facts_read
from advisor.training.arrays import BLOCKED, CaseArrays, Flags, Floats, PackArrays, Parameters, Scores, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.conditions import Facts

SHOWN_OFTEN_ENOUGH: Final = 20
SMALLEST_WEIGHT: Final = 0.1
LARGEST_WEIGHT: Final = 4.0
ROUNDS: Final = 120
_SMALLEST: Final = 1e-12


@dataclass(frozen=True)
class Settings:
    """How strongly the fit is drawn to the first numbers, and how far each kind may stray (in its own units)."""

    strength: float = 2.0
    weight_scale: float = 0.5  # times the first weight, and at least `least_scale`
    least_scale: float = 0.35
    prior_scale: float = 0.5


def fittable(arrays: PackArrays, cases: Sequence[Facts]) -> Flags:
    """Return which rules read only facts that are known in at least 20 of the cases."""
    shown: dict[str, int] = {}
    for facts in cases:
        for fact in facts:
            shown[fact] = shown.get(fact, 0) + 1
    return np.array(
        [all(shown.get(fact, 0) >= SHOWN_OFTEN_ENOUGH for fact in facts_read(rule.condition)) for rule in arrays.rules]
    )


def fit(
    arrays: PackArrays,
    first: Parameters,
    cases: CaseArrays,
    targets: Floats,
    free: Flags,
    settings: Settings,
) -> Parameters:
    """Return the parameters fitted to N cases with target shares (N, A); rules outside `free` keep their weights."""
    from scipy.optimize import minimize

    start = _to_vector(first)
    scale = _scales(first, settings)
    bounds = _bounds(first, free)

    def objective(vector: Floats) -> tuple[float, Floats]:
        loss, gradient = log_loss(arrays, cases, targets, _from_vector(vector, first))
        away = (vector - start) / scale
        pull = settings.strength / len(targets)
        return loss + pull * float(away @ away) / 2, gradient + pull * away / scale

    start_inside = np.clip(start, [low for low, _ in bounds], [high for _, high in bounds])
    found = minimize(objective, start_inside, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": ROUNDS})
    return _from_vector(np.asarray(found.x), first)


def log_loss(arrays: PackArrays, cases: CaseArrays, targets: Floats, numbers: Parameters) -> tuple[float, Floats]:
    """Return the mean log loss against target shares (N, A) and its gradient in the order of the parameter vector."""
    result = score(arrays, cases, numbers)
    probabilities = np.maximum(result.probabilities, _SMALLEST)
    counted = targets * (1 - numbers.surprise) * result.softmax / probabilities
    by_loss = counted - result.softmax * counted.sum(axis=1, keepdims=True)
    by_loss /= numbers.temperature * len(targets)
    by_loss[result.losses >= BLOCKED / 2] = 0
    by_excess, by_works = _through_plans(arrays, result, by_loss)
    before = 1 / (1 + np.exp(-numbers.gap_priors))
    counts = (result.severity > before) & ~cases.settled
    by_severity = np.where(counts, by_excess, 0) / (1 - before)
    by_total = by_severity * result.severity * (1 - result.severity)
    # d excess / d before = (severity - 1) / (1 - before)^2
    by_before = (by_severity * (result.severity - 1) / (1 - before)).sum(axis=0)
    by_works_total = by_works * result.works * (1 - result.works)
    by_weight = ((cases.holds.T @ by_total) * arrays.to_gap).sum(axis=1)
    by_weight += ((cases.holds.T @ by_works_total) * arrays.to_option).sum(axis=1)
    gradient = [
        by_weight,
        by_total.sum(axis=0) + by_before * before * (1 - before),
        by_works_total.sum(axis=0),
    ]
    mean = float(-(targets * np.log(probabilities)).sum() / len(targets))
    return mean, np.concatenate(gradient)


def _through_plans(arrays: PackArrays, result: Scores, by_loss: Floats) -> tuple[Floats, Floats]:
    """Return the gradient by excess (N, G) and by works (N, O) through each approach's best plan."""
    rows = np.arange(len(by_loss))
    by_excess = np.zeros_like(result.excess)
    by_works = np.zeros_like(result.works)
    slope = arrays.closes[None] / (1 - arrays.closes[None] * result.works[:, :, None])  # (N, O, G)
    for a in range(by_loss.shape[1]):
        members = arrays.plans[result.best[:, a]]
        left = result.residual[rows, result.best[:, a]]
        weight = by_loss[:, a : a + 1]
        by_excess += weight * left
        by_works -= members * np.einsum("ng,nog->no", result.excess * left * weight, slope)
    return by_excess, by_works


def _to_vector(numbers: Parameters) -> Floats:
    return np.concatenate((numbers.weights, numbers.gap_priors, numbers.option_priors))


def _from_vector(vector: Floats, first: Parameters) -> Parameters:
    ends = np.cumsum([len(first.weights), len(first.gap_priors)])
    weights, gap_priors, option_priors = np.split(vector, ends)
    return replace(first, weights=weights, gap_priors=gap_priors, option_priors=option_priors)


def _scales(first: Parameters, settings: Settings) -> Floats:
    weights = np.maximum(settings.least_scale, np.abs(first.weights) * settings.weight_scale)
    priors = np.full(len(first.gap_priors) + len(first.option_priors), settings.prior_scale)
    return np.concatenate([weights, priors])


def _bounds(first: Parameters, free: Flags) -> list[tuple[float, float]]:
    def around(weight: float, is_free: bool) -> tuple[float, float]:
        if not is_free:
            return weight, weight
        low, high = sorted((np.sign(weight) * SMALLEST_WEIGHT, np.sign(weight) * LARGEST_WEIGHT))
        return float(low), float(high)

    weights = [around(weight, bool(is_free)) for weight, is_free in zip(first.weights, free, strict=True)]
    priors = [(prior - 1.5, prior + 1.5) for prior in (*first.gap_priors, *first.option_priors)]
    return [*weights, *priors]
