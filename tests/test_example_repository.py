"""The example repository: its hooks exist, and the commands of its workflow pass on it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import pytest
import yaml
from typer.testing import CliRunner

from advisor.cli.program import app
from tests.example_reports import RECORDS, record_of
from tests.test_overlays import overlay

ROOT: Final = Path(__file__).parents[1]
REPOSITORY: Final = ROOT / "examples" / "repository"
WORKFLOW: Final = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "advisor.yml").read_text("utf-8"))
HOOKS: Final = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
USED: Final = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
COMMANDS: Final = [
    step["run"] for step in WORKFLOW["jobs"]["review"]["steps"] if step.get("run", "").startswith("advisor ")
]


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    expanded = [str(path) for word in words for path in (sorted(Path().glob(word)) if "*" in word else [word])]
    if expanded[0] in ("review", "recheck"):
        expanded += ["--as-of", "2026-11-21"]
    result = CliRunner().invoke(app, expanded)
    assert result.exit_code == 0, result.output


def exists(words: list[str]) -> bool:
    return CliRunner().invoke(app, [*words[: 2 if words[0] == "rules" else 1], "--help"]).exit_code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_the_workflow_passes(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(shlex.split(command)[1:], monkeypatch)


@pytest.mark.parametrize("used", USED, ids=lambda used: str(used["id"]))
def test_the_hooks_pass(used: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    hook = HOOKS[str(used["id"])]
    words = shlex.split(hook["entry"])[1:]
    if not exists(words):
        pytest.skip("the command is not built yet")
    files = [path.relative_to(REPOSITORY).as_posix() for path in sorted(REPOSITORY.rglob("*.*")) if path.is_file()]
    wanted = [
        file
        for file in files
        if re.search(hook["files"], file) and not ("exclude" in hook and re.search(hook["exclude"], file))
    ]
    assert wanted
    own = [] if hook.get("pass_filenames") is False else wanted
    run([*words, *used.get("args", []), *own], monkeypatch)


@pytest.mark.parametrize("name", RECORDS)
def test_the_records_are_up_to_date(name: str) -> None:
    kept = (REPOSITORY / "docs" / "decisions" / name).read_text("utf-8")
    assert record_of(name) == kept, "run: python -m tests.example_reports"


def test_an_overlay_is_checked_at_its_own_lines(tmp_path: Path) -> None:
    new = "{id: never, weight: 1, because: Never., when: {all: [{task: [review]}, {task: [agent]}]}}"
    rules = f"rules:\n  - {{id: knowledge-citations, weight: 2.0}}\n  - {new}\n"
    folder = overlay(tmp_path, {"gaps/knowledge.yaml": rules})
    result = CliRunner().invoke(app, ["rules", "check", str(folder)])
    assert result.exit_code == 1
    assert f"{folder}/gaps/knowledge.yaml:3: error: " in result.stdout
    assert str(ROOT / "rules") not in result.stdout


def test_a_bad_proposal_stops_the_pull_request(tmp_path: Path) -> None:
    text = (REPOSITORY / "use-cases" / "claims-answers.yaml").read_text("utf-8")
    path = tmp_path / "claims-answers.yaml"
    path.write_text(text.replace("proposed: rag", "proposed: fine_tuning"), "utf-8")
    assert CliRunner().invoke(app, ["review", str(path), "--as-of", "2026-11-21"]).exit_code == 1
