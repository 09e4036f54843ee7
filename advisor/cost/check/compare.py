"""Published figures beside our estimates: ratio, whether inside the range, and a summary by kind."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from advisor.cost.check.inference import inference_usd
from advisor.cost.check.inputs import Inputs, NotComputableError
from advisor.cost.check.retrieval import index_bytes, pages_per_usd, store_usd_per_month
from advisor.cost.check.serving import tokens_per_second
from advisor.cost.check.training import hours, memory_bytes, usd
from advisor.cost.numbers import Numbers, load_numbers
from advisor.cost.prices import Prices, load_prices
from advisor.documents import read_document
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from advisor.cost.ranges import Range
    from advisor.cost.reading import Folders

KINDS = (
    "training_memory_gb", "training_gpu_hours", "training_usd", "serving_throughput",
    "vector_memory", "storage_usd", "inference_usd", "embedding_usd",
)  # fmt: skip


class CheckRow(BaseModel):
    """One published figure and our estimate of it; null where it was not computed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: str
    unit: str
    low: float | None = None
    mid: float | None = None
    high: float | None = None
    published: float | list[float] | None = None
    ratio: float | None = None
    inside: bool | None = None
    note: str = ""


class KindSummary(BaseModel):
    """How the estimates of one kind of figure compare; shares are of the computed rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    figures: int
    computed: int
    within_1_5: int
    within_2: int
    inside: int
    median_spread: float | None


class CheckReport(BaseModel):
    """All rows and their summaries: one for each kind, and `all` without the kind `other`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: tuple[CheckRow, ...]
    summaries: tuple[KindSummary, ...]


def check_figures(source: Path | Iterable[Mapping[str, Any]], *, rules: Folders | None = None) -> CheckReport:
    """Estimate every published figure of a file, or of a list of its rows.

    Returns rows in the order given. Raises AdvisorError when the file can't be read as a list of figures.
    """
    numbers, prices = load_numbers(rules), load_prices(rules)
    entries = _read(source) if isinstance(source, Path) else list(source)
    rows = tuple(_checked(entry, numbers, prices) for entry in entries)
    kinds = dict.fromkeys(row.kind for row in rows)
    counted = [row for row in rows if row.kind != "other"]
    summaries = [_summary(kind, [r for r in rows if r.kind == kind]) for kind in kinds]
    return CheckReport(rows=rows, summaries=(*summaries, _summary("all", counted)))


def _read(path: Path) -> list[Mapping[str, Any]]:
    document = read_document(path, top="list")
    problems: list[Problem] = []
    for place, entry in enumerate(document.data):
        if not isinstance(entry, dict):
            problems.append(document.problem("a figure must be a mapping", (place,)))
            continue
        problems += [document.problem(f"a figure needs '{k}'", (place,)) for k in ("kind", "value") if k not in entry]
    if problems:
        raise AdvisorError(problems)
    return list(document.data)


def _checked(entry: Mapping[str, Any], numbers: Numbers, prices: Prices) -> CheckRow:
    kind, unit = str(entry.get("kind", "")), str(entry.get("unit") or "")
    published = _published(entry.get("value"))
    blank = CheckRow(id=str(entry.get("id", "")), kind=kind, unit=unit, published=published)
    if kind not in KINDS:
        reason = "no estimate is made of this kind" if kind == "other" else f"kind '{kind}' is not known"
        return blank.model_copy(update={"note": reason})
    stated = entry.get("inputs")
    inputs = Inputs(stated if isinstance(stated, Mapping) else {}, numbers, year=_year(entry))
    try:
        estimate = _estimate(kind, unit, inputs, prices) * numbers.range("checks", "rounding")
    except NotComputableError as missing:
        return blank.model_copy(update={"note": str(missing)})
    ratio, inside = None, None
    if isinstance(published, float) and published > 0:
        ratio, inside = estimate.mid / published, estimate.holds(published)
    found = {
        "low": estimate.low,
        "mid": estimate.mid,
        "high": estimate.high,
        "ratio": ratio,
        "inside": inside,
    }
    return blank.model_copy(update={**found, "note": "; ".join(inputs.notes)})


def _year(entry: Mapping[str, Any]) -> float | None:
    """Return the year in which the figure was published; the date of a repository's copy says nothing about it."""
    found = re.match(r"(\d{4})", str(entry.get("date") or ""))
    dated = "publish" in str(entry.get("date_kind") or "").lower()
    return float(found.group(1)) if found and dated else None


def _published(value: Any) -> float | list[float] | None:
    if isinstance(value, list | tuple):
        return [float(v) for v in value if isinstance(v, int | float)]
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _estimate(kind: str, unit: str, inputs: Inputs, prices: Prices) -> Range:
    words = unit.lower()
    if kind == "training_memory_gb":
        return memory_bytes(inputs, per_gpu="per gpu" in words) / _bytes_in(words, inputs.numbers)
    if kind == "training_gpu_hours":
        return hours(inputs)
    if kind == "training_usd":
        return usd(inputs, prices)
    if kind == "serving_throughput":
        return tokens_per_second(inputs)
    if kind == "vector_memory":
        return index_bytes(inputs) / _bytes_in(words, inputs.numbers)
    if kind == "storage_usd":
        return store_usd_per_month(inputs, prices)
    if kind == "inference_usd":
        return inference_usd(inputs, unit, prices)
    return pages_per_usd(inputs, prices)


def _bytes_in(unit: str, numbers: Numbers) -> float:
    factor = 1.0
    if unit.startswith("t"):
        factor = 1000.0
    elif unit.startswith("m"):
        factor = 0.001
    return factor * numbers.value("checks", "gibibyte" if "ib" in unit.split(" ")[0] else "gigabyte")


def _summary(kind: str, rows: list[CheckRow]) -> KindSummary:
    computed = [row for row in rows if row.mid is not None]
    off = [max(row.ratio, 1 / row.ratio) for row in computed if row.ratio]
    spreads = [row.high / row.low for row in computed if row.low and row.high]
    return KindSummary(
        kind=kind,
        figures=len(rows),
        computed=len(computed),
        within_1_5=sum(factor <= 1.5 for factor in off),
        within_2=sum(factor <= 2 for factor in off),
        inside=sum(bool(row.inside) for row in computed),
        median_spread=median(spreads) if spreads else None,
    )
