"""What an advice costs: the plan and every option in the result, and a saving that has to be there when it pays."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

from advisor import AdvisorError, UseCase, advise, load_rules
from advisor.cli.program import app
from advisor.rules import shipped_rules_folder
from advisor.use_case import ModelChoice
from advisor.wording import about
from tests.test_decisions import partial_facts

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.facts import FactValue

# A small model is wanted for its price alone: the large one does the task well.
COSTLY: Final[dict[str, Any]] = {
    "task": "classification",
    "task_breadth": "narrow",
    "main_failure": "too_slow_or_costly",
    "prompting_result": "meets",
    "evaluation_set": True,
    "labeled_examples": 2000,
    "teacher_available": True,
    "requirements_change": "stable",
    "deployment": "hosted_api",
}
QUESTIONS: Final = {"task": "question_answering", "knowledge_source": "private", "knowledge_per_request": "passages"}
GATE: Final = "price-it-first"


def gate_of(facts: dict[str, Any], **more: Any) -> tuple[str, str | None]:
    """Return the verdict and the state of the gate on a saving, None where it does not concern the plan."""
    result = advise(UseCase(name="case", facts={**COSTLY, **facts}), **more)
    assert result.approach == "fine_tuning"
    return result.verdict, next((gate.status for gate in result.gates if gate.id == GATE), None)


@pytest.mark.parametrize(
    ("facts", "more", "expected"),
    [
        ({"requests_per_month": 3_000}, {}, ("not_yet", "failed")),
        ({"requests_per_month": 60_000_000}, {}, ("recommend", "passed")),
        ({}, {}, ("recommend", "open")),  # an assumed volume decides nothing
        ({"requests_per_month": 3_000}, {"cost": False}, ("recommend", "open")),
        # Speed or the place to run pays, not a saving.
        ({"requests_per_month": 3_000, "latency_ms": 150}, {}, ("recommend", None)),
        # What devices cost is not known here.
        ({"requests_per_month": 3_000, "deployment": "on_device"}, {}, ("recommend", "open")),
    ],
)
def test_a_saving_that_pays_has_to_be_expected(
    facts: dict[str, Any], more: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert gate_of(facts, **more) == expected


def test_the_first_screen_says_that_no_saving_is_expected() -> None:
    result = advise(UseCase(name="case", facts={**COSTLY, "requests_per_month": 3_000}))
    assert result.cost is not None
    assert result.cost.saving is not None
    assert not result.cost.saving.cheaper
    assert result.next_action.startswith("Price it first.")
    top = "\n".join(result.to_markdown().splitlines()[:20])
    assert "## Not yet: Fine-tuning" in top
    assert "the estimate finds none" in top
    assert result.cost.saving.sentence in top


def test_the_volume_from_which_training_saves_agrees_with_the_totals() -> None:
    saving = advise(UseCase(name="case", facts={**COSTLY, "requests_per_month": 3_000})).cost
    assert saving is not None
    assert saving.saving is not None
    at = saving.saving.requests_per_month
    assert at is not None
    for volume, cheaper in ((at * 0.99, False), (at * 1.01, True)):
        cost = advise(UseCase(name="case", facts={**COSTLY, "requests_per_month": volume})).cost
        assert cost is not None
        assert cost.saving is not None
        assert cost.saving.cheaper is cheaper


def test_a_plan_that_does_not_rest_on_a_saving_is_not_asked_for_one() -> None:
    voice = {"task": "content_writing", "style": "distinctive", "prompting_result": "close", "requests_per_month": 50}
    result = advise(UseCase(name="voice", facts=voice))
    assert result.approach == "fine_tuning"
    assert [gate.id for gate in result.gates if gate.id == GATE] == []
    assert result.cost is not None
    assert result.cost.saving is None


def test_the_plan_is_priced_and_its_lines_add_up() -> None:
    result = advise(UseCase(name="case", facts=QUESTIONS))
    assert result.cost is not None
    plan = result.cost.option("recommended_plan")
    assert result.cost.recommended == plan.id
    assert plan.total is not None
    assert Decimal(str(plan.total.mid)) == sum(Decimal(str(line.total.mid)) for line in plan.lines)
    assert result.cost.summary is not None
    assert f"About {about(plan.total.mid)} USD" in result.cost.summary
    assert result.provenance.price_dates == result.cost.price_dates
    assert any(name.startswith("genai-prices ") for name in result.cost.price_dates)


def test_a_plan_without_any_technique_is_priced_too() -> None:
    facts = {"task": "summarization", "prompting_result": "meets", "evaluation_set": True, "stakes": "low"}
    result = advise(UseCase(name="case", facts=facts))
    assert (result.approach, result.techniques) == ("prompting", ())
    assert result.cost is not None
    assert result.cost.option("recommended_plan").total is not None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partial_facts())
def test_any_answers_can_be_priced(facts: dict[str, FactValue]) -> None:
    result = advise(UseCase(name="any", facts=facts))
    assert (result.cost is None) == (not facts)
    if result.cost is None:
        return
    for option in result.cost.options:
        assert (option.total is None) == (option.status != "priced")
        assert (option.total is None) == bool(option.reason)
        if option.total is not None:
            assert 0 <= option.total.low <= option.total.mid <= option.total.high
            assert Decimal(str(option.total.mid)) == sum((Decimal(str(x.total.mid)) for x in option.lines), Decimal(0))
    undecided = result.verdict == "undecided"
    assert (result.cost.summary is None) == undecided
    without = advise(UseCase(name="any", facts=facts), cost=False)
    assert without.cost is None
    assert (without.approach, without.probabilities) == (result.approach, result.probabilities)


def test_over_budget_says_both_numbers_and_what_fits() -> None:
    budgets = {"upfront_budget_usd": 8_000, "monthly_budget_usd": 900}
    cost = advise(UseCase(name="case", facts={**QUESTIONS, **budgets})).cost
    assert cost is not None
    needed = cost.option("recommended_plan").upfront
    assert needed is not None
    assert [check.over for check in cost.budgets] == [True, True]
    assert {check.best_fit for check in cost.budgets} == {"prompting"}
    assert cost.summary is not None
    for words in (
        f"{about(needed.mid)} to start",
        "8,000 USD to start",
        "900 USD a month",
        "your answers favor prompting",
    ):
        assert words in cost.summary
    enough = {"upfront_budget_usd": 800_000, "monthly_budget_usd": 90_000}
    kept = advise(UseCase(name="case", facts={**QUESTIONS, **enough})).cost
    assert kept is not None
    assert [check.over for check in kept.budgets] == [False, False]
    assert "budget" not in str(kept.summary)


def test_what_fits_is_the_best_approach_for_the_task_and_not_the_cheapest() -> None:
    facts = {"task": "content_writing", "style": "distinctive", "prompting_result": "close", "deployment": "hosted_api"}
    own = {"training_access": "own_gpus", "upfront_budget_usd": 20_000}
    cost = advise(UseCase(name="voice", facts={**facts, **own})).cost
    assert cost is not None
    assert cost.budgets[0].over
    assert cost.budgets[0].best_fit == "fine_tuning_hosted"
    assert cost.cheapest == "prompting"


def test_an_unknown_model_has_no_price_but_an_estimate_of_it_is_an_error(tmp_path: Path) -> None:
    use_case = UseCase(name="case", facts=QUESTIONS, model=ModelChoice(provider="openai", name="gpt-6-lunaa-x"))
    result = advise(use_case)
    assert result.approach == "rag"
    assert result.cost is not None
    plan = result.cost.option("recommended_plan")
    assert (plan.status, plan.total) == ("unpriced", None)
    assert "gpt-6-luna" in plan.reason
    assert "The plan has no price: " in result.to_markdown()
    file = tmp_path / "case.yaml"
    file.write_text(
        yaml.safe_dump({"name": "x", "facts": QUESTIONS, "model": {"provider": "openai", "name": "gpt-6-lun"}})
    )
    done = CliRunner().invoke(app, ["cost", "estimate", str(file), "--as-of", "2026-11-21"])
    assert done.exit_code == 2
    assert "gpt-6-luna" in done.stderr
    assert CliRunner().invoke(app, ["advise", str(file)]).exit_code == 0


@pytest.mark.parametrize(
    ("assumptions", "word"),
    [({"horizon_month": 3}, "horizon_months"), ({"prices": 3}, "input:"), ({"horizon_months": "long"}, "a number")],
)
def test_assumptions_that_can_not_be_used_are_told(assumptions: dict[str, Any], word: str) -> None:
    use_case = UseCase(name="case", facts={"task": "review"}, assumptions=assumptions)
    with pytest.raises(AdvisorError, match=word):
        advise(use_case)
    assert advise(use_case, cost=False).cost is None


def test_a_service_that_has_ended_is_not_offered() -> None:
    stated = {"tuning_provider": "openai", "tuning_customer": "yes"}
    use_case = UseCase(name="case", facts={**COSTLY, "requests_per_month": 9_000}, assumptions=stated)
    ended = advise(use_case, as_of=date(2027, 1, 6))
    assert ended.cost is not None
    assert ended.cost.option("recommended_plan").status == "blocked"
    assert "2027-01-06" in str(ended.cost.summary)
    assert "not to be had" in ended.to_markdown()


def test_a_pack_may_bring_its_own_prices(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(shipped_rules_folder(), folder)
    use_case = UseCase(name="case", facts={"task": "review", "requests_per_month": 100})
    shipped = load_rules(folder)
    labour = folder / "prices" / "labour.yaml"
    content = yaml.safe_load(labour.read_text("utf-8"))
    for row in content["rows"]:
        if row["item"] == "engineer_day":
            row.update(low=3_000, mid=4_000, high=5_000)
    labour.write_text(yaml.safe_dump(content), "utf-8")
    changed = load_rules(folder)
    assert changed.hash != shipped.hash
    before, after = (advise(use_case, pack).cost for pack in (load_rules(), changed))
    assert before is not None
    assert after is not None
    assert before.options[0].total is not None
    assert after.options[0].total is not None
    assert after.options[0].total.mid > 3 * before.options[0].total.mid
    for name in ("cost", "prices"):
        shutil.rmtree(folder / name)
    assert advise(use_case, load_rules(folder)).cost == before


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert advise(UseCase(name="case", facts=COSTLY)).to_markdown()


@pytest.mark.parametrize(
    ("option", "absent"),
    [([], {"numpy", "scipy", "sklearn"}), (["--no-cost"], {"numpy", "scipy", "sklearn", "genai_prices"})],
)
def test_advice_imports_only_what_it_uses(option: list[str], absent: set[str], tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"name": "x", "facts": {**COSTLY, "requests_per_month": 3_000}}))
    program = (
        "import sys; from advisor.cli.program import app\n"
        f"try: app({['advise', str(file), '--format', 'json', *option]!r})\n"
        "except SystemExit: print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (json.loads(done.stdout)["cost"] is None) == bool(option)
    assert absent & set(done.stderr.split()) == set()


def test_the_gate_names_rules_that_exist(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(shipped_rules_folder(), folder)
    gates = folder / "gates.yaml"
    gates.write_text(
        gates.read_text("utf-8").replace("- efficiency-volume-high\n", "- efficiency-volume-hi\n"), "utf-8"
    )
    with pytest.raises(AdvisorError, match="efficiency-volume-high"):
        load_rules(folder)


@pytest.mark.parametrize(
    ("value", "said"),
    [(62_012, "62,000"), (160_316.4, "160,000"), (99.6, "100"), (7.4, "7"), (0, "0"), (1_249_999, "1.2 million")],
)
def test_estimates_are_said_with_two_digits_that_count(value: float, said: str) -> None:
    assert about(value) == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("training_gpu", "foo", "assumption 'training_gpu': unknown GPU 'foo'"),
        ("vector_store", "pincone", "no vector store price for 'pincone'; did you mean 'pinecone'?"),
        ("embedding_model", "foo", "assumption 'embedding_model': no embedding price for 'foo'"),
    ],
)
def test_an_assumption_that_names_nothing_known_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(AdvisorError, match=re.escape(said)):
        advise(UseCase(name="case", facts=QUESTIONS, assumptions={name: value}))
