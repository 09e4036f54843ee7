"""How often the answers that cues propose are right: python -m advisor.training.cues [--set-aside].

Right is what the coders of the published cases took from the same description. Whatever they left open counts as wrong
in the strict figure; the other figure counts only the questions that they answered.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from advisor.cues import propose
from advisor.rules import load_rules
from advisor.scenarios import load_scenarios
from advisor.training.train import example_scenarios

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.facts import FactValue
    from advisor.pack import RulePack
    from advisor.scenarios import Scenario


class CueFigures(NamedTuple):
    """Counts for one question: answers proposed, right, on questions the coders answered, and answers they gave."""

    proposed: int
    right: int
    answered: int
    coded: int


def cue_figures(pack: RulePack, scenarios: Sequence[Scenario]) -> dict[str, CueFigures]:
    """Return the figures of each fact that cues propose answers to."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for fact in {cue.fact for cue in pack.cues}:
        counts[fact][3] = sum(fact in scenario.facts for scenario in scenarios)
    for scenario in scenarios:
        for found in propose(pack.cues, scenario.description, {}, pack.questionnaire):
            row = counts[found.fact]
            row[0] += 1
            row[1] += _agree(found.value, scenario.facts.get(found.fact))
            row[2] += found.fact in scenario.facts
    return {fact: CueFigures(*counts[fact]) for fact in sorted(counts)}


def _agree(proposed: FactValue, coded: FactValue | None) -> bool:
    """Return whether two answers are the same; numbers may differ by a tenth, as rates per day and month do."""
    if isinstance(proposed, bool) or isinstance(coded, (bool, str)) or isinstance(proposed, str) or coded is None:
        return proposed == coded
    return math.isclose(proposed, coded, rel_tol=0.1)


def markdown(figures: dict[str, CueFigures], scenarios: Sequence[Scenario]) -> str:
    """Return the figures as a Markdown table, with all questions together last."""
    whole = CueFigures(*(sum(values) for values in zip(*figures.values(), strict=True)))
    all_coded = sum(len(scenario.facts) for scenario in scenarios)
    lines = ["| question | proposed | precision | precision where coded | recall |", "|---|--:|--:|--:|--:|"]
    lines += [_row(fact, row, row.coded) for fact, row in figures.items()]
    lines.append(_row("all questions of the questionnaire", whole, all_coded))
    return "\n".join(lines) + "\n"


def _row(name: str, row: CueFigures, coded: int) -> str:
    if not row.proposed:
        return f"| {name} | 0 | - | - | 0.00 |"
    where_coded = f"{row.right / row.answered:.2f}" if row.answered else "-"
    recall = row.right / coded if coded else 0.0
    return f"| {name} | {row.proposed} | {row.right / row.proposed:.2f} | {where_coded} | {recall:.2f} |"


def main() -> None:
    """Print the table for the cases that may be learned from, or for those set aside."""
    parser = argparse.ArgumentParser(prog="python -m advisor.training.cues", description=__doc__)
    parser.add_argument("--set-aside", action="store_true", help="measure on the sources that are set aside")
    arguments = parser.parse_args()
    pack = load_rules()
    found = load_scenarios([example_scenarios()], pack.questionnaire)
    chosen = [scenario for scenario in found if scenario.set_aside == arguments.set_aside]
    sys.stdout.write(markdown(cue_figures(pack, chosen), chosen))


if __name__ == "__main__":
    main()
