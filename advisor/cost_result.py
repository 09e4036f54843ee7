"""The result of an estimate: every option on the same horizon, and what follows from it. All amounts are in USD."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Result(BaseModel):
    """The base of every part of an estimate: unchangeable and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(Result):
    """USD: the middle value and the ends of an 80 % interval."""

    low: float
    mid: float
    high: float


class CostLine(Result):
    """One line: its amount once, a month or a request, and over the horizon. The middle values add up to the totals."""

    id: str
    label: str
    phase: Literal["upfront", "monthly", "request"]
    amount: Money
    total: Money
    source: str


class OptionCost(Result):
    """One option. `months` is for how long it can be used; totals are None when it is blocked or can't be priced."""

    id: str
    name: str
    status: Literal["priced", "blocked", "unpriced"]
    reason: str = ""
    months: float
    upfront: Money | None = None
    monthly: Money | None = None
    per_request: Money | None = None
    total: Money | None = None
    running: Money | None = None
    lines: tuple[CostLine, ...] = ()
    flags: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()


class BreakEven(Result):
    """From which volume on an option is cheaper than the one that is cheapest now; None stands for never."""

    option: str
    against: str
    requests_per_month: int | None
    low: int | None = None
    high: int | None = None
    share_of_draws: float | None = None
    sentence: str


class Saving(Result):
    """The recommended plan beside the one that would be best if it needed no saving: `difference` is USD in all.

    `requests_per_month` is the volume from which the plan is cheaper; None where it is cheaper already, or never.
    """

    against: str
    cheaper: bool
    difference: float
    requests_per_month: int | None
    sentence: str


class BudgetCheck(Result):
    """A budget beside what an option needs, and the best option that keeps to all budgets."""

    kind: Literal["upfront", "monthly"]
    option: str
    budget: float
    needed: Money
    over: bool
    best_fit: str | None
    fit: str | None
    sentence: str


class AssumptionUsed(Result):
    """An assumption as it was used: a range or a text, where it comes from, and its default."""

    id: str
    about: str
    unit: str
    low: float | None = None
    mid: float | None = None
    high: float | None = None
    text: str | None = None
    origin: Literal["yours", "answer", "default"]
    source: str
    default: str


class Swing(Result):
    """How far one input moves the difference between two options over its range, in USD over the horizon."""

    input: str
    about: str
    at_low: float
    at_high: float


class Comparison(Result):
    """How likely one option costs less than another, and which inputs move their difference most."""

    option: str
    against: str
    probability_cheaper: float
    swings: tuple[Swing, ...] = ()


class Sampling(Result):
    """What the draws say: comparisons with the cheapest option, and the 80 % interval of each total."""

    draws: int
    seed: int
    totals: dict[str, Money]
    comparisons: tuple[Comparison, ...]


class CostEstimate(Result):
    """The cost of all options on one horizon."""

    as_of: date
    horizon_months: float
    requests_per_month: float
    sentence: str
    summary: str | None
    cheapest: str | None
    recommended: str | None
    saving: Saving | None
    options: tuple[OptionCost, ...]
    break_even: tuple[BreakEven, ...]
    overtaken: BreakEven | None = None
    budgets: tuple[BudgetCheck, ...]
    assumptions: tuple[AssumptionUsed, ...]
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    price_dates: dict[str, str]
    sampling: Sampling | None = None

    def option(self, name: str) -> OptionCost:
        """Return an option by its id. Raises KeyError when there is none."""
        return {option.id: option for option in self.options}[name]
