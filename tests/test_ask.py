"""`advisor ask` as a program: on a real terminal, in a pipe, interrupted, killed and resumed."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import pytest

from advisor import load_use_case
from advisor.rules import shipped_rules
from tests.test_cli import ran, run

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS: Final = shipped_rules().questionnaire
TASK: Final = QUESTIONS.by_id["task"].question
BREADTH: Final = QUESTIONS.by_id["task_breadth"].question
READY: Final = "No answers yet"  # whatever question comes first
COLOR: Final = re.compile(r"\x1b\[[0-9;]*(?:3[0-8]|4[0-8]|9[0-7])[0-9;]*m")

needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals")
if sys.platform != "win32":
    from tests.terminals import CTRL_C, CTRL_D, DOWN, ENTER, LEFT, PAGE_DOWN, UP, Terminal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "support.yaml"


def facts(path: Path) -> dict[str, Any]:
    """Return the answers in a file that is valid as a whole."""
    return load_use_case(path, QUESTIONS).facts


# ---------------------------------------------------------------- without a terminal


def test_answers_come_from_a_pipe_and_its_end_gives_the_report(path: Path) -> None:
    lines = ("jump task", "extraction", "jump breadth", "?", "narrow", "jump stakes", "nonsense", "", "dk")
    result = run("ask", str(path), given="\n".join((*lines, "jump latency", "2 s", "")))
    assert result.exit_code == 0
    assert result.stdout.startswith("# Support\n")
    assert facts(path) == {"task": "extraction", "task_breadth": "narrow", "latency_ms": 2000}
    assert "'nonsense' is none of the answers." in result.stderr
    saved = rf"Saved: 4 answers in {re.escape(str(path))}\. To answer more \(\d+ to go\), run: advisor ask"
    assert re.search(saved, result.stderr)
    again = run("ask", str(path), "--format", "json", given="")
    assert [answer["fact"] for answer in json.loads(again.stdout)["answers"]] == ["task", "task_breadth", "latency_ms"]
    assert f"Going on with {path}, which holds 4 answers already." in " ".join(again.stderr.split())


def test_nothing_typed_saves_nothing(path: Path) -> None:
    result = run("ask", str(path), given="")
    assert (result.exit_code, path.exists()) == (0, False)
    assert "Nothing was answered, so nothing was saved." in result.stderr
    result = run("ask", str(path), given="jump task\n1\nquit\n2\n")
    assert (result.exit_code, result.stdout, facts(path)) == (0, "", {"task": "question_answering"})


def test_the_report_can_go_to_a_file_but_not_over_the_answers(path: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    assert run("ask", str(path), "--name", "Desk", "--output", str(report), given="jump task\n1\ndone\n").stdout == ""
    assert report.read_text("utf-8").startswith("# Desk\n")
    result = run("ask", str(path), "--output", str(path), given="done\n")
    assert (result.exit_code, facts(path)) == (2, {"task": "question_answering"})


def test_unknown_content_is_warned_about_and_kept(path: Path) -> None:
    text = "name: A\nteam: x  # ours\nfacts: {colour: red}\n"
    path.write_text(text, "utf-8")
    result = run("ask", str(path), given="jump task\n1\n")
    assert result.exit_code == 0
    assert re.search(r"Warning, kept as it is: \S*support.yaml:2: unknown key 'team'", " ".join(result.stderr.split()))
    assert path.read_text("utf-8") == text.replace("red}", "red, task: question_answering}")


@pytest.mark.parametrize("what", ["-", "folder", "none/a.yaml", "broken.yaml", "read-only.yaml"])
def test_what_can_not_keep_answers_is_bad_input(tmp_path: Path, what: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.yaml").write_text("name: 'A\n", "utf-8")
    kept = tmp_path / "read-only.yaml"
    kept.write_text("name: A\n", "utf-8")
    kept.chmod(0o444)
    result = run("ask", what if what == "-" else str(tmp_path / what), given="1\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert kept.read_text("utf-8") == "name: A\n"


def test_strange_bytes_are_no_answer(path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "advisor", "ask", str(path)],
        input=b"\xff\xfe\x00\n" + b"9" * 100_000 + b"\njump task\n1\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (result.returncode, facts(path)) == (0, {"task": "question_answering"})
    assert b"Traceback" not in result.stderr


def test_the_terminal_library_is_not_loaded_for_plain_lines(path: Path) -> None:
    result = ran("ask", str(path), python=("-X", "importtime"), input="1\n")
    assert result.returncode == 0
    assert "prompt_toolkit" not in result.stderr


def test_an_interrupt_keeps_the_answers(path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "advisor", "ask", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(b"jump task\n1\n")
    process.stdin.flush()
    wait_for_file(path)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, b"")
    assert b"Saved: 1 answer in" in err
    assert facts(path) == {"task": "question_answering"}


def wait_for_file(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# ---------------------------------------------------------------- on a terminal


def go_to(terminal: Terminal, fact: str) -> None:
    """Jump to a question, whichever one comes first."""
    terminal.wait_for("Answer:")
    terminal.type(f"jump {fact}", ENTER)
    terminal.wait_for(QUESTIONS.by_id[fact].question)


@needs_terminal
def test_a_whole_interview_with_keys_and_words(path: Path) -> None:
    with Terminal("ask", str(path)) as terminal:
        terminal.wait_for(READY, "> 0. I don't know", f"at most {len(QUESTIONS.facts)} to go")
        go_to(terminal, "task")
        terminal.type(DOWN, DOWN, UP, DOWN)
        terminal.wait_for("> 2. summarising", "Makes a longer text shorter")
        terminal.type("extr")
        terminal.wait_for("> 3. extracting data")
        terminal.type(ENTER)
        terminal.wait_for("1 answered", "Saved: the main task: extracting data.", "Leaning to:", "leave it so:")
        go_to(terminal, "task_breadth")
        terminal.type("?")
        terminal.wait_for("Think of a hundred requests.")
        terminal.type("why", ENTER)
        terminal.wait_for("A narrow, repetitive task is where training a model pays")
        terminal.type(DOWN, ENTER)
        terminal.wait_for("2 answered")
        terminal.type(LEFT)
        terminal.wait_for(BREADTH, "> 1. one repetitive task")
        go_to(terminal, "task")
        terminal.wait_for("> 3. extracting data", "Your answer so far")
        terminal.type("back", ENTER)
        terminal.wait_for(BREADTH)
        go_to(terminal, "task")
        terminal.type("classification", ENTER)
        terminal.wait_for("Saved: the main task: classifying.")
        for fact, answer in (("weeks_to_launch", "3 weeks"), ("upfront_budget_usd", "$5k"), ("latency_ms", "2 s")):
            go_to(terminal, fact)
            terminal.type("many", ENTER)
            terminal.wait_for("not 'many'")
            terminal.type(answer, ENTER)
            terminal.wait_for("Saved: ")
        terminal.type("jump", ENTER)
        terminal.wait_for("Which question", "(open)")
        terminal.type("evaluation_set", ENTER)
        terminal.wait_for("> 0. I don't know", "1. yes")
        terminal.type(ENTER)
        terminal.wait_for("not known.")
        terminal.type("done", ENTER)
        assert terminal.end() == 0
        assert "## Recommendation" in terminal.output()
    assert facts(path) == {
        "task": "classification",
        "task_breadth": "narrow",
        "weeks_to_launch": 3,
        "upfront_budget_usd": 5000,
        "latency_ms": 2000,
    }
    assert "evaluation_set: unknown" in path.read_text("utf-8")


@needs_terminal
def test_what_the_description_answers_is_confirmed_first(path: Path) -> None:
    about = "We answer customer questions from our internal wiki, which changes weekly."
    path.write_text(f"name: Support\ndescription: {about}\n", "utf-8")
    with Terminal("ask", str(path)) as terminal:
        terminal.wait_for(TASK, "Your description seems to answer", "Confirm or correct each first.")
        terminal.wait_for("> 1. answering questions", "because the description says 'answer customer questions'")
        assert facts(path) == {}
        terminal.type(ENTER)
        terminal.wait_for("Saved: the main task", "because the description says")
        go_to(terminal, "knowledge_change")
        terminal.wait_for("because the description says 'weekly'", "> 4. weekly")
        terminal.type("daily", ENTER)
        terminal.wait_for("Saved: ", "2 answered")
        terminal.type("quit", ENTER)
        assert terminal.end() == 0
    assert facts(path) == {"task": "question_answering", "knowledge_change": "daily"}


@needs_terminal
def test_after_kill_or_a_closed_window_it_resumes(path: Path) -> None:
    with Terminal("ask", str(path)) as terminal:
        go_to(terminal, "task")
        terminal.type("agent", ENTER)
        terminal.wait_for("1 answered")
        go_to(terminal, "stakes")
        terminal.type("dk", ENTER)
        terminal.wait_for("not known.")
        terminal.type("half an ans")
        terminal.kill()
    assert facts(path) == {"task": "agent"}
    with Terminal("ask", str(path)) as terminal:
        terminal.wait_for("Going on with", "1 answered, 1 not known")
        go_to(terminal, "task_breadth")
        terminal.type("narrow", ENTER)
        terminal.wait_for("2 answered")
    assert facts(path) == {"task": "agent", "task_breadth": "narrow"}
    with Terminal("ask", str(path)) as terminal:
        terminal.wait_for("2 answered, 1 not known")
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@needs_terminal
def test_every_size_of_window_and_changes_of_it(path: Path) -> None:
    with Terminal("ask", str(path)) as terminal:
        go_to(terminal, "task")
        terminal.wait_for("13. acting in steps with tools", "quit (keep and leave)", "Answer:")
        terminal.resize(40, 24)
        terminal.wait_for(TASK, "13. acting in steps with tools", "Answer:")
        terminal.type(UP)
        terminal.wait_for("> 13. acting in steps with tools", "carries out several steps.")
        terminal.resize(40, 10)
        terminal.wait_for(TASK, "> 13. acting", "Answer:")
        terminal.type("?", PAGE_DOWN, PAGE_DOWN)
        terminal.wait_for("> 13. acting")
        terminal.resize(20, 5)
        terminal.wait_for("> 13. acting", "Answer:")
        terminal.resize(120, 40)
        terminal.wait_for(TASK, "> 13. acting in steps with tools", "Answer:")
        terminal.type(ENTER)
        terminal.wait_for("1 answered")
        go_to(terminal, "task_breadth")
        assert terminal.text.count(BREADTH) == 1
        terminal.type(CTRL_D)
        assert terminal.end() == 0
    assert facts(path) == {"task": "agent"}


@needs_terminal
@pytest.mark.parametrize(("environment", "colored"), [({"NO_COLOR": "1"}, False), ({}, True)])
def test_what_is_not_saved_is_said_on_the_spot_in_color_only_where_it_is_wanted(
    path: Path, environment: dict[str, str], colored: bool
) -> None:
    with Terminal("ask", str(path), environment=environment) as terminal:
        go_to(terminal, "task")
        path.write_text("name: 'broken\n", "utf-8")
        terminal.type("agent", ENTER)
        terminal.wait_for("Not saved.", "not valid YAML", TASK)
        path.write_text("name: A\nfacts: {style: plain}\n", "utf-8")
        terminal.type("agent", ENTER)
        terminal.wait_for("Saved: ")
        assert bool(COLOR.search(terminal.output())) is colored
        terminal.type("quit", ENTER)
        assert terminal.end() == 0
    assert facts(path) == {"style": "plain", "task": "agent"}


@needs_terminal
@pytest.mark.parametrize(
    ("option", "environment"), [((), {"TERM": "dumb"}), (("--plain",), {}), ((), {"ADVISOR_PLAIN": "1"})]
)
def test_plain_lines_hold_no_cursor_movement(path: Path, option: tuple[str, ...], environment: dict[str, str]) -> None:
    with Terminal("ask", str(path), *option, columns=40, environment=environment) as terminal:
        terminal.wait_for("Answer:")
        terminal.type("jump task\n")
        terminal.wait_for("13. acting in steps")
        terminal.type("agent\n")
        terminal.wait_until(lambda _: "Saved: the main task" in terminal.output(), "nothing was saved")
        terminal.type("quit\n")
        assert terminal.end() == 0
        assert "\x1b" not in terminal.output()
        assert max(map(len, terminal.output().split("Saved: 1 answer")[0].splitlines())) <= 40
    assert facts(path) == {"task": "agent"}
