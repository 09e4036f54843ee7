"""Prices of hosted models from the genai-prices package: tokens, caching, batch and embeddings, without network.

The package is imported on first use. Its traps are handled here: the provider is always passed, tiers follow the size
of one request, a batch price that equals the standard price is reported as missing, and unknown names raise an error.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from typing import Any, NamedTuple

from advisor.cost.prompting import TokenPrices
from advisor.errors import AdvisorError, Problem, nearest

_PREFERRED = (
    "openai",
    "anthropic",
    "google",
    "mistral",
    "cohere",
    "voyageai",
    "deepseek",
    "x-ai",
    "aws",
    "together",
)


class ApiPrices(NamedTuple):
    """Prices of one model for requests of one size on one day, in USD per million tokens."""

    provider: str
    model: str
    tokens: TokenPrices
    as_of: date
    batch: bool
    context_window: int | None
    source: str
    notes: tuple[str, ...] = ()


@cache
def library_version() -> str:
    """Return the version of genai-prices, which dates its data."""
    from importlib.metadata import version

    return version("genai-prices")


@lru_cache(maxsize=256)
def api_prices(
    provider: str | None, model: str, as_of: date, *, input_tokens: float = 0.0, batch: bool = False
) -> ApiPrices:
    """Return a model's prices for one request with `input_tokens` of input, cached parts included.

    Raises AdvisorError with the nearest names for a provider or model that the package does not know.
    """
    owner, info = _found(provider, model)
    # Noon, because some providers have prices by the time of day.
    moment = datetime.combine(as_of, time(12), tzinfo=UTC)
    standard = info.get_prices(moment, None)
    prices, notes = standard, []
    if batch:
        own = any(info is listed for listed in owner.models)
        prices = info.get_prices(moment, {"processing": "batch"}) if own else standard
        if prices == standard:
            notes.append(f"no batch discount is listed for {info.id}: standard price used")
    if info.id.lower() != model.lower():
        notes.append(f"'{model}' is priced as '{info.id}'")
    if info.deprecated:
        notes.append(f"{info.id} is marked as deprecated")
    tokens = _token_prices(prices, input_tokens)
    if tokens is None:
        raise AdvisorError(Problem(f"no token price is listed for '{info.id}' of {owner.id}: give your own prices"))
    return ApiPrices(
        provider=owner.id,
        model=info.id,
        tokens=tokens,
        as_of=as_of,
        batch=batch and prices != standard,
        context_window=info.context_window,
        source=f"genai-prices {library_version()}, prices of {as_of}",
        notes=tuple(notes),
    )


def own_prices(stated: dict[str, Any], as_of: date, *, source: str = "your own prices") -> ApiPrices:
    """Return the prices that a user states: `input`, `output` and, optionally, `cache_read` and `cache_write`.

    USD per million tokens. Raises AdvisorError for unknown keys, missing prices or values that are no prices.
    """
    known = ("input", "output", "cache_read", "cache_write")
    problems = [
        Problem(f"unknown price '{key}' (known: {', '.join(known)})", suggestion=nearest(key, known))
        for key in stated
        if key not in known
    ]
    problems += [Problem(f"your own prices need '{key}'") for key in ("input", "output") if key not in stated]
    for key in known:
        value = stated.get(key)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6
        ):
            problems.append(Problem(f"price '{key}' must be USD per million tokens, not {value!r}"))
    if problems:
        raise AdvisorError(problems)
    tokens = TokenPrices(
        float(stated["input"]),
        float(stated["output"]),
        None if stated.get("cache_read") is None else float(stated["cache_read"]),
        None if stated.get("cache_write") is None else float(stated["cache_write"]),
    )
    return ApiPrices("own", "own", tokens, as_of, False, None, source)


def any_provider_prices(model: str, as_of: date) -> TokenPrices | None:
    """Return the token prices of a model by name alone on a day, the best-known provider first, or None."""
    from genai_prices.data_snapshot import get_snapshot

    by_id = {provider.id: provider for provider in get_snapshot().providers}
    order = [by_id[name] for name in _PREFERRED if name in by_id]
    for provider in (*order, *(p for p in by_id.values() if p.id not in _PREFERRED)):
        info = provider.find_model(model)
        tokens = (
            _token_prices(info.get_prices(datetime.combine(as_of, time(12), tzinfo=UTC), None), 0.0) if info else None
        )
        if tokens is not None:
            return tokens
    return None


def _found(provider: str | None, model: str) -> tuple[Any, Any]:
    """Return the package's provider and model objects for two names."""
    from genai_prices.data_snapshot import find_provider_by_id, get_snapshot

    providers = get_snapshot().providers
    if provider is None:
        return _by_model(providers, model)
    owner = find_provider_by_id(providers, provider)
    if owner is None:
        known = sorted(p.id for p in providers)
        text = f"unknown provider '{provider}' (known: {', '.join(known)})"
        raise AdvisorError(Problem(text, suggestion=nearest(provider, known)))
    info = owner.find_model(model, all_providers=providers)
    if info is None:
        raise _unknown_model(model, owner.id, [m.id for m in owner.models])
    return owner, info


def _by_model(providers: list[Any], model: str) -> tuple[Any, Any]:
    holders = [(p, m) for p in providers for m in p.models if m.id.lower() == model.lower()]
    for name in _PREFERRED:
        for owner, info in holders:
            if owner.id == name:
                return owner, info
    if len(holders) == 1:
        return holders[0]
    if holders:
        names = ", ".join(sorted(owner.id for owner, _ in holders))
        raise AdvisorError(Problem(f"several providers offer '{model}': name one of {names}"))
    known = [m.id for p in providers if p.id in _PREFERRED for m in p.models]
    raise _unknown_model(model, None, known)


def _unknown_model(model: str, owner: str | None, known: list[str]) -> AdvisorError:
    from difflib import get_close_matches

    close = get_close_matches(model.lower(), [k.lower() for k in known], n=5, cutoff=0.5)
    hint = f" (nearest: {', '.join(close)})" if close else ""
    whose = f" of {owner}" if owner else ""
    text = f"no price is known for model '{model}'{whose}{hint}; choose one of those, or give your own prices"
    return AdvisorError(Problem(text, suggestion=close[0] if close else None))


def _token_prices(prices: Any, input_tokens: float) -> TokenPrices | None:
    def figure(name: str) -> float | None:
        value = getattr(prices, name, None)
        if value is None:
            return None
        if hasattr(value, "base"):
            tiers = [tier.price for tier in value.tiers if input_tokens > tier.start]
            value = tiers[-1] if tiers else value.base
        return float(value)

    fresh, output = figure("input_mtok"), figure("output_mtok")
    if fresh is None and output is None:
        return None
    return TokenPrices(fresh or 0.0, output or 0.0, figure("cache_read_mtok"), figure("cache_write_mtok"))
