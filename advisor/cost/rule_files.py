"""The shape of the files under `rules/prices` and `rules/cost`, for JSON Schemas and editors."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class PriceRow(BaseModel):
    """One dated price. Further keys hold further figures, such as `batch`, `dims` or `storage_gb_month`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    item: str = Field(description="what is priced")
    provider: str = Field("", description="who asks this price")
    usd: float | None = Field(None, ge=0, description="the price, in the unit of the file")
    low: float | None = Field(None, ge=0, description="low end of a range, an 80 % interval")
    mid: float | None = Field(None, ge=0, description="middle of a range")
    high: float | None = Field(None, ge=0, description="high end of a range")
    unit: str | None = Field(None, description="unit of this row where it differs from the file's")
    source: str = Field(min_length=1, description="where the price was found")
    as_of: date | None = Field(description="date that the source gives; null for an undated copy")
    read: Literal["page", "excerpt", "recalled", "assumption", "derived"] = Field(description="how the source was read")
    verified: bool = Field(description="whether the source itself was read")
    ends: date | None = Field(None, description="from this day on nobody can have it")
    closed_to_new: date | None = Field(None, description="from this day on new customers cannot have it")
    note: str | None = Field(None, description="what else to know")


class PriceFile(BaseModel):
    """Prices of one kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1]
    kind: str = Field(description="kind of price, by which the program finds it")
    unit: str = Field(description="unit of the figures")
    max_age_days: int = Field(gt=0, description="age from which a row is warned about")
    rows: tuple[PriceRow, ...]


class CostFile(BaseModel):
    """Constants of the cost formulas, or assumptions of an estimate, by name; each names its source."""

    model_config = ConfigDict(frozen=True, extra="allow")

    as_of: date = Field(description="when the file was last gone through")
