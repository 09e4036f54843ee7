"""Cost of retrieval: chunks, embeddings, contextual retrieval, the query path and refreshing the index.

Units: tokens and USD. Constants and sources: `rules/cost/retrieval.yaml`. Valid for text split into chunks of one size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.cost.prompting import TokenPrices


def chunk_count(tokens: float, chunk: float, overlap: float = 0.0) -> int:
    """Return how many chunks a document of `tokens` gives: `ceil((T - o) / (c - o))`, at least one when not empty.

    Raises ValueError unless `0 <= overlap < chunk`.
    """
    if not 0 <= overlap < chunk:
        raise ValueError(f"the overlap ({overlap}) must be below the chunk size ({chunk}) and not negative")
    if tokens <= 0:
        return 0
    return max(1, math.ceil((tokens - overlap) / (chunk - overlap)))


def embedded_tokens(tokens: float, chunk: float, overlap: float = 0.0) -> float:
    """Return the tokens that are embedded: overlaps count twice, the last chunk only as far as it is filled."""
    chunks = chunk_count(tokens, chunk, overlap)
    return tokens + max(0, chunks - 1) * overlap


def embedding_usd(tokens: float, usd_per_million: float) -> float:
    """Return USD for embedding `tokens` once."""
    return tokens * usd_per_million / 1e6


def pages_per_usd(usd_per_million: float, tokens_per_page: float) -> float:
    """Return pages embedded for one USD. Source: OpenAI's embeddings guide (800 tokens a page)."""
    return 1e6 / (usd_per_million * tokens_per_page)


def contextual_usd_per_million(
    prices: TokenPrices, *, document: float, chunk: float, instruction: float, output: float
) -> float:
    """Return USD per million document tokens of writing a context for each chunk, the document cached.

    `(d w + n d r + n (c + i) p_in + n out p_out) / d` with `n = d / c`. Source: Anthropic, Introducing Contextual
    Retrieval; with its inputs 1.022 against the published 1.02.
    """
    chunks = document / chunk
    usd = document * prices.write
    usd += chunks * (document * prices.read + (chunk + instruction) * prices.fresh + output * prices.output)
    return usd / document


def refresh_usd(index_usd: float, changed_share: float) -> float:
    """Return USD for re-embedding the changed share of the corpus."""
    return index_usd * changed_share


def rerank_usd(
    candidates: float, chunk: float, *, usd_per_million: float = 0.0, usd_per_1k_searches: float = 0.0
) -> float:
    """Return USD for reranking one query's candidates, priced by token or by search (100 documents a search)."""
    if usd_per_1k_searches:
        return math.ceil(candidates / 100) * usd_per_1k_searches / 1000
    return candidates * chunk * usd_per_million / 1e6
