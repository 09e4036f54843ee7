"""Estimates of published figures of retrieval: index memory, store prices and pages embedded for a dollar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from advisor.cost.check.inputs import Inputs, NotComputableError
from advisor.cost.ranges import Range
from advisor.cost.vectors import column_bytes, store_usd, vector_bytes

if TYPE_CHECKING:
    from advisor.cost.prices import Price, Prices

_TYPES = {"halfvec": 2.0, "half": 2.0, "float16": 2.0, "fp16": 2.0, "int8": 1.0, "scalar": 1.0, "byte": 1.0,
          "bit": 0.125, "binary": 0.125}  # fmt: skip


def index_bytes(inputs: Inputs) -> Range:
    """Return the bytes of the vectors, with the stated links, overhead and head room."""
    vectors, dims = inputs.need("vectors"), inputs.need("dims")
    kind = (inputs.text("type") or "").lower()
    stated = inputs.number("bytes_per_dim")
    width = stated or next((size for name, size in _TYPES.items() if name in kind), 4.0)
    links, overhead, headroom = inputs.number("m"), inputs.number("overhead"), inputs.number("headroom")
    if kind and not (links or overhead or headroom):
        return Range.exact(column_bytes(inputs.numbers, vectors, dims, width))
    if headroom and not 1 <= headroom < 5:
        headroom = 1 + headroom / (100 if headroom >= 5 else 1)  # a share or a percentage on top
    if headroom and not (links or overhead):
        overhead = 1.0
    return vector_bytes(
        inputs.numbers,
        vectors,
        dims,
        bytes_per_dimension=width,
        links=links,
        overhead=overhead,
        headroom=headroom,
    )


def store_usd_per_month(inputs: Inputs, prices: Prices) -> Range:
    """Return USD per month of a store: by stated usage, by GB, on a named machine, or by a vendor's prices."""
    row = _vendor(inputs, prices)
    minimum = row.figures.get("minimum", 0.0) if row else 0.0
    usage = inputs.number("usage_usd")
    if usage is not None:
        return store_usd(Range.exact(usage), minimum)
    per_gb = inputs.number("usd_per_gb_month")
    gib = index_bytes(inputs) / 2**30 if inputs.number("vectors") else None
    if per_gb and gib:
        return store_usd(gib * per_gb, minimum)
    if inputs.text("host"):
        return _machine(inputs, prices, gib)
    if row is None or gib is None:
        raise NotComputableError("neither usage, nor a price, nor a known vendor with a number of vectors is stated")
    return store_usd(gib * vendor_rate(row, prices), minimum)


def vendor_rate(row: Price, prices: Prices) -> Range:
    """Return USD per GB and month of a vendor: its own price, else that of memory on the market."""
    for figure in ("storage_gb_month", "ram_gb_month"):
        if figure in row.figures:
            return Range(row.figures[figure], row.figures[figure], row.figures[figure] * 1.5)
    return prices.one("vector_store", "memory_priced").range


def _vendor(inputs: Inputs, prices: Prices) -> Price | None:
    vendor = (inputs.text("vendor") or "").lower()
    if not vendor:
        return None
    plan = (inputs.text("plan") or "").lower()
    rows = [r for r in prices.of_kind("vector_store") if r.provider and (r.provider in vendor or vendor in r.item)]
    if not rows:
        inputs.note(f"vendor '{vendor}' not known")
        return None
    return next((row for row in rows if plan and plan in row.texts.get("plan", "")), rows[0])


def _machine(inputs: Inputs, prices: Prices, gib: Range | None) -> Range:
    """Return USD per month of a named machine and its disk (as large as its memory, or as the vectors twice)."""
    host = (inputs.text("host") or "").lower()
    found = re.search(r"([a-z]+\d+[a-z]*)\.(medium|large|(\d*)xlarge)", host)
    row = prices.find("machine", found.group(1)) if found else None
    if found is None or row is None:
        if gib is None:
            raise NotComputableError(f"the price of the host '{inputs.text('host')}' is not known")
        inputs.note("host not known: memory priced on the market")
        return gib * prices.one("vector_store", "memory_priced").range
    factor = {"medium": 1.0, "large": 2.0}.get(found.group(2), 4.0 * float(found.group(3) or 1))
    hours = inputs.numbers.value("checks", "hours_per_month")
    month = Range.exact(row.figure() * factor * hours) * Range(0.6, 1.0, 1.1)  # reserved, on demand, dearer region
    disk_gb = max(row.figures["memory_gb"] * factor, 2 * gib.mid if gib else 0.0)
    disk = prices.one("vector_store", "disk").range * disk_gb
    return month + (disk * Range(0.5, 1.0, 3.0) if "ebs" in host or "disk" in host or "ssd" in host else 0.0)


def pages_per_usd(inputs: Inputs, prices: Prices) -> Range:
    """Return pages embedded for one USD at the stated or listed price."""
    price = inputs.number("usd_per_mtok") or _embedding_price(inputs, prices)
    pages = inputs.number("tokens_per_page")
    tokens = Range.exact(pages) if pages else inputs.numbers.range("retrieval", "tokens_per_page")
    return Range.exact(1e6 / price) / tokens


def _embedding_price(inputs: Inputs, prices: Prices) -> float:
    model = inputs.text("model")
    row = prices.find("embedding", model) if model else None
    if row is not None:
        return row.figure()
    from advisor.cost.api_prices import any_provider_prices

    listed = any_provider_prices(model, inputs.as_of) if model else None
    if listed is None or not listed.fresh:
        raise NotComputableError(f"no price for the embedding model {model or '(none stated)'}")
    return listed.fresh
