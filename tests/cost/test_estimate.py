"""The estimate: totals add up, costs never fall when something rises, break-even points agree with the totals."""

from __future__ import annotations

import socket
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.cost.estimate import CostEstimate, EstimateRequest, estimate
from advisor.errors import AdvisorError
from advisor.report.cost import MOST_ROWS, shown_options, to_markdown

AS_OF = date(2026, 11, 21)
OPTIONS = (
    "prompting", "rag", "fine_tuning_hosted", "fine_tuning_lora", "fine_tuning_qlora", "fine_tuning_full",
    "rag_and_fine_tuning", "stronger_model",
)  # fmt: skip
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ask(
    facts: dict[str, Any] | None = None,
    assumptions: dict[str, Any] | None = None,
    techniques: tuple[str, ...] = (),
    draws: int = 0,
    **more: Any,
) -> CostEstimate:
    request = {"facts": facts or {}, "assumptions": assumptions or {}, "techniques": techniques, "as_of": AS_OF, **more}
    return estimate(EstimateRequest(**request), draws=draws)


def totals(result: CostEstimate) -> dict[str, tuple[float, float, float]]:
    return {o.id: (o.total.low, o.total.mid, o.total.high) for o in result.options if o.total}


CASES: list[dict[str, Any]] = [
    {},
    {"facts": {"requests_per_month": 50_000, "corpus_tokens": 3e6, "knowledge_change": "weekly"}},
    {"facts": {"requests_per_month": 2_000_000, "deployment": "private_cloud", "model_tier": "mid"}},
    {"facts": {"requests_per_month": 1, "model_tier": "reasoning", "knowledge_change": "live"}},
    {"techniques": ("system_prompt", "rag", "sft", "lora", "dpo", "distillation", "tools", "web_search")},
    {"techniques": ("long_context", "continued_pretraining"), "facts": {"training_access": "own_gpus"}},
    {"assumptions": {"contextual_retrieval": 1, "batch_share": 0.5, "vector_store": "weaviate_cloud"}},
]


@pytest.mark.parametrize("case", CASES)
def test_every_total_is_the_sum_of_its_lines_to_the_cent(case: dict[str, Any]) -> None:
    result = ask(**case)
    assert [o.id for o in result.options if o.id != "recommended_plan"] == list(OPTIONS)
    for option in result.options:
        if option.total is None:
            assert option.reason
            continue
        for total, lines, field in (
            (option.total, option.lines, "total"),
            (option.upfront, [x for x in option.lines if x.phase == "upfront"], "amount"),
            (option.monthly, [x for x in option.lines if x.phase == "monthly"], "amount"),
            (option.per_request, [x for x in option.lines if x.phase == "request"], "amount"),
        ):
            assert total is not None
            assert Decimal(str(total.mid)) == sum((Decimal(str(getattr(x, field).mid)) for x in lines), Decimal(0))
            assert total.low <= total.mid <= total.high


@FEW
@given(
    volume=st.floats(1, 1e8),
    more=st.floats(1.0, 50.0),
    tokens=st.floats(10, 20_000),
    instructions=st.floats(10, 5_000),
)
def test_costs_never_fall_when_the_volume_rises(volume: float, more: float, tokens: float, instructions: float) -> None:
    facts = {"input_tokens": tokens, "instruction_tokens": instructions, "corpus_tokens": 1e7}
    before = totals(ask({**facts, "requests_per_month": volume}))
    after = totals(ask({**facts, "requests_per_month": volume * more}))
    _nowhere_lower(before, after)


@FEW
@given(
    name=st.sampled_from(["input_tokens", "output_tokens", "instruction_tokens", "corpus_tokens"]),
    value=st.floats(1, 30_000),
    more=st.floats(1.0, 10.0),
    volume=st.floats(100, 1e7),
)
def test_costs_never_fall_when_tokens_rise(name: str, value: float, more: float, volume: float) -> None:
    before = totals(ask({"requests_per_month": volume, name: value}))
    after = totals(ask({"requests_per_month": volume, name: value * more}))
    _nowhere_lower(before, after)


@FEW
@given(
    name=st.sampled_from(["engineer_day_usd", "label_usd", "label_quality", "gpu_overhead", "training_examples"]),
    value=st.floats(1, 1_000),
    more=st.floats(1.0, 10.0),
)
def test_costs_never_fall_when_prices_rise(name: str, value: float, more: float) -> None:
    _nowhere_lower(totals(ask(assumptions={name: value})), totals(ask(assumptions={name: value * more})))


@FEW
@given(fresh=st.floats(0.01, 50), output=st.floats(0.01, 100), more=st.floats(1.0, 10.0))
def test_costs_never_fall_when_token_prices_rise(fresh: float, output: float, more: float) -> None:
    before = ask(own_prices={"input": fresh, "output": output})
    after = ask(own_prices={"input": fresh * more, "output": output * more})
    names = ("prompting", "rag")
    one, two = totals(before), totals(after)
    _nowhere_lower({n: one[n] for n in names}, {n: two[n] for n in names})


def _nowhere_lower(before: dict[str, tuple[float, float, float]], after: dict[str, tuple[float, float, float]]) -> None:
    for option in before.keys() & after.keys():
        for one, two in zip(before[option], after[option], strict=True):
            assert two >= one - 0.02 - 1e-9 * one, option


@pytest.mark.parametrize("case", CASES)
def test_break_even_agrees_with_the_totals_on_either_side(case: dict[str, Any]) -> None:
    result = ask(**case)
    for point in result.break_even:
        at = point.requests_per_month
        if at is None:
            continue
        facts = case.get("facts", {})
        here = totals(ask(**{**case, "facts": {**facts, "requests_per_month": at}}))
        assert here[point.option][1] <= here[point.against][1] + 0.1
        if at - 1 > result.requests_per_month:
            under = totals(ask(**{**case, "facts": {**facts, "requests_per_month": at - 1}}))
            assert under[point.option][1] > under[point.against][1] - 0.1


def test_people_labels_evaluation_refresh_and_retraining_can_be_zeroed() -> None:
    plan = ("rag", "sft", "lora")
    kinds = {
        "count_people": ("people_build", "people_upkeep"),
        "count_labels": ("labels", "retraining_labels"),
        "count_evaluation": ("evaluation_set", "evaluation_runs"),
        "count_refresh": ("refresh",),
        "count_retraining": ("retraining", "retraining_labels"),
    }
    for name, lines in kinds.items():
        full = {x.id: x.total.high for x in ask(techniques=plan).option("recommended_plan").lines}
        zeroed = {x.id: x.total.high for x in ask(None, {name: 0}, plan).option("recommended_plan").lines}
        for line in lines:
            assert full[line] > 0
            assert zeroed[line] == 0


def test_assumptions_used_are_listed_with_default_and_source() -> None:
    result = ask({"requests_per_month": 5}, {"horizon_months": 24, "utilization": [0.2, 0.4]})
    used = {a.id: a for a in result.assumptions}
    assert (used["horizon_months"].origin, used["horizon_months"].default) == ("yours", "12")
    assert used["requests_per_month"].origin == "answer"
    assert used["engineer_day_usd"].origin == "default"
    assert all(a.source and a.about and a.default for a in used.values())
    assert result.horizon_months == 24


def test_no_price_comes_from_the_name_of_a_model_alone() -> None:
    sources = ask({"deployment": "on_premises", "model_tier": "mid"}).sources
    assert any("genai-prices" in source for source in sources)
    assert all(" " in source for source in sources)


@pytest.mark.parametrize(
    ("assumptions", "word"),
    [
        ({"horizon_month": 3}, "horizon_months"),
        ({"horizon_months": 0}, "at least 1"),
        ({"utilization": "lots"}, "expects a number"),
        ({"cache_hit_rate": 2}, "at most 1"),
        ({"volume_spread": [2, 1]}, "expects a number"),
        ({"vector_store": 3}, "expects a text"),
    ],
)
def test_assumptions_that_cannot_be_used_are_errors(assumptions: dict[str, Any], word: str) -> None:
    with pytest.raises(AdvisorError, match=word):
        ask(assumptions=assumptions)


def test_budgets_are_compared_with_the_plan_and_the_best_that_fits_is_named() -> None:
    facts = {"upfront_budget_usd": 10_000, "monthly_budget_usd": 3_000}
    result = ask(facts, techniques=("rag", "sft", "lora"))
    assert [(b.kind, b.over, b.best_fit) for b in result.budgets] == [
        ("upfront", True, "prompting"),
        ("monthly", True, "prompting"),
    ]
    assert "10,000" in result.budgets[0].sentence
    assert f"{result.option('recommended_plan').upfront.mid:,.0f}" in result.budgets[0].sentence  # type: ignore[union-attr]


def test_closed_services_are_blocked_from_their_day() -> None:
    closed = ask(assumptions={"tuning_provider": "openai"}).option("fine_tuning_hosted")
    assert closed.status == "blocked"
    assert "2026-07-02" in closed.reason
    stated = {"tuning_provider": "openai", "tuning_customer": "yes"}
    model: dict[str, Any] = {"provider": "openai", "model": "gpt-4.1-mini-2025-04-14"}
    short = ask(assumptions=stated, **model).option("fine_tuning_hosted")
    assert short.status == "priced"
    assert short.months == pytest.approx(1.77, abs=0.1)
    assert "2027-01-14" in short.flags[0]
    late = ask(assumptions=stated, **{**model, "as_of": date(2027, 1, 6)}).option("fine_tuning_hosted")
    assert late.status == "blocked"


def test_an_unknown_model_is_an_error_or_unpriced() -> None:
    with pytest.raises(AdvisorError, match="gpt-6-luna"):
        ask(provider="openai", model="gpt-6-lunaa-x")
    result = ask(provider="openai", model="gpt-6-lunaa-x", strict=False)
    assert result.option("prompting").status == "unpriced"
    assert result.option("fine_tuning_lora").status == "priced"


@pytest.mark.parametrize("case", CASES)
def test_the_report_answers_first_and_stays_short(case: dict[str, Any]) -> None:
    result = ask(**case, draws=200)
    text = to_markdown(result)
    assert text.splitlines()[2] == result.sentence
    assert len(shown_options(result.options)) <= MOST_ROWS
    assert text.count("<details>") == text.count("</details>")
    assert "cheapest" in result.sentence


def test_draws_are_seeded_shared_and_fast() -> None:
    case = CASES[4]
    first, again = ask(**case, draws=2000), ask(**case, draws=2000)
    assert first.sampling == again.sampling
    assert first.sampling is not None
    for comparison in first.sampling.comparisons:
        assert 0 <= comparison.probability_cheaper <= 1
        assert len(comparison.swings) <= 6
    plain, sampled = [], []
    for _ in range(5):
        start = time.process_time()
        ask(**case)
        middle = time.process_time()
        ask(**case, draws=2000)
        plain.append(middle - start)
        sampled.append(time.process_time() - middle)
    assert min(sampled) - min(plain) < 0.150


def test_an_estimate_uses_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert ask(draws=100).cheapest


def test_without_numpy_ranges_are_still_given(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "advisor.cost.estimate.sampling", raising=False)
    result = ask(draws=100)
    assert result.sampling is None
    assert "numpy" in result.warnings[-1]


def test_a_provider_without_a_listed_training_price_is_unpriced_not_guessed() -> None:
    google = ask(assumptions={"tuning_provider": "google"}).option("fine_tuning_hosted")
    assert (google.status, google.total) == ("unpriced", None)
    assert "no training price" in google.reason
    stated = {"tuning_provider": "openai", "tuning_customer": "yes"}
    openai = ask(assumptions=stated, provider="openai", model="gpt-6-luna").option("fine_tuning_hosted")
    assert "gpt-4.1" in openai.reason
    assert ask(assumptions={"tuning_provider": "market"}).option("fine_tuning_hosted").status == "priced"


def test_devices_are_said_to_be_unpriced() -> None:
    result = ask({"deployment": "on_device"}, techniques=("qlora",))
    assert "devices" in result.option("recommended_plan").unpriced[0]
    assert "devices" in " ".join(result.unpriced)


def test_an_assumed_volume_is_said_to_be_assumed() -> None:
    assert "(assumed)" in ask().sentence
    assert "(assumed)" not in ask({"requests_per_month": 10}).sentence


def test_some_defaults_follow_from_answers() -> None:
    def used(facts: dict[str, Any], name: str) -> Any:
        return next(a for a in ask(facts).assumptions if a.id == name)

    assert used({"knowledge_change": "static"}, "changed_share").mid == 0
    assert used({"knowledge_change": "live"}, "changed_share").mid == 1
    small = used({"model_tier": "small", "deployment": "on_premises"}, "served_params_b")
    assert (small.mid, small.origin) == (8, "answer")
    assert used({"task": "classification"}, "label_usd").mid < used({"stakes": "high"}, "label_usd").mid
