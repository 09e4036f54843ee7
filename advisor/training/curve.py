"""Whether more cases would help: python -m advisor.training.curve.

Rules and a plain regression are fitted to a quarter, half, three quarters and all of the sources in each training part,
and measured on the part held out.
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING, Final

import numpy as np

from advisor.approaches import APPROACHES
from advisor.rules import load_rules
from advisor.training.baselines import regression
from advisor.training.classifier import Recipe
from advisor.training.design import labels, read_settings
from advisor.training.folds import grouped_folds
from advisor.training.metrics import figures
from advisor.training.train import Progress, example_scenarios, training_part
from advisor.training.weights import FOLDS, Workbench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.scenarios import Scenario
    from advisor.training.arrays import Ints

SHARES: Final = (0.25, 0.5, 0.75, 1.0)


def learning_curve(scenarios: Sequence[Scenario], bench: Workbench) -> list[tuple[float, str, float, float]]:
    """Return (share of sources, what was fitted, top-1, log loss) for each share and model."""
    recipe = Recipe(*read_settings())
    step = Progress("fits", len(SHARES) * FOLDS)
    rows = []
    for share in SHARES:
        found = {name: np.zeros((len(scenarios), len(APPROACHES))) for name in ("rules", "regression on the answers")}
        for train, test in grouped_folds([s.group for s in scenarios], FOLDS, 0):
            seen, unseen = [scenarios[i] for i in _part(scenarios, train, share)], [scenarios[i] for i in test]
            found["rules"][test] = bench.probabilities(unseen, bench.fit(seen))
            found["regression on the answers"][test] = regression(seen, unseen, recipe)
            step()
        for name, probabilities in found.items():
            row = figures(probabilities, labels(scenarios))
            rows.append((share, name, row.top_1, row.log_loss))
    return rows


def _part(scenarios: Sequence[Scenario], rows: Ints, share: float) -> list[int]:
    """Return the rows of a share of the groups, picked by a hash of their names."""

    def order(group: str) -> str:
        return hashlib.sha256(f"curve:{group}".encode()).hexdigest()

    groups = sorted({scenarios[i].group for i in rows}, key=order)
    kept = set(groups[: round(share * len(groups))])
    return [int(i) for i in rows if scenarios[i].group in kept]


def main() -> None:
    """Print the learning curve as a Markdown table."""
    pack = load_rules()
    lines = ["| share of the training sources | fitted | top-1 | log loss |", "|--:|---|--:|--:|"]
    curve = learning_curve(training_part([example_scenarios()], pack), Workbench(pack))
    lines += [f"| {share:.0%} | {name} | {top_1:.3f} | {loss:.3f} |" for share, name, top_1, loss in curve]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
