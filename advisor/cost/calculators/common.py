"""What the calculators share: closed inputs and outputs, ranges in the output, and plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from advisor.cost.ranges import Range
from advisor.cost.shapes import ModelSize, size_of
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from advisor.cost.numbers import Numbers


class Closed(BaseModel):
    """The base of inputs and outputs: unchangeable, with no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Estimate(Closed):
    """A quantity with the ends of an 80 % interval. The unit is in the name of the field that holds it."""

    low: float
    mid: float
    high: float

    @classmethod
    def of(cls, value: Range | float, factor: float = 1.0) -> Estimate:
        """Return a range, times a factor for the unit, rounded to four digits that count."""
        scaled = Range.of(value) * factor
        low, mid, high = (float(f"{end:.4g}") for end in (scaled.low, scaled.mid, scaled.high))
        return cls(low=low, mid=mid, high=high)

    def __str__(self) -> str:
        if self.low == self.high:
            return number(self.mid)
        return f"{number(self.mid)} ({number(self.low)} to {number(self.high)})"


class GpuRow(Closed):
    """What one kind of GPU would do: how many are needed, for how long, and at what price."""

    gpu: str
    n_gpus: int | None
    fits: bool
    gigabytes_each: float
    usd: Estimate | None
    note: str = ""


def number(value: float) -> str:
    """Return a number as a table shows it: three digits that count, thousands with commas."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def model_size(numbers: Numbers, params_b: float | None, model: str | None) -> ModelSize:
    """Return the size of a model by number or by name. Raises AdvisorError when neither gives it."""
    if params_b is not None:
        return ModelSize(params_b * 1e9, params_b * 1e9)
    found = size_of(numbers, model or "")
    if found is None:
        said = f"the name '{model}' does not state one" if model else "give params_b or a model such as Llama-3.1-8B"
        raise AdvisorError(Problem(f"the size of the model is not known: {said}"))
    return found


def checked(model: type[Closed], values: dict[str, Any]) -> Any:
    """Return a calculator's input. Raises AdvisorError with every problem in plain words."""
    from pydantic import ValidationError

    from advisor.errors import nearest

    given = {key: value for key, value in values.items() if value is not None}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = []
        for each in error.errors(include_url=False):
            name = ".".join(str(part) for part in each["loc"])
            unknown = each["type"] == "extra_forbidden"
            text = f"unknown input '{name}'" if unknown else f"{name or 'input'}: {each['msg'].lower()}"
            problems.append(Problem(text, suggestion=nearest(name, [*model.model_fields]) if unknown else None))
        raise AdvisorError(problems) from None


def text_table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return lines of a plain text table with aligned columns."""
    listed = [list(row) for row in rows]
    if not listed:
        return []
    widths = [max(len(row[column]) for row in listed) for column in range(len(listed[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in listed]
