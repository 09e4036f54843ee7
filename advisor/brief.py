"""The verdict alone: the same as the whole advice, without what takes long and is not needed to judge a proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.advice import advise

if TYPE_CHECKING:
    from datetime import date

    from advisor.recommendation import Recommendation
    from advisor.rules import RulePack
    from advisor.use_case import UseCase


def advise_briefly(use_case: UseCase, pack: RulePack, day: date) -> Recommendation:
    """Return the advice on a day without an outlook on other answers, priced only where a saving decides it."""
    result = advise(use_case, pack, as_of=day, cost=False, brief=True)
    saving = {when.entry.id for when in pack.gates if when.entry.saving}
    if any(gate.id in saving and gate.status == "open" for gate in result.gates):
        return advise(use_case, pack, as_of=day, brief=True)
    return result
