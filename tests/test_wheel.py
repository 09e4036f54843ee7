"""The wheel, and a wheel built from the sdist, install into a fresh environment and run in an empty folder."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
USE_CASE = ROOT / "examples" / "telecom-support-answers.yaml"
CONSTRAINED = {"PATH": "/usr/bin:/bin", "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from an sdist, as an index would serve it."""
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_rules_and_the_templates(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {str(path.relative_to(ROOT)) for path in (ROOT / "rules").rglob("*") if path.is_file()}
    assert {f"advisor/{name}" for name in shipped} <= set(names)
    assert any(name.startswith("advisor/report/templates/") for name in names)
    assert "advisor/py.typed" in names
    assert not any(name.startswith(("rules/", "tests/", "examples/")) for name in names)


def test_the_wheel_runs_in_an_empty_folder_without_a_network(wheel: Path, tmp_path: Path) -> None:
    # The dependencies come from this environment; only the advisor itself is taken from the wheel.
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    program = (
        f"import sys; sys.path.insert(0, {str(target)!r}); import advisor; "
        f"assert advisor.__file__.startswith({str(target)!r}); from advisor.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "advise", str(USE_CASE), "--format", "json", "--no-cost"]
    done = subprocess.run(command, cwd=empty, env=CONSTRAINED, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["approach"] == "rag"
    assert done.stderr == ""
