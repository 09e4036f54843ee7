"""An evaluation in figures and tables: how right, how sure, how well calibrated, and where it goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from advisor.approaches import APPROACHES
from advisor.training.evaluate import TOGETHER
from advisor.training.metrics import SMALLEST, figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.training.arrays import Floats, Ints
    from advisor.training.evaluate import Evaluation

_DRAWS: Final = 1000
_COVERAGES: Final = (0.25, 0.5, 0.75, 1.0)
_BINS: Final = 5


def evaluation_data(evaluation: Evaluation) -> dict[str, Any]:
    """Return everything that is measured, ready for JSON."""
    truth = evaluation.labels
    pooled = evaluation.probabilities[TOGETHER]
    return {
        "schema_version": 1,
        "method": evaluation.method,
        "cases": len(truth),
        "groups": len({s.group for s in evaluation.scenarios}),
        "spoke": float(evaluation.spoke.mean()),
        "figures": {name: _figures(found, truth) for name, found in evaluation.probabilities.items()},
        "intervals": _intervals(evaluation),
        "calibration": _calibration(pooled, truth),
        "coverage": _coverage(pooled, truth),
        "confusion": _confusion(pooled, truth),
        "by_approach": _broken_down([s.approach for s in evaluation.scenarios], pooled, truth),
        "by_kind": _broken_down([s.source.kind for s in evaluation.scenarios], pooled, truth),
        "by_strength": _broken_down([s.strength for s in evaluation.scenarios], pooled, truth),
        "by_confidence": _broken_down([s.confidence for s in evaluation.scenarios], pooled, truth),
        "wrong": _wrong(evaluation),
    }


def _figures(found: Sequence[Floats], truth: Ints) -> dict[str, float]:
    rows = [figures(probabilities, truth) for probabilities in found]
    return {
        "top_1": _mean([row.top_1 for row in rows]),
        "top_2": _mean([row.top_2 for row in rows]),
        "log_loss": _mean([row.log_loss for row in rows]),
        "brier": _mean([_brier(probabilities, truth) for probabilities in found]),
        "calibration_error": _mean([row.calibration_error for row in rows]),
        "surer_half": _mean([_surest(probabilities, truth, 0.5) for probabilities in found]),
    }


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def _brier(probabilities: Floats, truth: Ints) -> float:
    return float(((probabilities - np.eye(len(APPROACHES))[truth]) ** 2).sum(axis=1).mean())


def _surest(probabilities: Floats, truth: Ints, share: float) -> float:
    """Return the accuracy on the given share of cases that are answered with the highest probability."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")[: max(1, round(share * len(truth)))]
    return float((probabilities[order].argmax(axis=1) == truth[order]).mean())


def _intervals(evaluation: Evaluation) -> dict[str, dict[str, list[float]]]:
    """Return 95% intervals of the mean over repeats, drawing whole sources with replacement."""
    groups = np.unique([s.group for s in evaluation.scenarios], return_inverse=True)[1]
    members = [np.flatnonzero(groups == g) for g in range(groups.max() + 1)]
    generator = np.random.default_rng(0)
    draws = [
        np.concatenate([members[g] for g in generator.integers(len(members), size=len(members))]) for _ in range(_DRAWS)
    ]
    result = {}
    for name, found in evaluation.probabilities.items():
        right, loss = _per_case(found, evaluation.labels)
        result[name] = {
            "top_1": _quantiles([float(right[draw].mean()) for draw in draws]),
            "log_loss": _quantiles([float(loss[draw].mean()) for draw in draws]),
        }
    return result


def _per_case(found: Sequence[Floats], truth: Ints) -> tuple[Floats, Floats]:
    rows = np.arange(len(truth))
    right = np.mean([probabilities.argmax(axis=1) == truth for probabilities in found], axis=0)
    loss = np.mean([-np.log(np.maximum(probabilities[rows, truth], SMALLEST)) for probabilities in found], axis=0)
    return right, loss


def _quantiles(values: Sequence[float]) -> list[float]:
    return [round(float(value), 4) for value in np.quantile(values, (0.025, 0.975))]


def _calibration(found: Sequence[Floats], truth: Ints) -> list[dict[str, float]]:
    """Return, for five bands of the highest probability, how often that approach was right."""
    sure = np.concatenate([probabilities.max(axis=1) for probabilities in found])
    right = np.concatenate([probabilities.argmax(axis=1) == truth for probabilities in found])
    band = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    return [
        {
            "from": b / _BINS,
            "to": (b + 1) / _BINS,
            "cases": round(int((band == b).sum()) / len(found), 1),
            "said": round(float(sure[band == b].mean()), 4),
            "right": round(float(right[band == b].mean()), 4),
        }
        for b in range(_BINS)
        if (band == b).any()
    ]


def _coverage(found: Sequence[Floats], truth: Ints) -> list[dict[str, float]]:
    return [
        {"share": share, "accuracy": _mean([_surest(probabilities, truth, share) for probabilities in found])}
        for share in _COVERAGES
    ]


def _confusion(found: Sequence[Floats], truth: Ints) -> dict[str, dict[str, float]]:
    """Return for each true approach how many cases (mean over repeats) were given each answer."""
    table = np.zeros((len(APPROACHES), len(APPROACHES)))
    for probabilities in found:
        np.add.at(table, (truth, probabilities.argmax(axis=1)), 1 / len(found))
    return {
        true: {said: round(float(table[t, s]), 1) for s, said in enumerate(APPROACHES)}
        for t, true in enumerate(APPROACHES)
    }


def _broken_down(keys: Sequence[str], found: Sequence[Floats], truth: Ints) -> dict[str, dict[str, float]]:
    names = np.array(keys)
    return {
        str(key): {
            "cases": int((names == key).sum()),
            **_figures([p[names == key] for p in found], truth[names == key]),
        }
        for key in sorted(set(keys))
    }


def _wrong(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return the cases that are wrong in most repeats, the surest mistakes first."""
    mean = np.mean(evaluation.probabilities[TOGETHER], axis=0)
    rows = np.flatnonzero(mean.argmax(axis=1) != evaluation.labels)
    rows = rows[np.argsort(-mean[rows].max(axis=1), kind="stable")]
    return [
        {
            "id": evaluation.scenarios[i].id,
            "title": evaluation.scenarios[i].title,
            "approach": evaluation.scenarios[i].approach,
            "said": APPROACHES[int(mean[i].argmax())],
            "probability": round(float(mean[i].max()), 3),
            "probability_of_the_label": round(float(mean[i][evaluation.labels[i]]), 3),
            "confidence": evaluation.scenarios[i].confidence,
            "label_because": evaluation.scenarios[i].evidence,
            "facts": evaluation.scenarios[i].facts,
        }
        for i in map(int, rows)
    ]
