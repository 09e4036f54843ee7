"""Which hosted models an estimate prices: the intended one, the next stronger one, and the tuned one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.cost.api_prices import ApiPrices, api_prices, own_prices
from advisor.cost.prompting import TokenPrices
from advisor.cost.services import Availability, fine_tuning_at, tuning_provider
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from advisor.cost.prices import Price, Prices
    from advisor.cost.ranges import Range

MARKET = "market"
"""The name of no provider in particular: prices are the range over providers."""

_TIERS = ("small", "mid", "frontier", "reasoning")


class HostedModel(NamedTuple):
    """A hosted model with its prices, or the reason why it has none."""

    name: str
    prices: ApiPrices | None
    reason: str = ""
    chosen_by_us: bool = False
    reasoning: bool = False

    @property
    def source(self) -> str:
        """The model and where its prices come from; empty where it has none."""
        return f"{self.name}: {self.prices.source}" if self.prices else ""

    def tokens(self, batch_share: float, batch: ApiPrices | None) -> TokenPrices:
        """Return prices with a share of the requests at the batch price."""
        if self.prices is None:
            raise AdvisorError([])
        standard = self.prices.tokens
        if not batch or not batch_share:
            return standard
        cheaper = batch.tokens

        def mixed(plain: float, lower: float) -> float:
            return plain * (1 - batch_share) + lower * batch_share

        return TokenPrices(
            mixed(standard.fresh, cheaper.fresh),
            mixed(standard.output, cheaper.output),
            mixed(standard.read, cheaper.read),
            mixed(standard.write, cheaper.write),
        )


class TunedModel(NamedTuple):
    """Hosted fine-tuning: availability, price per million training tokens, and how the tuned model is billed."""

    provider: str
    availability: Availability
    training: Range | None
    training_source: str
    tokens: TokenPrices | None
    gpu_usd_hour: Range | None
    gpu: str
    hosting_source: str
    ends: date | None
    notes: tuple[str, ...] = ()


def intended_model(
    table: Mapping[str, Any],
    facts: Mapping[str, Any],
    as_of: date,
    *,
    provider: str | None,
    name: str | None,
    own: Mapping[str, Any] | None,
    strict: bool,
) -> HostedModel:
    """Return the model in use or intended: own prices, the named model, or the reference model of its tier.

    With `strict` an unknown model raises AdvisorError; otherwise it comes back without prices.
    """
    tier = str(facts.get("model_tier") or table["default_tier"])
    reasoning = tier == "reasoning"
    if own:
        return HostedModel(name or "your model", own_prices(dict(own), as_of), reasoning=reasoning)
    chosen = name is None
    references = table["reference_models"]
    if name is None:
        provider = provider if provider in references else table["default_provider"]
        tiers = references[provider]
        name = str(tiers.get(tier) or tiers["mid"])
    try:
        return HostedModel(name, api_prices(provider, name, as_of), chosen_by_us=chosen, reasoning=reasoning)
    except AdvisorError as error:
        if strict:
            raise
        return HostedModel(name, None, str(error), reasoning=reasoning)


def stronger_model(table: Mapping[str, Any], intended: HostedModel, as_of: date) -> HostedModel:
    """Return the next dearer reference model of the same provider (of the default provider when that has none)."""
    if intended.prices is None:
        return HostedModel("a stronger model", None, "the intended model has no known price to start from")
    now = _blend(intended.prices.tokens)
    for owner in (intended.prices.provider, table["default_provider"]):
        tiers = table["reference_models"].get(owner, {})
        for tier in _TIERS:
            name = tiers.get(tier)
            prices = api_prices(owner, name, as_of) if name else None
            if prices and _blend(prices.tokens) > now * 1.2:
                return HostedModel(str(name), prices, chosen_by_us=True, reasoning=tier == "reasoning")
    return HostedModel("a stronger model", None, f"no dearer reference model than {intended.name} is known")


def resized(model: HostedModel, input_tokens: float, as_of: date, *, batch: bool = False) -> ApiPrices | None:
    """Return a model's prices for requests of a size (prices have tiers), or None when it has none."""
    if model.prices is None:
        return None
    if model.prices.provider == "own":
        return model.prices._replace(batch=False)
    return api_prices(model.prices.provider, model.prices.model, as_of, input_tokens=input_tokens, batch=batch)


def tuned_model(
    prices: Prices, provider: str, as_of: date, params_b: float, *, model: str, customer: bool
) -> TunedModel:
    """Return how tuning at a provider is billed on a day; prices that the table lacks are None."""
    owner = tuning_provider(provider)
    available = (
        Availability(provider, True, "")
        if owner == MARKET
        else fine_tuning_at(prices, provider, as_of, existing_customer=customer)
    )
    rows = [row for row in prices.of_kind("training", as_of=as_of) if row.provider == owner]
    row = _matching(rows, model, params_b)
    hosting = [r for r in prices.of_kind("hosting", as_of=as_of) if r.provider == owner and "usd" in r.figures]
    tokens = None
    if row is not None and "tuned_input" in row.figures:
        cached = row.figures.get("tuned_cached")
        tokens = TokenPrices(row.figures["tuned_input"], row.figures["tuned_output"], cached, None)
    gpu_hour, gpu, source = None, "", ""
    if hosting and hosting[0].figure() > 0:
        gpu_hour, gpu, source = hosting[0].range, hosting[0].item, hosting[0].origin()
    elif tokens is None:
        market = prices.one("gpu_range", "H100-80GB")
        gpu_hour, gpu = market.range, market.item
        source = f"market price of an H100, as {provider}'s own is not listed: {market.origin()}"
    training, training_source = _training_price(prices, owner, row, rows, params_b)
    return TunedModel(
        provider=provider,
        availability=available,
        training=training,
        training_source=training_source,
        tokens=tokens,
        gpu_usd_hour=gpu_hour,
        gpu=gpu,
        hosting_source=source or (row.origin() if row else ""),
        ends=row.ends if row else None,
    )


def _blend(tokens: TokenPrices) -> float:
    return tokens.fresh * 3 + tokens.output


def _matching(rows: list[Price], model: str, params_b: float) -> Price | None:
    """Return the row of the named model, else the one for the size, else None."""
    for row in rows:
        if model and (row.item.lower().startswith(model.lower()) or model.lower().startswith(row.item.lower())):
            return row
    sized = [row for row in rows if _covers(row.item, params_b)]
    return sized[0] if sized else None


def _covers(item: str, params_b: float) -> bool:
    """Return whether a row such as `LoRA, up to 16B` or `SFT LoRA, 16.1B-80B` is for a model of that size."""
    import re

    between = re.search(r"([\d.]+)B-([\d.]+)B", item)
    if between:
        return float(between.group(1)) <= params_b <= float(between.group(2))
    up_to = re.search(r"up to ([\d.]+)B", item)
    if up_to:
        return params_b <= float(up_to.group(1))
    named = re.search(r"-([\d.]+)B", item)
    return named is not None and params_b <= float(named.group(1))


def _training_price(
    prices: Prices, owner: str, row: Price | None, rows: list[Price], params_b: float
) -> tuple[Range | None, str]:
    """Return USD per million training tokens and its origin; None, with the reason, where none is listed."""
    if row is not None and "usd" in row.figures:
        return row.range, row.origin()
    if owner == MARKET:
        sized = [r for r in prices.of_kind("training_range") if r.figures.get("params_b_max", 0) >= params_b]
        if sized:
            best = min(sized, key=lambda r: r.figures["params_b_max"])
            return best.range, best.origin()
    listed = ", ".join(each.item for each in rows) or "nothing"
    return None, f"no training price is listed for this model at {owner} (listed: {listed})"
