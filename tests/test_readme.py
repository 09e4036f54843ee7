"""The README holds: its report, its library call, its commands and its figures are what the program gives today."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from typer.testing import CliRunner

from advisor.approaches import APPROACHES
from advisor.cli.program import app
from advisor.rules import shipped_rules
from advisor.scenarios import load_scenarios
from advisor.training.arrays import pack_parameters
from advisor.training.metrics import figures
from advisor.training.weights import Workbench
from tests import doc_blocks

if TYPE_CHECKING:
    from advisor.scenarios import Scenario

ROOT: Final = Path(__file__).parents[1]
README: Final = (ROOT / "README.md").read_text("utf-8")
SHELL: Final = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
SET_UP: Final = [line for line in SHELL if line.startswith("python3 -m venv")]
CLOSE: Final = 0.02  # the files hold weights rounded to two digits; one of some eighty cases may tip over


def test_the_report_is_what_the_program_prints() -> None:
    assert doc_blocks.made(README) == README, "run: python -m tests.doc_blocks"


def test_the_library_call_gives_what_is_shown() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    example = doctest.DocTestParser().get_doctest(block, {}, "README.md", "README.md", 0)
    runner = doctest.DocTestRunner(verbose=False)
    assert example.examples
    assert runner.run(example).failed == 0


def test_two_commands_set_up_and_name_what_exists() -> None:
    run, test = SET_UP
    assert "examples/telecom-support-answers.yaml" in run
    assert (ROOT / "examples" / "telecom-support-answers.yaml").is_file()
    assert "--group dev" in test
    assert test.endswith("pytest -n auto")
    assert "\ndev = [" in (ROOT / "pyproject.toml").read_text("utf-8")


def test_every_other_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "design").mkdir()
    (tmp_path / "design" / "support.yaml").write_bytes((ROOT / "examples/telecom-support-answers.yaml").read_bytes())
    commands = [shlex.split(line.split("|")[0])[1:] for line in SHELL if line.startswith("advisor ")]
    assert commands
    for words in commands:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (words, result.output)


def test_the_table_of_accuracy_is_that_of_the_shipped_weights() -> None:
    pack = shipped_rules()
    scenarios = load_scenarios([ROOT / "examples" / "scenarios"], pack.questionnaire)
    bench = Workbench(pack)
    rows = {row[0].split(" (")[0]: row[1:5] for row in _table(doc_blocks.body(README, "accuracy"))}
    _compare(bench, [s for s in scenarios if not s.set_aside], rows["refit"])
    _compare(bench, [s for s in scenarios if s.set_aside], rows["set aside by source"])
    assert f"{len(scenarios)} published decisions" in README


def _compare(bench: Workbench, scenarios: list[Scenario], row: list[str]) -> None:
    labels = np.array([APPROACHES.index(scenario.approach) for scenario in scenarios])
    shipped = pack_parameters(bench.pack, bench.arrays)
    found = figures(bench.probabilities(scenarios, shipped), labels)
    assert [float(cell) for cell in row] == pytest.approx(
        [found.cases, found.top_1, found.top_2, found.log_loss], abs=CLOSE
    ), "the weights have changed; run: python -m tests.doc_blocks --accuracy"


def _table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
