"""The README holds: its report, its library call, its commands and its figures are what the program gives today."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path
from shutil import copy
from typing import Final

import numpy as np
import pytest
from typer.testing import CliRunner

from advisor.approaches import APPROACHES
from advisor.cli.program import app
from advisor.rules import shipped_rules
from advisor.scenarios import load_scenarios
from advisor.training.metrics import figures
from advisor.training.weights import Workbench
from tests import doc_blocks

ROOT: Final = Path(__file__).parents[1]
README: Final = (ROOT / "README.md").read_text("utf-8")
SHELL: Final = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
SET_UP: Final = [line for line in SHELL if line.startswith("python3 -m venv")]
CLOSE: Final = 0.02  # another numerical library may tip one of some eighty cases over


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
    (tmp_path / "examples").mkdir()
    copy(ROOT / "examples" / "portfolio.csv", tmp_path / "examples")
    (tmp_path / "design" / "support.yaml").write_bytes((ROOT / "examples/telecom-support-answers.yaml").read_bytes())
    commands = [shlex.split(line.split("|")[0])[1:] for line in SHELL if line.startswith("advisor ")]
    assert commands
    for words in commands:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (words, result.output)


def test_the_table_of_accuracy_is_what_the_fit_gives_today() -> None:
    pack = shipped_rules()
    scenarios = load_scenarios([ROOT / "examples" / "scenarios"], pack.questionnaire)
    seen = [scenario for scenario in scenarios if not scenario.set_aside]
    aside = [scenario for scenario in scenarios if scenario.set_aside]
    bench = Workbench(pack)
    numbers = bench.fit(seen)
    rows = {row[0].split(" (")[0]: row[1:5] for row in _table(doc_blocks.body(README, "accuracy"))}
    for name, cases in (("refit", seen), ("set aside by source", aside)):
        labels = np.array([APPROACHES.index(case.approach) for case in cases])
        found = figures(bench.probabilities(cases, numbers), labels)
        expected = pytest.approx([found.cases, found.top_1, found.top_2, found.log_loss], abs=CLOSE)
        assert [float(cell) for cell in rows[name]] == expected, "run: python -m tests.doc_blocks --accuracy"
    assert f"{len(scenarios)} published decisions" in README


def _table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
