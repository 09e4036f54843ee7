"""Prices of hosted models: equal to what genai-prices itself computes, with clear errors for unknown names."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime

import pytest

from advisor.cost.api_prices import api_prices, own_prices
from advisor.cost.prompting import request_usd
from advisor.errors import AdvisorError

AS_OF = date(2026, 11, 20)
MODELS = [
    ("openai", "gpt-6-luna"), ("openai", "gpt-6-sol"), ("openai", "gpt-6.1-terra"), ("openai", "gpt-6-astra"),
    ("openai", "gpt-5.4-mini"), ("openai", "gpt-4.1-mini"),
    ("anthropic", "claude-haiku-5-5"), ("anthropic", "claude-sonnet-5-5"), ("anthropic", "claude-opus-5-5"),
    ("anthropic", "claude-fable-5-2"),
    ("google", "gemini-2.5-pro"), ("google", "gemini-3.5-flash"), ("google", "gemini-3.8-flash"),
    ("google", "gemini-4-argon"),
    ("mistral", "mistral-small-latest"), ("mistral", "mistral-large-4"), ("mistral", "mistral-large-2512"),
    ("deepseek", "deepseek-v4-pro"), ("deepseek", "deepseek-v4-flash"),
    ("cohere", "command-a"), ("x-ai", "grok-4.7"), ("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
]  # fmt: skip
# fresh, cached, written, output: small, cached, just under and over the tiers, very large
REQUESTS = [
    (2_000, 0, 0, 300), (500, 1_500, 0, 300), (200, 1_000, 4_000, 50),
    (100_000, 0, 0, 10), (100_001, 0, 0, 10), (150_000, 50_000, 0, 1), (10, 300_000, 1_000, 2_000), (900_000, 0, 0, 1),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "model"), MODELS)
@pytest.mark.parametrize("batch", [False, True])
def test_a_request_costs_what_the_package_says(provider: str, model: str, batch: bool) -> None:
    from genai_prices import Usage, calc_price

    for fresh, cached, written, output in REQUESTS:
        total = fresh + cached + written
        expected = calc_price(
            Usage(input_tokens=total, cache_read_tokens=cached, cache_write_tokens=written, output_tokens=output),
            model,
            provider_id=provider,
            genai_request_timestamp=datetime(2026, 11, 20, 12, tzinfo=UTC),
            price_context={"processing": "batch"} if batch else None,
        )
        prices = api_prices(provider, model, AS_OF, input_tokens=total, batch=batch)
        usd = request_usd(prices.tokens, fresh=fresh, cached=cached, written=written, output=output)
        assert usd == pytest.approx(float(expected.total_price), rel=1e-9)


def test_a_batch_discount_that_is_not_listed_is_said() -> None:
    assert api_prices("anthropic", "claude-haiku-5-5", AS_OF, batch=True).batch
    plain = api_prices("cohere", "command-a", AS_OF, batch=True)
    assert not plain.batch
    assert "no batch discount" in plain.notes[0]


def test_the_price_of_the_day_is_used() -> None:
    then, now = api_prices("openai", "o3", date(2025, 5, 1)), api_prices("openai", "o3", AS_OF)
    assert (then.tokens.fresh, now.tokens.fresh) == (10, 2)


def test_embeddings_are_priced_with_their_provider() -> None:
    assert api_prices("openai", "text-embedding-3-small", AS_OF).tokens.fresh == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("provider", "model", "word"),
    [
        ("opnai", "gpt-6-luna", "openai"),
        ("openai", "gpt-7-luna-max", "gpt-6-luna"),
        ("anthropic", "claud-haiku-5-5", "claude-haiku-5-5"),
        (None, "gpt-6-lunar", "gpt-6-luna"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest(provider: str | None, model: str, word: str) -> None:
    with pytest.raises(AdvisorError, match=word):
        api_prices(provider, model, AS_OF)


def test_a_model_without_provider_is_found_when_its_owner_is_clear() -> None:
    assert api_prices(None, "gpt-6-luna", AS_OF).provider == "openai"


def test_own_prices_stand_in_for_any_model() -> None:
    prices = own_prices({"input": 1, "output": 2.5}, AS_OF)
    assert request_usd(prices.tokens, fresh=1e6, cached=1e6, output=1e6) == pytest.approx(4.5)


@pytest.mark.parametrize(
    "stated",
    [
        {"input": 1},
        {"input": -1, "output": 1},
        {"inpt": 1, "input": 1, "output": 1},
        {"input": True, "output": 1},
    ],
)
def test_own_prices_must_be_prices(stated: dict[str, object]) -> None:
    with pytest.raises(AdvisorError):
        own_prices(stated, AS_OF)


def test_no_network_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert api_prices("openai", "gpt-6-luna", AS_OF).tokens.output == pytest.approx(0.5)
