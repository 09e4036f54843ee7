"""How far `stays` can be trusted: how many cases keep their approach once everything is answered.

Run `python -m advisor.training.calibration [CASES]`. Cases are completed from their nearest neighbours, some answers
are hidden, and `stays` is worked out from cases of other sources only.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final

from advisor.rules import shipped_rules
from advisor.training.completed import completed_cases
from advisor.uncertainty.completions import NEARNESS
from advisor.uncertainty.outcome import leading_approach
from advisor.uncertainty.outlook import COMPLETIONS, look_ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.rules import RulePack
    from advisor.uncertainty.completions import Nearness

HIDDEN: Final = (2, 5, 10, 20, 30, 40)
STEPS: Final = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was said of a case with hidden answers, and whether it came true."""

    stays: float
    survived: bool


def predictions(
    pack: RulePack,
    count: int,
    set_aside: bool | None = None,
    nearness: Nearness = NEARNESS,
    completions: int = COMPLETIONS,
) -> list[Prediction]:
    """Return predictions for completed cases, each with 2 to 40 answers hidden."""
    found = []
    for completed in completed_cases(pack, count, set_aside, nearness):
        random = Random(completed.seed)  # noqa: S311 - a sample, no secret
        final = leading_approach(pack, completed.answers)
        for hidden in HIDDEN:
            kept = random.sample(sorted(completed.answers), max(0, len(completed.answers) - hidden))
            facts = {name: completed.answers[name] for name in kept}
            outlook = look_ahead(pack, facts, completions, completed.donors, nearness)
            found.append(Prediction(outlook.stays, outlook.approach == final))
    return found


def table(found: Sequence[Prediction]) -> list[str]:
    """Return a Markdown table of how often approaches survived, by what `stays` said."""
    lines = ["| `stays` | cases | mean of `stays` | survived |", "|---|---|---|---|"]
    for low, high in pairwise(STEPS):
        own = [item for item in found if low <= item.stays < high]
        if own:
            mean = sum(item.stays for item in own) / len(own)
            share = sum(item.survived for item in own) / len(own)
            lines.append(f"| {low:.1f} to {min(high, 1):.1f} | {len(own)} | {mean:.2f} | {share:.2f} |")
    return lines


def main() -> None:
    """Print the table for cases that were used to choose how completions are drawn, and for those set aside."""
    pack = shipped_rules()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for set_aside in (False, True):
        found = predictions(pack, count, set_aside)
        print("\n".join([f"\n{'Set aside' if set_aside else 'Development'} cases:\n", *table(found)]))


if __name__ == "__main__":
    main()
