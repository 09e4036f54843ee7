"""The formulas: known values, ranges that keep their order, and constants that all name a source."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cost.amounts import at_least, at_most, rounded_up, shortfall
from advisor.cost.hardware import device, find
from advisor.cost.labels import demonstrations_usd, labels_usd, missing_examples, people_usd
from advisor.cost.memory import MemoryJob, training_memory
from advisor.cost.methods import read_method, read_precision, read_sharding
from advisor.cost.numbers import load_numbers
from advisor.cost.prompting import TokenPrices, cached_prefix, hit_rate, request_usd, reuses_to_pay_back
from advisor.cost.ranges import Range, add_independent, add_together
from advisor.cost.retrieval import chunk_count, contextual_usd_per_million, embedded_tokens, pages_per_usd, rerank_usd
from advisor.cost.serving import replicas_needed, usd_per_million_tokens
from advisor.cost.shapes import shape_of, size_of
from advisor.cost.vectors import column_bytes, read_units, store_usd, vector_bytes
from advisor.errors import AdvisorError

NUMBERS = load_numbers()
ends = st.tuples(st.floats(0.001, 1e6), st.floats(1.0, 5.0), st.floats(1.0, 5.0)).map(
    lambda t: Range(t[0] / t[1], t[0], t[0] * t[2])
)


@given(ends, ends)
def test_ranges_keep_their_order_and_are_narrower_than_all_extremes(a: Range, b: Range) -> None:
    for result, low, high in ((a * b, a.low * b.low, a.high * b.high), (a + b, a.low + b.low, a.high + b.high)):
        assert result.low <= result.mid <= result.high
        assert result.low >= low * (1 - 1e-9)
        assert result.high <= high * (1 + 1e-9)
    quotient = a / b
    assert quotient.mid == pytest.approx(a.mid / b.mid)
    assert add_together((a, b)).high == pytest.approx(a.high + b.high)
    assert add_independent((a,)).low == pytest.approx(a.low)


@given(ends, st.floats(0, 1e6))
def test_limits_and_rounding_keep_the_order(a: Range, limit: float) -> None:
    for result in (at_least(a, limit), at_most(a, limit), rounded_up(a), shortfall(a, limit)):
        assert result.low <= result.mid <= result.high


def test_a_range_must_be_in_order() -> None:
    for bad in ((2, 1, 3), (-1, 0, 1), (0, 1, math.inf)):
        with pytest.raises(ValueError, match="not a range"):
            Range(*bad)


def test_every_constant_names_its_source() -> None:
    for path, constant in NUMBERS.all_constants():
        assert constant["source"], path
        assert "unit" in constant or "mfu" in path, path
    with pytest.raises(AdvisorError, match="lora"):
        NUMBERS.range("training", "mfu", "lorra")


def test_known_values() -> None:
    assert size_of(NUMBERS, "Qwen3-30B-A3B") is not None
    assert [size_of(NUMBERS, "Qwen3-30B-A3B").active, size_of(NUMBERS, "x-7B").total] == [3e9, 7e9]  # type: ignore[union-attr]
    assert shape_of(NUMBERS, 8e9).kv_bytes_per_token() == pytest.approx(131_072)
    prices = TokenPrices(0.25, 1.25, 0.03, 0.30)
    usd = contextual_usd_per_million(prices, document=8000, chunk=800, instruction=50, output=100)
    assert usd == pytest.approx(1.022, abs=0.001)
    assert request_usd(TokenPrices(2, 8), fresh=1000, output=500) == pytest.approx(0.006)
    assert reuses_to_pay_back(1.25, 0.1) == pytest.approx(0.28, abs=0.01)
    assert reuses_to_pay_back(2.0, 0.1) == pytest.approx(1.11, abs=0.01)
    assert pages_per_usd(0.02, 800) == pytest.approx(62_500)
    assert vector_bytes(NUMBERS, 1e6, 1024, overhead=1.5).mid / 2**30 == pytest.approx(5.72, abs=0.01)
    assert column_bytes(NUMBERS, 1e6, 1536, 4) == 6_152_000_000
    assert (store_usd(Range.exact(20), 50).mid, store_usd(Range.exact(100), 50).mid) == (50, 100)
    assert (read_units(0.1), read_units(3)) == (0.25, 3)
    assert rerank_usd(50, 500, usd_per_1k_searches=2) == pytest.approx(0.002)
    assert rerank_usd(101, 500, usd_per_1k_searches=2) == pytest.approx(0.004)
    assert labels_usd(1000, Range.exact(0.1), passes=2, quality=1.5).mid == pytest.approx(300)
    assert demonstrations_usd(100, Range.exact(3), Range.exact(30)).mid == pytest.approx(150)
    assert (missing_examples(500, 200), missing_examples(1, 5)) == (300, 0)
    assert people_usd(Range.exact(10), Range.exact(700)).mid == 7000
    assert [replicas_needed(p, 100.0) for p in (0, 99, 100, 101)] == [1, 1, 1, 2]
    one = Range.exact(1.0)
    assert usd_per_million_tokens(1, one * 3.6, one * 1000, one).mid == pytest.approx(1.0)


@pytest.mark.parametrize(("tokens", "chunks"), [(0, 0), (1, 1), (500, 1), (501, 2), (950, 2), (951, 3)])
def test_chunks(tokens: float, chunks: int) -> None:
    assert chunk_count(tokens, 500, 50) == chunks
    assert embedded_tokens(tokens, 500, 50) == tokens + max(0, chunks - 1) * 50


def test_an_overlap_as_large_as_the_chunk_is_an_error() -> None:
    with pytest.raises(ValueError, match="overlap"):
        chunk_count(1000, 100, 100)


def test_short_prompts_and_rare_requests_are_hardly_cached() -> None:
    assert cached_prefix(NUMBERS, 900, 0.9) == (0, 0)
    assert cached_prefix(NUMBERS, 2000, 0.9) == pytest.approx((1800, 200))
    assert hit_rate(NUMBERS, 100).high < 0.02
    assert hit_rate(NUMBERS, 1e6).mid == pytest.approx(hit_rate(NUMBERS, None).mid, rel=0.01)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("8x A100 SXM, 80 GB", "A100-80GB"),
        ("A100-40GB", "A100-40GB"),
        ("H800", "H100-80GB"),
        ("RTX 4090", "RTX4090-24GB"),
        ("NVIDIA L40S", "L40S-48GB"),
        ("L4", "L4-24GB"),
        ("8xH100", "H100-80GB"),
        ("A10", "A10G-24GB"),
        ("A40", "A40-48GB"),
    ],
)
def test_gpus_are_found_in_free_text(text: str, name: str) -> None:
    found = find(NUMBERS, text)
    assert found is not None
    assert found.name == name


def test_an_unknown_gpu_is_an_error_with_the_nearest() -> None:
    assert find(NUMBERS, "managed, not stated") is None
    with pytest.raises(AdvisorError, match="H100"):
        device(NUMBERS, "HH100")


def test_words_for_methods() -> None:
    assert read_method("lora_dpo")[0].preference
    assert read_method("full_continued_pretrain")[0].stage == "continued"
    assert read_method("no such thing")[1]
    assert read_precision("nf4_double_quant", read_method("qlora")[0]).value == "4bit"
    assert read_sharding("zero2", 4).weights is False
    assert read_sharding("zero3 offload", 8).offload


@given(st.floats(0.5, 400), st.floats(64, 16_384), st.sampled_from(["full", "lora", "qlora"]))
def test_more_parameters_or_longer_sequences_never_need_less_memory(size: float, tokens: float, name: str) -> None:
    def total(parameters: float, sequence: float) -> Range:
        method = read_method(name)[0]
        precision = read_precision(None, method).value
        shape = shape_of(NUMBERS, parameters)
        job = MemoryJob(parameters, shape, method, precision, sequence=sequence)
        return training_memory(NUMBERS, job).total

    base = total(size * 1e9, tokens)
    assert total(size * 1.5e9, tokens).mid >= base.mid
    assert total(size * 1e9, tokens * 2).mid >= base.mid
    assert base.low <= base.mid <= base.high
