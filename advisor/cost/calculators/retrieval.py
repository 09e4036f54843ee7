"""What building, holding and searching an index costs."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING

from pydantic import Field

from advisor.cost.api_prices import api_prices
from advisor.cost.calculators.common import Closed, Estimate, number, text_table
from advisor.cost.numbers import Numbers, load_numbers
from advisor.cost.prices import Price, Prices, load_prices
from advisor.cost.retrieval import (
    chunk_count,
    contextual_usd_per_million,
    embedded_tokens,
    embedding_usd,
    refresh_usd,
    rerank_usd,
)
from advisor.cost.vectors import read_units, store_usd, vector_bytes
from advisor.errors import AdvisorError, Problem, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.cost.ranges import Range


class RetrievalInput(Closed):
    """The documents, how they are cut and embedded, where the vectors lie, and how often they are searched."""

    corpus_tokens: float | None = Field(None, gt=0, description="size of the documents in tokens")
    words: float | None = Field(None, gt=0, description="size in English words, instead of tokens")
    pages: float | None = Field(None, gt=0, description="size in pages, instead of tokens")
    documents: int = Field(1, gt=0, description="number of documents; chunks do not cross them")
    chunk_tokens: float = Field(512, gt=0, description="tokens of a chunk")
    overlap_tokens: float = Field(50, ge=0, description="tokens that a chunk repeats of the one before")
    embedding_model: str = Field("text-embedding-3-small", description="model that embeds the chunks")
    dimensions: float | None = Field(None, gt=0, description="dimensions kept; default: the model's own")
    vector_store: str = Field("pinecone", description="store of the vectors")
    changed_share: float = Field(0.05, ge=0, le=30, description="share of the documents that changes in a month")
    requests_per_month: float = Field(10_000, ge=0, description="searches a month")
    chunks_in_prompt: float = Field(8, ge=0, description="chunks put into the prompt")
    query_tokens: float = Field(40, ge=0, description="tokens of a query")
    reranker: str | None = Field(None, description="model that reranks the candidates; default: none")
    rerank_candidates: float = Field(50, gt=0, description="chunks reranked for a query")
    provider: str | None = Field(None, description="provider of the model that reads the chunks")
    model: str | None = Field(None, description="model that reads the chunks; default: their price is left out")
    contextual: bool = Field(False, description="whether that model writes a context for each chunk")
    as_of: date = Field(description="day of the prices")


class RetrievalCost(Closed):
    """The answer in USD; memory in GB (10^9 bytes)."""

    corpus_tokens: float
    chunks: int
    embedded_tokens: float
    index_gb: Estimate
    index_usd: float
    contextual_usd: float
    refresh_usd_per_month: float
    store_usd_per_month: Estimate
    query_usd: float
    prompt_usd: float | None
    usd_per_month: Estimate
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    def to_text(self) -> str:
        """Return the answer as plain text."""
        rows = [
            ("tokens in the documents", f"{self.corpus_tokens:,.0f}"),
            ("chunks", f"{self.chunks:,}"),
            ("size of the index, GB", str(self.index_gb)),
            ("embedding everything once, USD", f"{self.index_usd:,.2f}"),
            ("contexts for all chunks, USD", f"{self.contextual_usd:,.2f}"),
            ("refreshing, USD a month", f"{self.refresh_usd_per_month:,.2f}"),
            ("store, USD a month", str(self.store_usd_per_month)),
            ("search, USD a request", f"{self.query_usd:.6f}"),
            (
                "retrieved text in the prompt, USD a request",
                "-" if self.prompt_usd is None else f"{self.prompt_usd:.6f}",
            ),
        ]
        once = self.index_usd + self.contextual_usd
        head = f"About {number(self.usd_per_month.mid)} USD a month, after {once:,.2f} USD once."
        notes = [f"note: {note}" for note in self.notes] + [f"source: {source}" for source in self.sources]
        return "\n".join([head, "", *text_table(rows), "", *notes]) + "\n"


def retrieval_cost(job: RetrievalInput, *, rules: Path | None = None) -> RetrievalCost:
    """Return what retrieval costs. Raises AdvisorError for unknown models and stores, naming the nearest."""
    numbers, prices = load_numbers(rules), load_prices(rules)
    tokens = _tokens(job, numbers)
    if job.overlap_tokens >= job.chunk_tokens:
        raise AdvisorError(Problem("overlap_tokens must be smaller than chunk_tokens"))
    each = tokens / job.documents
    chunks = chunk_count(each, job.chunk_tokens, job.overlap_tokens) * job.documents
    embedded = embedded_tokens(each, job.chunk_tokens, job.overlap_tokens) * job.documents
    usd, dims, embedding_source = _embedding(job, prices)
    index = embedding_usd(embedded, usd)
    contexts, prompt, notes = _reader(job, tokens, numbers)
    size = vector_bytes(numbers, chunks, dims) / 1e9
    row = _row(prices, "vector_store", job.vector_store)
    store = _store(row, size, chunks * dims, job, chunks)
    search, rerank_source = _search_usd(job, usd, prices)
    refresh = refresh_usd(index + contexts, job.changed_share)
    month = store + refresh + job.requests_per_month * (search + (prompt or 0.0))
    return RetrievalCost(
        corpus_tokens=tokens,
        chunks=chunks,
        embedded_tokens=embedded,
        index_gb=Estimate.of(size),
        index_usd=index,
        contextual_usd=contexts,
        refresh_usd_per_month=refresh,
        store_usd_per_month=Estimate.of(store),
        query_usd=search,
        prompt_usd=prompt,
        usd_per_month=Estimate.of(month),
        notes=notes,
        sources=tuple(s for s in (embedding_source, f"{row.item}: {row.origin()}", rerank_source) if s),
    )


def _tokens(job: RetrievalInput, numbers: Numbers) -> float:
    if sum(size is not None for size in (job.corpus_tokens, job.words, job.pages)) > 1:
        raise AdvisorError(Problem("the size of the documents is given twice: give corpus_tokens, words or pages"))
    if job.corpus_tokens is not None:
        return job.corpus_tokens
    if job.words is not None:
        return job.words * numbers.value("retrieval", "words_to_tokens")
    if job.pages is not None:
        return job.pages * numbers.value("retrieval", "tokens_per_page")
    raise AdvisorError(Problem("the size of the documents is missing: give corpus_tokens, words or pages"))


def _row(prices: Prices, kind: str, item: str) -> Price:
    row = prices.find(kind, item)
    if row is None:
        known = sorted(r.item for r in prices.of_kind(kind))
        text = f"unknown {kind.replace('_', ' ')} '{item}' (known: {', '.join(known)})"
        raise AdvisorError(Problem(text, suggestion=nearest(item, known)))
    return row


def _embedding(job: RetrievalInput, prices: Prices) -> tuple[float, float, str]:
    row = _row(prices, "embedding", job.embedding_model)
    dims = job.dimensions or row.figures.get("dims", 1024.0)
    try:
        listed = api_prices(row.provider, row.item, job.as_of)
    except AdvisorError:
        return row.figure(), dims, f"{row.item}: {row.origin()}"
    return listed.tokens.fresh, dims, f"{row.item}: {listed.source}"


def _reader(job: RetrievalInput, tokens: float, numbers: Numbers) -> tuple[float, float | None, tuple[str, ...]]:
    """Return USD for the contexts of all chunks, USD a request for the retrieved text, and notes."""
    if job.model is None:
        if job.contextual:
            raise AdvisorError(Problem("contextual retrieval needs the model that writes the contexts"))
        return 0.0, None, ("the retrieved text in the prompt is not priced: name the model that reads it",)
    retrieved = job.chunks_in_prompt * job.chunk_tokens
    listed = api_prices(job.provider, job.model, job.as_of, input_tokens=retrieved)
    contexts = 0.0
    if job.contextual:
        contexts = (
            tokens
            / 1e6
            * contextual_usd_per_million(
                listed.tokens,
                document=max(job.chunk_tokens, min(tokens / job.documents, 100_000)),
                chunk=job.chunk_tokens,
                instruction=numbers.value("retrieval", "context_instruction_tokens"),
                output=numbers.value("retrieval", "context_output_tokens"),
            )
        )
    return contexts, retrieved * listed.tokens.fresh / 1e6, listed.notes


def _store(row: Price, size: Range, dimensions: float, job: RetrievalInput, chunks: int) -> Range:
    figures = row.figures
    usage = size * (figures.get("storage_gb_month", 0.0) + figures.get("ram_gb_month", 0.0))
    usage = usage + dimensions * figures.get("per_million_dimensions", 0.0) / 1e6
    if "mid" in figures:
        usage = usage + size * row.range
    reads = read_units(size.mid, figures.get("minimum_read_units", 0.0)) * job.requests_per_month
    usage = usage + reads * figures.get("read_units_per_million", 0.0) / 1e6
    usage = usage + chunks * job.changed_share * figures.get("write_units_per_million", 0.0) / 1e6
    return store_usd(usage, figures.get("minimum", 0.0))


def _search_usd(job: RetrievalInput, embed_usd: float, prices: Prices) -> tuple[float, str]:
    query = embedding_usd(job.query_tokens, embed_usd)
    if job.reranker is None:
        return query, ""
    row = _row(prices, "reranker", job.reranker)
    rerank = rerank_usd(
        job.rerank_candidates,
        job.chunk_tokens,
        usd_per_million=row.figures.get("usd", 0.0),
        usd_per_1k_searches=row.figures.get("usd_per_1k_searches", 0.0),
    )
    return query + rerank, f"{row.item}: {row.origin()}"
