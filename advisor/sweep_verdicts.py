"""What comes out in each place of a sweep: all at once without prices, one by one with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from advisor.advice import advise
from advisor.sweep import Cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from advisor.facts import FactValue
    from advisor.pack import RulePack
    from advisor.use_case import UseCase

Changes: TypeAlias = list[dict[str, "FactValue | None"]]
Bounds: TypeAlias = "Callable[[str], list[float]]"
Judged: TypeAlias = "Callable[[Changes], list[Cell]]"


def judging(pack: RulePack, use_case: UseCase, day: date | None) -> tuple[Bounds, Judged]:
    """Return the numbers at which a fact's answers are told apart, and what judges changed answers.

    With a day everything is priced as on that day.
    """
    from advisor.batch.verdicts import Judge

    judge = Judge(pack)

    def cuts(fact: str) -> list[float]:
        return judge.columns.facts[fact].cuts

    def changed(change: dict[str, FactValue | None]) -> dict[str, FactValue]:
        facts = {**use_case.facts, **change}
        return {fact: value for fact, value in facts.items() if value is not None}

    def all_at_once(changes: Changes) -> list[Cell]:
        cases = [changed(change) for change in changes]
        results = judge.judged(cases, [use_case.description] * len(cases), judge.columns.codes(cases))
        return [Cell(result.verdict, result.first) for result in results]

    def priced(changes: Changes) -> list[Cell]:
        return [_priced(pack, use_case.model_copy(update={"facts": changed(change)}), day) for change in changes]

    return cuts, all_at_once if day is None else priced


def _priced(pack: RulePack, use_case: UseCase, day: date | None) -> Cell:
    result = advise(use_case, pack, as_of=day, brief=True)
    cheapest = None
    if result.cost is not None and result.cost.cheapest is not None:
        cheapest = result.cost.option(result.cost.cheapest).name
    return Cell(result.verdict, result.approach or result.leaning, cheapest)
