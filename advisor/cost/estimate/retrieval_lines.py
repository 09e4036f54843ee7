"""Lines for retrieval: building and refreshing the index, holding it, and searching it for each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.amounts import Amount, at_least
from advisor.cost.estimate.line import Amounts, Line
from advisor.cost.retrieval import contextual_usd_per_million

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.cost.estimate.options import Option
    from advisor.cost.estimate.setting import Setting
    from advisor.cost.prices import Price


def retrieval_lines(option: Option, setting: Setting, q: Amounts) -> Iterator[Line]:
    """Yield the lines of retrieval; none for an option without it."""
    if not option.retrieval:
        return
    embed_usd, dims, source = setting.embedding()
    index = _index_usd(setting, q, embed_usd)
    yield Line("index", "Embedding the documents", "upfront", "retrieval", index, source)
    refresh = index * q["changed_share"] * q["count_refresh"]
    yield Line("refresh", "Refreshing the index", "monthly", "retrieval", refresh, source)
    yield _store_line(setting, q, dims)
    query = q["query_tokens"] * (embed_usd / 1e6)
    yield Line("query", "Embedding the query", "request", "usage", query, source)
    reranking = _rerank_line(setting, q)
    if reranking is not None:
        yield reranking


def _index_usd(setting: Setting, q: Amounts, embed_usd: float) -> Amount:
    overlap = setting.assumptions.number("chunk_overlap_share")
    tokens = q["corpus_tokens"] * (1 / (1 - overlap))
    usd = tokens * (embed_usd / 1e6)
    if setting.assumptions.number("contextual_retrieval") and setting.intended.prices:
        per_million = contextual_usd_per_million(
            setting.intended.prices.tokens,
            document=setting.numbers.value("retrieval", "context_document_tokens"),
            chunk=setting.assumptions.number("chunk_tokens"),
            instruction=setting.numbers.value("retrieval", "context_instruction_tokens"),
            output=setting.numbers.value("retrieval", "context_output_tokens"),
        )
        usd = usd + q["corpus_tokens"] * (per_million / 1e6)
    return usd


def _store_line(setting: Setting, q: Amounts, dims: float) -> Line:
    row = setting.store()
    chunk = setting.assumptions.number("chunk_tokens") * (1 - setting.assumptions.number("chunk_overlap_share"))
    vectors = q["corpus_tokens"] * (1 / chunk)
    width = setting.numbers.value("retrieval", "bytes_per_dimension", "float32")
    gigabytes = vectors * (dims * width / 1e9) * q[setting.driver("store_overhead", _overhead(setting))]
    held = _held_usd(row, gigabytes, vectors * dims, setting)
    writes = vectors * q["changed_share"] * (row.figures.get("write_units_per_million", 0.0) / 1e6)
    per_read = _read_usd(row, gigabytes)
    minimum = row.figures.get("minimum", 0.0)

    def at(volume: float) -> Amount:
        reads = per_read * (q["volume_spread"] * volume)
        return at_least(held + writes + reads, minimum)

    return Line("store", f"Vector store ({row.item})", "monthly", "retrieval", 0.0, row.origin(), at)


def _overhead(setting: Setting):  # type: ignore[no-untyped-def]
    return setting.numbers.range("retrieval", "store_overhead")


def _held_usd(row: Price, gigabytes: Amount, dimensions: Amount, setting: Setting) -> Amount:
    """Return USD a month for holding the vectors, by whatever the store bills: disk, memory or dimensions."""
    usd = gigabytes * row.figures.get("storage_gb_month", 0.0)
    if "per_million_dimensions" in row.figures:
        usd = usd + dimensions * (row.figures["per_million_dimensions"] / 1e6)
    if "ram_gb_month" in row.figures:
        # A plan's minimum includes some memory; what goes beyond is billed by the gigabyte.
        usd = usd + gigabytes * row.figures["ram_gb_month"]
    if "mid" in row.figures:
        usd = usd + gigabytes * setting.prices.one(row.kind, row.item).range.mid
    return usd


def _read_usd(row: Price, gigabytes: Amount) -> Amount:
    price = row.figures.get("read_units_per_million", 0.0) / 1e6
    return at_least(gigabytes, row.figures.get("minimum_read_units", 0.0)) * price


def _rerank_line(setting: Setting, q: Amounts) -> Line | None:
    if not setting.assumptions.number("rerank_candidates"):
        return None
    row = setting.reranker()
    if "usd_per_1k_searches" in row.figures:
        # One search covers up to 100 candidates; the price for more is taken in proportion.
        searches = at_least(q["rerank_candidates"] * 0.01, 1.0)
        usd = searches * (row.figures["usd_per_1k_searches"] / 1000)
    else:
        usd = q["rerank_candidates"] * q["chunk_tokens"] * (row.figure() / 1e6)
    return Line("rerank", f"Reranking ({row.item})", "request", "usage", usd, row.origin())
