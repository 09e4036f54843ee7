"""How good probabilities are: top-1, top-2, log loss and calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from advisor.training.arrays import Flags, Floats, Ints

SMALLEST = 1e-9  # the probability that a label ruled out counts with in the log loss


@dataclass(frozen=True)
class Figures:
    """Accuracy of the first and of the first two, mean log loss, and expected calibration error (ten bins)."""

    cases: int
    top_1: float
    top_2: float
    log_loss: float
    calibration_error: float


def figures(probabilities: Floats, labels: Ints) -> Figures:
    """Return the figures for N cases; columns of `probabilities` are the approaches that `labels` index."""
    rows = np.arange(len(labels))
    order = np.argsort(-probabilities, axis=1, kind="stable")
    right = order[:, 0] == labels
    second = right | (order[:, 1] == labels)
    loss = -np.log(np.maximum(probabilities[rows, labels], SMALLEST))
    return Figures(
        cases=len(labels),
        top_1=float(right.mean()),
        top_2=float(second.mean()),
        log_loss=float(loss.mean()),
        calibration_error=_calibration_error(probabilities.max(axis=1), right),
    )


def _calibration_error(confidence: Floats, right: Flags) -> float:
    """Return the mean gap between confidence and accuracy over ten equal bins, weighted by their cases."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        (bins == b).mean() * abs(confidence[bins == b].mean() - right[bins == b].mean())
        for b in range(10)
        if (bins == b).any()
    ]
    return float(sum(gaps))
