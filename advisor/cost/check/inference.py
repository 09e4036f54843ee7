"""Estimates of published inference costs: a request, a day or month of requests, rented nodes, contextual retrieval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.check.inputs import Inputs, NotComputableError
from advisor.cost.prompting import TokenPrices, request_usd
from advisor.cost.ranges import Range
from advisor.cost.retrieval import contextual_usd_per_million

if TYPE_CHECKING:
    from advisor.cost.prices import Prices


def inference_usd(inputs: Inputs, unit: str, prices: Prices) -> Range:
    """Return USD in the unit that the source uses (per million document tokens, request, day or month)."""
    per = unit.lower()
    if any(inputs.number(key) for key in ("nodes", "gpus_per_node", "usd_per_gpu_hour")):
        return _nodes_usd(inputs, per, prices)
    if "document" in per or inputs.number("doc_tokens"):
        return Range.exact(_contextual(inputs))
    tokens = _token_prices(inputs)
    one = request_usd(tokens, fresh=inputs.number("input_tokens") or 0.0, output=inputs.number("output_tokens") or 0.0)
    if not one:
        raise NotComputableError("neither input nor output tokens are stated")
    if "request" in per or "call" in per or "query" in per:
        return Range.exact(one)
    requests = inputs.number("requests_per_day")
    if requests is None and inputs.number("days") is None:
        inputs.note("tokens read as those of the whole period")
        return Range.exact(one)
    return Range.exact(one * (requests or 1.0) * _days(inputs, per))


def _days(inputs: Inputs, per: str) -> float:
    """Return the days that the published period has."""
    if "month" in per:
        return inputs.number("days") or inputs.numbers.value("checks", "days_per_month")
    if "year" in per:
        return inputs.number("days") or 365.0
    if "day" in per:
        return 1.0
    return inputs.number("days") or 1.0


def _nodes_usd(inputs: Inputs, per: str, prices: Prices) -> Range:
    gpus = inputs.number("gpus_per_node") or inputs.numbers.value("checks", "gpus_per_node")
    hours = inputs.number("hours") or inputs.numbers.value("checks", "hours_per_day") * _days(inputs, per)
    stated = inputs.number("usd_per_gpu_hour")
    price = Range.exact(stated) if stated else prices.one("gpu_range", inputs.device().name).range
    return price * ((inputs.number("nodes") or 1.0) * gpus * hours)


def _contextual(inputs: Inputs) -> float:
    def given(key: str, constant: str) -> float:
        return inputs.number(key) or inputs.numbers.value("retrieval", constant)

    return contextual_usd_per_million(
        _token_prices(inputs),
        document=given("doc_tokens", "context_document_tokens"),
        chunk=given("chunk_tokens", "chunk_tokens"),
        instruction=given("instruction_tokens", "context_instruction_tokens"),
        output=given("context_tokens_out", "context_output_tokens"),
    )


def _token_prices(inputs: Inputs) -> TokenPrices:
    fresh, output = inputs.number("usd_in"), inputs.number("usd_out")
    if fresh is None and output is None:
        model = inputs.text("model")
        if model is None:
            raise NotComputableError("neither prices nor a model are stated")
        return _listed(inputs, model)
    return TokenPrices(fresh or 0.0, output or 0.0, inputs.number("usd_cache_read"), inputs.number("usd_cache_write"))


def _listed(inputs: Inputs, model: str) -> TokenPrices:
    from advisor.cost.api_prices import any_provider_prices

    prices = any_provider_prices(model, inputs.as_of)
    if prices is None:
        raise NotComputableError(f"no price is stated and the model '{model}' is not known")
    inputs.note(f"list price of {inputs.as_of}")
    return prices
