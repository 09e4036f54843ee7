"""Training and evaluation: what they refuse, and that their figures add up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from advisor import load_rules  # noqa: E402
from advisor.approaches import APPROACHES  # noqa: E402
from advisor.classifier import load_classifier  # noqa: E402
from advisor.cli.program import app  # noqa: E402
from advisor.errors import AdvisorError  # noqa: E402
from advisor.scenarios import load_scenarios  # noqa: E402
from advisor.training.classifier import Recipe, fit_classifier  # noqa: E402
from advisor.training.cues import cue_figures, markdown  # noqa: E402
from advisor.training.design import read_settings  # noqa: E402
from advisor.training.evaluate import ORDER, TOGETHER, as_shipped  # noqa: E402
from advisor.training.tables import evaluation_data  # noqa: E402
from advisor.training.train import file_text  # noqa: E402

if TYPE_CHECKING:
    from advisor.scenarios import Scenario

ROOT = Path(__file__).parents[1]
PACK = load_rules(ROOT / "rules")
RUNNER = CliRunner()


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    found = load_scenarios([ROOT / "examples" / "scenarios"], PACK.questionnaire)
    return [scenario for scenario in found if not scenario.set_aside]


def test_the_same_scenarios_give_the_same_file(scenarios: list[Scenario], tmp_path: Path) -> None:
    some = scenarios[::3]
    rules = np.full((len(some), len(APPROACHES)), 1 / len(APPROACHES))
    recipe = Recipe(*read_settings())
    first, second = (file_text({**fit_classifier(some, rules, recipe), "made_from": {}}) for _ in range(2))
    assert first == second
    path = tmp_path / "own.json"
    path.write_text(first, encoding="utf-8")
    found = load_classifier(path).of_text(some[0].description)
    assert sum(found.values()) == pytest.approx(1)


def test_too_few_scenarios_are_refused(scenarios: list[Scenario]) -> None:
    with pytest.raises(AdvisorError, match="too few scenarios"):
        fit_classifier(scenarios[:10], np.full((10, 5), 0.2), Recipe(*read_settings()))


def test_one_approach_teaches_nothing(scenarios: list[Scenario]) -> None:
    alike = [scenario.model_copy(update={"approach": "rag"}) for scenario in scenarios]
    with pytest.raises(AdvisorError, match="nothing can be learned"):
        fit_classifier(alike, np.full((len(alike), 5), 0.2), Recipe(*read_settings()))


def test_an_evaluation_adds_up(scenarios: list[Scenario]) -> None:
    some = scenarios[:60]
    data = evaluation_data(as_shipped(some, PACK))
    assert set(data["figures"]) < set(ORDER)
    assert sum(sum(row.values()) for row in data["confusion"].values()) == pytest.approx(len(some), abs=0.5)
    assert sum(row["cases"] for row in data["by_approach"].values()) == len(some)
    assert len(data["wrong"]) == round((1 - data["figures"][TOGETHER]["top_1"]) * len(some))
    for row in data["figures"].values():
        assert 0 <= row["top_1"] <= row["top_2"] <= 1
        assert row["log_loss"] > 0
    low, high = data["intervals"][TOGETHER]["top_1"]
    assert low <= data["figures"][TOGETHER]["top_1"] <= high


def test_evaluate_prints_markdown_and_json(scenarios: list[Scenario], tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    rows = [scenario.model_dump() for scenario in scenarios[:8]]
    file.write_text(json.dumps({"scenarios": rows}), encoding="utf-8")
    told = RUNNER.invoke(app, ["evaluate", str(file)])
    assert told.exit_code == 0
    assert "rules and classifier together" in told.stdout
    as_json = RUNNER.invoke(app, ["evaluate", str(file), "--format", "json"])
    assert json.loads(as_json.stdout)["cases"] == 8


@pytest.mark.parametrize("command", ["train", "evaluate"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("scenarios: 3", "scenarios"),
        ("scenarios: [{id: a}]", "missing"),
        ("nothing: [", "own.yaml"),
    ],
)
def test_bad_scenario_files_are_told_in_one_message(command: str, content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(content, encoding="utf-8")
    done = RUNNER.invoke(app, [command, str(file)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_only_a_decision_of_your_own_needs_no_link(scenarios: list[Scenario], tmp_path: Path) -> None:
    assert all(scenario.source.url.startswith("http") for scenario in scenarios)
    file = tmp_path / "own.json"
    row = scenarios[0].model_dump()
    del row["source"]["url"]
    file.write_text(json.dumps({"scenarios": [row]}), encoding="utf-8")
    assert RUNNER.invoke(app, ["evaluate", str(file)]).exit_code == 0


def test_a_scenario_with_an_invalid_answer_names_its_line(scenarios: list[Scenario], tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    row = scenarios[0].model_dump()
    row["facts"] = {"task": "no-such-task"}
    file.write_text(json.dumps({"scenarios": [row]}, indent=1), encoding="utf-8")
    done = RUNNER.invoke(app, ["evaluate", str(file)])
    assert done.exit_code == 2
    assert "no-such-task" in done.stderr
    assert "own.json:" in done.stderr


def test_cue_figures_are_shares(scenarios: list[Scenario]) -> None:
    figures = cue_figures(PACK, scenarios)
    for row in figures.values():
        assert row.right <= row.answered <= row.proposed
        assert row.right <= row.coded
    assert "all questions" in markdown(figures, scenarios)
