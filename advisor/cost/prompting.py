"""Price of one request to a hosted model: fresh, cached and written input, output, and the batch discount.

Units: USD and tokens. Source: providers' caching documentation as held by genai-prices. Tiers by prompt size are not a
matter of this formula: price one real request through `advisor.cost.api_prices` where the model has tiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from advisor.cost.ranges import Range

if TYPE_CHECKING:
    from advisor.cost.numbers import Numbers


class TokenPrices(NamedTuple):
    """USD per million tokens. Without a cache price, cached tokens cost what fresh ones do."""

    fresh: float
    output: float
    cache_read: float | None = None
    cache_write: float | None = None

    @property
    def read(self) -> float:
        """USD per million tokens read from the cache."""
        return self.fresh if self.cache_read is None else self.cache_read

    @property
    def write(self) -> float:
        """USD per million tokens written to the cache."""
        return self.fresh if self.cache_write is None else self.cache_write


def request_usd(
    prices: TokenPrices, *, fresh: float = 0.0, cached: float = 0.0, written: float = 0.0, output: float = 0.0
) -> float:
    """Return USD for one request: `fresh x p_in + cached x p_read + written x p_write + output x p_out`."""
    return (fresh * prices.fresh + cached * prices.read + written * prices.write + output * prices.output) / 1e6


def cached_prefix(numbers: Numbers, prefix_tokens: float, hit_rate: float) -> tuple[float, float]:
    """Return tokens read from and written to the cache per request; both 0 for a prefix too short to be cached."""
    if prefix_tokens < numbers.value("prompting", "minimum_prefix"):
        return 0.0, 0.0
    return prefix_tokens * hit_rate, prefix_tokens * (1 - hit_rate)


def hit_rate(numbers: Numbers, requests_per_month: float | None) -> Range:
    """Return the share of requests that find the prefix still cached.

    With requests arriving at random, one finds the prefix when another came within its life time:
    `1 - exp(-rate x minutes)`. The result is never above the published 85 % nor exact.
    """
    published = numbers.range("prompting", "cache_hit_rate")
    if requests_per_month is None:
        return published
    import math

    minutes = numbers.value("prompting", "cache_minutes")
    per_minute = requests_per_month / (730 * 60)
    reached = 1 - math.exp(-per_minute * minutes)
    return Range(published.low * reached, published.mid * reached, published.high * reached)


def reuses_to_pay_back(write_factor: float, read_factor: float) -> float:
    """Return how often a written prefix must be read to save money: `(write - 1) / (1 - read)`."""
    return 0.0 if write_factor <= 1 else (write_factor - 1) / (1 - read_factor)
