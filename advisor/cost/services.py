"""Whether a provider's fine-tuning can be had at a date, and how long a model tuned there will live."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from advisor.cost.prices import Price, Prices

_OTHER_NAMES = {
    "google_vertex": "google", "vertex": "google", "gemini": "google", "azure": "openai",
    "azure_openai": "openai", "prime": "prime_intellect", "thinking_machines": "tinker",
}  # fmt: skip


class Availability(NamedTuple):
    """Whether fine-tuning at a provider may be offered, why, and from when it may not."""

    provider: str
    open: bool
    reason: str
    ends: date | None = None
    source: str = ""


def tuning_provider(name: str) -> str:
    """Return the provider whose fine-tuning terms hold for `name` (Azure OpenAI follows OpenAI's models)."""
    return _OTHER_NAMES.get(name.lower(), name.lower())


def fine_tuning_at(prices: Prices, provider: str, as_of: date, *, existing_customer: bool = False) -> Availability:
    """Return whether a new fine-tuning job can be started at `provider` on a day."""
    name = tuning_provider(provider)
    row = prices.find("service", "fine_tuning", provider=name)
    if row is None:
        return Availability(provider, False, f"no fine-tuning of {provider} is known to the price table")
    return _judged(row, provider, as_of, existing_customer)


def _judged(row: Price, provider: str, as_of: date, existing_customer: bool) -> Availability:
    about, source = row.texts.get("about", ""), row.origin()
    if row.ends and as_of >= row.ends:
        return Availability(provider, False, f"ended on {row.ends}. {about}", row.ends, source)
    if row.closed_to_new and as_of >= row.closed_to_new and not existing_customer:
        return Availability(
            provider, False, f"closed to new customers since {row.closed_to_new}. {about}", row.ends, source
        )
    if row.ends is None and row.texts.get("status") in ("withdrawn", "not_offered"):
        return Availability(provider, False, about, row.ends, source)
    return Availability(provider, True, about, row.ends, source)


def months_left(as_of: date, ends: date | None, horizon: float) -> float:
    """Return for how many of the `horizon` months something that ends on a day can still be used."""
    if ends is None:
        return horizon
    return max(0.0, min(horizon, (ends - as_of).days / 30.4375))
