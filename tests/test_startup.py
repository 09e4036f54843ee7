"""A command loads what it uses and nothing else. Names of modules are looked at, never time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "support-reply-drafts.yaml"

SHOW = """
import json, sys
from advisor.cli import main
try:
    main()
finally:
    json.dump([*sys.modules], sys.stderr)
"""

HEAVY = ("genai_prices", "numpy", "prompt_toolkit", "rich", "scipy", "sklearn")


def loaded(cache: Path, *args: str) -> set[str]:
    """Return the modules that a command loads in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ADVISOR_CACHE": str(cache)}
    command = (sys.executable, "-c", SHOW, *args)
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    return {*json.loads(done.stderr[done.stderr.rindex("[") :])}


def parts(modules: set[str], *names: str) -> set[str]:
    return {name for name in modules if name.split(".")[0] in names or name in names}


def test_help_loads_no_rules_no_models_and_no_yaml(tmp_path: Path) -> None:
    modules = loaded(tmp_path / "cache", "--help")
    assert (
        parts(modules, *HEAVY, "jinja2", "pydantic", "yaml", "advisor.rules", "advisor.advice", "advisor.shape")
        == set()
    )


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_advice_without_prices_loads_no_prices_no_arrays_and_reads_no_rule_file_twice(
    tmp_path: Path, form: str
) -> None:
    args = ("advise", str(EXAMPLE), "--no-cost", "--format", form)
    loaded(tmp_path / "cache", *args)
    modules = loaded(tmp_path / "cache", *args)
    assert parts(modules, *HEAVY, "advisor.cost", "advisor.training", "advisor.interview", "advisor.review") == set()
    assert parts(modules, "advisor.rules", "advisor.overlay", "advisor.reach") == set()
    assert ("jinja2" in modules) == (form == "markdown")
    assert ("advisor.report" in modules) == (form == "markdown")


def test_advice_with_prices_loads_no_arrays_and_nothing_of_other_commands(tmp_path: Path) -> None:
    args = ("advise", str(EXAMPLE))
    loaded(tmp_path / "cache", *args)
    modules = loaded(tmp_path / "cache", *args)
    others = ("advisor.training", "advisor.interview", "advisor.review", "advisor.batch", "advisor.checking")
    assert parts(modules, *(name for name in HEAVY if name != "genai_prices"), *others) == set()
    assert parts(modules, "advisor.rules", "advisor.cost.estimate.sampling", "advisor.cost.calculators") == set()
    assert parts(modules, "httpx2._client", "http.cookiejar") == set()


def test_what_the_price_list_would_fetch_newer_prices_with_is_put_off_not_taken_away() -> None:
    code = """
import sys
from advisor.cli.process import set_up_process
set_up_process()
from genai_prices import update_prices
assert "httpx2._client" not in sys.modules
update_prices.httpx2.Timeout(timeout=1)
import httpx2._urls
assert sys.modules["httpx2"].Timeout is update_prices.httpx2.Timeout
"""
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, check=False, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_rules_show_loads_no_advice(tmp_path: Path) -> None:
    modules = loaded(tmp_path / "cache", "rules", "show", "knowledge_change")
    assert parts(modules, *HEAVY, "jinja2", "advisor.cost.estimate", "advisor.training", "advisor.interview") == set()
