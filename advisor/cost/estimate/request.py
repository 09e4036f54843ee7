"""What an estimate is asked for: plain inputs, without the decision engine."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EstimateRequest(BaseModel):
    """The inputs of an estimate.

    `facts` are answers by fact id; `assumptions` are numbers, ranges or texts by name; `own_prices` are USD per million
    tokens (`input`, `output`, `cache_read`, `cache_write`). With an `approach`, the plan that consists of `techniques`
    is priced as well. `instead` are the techniques of the plan that would be best if nothing promised a saving, where a
    saving is what pays for the plan. `ranking` names the approaches that can be had, the best for the task first; of
    what fits a budget the first is named. With `strict` an unknown model is an error, otherwise what depends on it is
    unpriced.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: dict[str, Any] = Field(default_factory=dict)
    assumptions: dict[str, Any] = Field(default_factory=dict)
    provider: str | None = None
    model: str | None = None
    own_prices: dict[str, Any] | None = None
    approach: str | None = None
    techniques: tuple[str, ...] = ()
    instead: tuple[str, ...] | None = None
    ranking: tuple[str, ...] = ()
    as_of: date
    strict: bool = True
