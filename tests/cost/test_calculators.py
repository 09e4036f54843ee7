"""The calculators and their commands: answers, errors in plain words, text and JSON."""

from __future__ import annotations

import json
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from advisor.cost.calculators import (
    PromptingInput,
    RetrievalInput,
    ServingInput,
    TrainingInput,
    prompting_cost,
    retrieval_cost,
    serving_cost,
    training_cost,
)
from advisor.cost.calculators.common import checked
from advisor.errors import AdvisorError

AS_OF = date(2026, 11, 20)
FIGURES = Path(__file__).parent / "published_figures.yaml"
QUIET = settings(max_examples=20, deadline=None)


def test_a_qlora_of_a_70b_model_on_one_48_gb_card() -> None:
    job = TrainingInput(params_b=70, method="qlora", gpu="A6000-48GB", n_gpus=1, usd_per_gpu_hour=0.8)
    found = training_cost(job)
    assert found.n_gpus == 1
    assert 37 < found.memory_gb.mid < 60
    assert found.memory_gb.low < 48 < found.memory_gb.high
    assert found.usd is not None
    assert found.usd.mid == pytest.approx(found.gpu_hours.mid * 0.8, rel=0.01)
    assert "A6000" in found.to_text()


def test_full_training_of_8b_needs_several_gpus_and_says_so() -> None:
    one = training_cost(TrainingInput(params_b=8, method="full", gpu="H100-80GB", n_gpus=1))
    assert not one.fits
    assert "not fit" in one.verdict
    fitting = training_cost(TrainingInput(params_b=8, method="full", gpu="H100-80GB"))
    assert fitting.fits
    assert fitting.n_gpus > 1


def test_a_gpu_without_a_price_has_hours_but_no_dollars() -> None:
    found = training_cost(TrainingInput(params_b=8, gpu="RTX 4090"))
    assert found.usd is None
    assert any("no price" in source for source in found.sources)


@QUIET
@given(
    size=st.floats(0.5, 80), more=st.floats(1, 3), examples=st.floats(10, 1e6), method=st.sampled_from(["lora", "full"])
)
def test_more_work_never_costs_less(size: float, more: float, examples: float, method: str) -> None:
    def usd(params_b: float, count: float) -> float:
        job = TrainingInput(params_b=params_b, method=method, examples=count, gpu="H100-80GB", n_gpus=8)
        found = training_cost(job).usd
        assert found is not None
        assert found.low <= found.mid <= found.high
        return found.mid

    assert usd(size * more, examples) >= usd(size, examples) * 0.999
    assert usd(size, examples * more) >= usd(size, examples) * 0.999


def test_serving_compares_gpus_and_adds_replicas_with_the_volume() -> None:
    little = serving_cost(ServingInput(model="Llama-3.1-8B", gpu="L40S-48GB"))
    much = serving_cost(ServingInput(model="Llama-3.1-8B", gpu="L40S-48GB", requests_per_month=20_000_000))
    assert (little.fits, little.replicas) == (True, 1)
    assert much.replicas > 1
    assert {row.gpu for row in little.alternatives} >= {"H100-80GB", "L4-24GB"}
    assert not serving_cost(ServingInput(params_b=70, gpu="L4-24GB", n_gpus=1)).fits


def test_retrieval_counts_chunks_and_never_goes_below_the_minimum() -> None:
    job = RetrievalInput(corpus_tokens=1_000_000, chunk_tokens=500, overlap_tokens=0, as_of=AS_OF)
    found = retrieval_cost(job)
    assert (found.chunks, found.embedded_tokens) == (2000, 1_000_000)
    assert found.index_usd == pytest.approx(0.02)
    assert found.store_usd_per_month.mid == 50
    assert found.prompt_usd is None
    assert "not priced" in found.notes[0]


def test_prompting_caches_only_when_it_pays() -> None:
    def ask(**more: Any) -> Any:
        return prompting_cost(PromptingInput(provider="anthropic", model="claude-haiku-5-5", as_of=AS_OF, **more))

    assert ask(prompt_tokens=4000, hit_rate=0.9).cached
    assert not ask(prompt_tokens=4000, hit_rate=0.01).cached
    assert not ask(prompt_tokens=500, hit_rate=0.9).cached
    cheap, plain = ask(prompt_tokens=4000, hit_rate=0.9), ask(prompt_tokens=4000, hit_rate=0.0)
    assert cheap.usd_per_request < plain.usd_per_request == cheap.usd_per_request_without_cache
    assert sum(cheap.parts_usd.values()) == pytest.approx(cheap.usd_per_request)
    assert ask(batch=True).usd_per_request < ask().usd_per_request


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: checked(TrainingInput, {"parms_b": 7}), "params_b"),
        (lambda: checked(TrainingInput, {"params_b": -1}), "greater than 0"),
        (lambda: training_cost(TrainingInput(model="no-size-here")), "does not state"),
        (lambda: training_cost(TrainingInput(params_b=7, gpu="H200X")), "unknown GPU"),
        (lambda: training_cost(TrainingInput(params_b=7, method="loar")), "unknown method 'loar'; expected full, lora"),
        (lambda: training_cost(TrainingInput(params_b=7, precision="bf61")), "unknown precision 'bf61'"),
        (lambda: training_cost(TrainingInput(params_b=7, parallelism="fdsp")), "unknown parallelism 'fdsp'"),
        (lambda: retrieval_cost(RetrievalInput(pages=1, words=3, as_of=AS_OF)), "given twice"),
        (lambda: serving_cost(ServingInput()), "give params_b"),
        (lambda: retrieval_cost(RetrievalInput(as_of=AS_OF)), "size of the documents"),
        (lambda: retrieval_cost(RetrievalInput(pages=1, vector_store="pinecon", as_of=AS_OF)), "pinecone"),
        (lambda: retrieval_cost(RetrievalInput(pages=1, overlap_tokens=600, as_of=AS_OF)), "smaller"),
        (lambda: prompting_cost(PromptingInput(as_of=AS_OF)), "name a model"),
    ],
)
def test_what_cannot_be_used_is_told_in_plain_words(make: Any, word: str) -> None:
    with pytest.raises(AdvisorError, match=word):
        make()


COMMANDS = [
    ("training", ["--params-b", "8", "--method", "qlora"]),
    ("serving", ["--model", "Llama-3.1-8B"]),
    ("retrieval", ["--pages", "200", "--as-of", "2026-11-20"]),
    ("prompting", ["--provider", "openai", "--model", "gpt-6-luna", "--as-of", "2026-11-20"]),
    ("check", [str(FIGURES)]),
]


@pytest.mark.parametrize(("command", "arguments"), COMMANDS)
def test_each_command_gives_text_and_json(command: str, arguments: list[str], tmp_path: Path) -> None:
    app = import_module(f"advisor.cli.cost_{command}").app
    text = CliRunner().invoke(app, arguments)
    assert text.exit_code == 0, text.output
    assert len(text.output) > 200
    target = tmp_path / "result.json"
    written = CliRunner().invoke(app, [*arguments, "--format", "json", "--output", str(target)])
    assert written.exit_code == 0, written.output
    assert json.loads(target.read_text(encoding="utf-8"))


def test_the_estimate_command_prices_the_recommended_plan() -> None:
    app = import_module("advisor.cli.cost_estimate").app
    file = Path(__file__).parents[2] / "examples" / "support-reply-drafts.yaml"
    arguments = [str(file), "--as-of", "2026-11-20", "--draws", "200", "--assume", "horizon_months=6"]
    found = CliRunner().invoke(app, [*arguments, "--format", "json"])
    assert found.exit_code == 0, found.output
    result = json.loads(found.output)
    assert result["recommended"] == "recommended_plan"
    assert result["horizon_months"] == 6
    report = CliRunner().invoke(app, arguments).output
    assert result["sentence"] in report
