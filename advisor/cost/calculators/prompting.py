"""What a request to a hosted model costs, with caching and in a batch."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads it
from typing import Any

from pydantic import Field

from advisor.cost.api_prices import ApiPrices, api_prices, own_prices
from advisor.cost.calculators.common import Closed, number, text_table
from advisor.cost.numbers import Numbers, load_numbers
from advisor.cost.prompting import TokenPrices, request_usd, reuses_to_pay_back


class PromptingInput(Closed):
    """One kind of request and its volume. Without own prices, provider and model are priced by genai-prices."""

    provider: str | None = Field(None, description="provider such as openai, anthropic or google")
    model: str | None = Field(None, description="model such as gpt-6-luna")
    prices: dict[str, Any] | None = Field(
        None, description="own USD per million tokens: input, output, cache_read, ..."
    )
    as_of: date = Field(description="day of the prices")
    prompt_tokens: float = Field(1500, ge=0, description="tokens that are the same in every request")
    input_tokens: float = Field(500, ge=0, description="tokens that differ from request to request")
    output_tokens: float = Field(300, ge=0, description="output tokens, hidden reasoning included")
    hit_rate: float = Field(0.6, ge=0, le=1, description="share of requests that find the prompt in the cache")
    requests_per_month: float = Field(10_000, ge=0, description="expected volume")
    batch: bool = Field(False, description="whether requests go into a batch")


class PromptingCost(Closed):
    """The answer in USD: a request and a month, with and without the cache, and the parts of a request."""

    model: str
    usd_per_request: float
    usd_per_request_without_cache: float
    usd_per_month: float
    parts_usd: dict[str, float]
    prices_usd_per_million: dict[str, float]
    cached: bool
    reuses_to_pay_back: float
    batch: bool
    notes: tuple[str, ...]
    source: str

    def to_text(self) -> str:
        """Return the answer as plain text."""
        rows = [
            ("USD a request", f"{self.usd_per_request:.6f}"),
            *((f"  {name}", f"{usd:.6f}") for name, usd in self.parts_usd.items()),
            ("USD a request without cache", f"{self.usd_per_request_without_cache:.6f}"),
            ("USD a month", number(self.usd_per_month)),
            *((f"USD per million, {name}", f"{usd:g}") for name, usd in self.prices_usd_per_million.items()),
        ]
        head = f"{self.model}{', in a batch' if self.batch else ''}: {number(self.usd_per_month)} USD a month."
        notes = [f"note: {note}" for note in self.notes]
        return "\n".join([head, "", *text_table(rows), "", *notes, f"source: {self.source}"]) + "\n"


def prompting_cost(job: PromptingInput) -> PromptingCost:
    """Return the price of a request. Raises AdvisorError for an unknown provider or model, naming the nearest."""
    numbers = load_numbers()
    found = _prices(job)
    prices, notes = found.tokens, list(found.notes)
    fresh = {
        "input": request_usd(prices, fresh=job.input_tokens),
        "output": request_usd(prices, output=job.output_tokens),
    }
    plain = request_usd(prices, fresh=job.prompt_tokens)
    cached = _cached_usd(job, prices, numbers)
    use_cache = prices.cache_read is not None and job.hit_rate > 0 and cached is not None and cached < plain
    if prices.cache_read is None:
        notes.append("no price for cached input is listed: every token counts as fresh")
    elif cached is None:
        minimum = numbers.value("prompting", "minimum_prefix")
        notes.append(f"prompts below about {minimum:,.0f} tokens are not cached")
    elif not use_cache:
        notes.append("at this hit rate writing the cache costs more than it saves: not cached")
    prompt = cached if use_cache and cached is not None else plain
    one = prompt + fresh["input"] + fresh["output"]
    return PromptingCost(
        model=f"{found.provider}/{found.model}",
        usd_per_request=one,
        usd_per_request_without_cache=plain + fresh["input"] + fresh["output"],
        usd_per_month=one * job.requests_per_month,
        parts_usd={"prompt": prompt, **fresh},
        prices_usd_per_million={
            "input": prices.fresh,
            "cache read": prices.read,
            "cache write": prices.write,
            "output": prices.output,
        },
        cached=use_cache,
        reuses_to_pay_back=_reuses(prices),
        batch=found.batch,
        notes=tuple(notes),
        source=found.source,
    )


def _prices(job: PromptingInput) -> ApiPrices:
    from advisor.errors import AdvisorError, Problem

    if job.prices is not None:
        return own_prices(job.prices, job.as_of)
    if job.model is None:
        raise AdvisorError(Problem("name a model (and its provider), or give your own prices"))
    total = job.prompt_tokens + job.input_tokens
    return api_prices(job.provider, job.model, job.as_of, input_tokens=total, batch=job.batch)


def _cached_usd(job: PromptingInput, prices: TokenPrices, numbers: Numbers) -> float | None:
    """Return USD for the prompt when it is cached, None when it is too short for that."""
    if job.prompt_tokens < numbers.value("prompting", "minimum_prefix"):
        return None
    hit = request_usd(prices, cached=job.prompt_tokens)
    miss = request_usd(prices, written=job.prompt_tokens)
    return hit * job.hit_rate + miss * (1 - job.hit_rate)


def _reuses(prices: TokenPrices) -> float:
    if not prices.fresh or prices.read >= prices.fresh:
        return 0.0
    return round(reuses_to_pay_back(prices.write / prices.fresh, prices.read / prices.fresh), 3)
