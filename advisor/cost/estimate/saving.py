"""Whether a plan that has to save money does: beside the plan that would be best if it did not have to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.estimate.compare import in_sentence
from advisor.cost.estimate.curves import break_even
from advisor.cost.estimate.options import INSTEAD, PLAN
from advisor.cost_result import Saving
from advisor.wording import about

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.cost.estimate.curves import Curve
    from advisor.cost_result import OptionCost


def saving_of(costs: Sequence[OptionCost], curves: Mapping[str, Curve], volume: float, horizon: float) -> Saving | None:
    """Return the comparison, by the middle totals; None where there is no such plan or one of the two has no price.

    A plan that can not be used for the whole horizon is compared for a month, as its total is for fewer.
    """
    found = {cost.id: cost for cost in costs if cost.total is not None and cost.months}
    plan, other = found.get(PLAN), found.get(INSTEAD)
    if plan is None or other is None or plan.total is None or other.total is None:
        return None
    months = min(plan.months, other.months)
    difference = round((plan.total.mid / plan.months - other.total.mid / other.months) * months, 2)
    cheaper = difference < 0
    at = None
    if not cheaper and plan.months == other.months:
        at = break_even(curves[PLAN], curves[INSTEAD], volume)
    text = (
        f"Over {months:.3g} months the plan costs about {abs(difference):,.0f} USD {'less' if cheaper else 'more'} "
        f"than {in_sentence(other.name)}"
    )
    if at is not None:
        text += f"; it would cost less from about {about(at)} requests a month on"
    elif not cheaper and months == horizon:
        text += ", and it would not cost less at any larger volume"
    return Saving(against=INSTEAD, cheaper=cheaper, difference=difference, requests_per_month=at, sentence=f"{text}.")
