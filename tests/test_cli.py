"""The command line: what it prints where, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import typer
from typer.testing import CliRunner

from advisor import AdvisorError, __version__, advise, load_use_case
from advisor.cli import output, program
from advisor.rules import shipped_rules, shipped_rules_folder
from tests import cli_docs
from tests.bad_input import BAD_INPUTS, BadInput

if TYPE_CHECKING:
    from typer.testing import Result

USE_CASE: Final = """\
name: Support assistant
facts: {task: question_answering, knowledge_source: private, knowledge_change: weekly, knowledge_per_request: passages}
"""
COMMANDS: Final = list(cli_docs.commands())


def run(*arguments: str, given: str | None = None) -> Result:
    """Run one command line inside this process."""
    return CliRunner().invoke(program.app, list(arguments), prog_name="advisor", input=given)


def ran(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run one command line in a process of its own."""
    command = [sys.executable, *options.pop("python", ()), "-m", "advisor", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False, **options)


@pytest.fixture
def use_case(tmp_path: Path) -> str:
    path = tmp_path / "use-case.yaml"
    path.write_text(USE_CASE, "utf-8")
    return str(path)


def refused(result: Result | subprocess.CompletedProcess[str], *says: str) -> None:
    """Assert that bad input was refused: exit code 2, nothing on standard output, and a message that says this."""
    code = result.returncode if isinstance(result, subprocess.CompletedProcess) else result.exit_code
    assert (code, result.stdout) == (2, "")
    for words in says:
        assert words in result.stderr
    assert "Traceback" not in result.stderr


# ---------------------------------------------------------------- the program


def test_version() -> None:
    assert run("--version").stdout == f"advisor {__version__}\n"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(words: tuple[str, ...]) -> None:
    shown = cli_docs.help_of(words)
    assert shown.startswith(f"Usage: {' '.join(('advisor', *words))} ")
    assert f"\n    advisor {' '.join(words)}" in shown, "an example is missing"


@pytest.mark.parametrize("words", [words for words in COMMANDS if words], ids=" ".join)
def test_lists_of_commands_say_what_the_commands_say(words: tuple[str, ...]) -> None:
    first_line = cli_docs.help_of(words).splitlines()[2].strip()
    rows = [line.split(maxsplit=1) for line in cli_docs.help_of(words[:-1]).split("Commands:")[1].splitlines()]
    assert [words[-1], first_line] in rows


def test_docs_show_every_command_as_it_is() -> None:
    assert cli_docs.PAGE.read_text("utf-8") == cli_docs.page(), "run: python -m tests.cli_docs"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Usage: advisor"),
        (("advize",), "did you mean 'advise'?"),
        (("advise",), "Usage: advisor advise"),
        (("advise", "--frmat", "json", "x"), "--frmat"),
        (("advise", "x", "y"), "y"),
        (("advise", "x", "--output"), "--output"),
        (("rules", "shw"), "did you mean 'show'?"),
        (("schema", "rule"), "did you mean 'rules'?"),
    ],
)
def test_wrong_usage_is_bad_input(arguments: tuple[str, ...], says: str) -> None:
    refused(run(*arguments), says)


def test_the_unexpected_ends_in_one_line(monkeypatch: pytest.MonkeyPatch, use_case: str) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("something\nodd")

    monkeypatch.setattr("advisor.use_case.with_changes", fail)
    result = run("advise", use_case)
    assert (result.exit_code, result.stdout) == (program.OUR_FAULT, "")
    assert result.stderr.count("\n") == 1
    assert "(RuntimeError: something odd); please report" in result.stderr
    assert "advise.py:" in result.stderr


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, use_case: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("advisor.use_case.with_changes", interrupt)
    result = run("advise", use_case)
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "")


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="needs POSIX pipes")
def test_a_reader_that_goes_away_is_no_error(use_case: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "advisor", "advise", use_case, "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == -signal.SIGPIPE


def test_results_are_utf_8_whatever_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "ü.yaml"
    path.write_text(USE_CASE.replace("Support", "Küche \N{WHITE SMILING FACE}"), "utf-8")
    result = ran("advise", str(path), "--format", "json", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0
    assert json.loads(result.stdout)["name"] == "Küche \N{WHITE SMILING FACE} assistant"


# ---------------------------------------------------------------- advise


def test_advise_prints_the_recommendation_as_json(use_case: str) -> None:
    result = run("advise", use_case, "--format", "json", "--as-of", "2026-11-20", "--no-cost")
    assert (result.exit_code, result.stderr) == (0, "")
    expected = advise(load_use_case(use_case, shipped_rules().questionnaire), as_of=date(2026, 11, 20), cost=False)
    assert json.loads(result.stdout) == expected.model_dump(mode="json")


def test_advise_prints_a_report(use_case: str) -> None:
    result = run("advise", use_case)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("# Support assistant\n")
    assert result.stdout.endswith("\n")
    assert not result.stdout.endswith("\n\n")


def test_advise_reads_standard_input() -> None:
    assert json.loads(run("advise", "-", "--format", "json", given=USE_CASE).stdout)["name"] == "Support assistant"
    refused(run("advise", "-", given="name: x\nfacts: {task: reviw}\n"), "standard input:2: ", "did you mean 'review'?")


def test_whatever_the_verdict_the_exit_code_is_0() -> None:
    result = run("advise", "-", "--format", "json", given="name: Nothing known yet\n")
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (0, "undecided")


def test_set_changes_and_takes_back_answers(use_case: str) -> None:
    options = ("--set", "latency_ms=2 s", "--set", "task=unknown", "--set", "knowledge_change=static")
    answers = json.loads(run("advise", use_case, "--format", "json", *options).stdout)["answers"]
    assert {answer["fact"]: answer["value"] for answer in answers} == {
        "knowledge_source": "private",
        "knowledge_per_request": "passages",
        "knowledge_change": "static",
        "latency_ms": 2000,
    }


def test_set_names_everything_wrong_with_it(use_case: str) -> None:
    result = run("advise", use_case, "--set", "knowledge_change=wekly", "--set", "tsk=review")
    refused(result, "--set: knowledge_change: 'wekly'", "did you mean 'weekly'?", "--set: unknown fact 'tsk'")
    result = run("advise", use_case, "--set", "task", "--set", "stakes=low", "--set", "stakes=high")
    refused(result, "--set: expected fact=value", "not 'task'", "--set: 'stakes' is given twice")


def test_the_date_is_the_option_or_the_files_or_today(tmp_path: Path, use_case: str) -> None:
    def as_of(*arguments: str) -> str:
        provenance = json.loads(run("advise", *arguments, "--format", "json").stdout)["provenance"]
        return str(provenance["as_of"])

    dated = tmp_path / "dated.yaml"
    dated.write_text("as_of: 2026-10-01\n" + USE_CASE, "utf-8")
    before = date.today()
    assert before.isoformat() <= as_of(use_case) <= date.today().isoformat()
    assert as_of(str(dated)) == "2026-10-01"
    assert as_of(str(dated), "--as-of", "2026-12-24") == "2026-12-24"
    for wrong in ("yesterday", "2026-2-1", "2026-02-30"):
        refused(run("advise", use_case, "--as-of", wrong), "--as-of: expected a date such as 2026-11-20")


def test_an_unknown_format_names_the_known_ones(use_case: str) -> None:
    refused(
        run("advise", use_case, "--format", "jsn"), "expected markdown, json or adr, not 'jsn'; did you mean 'json'?"
    )


def test_rules_of_another_folder(tmp_path: Path, use_case: str) -> None:
    folder = shipped_rules_folder()
    assert json.loads(run("advise", use_case, "--format", "json", "--rules", str(folder)).stdout)
    refused(run("advise", use_case, "--rules", str(tmp_path / "none")), "no such folder of rules")
    refused(run("advise", use_case, "--rules", str(tmp_path)), "facts.yaml: no such file")


# ---------------------------------------------------------------- --output


def test_output_replaces_a_file_as_a_whole(tmp_path: Path, use_case: str) -> None:
    path = tmp_path / "result.json"
    path.write_text("old", "utf-8")
    path.chmod(0o600)
    result = run("advise", use_case, "--format", "json", "--output", str(path))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert json.loads(path.read_text("utf-8"))["name"] == "Support assistant"
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["result.json", "use-case.yaml"]


def test_a_new_output_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    output.write_result("text", str(tmp_path / "written"))
    assert (tmp_path / "written").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "written").read_bytes() == b"text\n"


def test_a_linked_output_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    output.write_result("text", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text("utf-8") == "text\n"


def test_output_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "result"
    path.write_text("old", "utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(AdvisorError, match="No space left"):
        output.write_result("new", str(path))
    assert [path.read_text("utf-8")] == [entry.read_text("utf-8") for entry in tmp_path.iterdir()] == ["old"]


def test_output_that_cannot_be_written_says_why(tmp_path: Path, use_case: str) -> None:
    refused(run("advise", use_case, "--output", str(tmp_path / "no" / "x")), "there is no folder", str(tmp_path / "no"))
    refused(run("advise", use_case, "--output", str(tmp_path)), "this is a folder")
    refused(run("advise", use_case, "--output", use_case), "is the file that was read")
    assert Path(use_case).read_text("utf-8") == USE_CASE


def test_output_may_be_standard_output(use_case: str) -> None:
    assert run("advise", use_case, "--output", "-").stdout.startswith("# Support assistant\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_a_full_disk_behind_standard_output_is_said(use_case: str) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "advisor", "advise", use_case, "--format", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr == "standard output: can't be written: No space left on device\n"


# ---------------------------------------------------------------- new


def test_new_writes_a_file_that_advise_takes(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    result = run("new", str(path), "--name", "It's new: really")
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"advisor advise {path}" in result.stderr
    advised = json.loads(run("advise", str(path), "--format", "json").stdout)
    assert (advised["name"], advised["verdict"]) == ("It's new: really", "undecided")
    refused(run("new", str(path)), "exists already")


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("case", BAD_INPUTS, ids=lambda case: case.id)
def test_bad_input_is_refused(case: BadInput, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    result = run("advise", str(path), "--format", "json")
    refused(result)
    case.check(result.stderr, str(path))


@pytest.mark.parametrize("name", ["binary-image", "anchors-that-explode", "deep-lists", "all-problems-at-once"])
def test_bad_input_is_refused_in_a_process_of_its_own(name: str, tmp_path: Path) -> None:
    case = next(case for case in BAD_INPUTS if case.id == name)
    path = case.write(tmp_path)
    result = ran("advise", str(path))
    refused(result)
    case.check(result.stderr, str(path))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    refused(run("advise", str(tmp_path / "none.yaml")), "none.yaml: no such file")
    refused(run("advise", str(tmp_path)), "this is a folder")
    refused(run("advise", "a\0b"), "can't be read")


def test_links_that_lead_in_a_circle(tmp_path: Path, use_case: str) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    source = tmp_path / "in.jsonl"
    source.write_text('{"name": "x"}\n', "utf-8")
    for words in (
        ("advise", str(loop)),
        ("advise", use_case, "--no-cost", "--output", str(loop)),
        ("ask", str(loop)),
        ("batch", str(source), "--output", str(loop)),
    ):
        refused(run(*words), "loop.yaml: can't be ")


# ---------------------------------------------------------------- start-up

HEAVY: Final = ("sklearn", "scipy", "numpy", "questionary", "rich")
PRICES: Final = ("genai_prices", "advisor.cost")


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (("--help",), ("jinja2", "yaml", "advisor.rules", *PRICES)),
        (("--version",), ("jinja2", "yaml", "advisor.rules")),
        (("advise", "--help"), ("jinja2", "yaml", "advisor.rules", *PRICES)),
        (("advise", "FILE"), ("advisor.lookup", "advisor.schemas")),
        (("advise", "FILE", "--format", "json", "--no-cost"), ("jinja2", "advisor.report", *PRICES)),
        (("rules", "show", "knowledge"), ("jinja2", "advisor.report", "advisor.advice", *PRICES)),
        (("schema",), ("jinja2", "advisor.report", "advisor.advice", "genai_prices")),
    ],
    ids=lambda value: " ".join(value),
)
def test_a_command_loads_only_what_it_uses(arguments: tuple[str, ...], more: tuple[str, ...], use_case: str) -> None:
    arguments = tuple(use_case if word == "FILE" else word for word in arguments)
    result = ran(*arguments, python=("-X", "importtime"))
    assert result.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in result.stderr.splitlines() if line.startswith("import")}
    assert "advisor.cli" in imported
    assert not {name for name in imported for part in (*HEAVY, *more) if name == part or name.startswith(f"{part}.")}


def test_the_console_entry_is_the_program() -> None:
    from importlib.metadata import entry_points

    (entry,) = entry_points(group="console_scripts", name="advisor")
    assert entry.value == "advisor.cli:main"


def test_typer_stays_undecorated() -> None:
    command: Any = typer.main.get_command(program.app)
    assert command.rich_markup_mode is None
