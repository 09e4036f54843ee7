"""Memory of vector indexes and the price of holding them.

Units: bytes, USD per month. Constants and sources: `rules/cost/retrieval.yaml`. Valid for flat and HNSW indexes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.ranges import Range

if TYPE_CHECKING:
    from advisor.cost.numbers import Numbers


def vector_bytes(
    numbers: Numbers,
    vectors: float,
    dimensions: float,
    *,
    bytes_per_dimension: float = 4.0,
    links: float | None = None,
    overhead: float | None = None,
    headroom: float | None = None,
) -> Range:
    """Return the bytes of an index.

    `vectors x (dimensions x bytes + links) x overhead x headroom`; `links` is HNSW's m. Sources: Qdrant capacity
    planning (factor 1.5), OpenSearch (`1.1 (4 d + 8 m)`), ScyllaDB (`1.2 (4 d + 16 m)`).
    """
    raw = Range.exact(dimensions * bytes_per_dimension)
    if links is not None:
        raw = raw + numbers.range("retrieval", "link_bytes") * links
    if overhead is not None:
        factor = Range.exact(overhead)
    else:
        factor = numbers.range("retrieval", "graph_overhead" if links is not None else "store_overhead")
    return raw * factor * (vectors * (headroom or 1.0))


def column_bytes(numbers: Numbers, vectors: float, dimensions: float, bytes_per_dimension: float) -> float:
    """Return the bytes of a database column of vectors, without index: pgvector's `d x bytes + 8` a vector."""
    return vectors * (dimensions * bytes_per_dimension + numbers.value("retrieval", "vector_header_bytes"))


def store_usd(usage: Range, minimum: float = 0.0) -> Range:
    """Return USD per month: storage, reads and writes, but never less than the plan's minimum."""
    return usage.at_least(minimum)


def read_units(namespace_gb: float, rule_minimum: float = 0.25) -> float:
    """Return Pinecone's read units for one query: one for each GB of the namespace, at least 0.25."""
    return max(rule_minimum, namespace_gb)
