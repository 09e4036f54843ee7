"""Splitting scenarios by their source, so that no source is on both sides."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.training.arrays import Ints


def grouped_folds(groups: Sequence[str], folds: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield (training rows, test rows) `folds` times; rows of one group stay together.

    Groups go to the folds in an order given by a hash of seed and name, the emptiest fold first, so that a split
    depends on nothing but the names.
    """

    def order(group: str) -> str:
        return hashlib.sha256(f"{seed}:{group}".encode()).hexdigest()

    sizes = [0] * folds
    home: dict[str, int] = {}
    names = np.array(groups)
    for group in sorted(set(groups), key=order):
        home[group] = sizes.index(min(sizes))
        sizes[home[group]] += int((names == group).sum())
    fold = np.array([home[group] for group in groups])
    for f in range(folds):
        yield np.flatnonzero(fold != f), np.flatnonzero(fold == f)
