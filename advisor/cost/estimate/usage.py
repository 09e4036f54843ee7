"""Lines for calling a hosted model: prompt, input, retrieved context and output of one request, in USD a request."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from advisor.cost.amounts import Amount, at_least, at_most, mapped
from advisor.cost.estimate.line import Amounts, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from advisor.cost.estimate.options import Option
    from advisor.cost.estimate.setting import Setting
    from advisor.cost.prompting import TokenPrices
from advisor.cost.ranges import Range

_SECONDS_A_MONTH = 730 * 3600


def usage_lines(option: Option, setting: Setting, q: Amounts) -> Iterator[Line]:
    """Yield the lines of one request to a hosted model; none where machines are paid for instead."""
    if option.web_search:
        row = setting.prices.one("web_search", "web_search")
        yield Line("web_search", "Web search", "request", "usage", row.figure() / 1000, row.origin())
    prices = setting.token_prices(option)
    if prices is None:
        return
    source = _source(option, setting)
    calls = q["model_calls"] if option.tools else 1.0
    prompt = _prefix_usd(setting, prices, prompt_tokens(option, q), calls, q)
    yield Line("prompt", "Instructions and examples in the prompt", "request", "usage", 0.0, source, prompt)
    yield Line("input", "User input", "request", "usage", q["input_tokens"] * (prices.fresh / 1e6) * calls, source)
    if option.retrieval:
        tokens = q["chunks_in_prompt"] * q["chunk_tokens"]
        # Retrieved text differs from request to request, so that it is hardly ever cached.
        yield Line("context", "Retrieved text in the prompt", "request", "usage", tokens * (prices.fresh / 1e6), source)
    output = q["output_tokens"] * (prices.output / 1e6) * calls
    if setting.model_of(option).reasoning and not option.tuning:
        output = output * q["reasoning_factor"]
    yield Line("output", "Output", "request", "usage", output, source)


def prompt_tokens(option: Option, q: Amounts) -> Amount:
    """Return the tokens at the beginning of the prompt that are the same in every request."""
    tokens = q["instruction_tokens"]
    if option.tuning:
        tokens = tokens * q["tuned_prompt_share"]
    elif option.few_shot:
        tokens = tokens + q["few_shot_tokens"]
    if option.long_context:
        tokens = tokens + at_most(q["long_context_tokens"], q["corpus_tokens"])
    return tokens


def _prefix_usd(
    setting: Setting, prices: TokenPrices, prefix: Amount, calls: Amount, q: Amounts
) -> Callable[[float], Amount]:
    """Return USD by volume for the fixed beginning of the prompt: cached when that is cheaper, else fresh.

    A request misses the cache unless another came within its life time. A prefix below the shortest that can be cached
    may be padded up to it, which is cheaper from about half of it on.
    """
    fresh = prefix * (prices.fresh / 1e6) * calls
    if prices.cache_read is None:
        return lambda _: fresh
    seconds = setting.numbers.value("prompting", "cache_minutes") * 60
    hit = setting.assumptions.range("cache_hit_rate")
    missed = q[setting.driver("cache_miss_rate", Range(1 - hit.high, 1 - hit.mid, 1 - hit.low))]
    padded = at_least(prefix, setting.numbers.value("prompting", "minimum_prefix")) * (calls * 1e-6)
    read, extra = prices.read, max(0.0, prices.write - prices.read)

    def at(volume: float) -> Amount:
        reached = 1 - math.exp(-volume * seconds / _SECONDS_A_MONTH)
        miss = mapped(missed, lambda share: 1 - (1 - share) * reached)
        return at_most(fresh, padded * (miss * extra + read))

    return at


def _source(option: Option, setting: Setting) -> str:
    if option.tuning == "hosted":
        return f"{setting.tuned.provider}: {setting.tuned.hosting_source}"
    return setting.model_of(option).source
