"""How many questions it takes until the advice is final, in the adaptive order and in the questionnaire's.

Run `python -m advisor.training.asking [CASES]`. Each case is completed from its nearest neighbours and asked from
nothing; the next question is chosen from cases of other sources only. The advice is final from the question on after
which the approach never again differs from the one that all answers give.
"""

from __future__ import annotations

import sys
from statistics import median
from typing import TYPE_CHECKING

from advisor.rules import shipped_rules
from advisor.training.completed import completed_cases
from advisor.uncertainty.answering import questions
from advisor.uncertainty.next_questions import next_questions
from advisor.uncertainty.outcome import leading_approach
from advisor.uncertainty.outlook import look_ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.approaches import Approach
    from advisor.conditions import FactValue
    from advisor.rules import RulePack
    from advisor.training.completed import Completed


def adaptive(pack: RulePack, completed: Completed) -> list[Approach]:
    """Return the approach before the first question and after each, asked in the adaptive order."""
    facts: dict[str, FactValue] = {}
    passed: set[str] = set()
    approaches = [leading_approach(pack, facts)]
    while True:
        outlook = look_ahead(pack, facts, donors=completed.donors)
        best = next_questions(pack, outlook, len(outlook.open_))
        name = next((found.fact.id for found in best if found.fact.id not in passed), None)
        if name is None:
            return approaches
        passed.add(name)  # a question may turn out not to apply
        if name in completed.answers:
            facts[name] = completed.answers[name]
        approaches.append(leading_approach(pack, facts))


def in_order(pack: RulePack, completed: Completed) -> list[Approach]:
    """Return the approach before the first question and after each, asked in the questionnaire's order."""
    facts: dict[str, FactValue] = {}
    approaches = [leading_approach(pack, facts)]
    for name in pack.questionnaire.fact_ids:
        if name in completed.answers and questions(pack).applies(name, facts):
            facts[name] = completed.answers[name]
            approaches.append(leading_approach(pack, facts))
    return approaches


def needed(approaches: Sequence[Approach]) -> int:
    """Return after how many questions the approach is final."""
    differing = [i for i, approach in enumerate(approaches) if approach != approaches[-1]]
    return differing[-1] + 1 if differing else 0


def curve(runs: Sequence[Sequence[Approach]], steps: Sequence[int]) -> list[float]:
    """Return the share of cases whose advice is final after each number of questions."""
    return [sum(needed(run) <= step for run in runs) / len(runs) for step in steps]


def main() -> None:
    """Print the medians and the curve."""
    pack = shipped_rules()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    cases = list(completed_cases(pack, count))
    by_need, by_order = [adaptive(pack, case) for case in cases], [in_order(pack, case) for case in cases]
    print(f"{len(cases)} cases; questions until the approach is final, median:")
    print(
        f"adaptive {median(map(needed, by_need)):g}, in the questionnaire's order {median(map(needed, by_order)):g}\n"
    )
    steps = [0, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50]
    print("| questions | final, adaptive | final, in order |\n|---|---|---|")
    for step, first, second in zip(steps, curve(by_need, steps), curve(by_order, steps), strict=True):
        print(f"| {step} | {first:.0%} | {second:.0%} |")


if __name__ == "__main__":
    main()
