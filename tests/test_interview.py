"""The interview without a terminal: its order, what typed lines do, and the file that keeps the answers."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advisor import AdvisorError, load_use_case
from advisor.answers import answer_in_words
from advisor.interview import plain
from advisor.interview.answer_file import AnswerFile
from advisor.interview.dialogue import COMMANDS, DONT_KNOW, Dialogue
from advisor.interview.guide import Effect, EngineGuide, Standing, Why
from advisor.interview.screen import draw
from advisor.interview.sentences import lean, percent, why_asked
from advisor.interview.session import Proposal, Session
from advisor.interview.typed import as_command
from advisor.library import shipped_library
from advisor.rules import shipped_rules
from advisor.template import write_template

if TYPE_CHECKING:
    from collections.abc import Collection

    from advisor.conditions import Facts

PACK: Final = shipped_rules()
QUESTIONS: Final = PACK.questionnaire
STOP_AT: Final = 0.95
FIRST: Final = QUESTIONS.facts[0]


class ScriptedGuide(EngineGuide):
    """A guide that asks in the questionnaire's order, and whose certainty is set by the test."""

    def __init__(self) -> None:
        super().__init__(PACK)
        self.stays: float | None = None
        self.stable: bool | None = False

    def standing(self, facts: Facts, passed: Collection[str]) -> Standing:
        gone = {*facts, *passed}
        return Standing(
            order=tuple(name for name in QUESTIONS.fact_ids if name not in gone and self.applies(facts, name)),
            leaning="Prompting" if facts else None,
            probability=0.5 if facts else None,
            stays=self.stays if facts else None,
            stable=self.stable if facts else None,
        )


def talk(path: Path, guide: EngineGuide | None = None, proposals: dict[str, Proposal] | None = None) -> Dialogue:
    """Return a conversation that keeps its answers in a file, by default in the questionnaire's order."""
    answers = AnswerFile(path, QUESTIONS)
    return Dialogue(Session(QUESTIONS, answers, answers.read(), guide or ScriptedGuide(), STOP_AT, proposals))


def enter(dialogue: Dialogue, *lines: str) -> tuple[str, ...]:
    """Type lines; return what is said to the last."""
    for line in lines:
        dialogue.enter(line)
    return dialogue.view().messages


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "support-assistant.yaml"


# ---------------------------------------------------------------- answers


def test_questions_come_in_order_and_answers_are_saved_at_once(path: Path) -> None:
    dialogue = talk(path)
    assert not path.exists()
    assert dialogue.view().title == FIRST.question
    assert enter(dialogue, "extraction") == ("Saved: the main task: extracting data.",)
    assert path.read_text("utf-8").endswith('name: "Support assistant"\nfacts:\n  task: extraction\n')
    assert dialogue.session.current == QUESTIONS.fact_ids[1]
    assert "Leaning to: " in dialogue.view().lean
    assert (
        dialogue.view().place == f"The task | 1 answered, at most {len(QUESTIONS.facts) - 1} to go | Support assistant"
    )


@pytest.mark.parametrize("line", ["3", "3.", "#3", "extraction", "Extracting data", " extracting  data ", "extr"])
def test_a_choice_is_answered_by_number_name_or_beginning(path: Path, line: str) -> None:
    dialogue = talk(path)
    enter(dialogue, line)
    assert dialogue.session.facts == {"task": "extraction"}


@pytest.mark.parametrize("line", ["yes", "Y", "true", "1"])
def test_yes_and_no(path: Path, line: str) -> None:
    dialogue = talk(path)
    enter(dialogue, "jump evaluation_set", line)
    assert dialogue.session.facts == {"evaluation_set": True}


@pytest.mark.parametrize(
    ("fact", "line", "value"),
    [
        ("labeled_examples", "10k", 10_000),
        ("requests_per_month", "2M", 2_000_000),
        ("requests_per_month", "2 million requests", 2_000_000),
        ("weeks_to_launch", "3 weeks", 3),
        ("weeks_to_launch", "3 months", 13),
        ("weeks_to_launch", "10 days", 1.4),
        ("upfront_budget_usd", "$5k", 5000),
        ("upfront_budget_usd", "$1,250.50", 1250.5),
        ("monthly_budget_usd", "$5k", 5000),
        ("format_failure_rate", "25%", 0.25),
        ("latency_ms", "2 s", 2000),
        ("latency_ms", "1 minute", 60_000),
        ("corpus_tokens", "0", 0),
    ],
)
def test_numbers_with_units(path: Path, fact: str, line: str, value: float) -> None:
    dialogue = talk(path)
    enter(dialogue, f"jump {fact}", line)
    assert dialogue.session.facts == {fact: value}
    assert load_use_case(path, QUESTIONS).facts == {fact: value}


@pytest.mark.parametrize(
    ("fact", "line", "says"),
    [
        ("labeled_examples", "many", "Expected a number of examples, not 'many'."),
        ("labeled_examples", "1.5", "Expected a whole number, not 1.5."),
        ("labeled_examples", "-3", "Expected a number of examples, not '-3'."),
        ("labeled_examples", "3 weeks", "Expected a number of examples, not '3 weeks'."),
        ("weeks_to_launch", "3 parsecs", "Expected a number of weeks, not '3 parsecs'."),
        ("format_failure_rate", "25", "Expected at most 1, not 25. Did you mean 0.25?"),
        ("upfront_budget_usd", "1e999", "Expected an amount in USD, not inf."),
        ("task", "extracting dota", "'extracting dota' is none of the answers. Did you mean 'extracting data'?"),
        ("task", "14", "'14' is none of the answers. Type a number from 0 to 13, or a name."),
        ("evaluation_set", "perhaps", "'perhaps' is neither yes nor no."),
        ("task", "/extraction", "'/extraction' is none of the answers."),
        ("task", "\x1b[2J", "'\\x1b[2j' is none of the answers."),
        ("task", "", "Nothing was typed."),
    ],
)
def test_what_is_no_answer_is_explained_and_changes_nothing(path: Path, fact: str, line: str, says: str) -> None:
    dialogue = talk(path)
    (said,) = enter(dialogue, f"jump {fact}", line)
    assert says.lower() in said.lower()
    assert dialogue.session.current == fact
    assert not path.exists()


def test_dont_know_is_remembered_and_can_become_an_answer(path: Path) -> None:
    dialogue = talk(path)
    said = enter(dialogue, "don\N{RIGHT SINGLE QUOTATION MARK}t know")
    assert said == ("Saved: the main task: not known.",)
    assert "0 answered, 1 not known, at most" in dialogue.view().place
    again = talk(path)
    assert again.session.unknown == ("task",)
    assert again.session.current == QUESTIONS.fact_ids[1]
    enter(again, "jump task", "4")
    assert "x-asked:" not in path.read_text("utf-8")
    assert again.session.facts == {"task": "classification"}
    enter(again, "jump task", "0")
    assert again.session.facts == {}
    assert load_use_case(path, QUESTIONS).facts == {}


def test_every_question_offers_not_to_know(path: Path) -> None:
    dialogue = talk(path)
    for fact in QUESTIONS.facts:
        if dialogue.session.jump(fact.id):
            view = dialogue.view()
            assert (view.rows[0].label, view.selected) == (DONT_KNOW, 0), "the harmless row is the one to start from"


def test_no_answer_reads_as_a_command_with_a_slash() -> None:
    words = [word for fact in QUESTIONS.facts for option in fact.options for word in (option.id, option.label)]
    assert not [word for word in words if as_command(word) is not None]


# ---------------------------------------------------------------- moving about


def test_back_keeps_or_changes_an_answer(path: Path) -> None:
    dialogue = talk(path)
    enter(dialogue, "1", "1", "back", "back")
    assert dialogue.session.current == "task"
    assert "Your answer so far: answering questions." in dialogue.view().wanted
    assert dialogue.view().selected == 1
    enter(dialogue, "")
    assert dialogue.session.current == "modality"
    enter(dialogue, "back", "back", "3")
    assert dialogue.session.facts["task"] == "extraction"
    assert enter(talk(path.with_name("new.yaml")), "back") == ("This is the first question.",)


def test_back_reaches_answers_of_an_earlier_run(path: Path) -> None:
    enter(talk(path), "1", "2")
    dialogue = talk(path)
    enter(dialogue, "back")
    assert dialogue.session.current == "task_breadth"


def test_jump_goes_by_name_by_words_and_by_list(path: Path) -> None:
    dialogue = talk(path)
    enter(dialogue, "jump latency_ms")
    assert dialogue.session.current == "latency_ms"
    enter(dialogue, "jump to regulated")
    enter(dialogue, "jump most sensitive")
    assert dialogue.session.current == "data_sensitivity"
    enter(dialogue, "jump budget")
    assert [row.label for row in dialogue.view().rows] == ["the one-off budget (open)", "the running budget (open)"]
    enter(dialogue, "2")
    assert dialogue.session.current == "monthly_budget_usd"
    enter(dialogue, "jump", "back")
    assert dialogue.session.current == "monthly_budget_usd"
    (said,) = enter(dialogue, "jump latncy_ms")
    assert "Did you mean latency_ms?" in said
    enter(dialogue, "jump", "style")
    enter(dialogue, "back", "back", "back", "back")
    assert dialogue.session.current == "task"


def test_questions_that_do_not_apply_are_not_asked(path: Path) -> None:
    dialogue = talk(path)
    assert "rag_failure" in dialogue.session.remaining
    enter(dialogue, "jump rag_result", "not tried")
    assert "rag_failure" not in dialogue.session.remaining
    assert "does not apply" in enter(dialogue, "jump rag_failure")[0]
    enter(dialogue, "jump rag_result", "close", "jump rag_effort", "basic")
    said = enter(dialogue, "jump rag_result", "not tried")
    assert "no longer applies; `jump rag_effort` changes it." in said[1]
    enter(dialogue, "jump rag_effort", "dk")
    assert "rag_effort" not in dialogue.session.facts


def test_answers_that_clash_are_pointed_out(path: Path) -> None:
    dialogue = talk(path, EngineGuide(PACK))
    enter(dialogue, "jump deployment", "on_device", "jump latency_ms", "1 s")
    said = enter(dialogue, "jump input_tokens", "1M", "jump model_tier", "frontier")
    assert any(text.startswith("These answers do not fit together.") for text in said)


def test_help_and_why(path: Path) -> None:
    dialogue = talk(path)
    assert enter(dialogue, "?") == (FIRST.help,)
    assert enter(dialogue, "why do you ask?")[0] == FIRST.why
    assert dialogue.session.current == "task"


def test_why_says_what_each_answer_would_do() -> None:
    effects = [Effect("yes", "Fine-tuning"), Effect("no", "Prompting")]
    assert why_asked(Why("So.", tuple(effects)))[1] == '"yes" would lead to fine-tuning; "no" to prompting.'
    effects += [Effect("perhaps", "Prompting")]
    assert why_asked(Why("So.", tuple(effects)))[1] == '"yes" would lead to fine-tuning; any other answer to prompting.'
    assert why_asked(Why("So.", tuple(effects[1:])))[1].startswith(
        "By itself every answer leaves the leaning at prompting"
    )
    assert why_asked(Why("So.", ())) == ["So."]


@pytest.mark.parametrize("fact", [fact.id for fact in QUESTIONS.facts if fact.kind == "number"])
def test_the_effects_of_a_number_cover_it_without_gaps_or_repeats(fact: str) -> None:
    effects = EngineGuide(PACK).why({"main_failure": "style"}, fact).effects
    ends = [re.findall(r"(?:below|at least) (.+?)(?= and |$)", effect.answer) for effect in effects]
    assert all(first[-1] == second[0] for first, second in pairwise(ends))
    assert all(first.leaning != second.leaning for first, second in pairwise(effects))


# ---------------------------------------------------------------- the order of the engine


def test_the_engine_asks_what_applies_until_it_offers_to_stop(path: Path) -> None:
    """Answers every question that comes up as one labeled case does; what that leaves open is not known."""
    case = max(shipped_library().cases, key=lambda case: len(case.facts)).facts
    guide = EngineGuide(PACK)
    dialogue = talk(path, guide)
    asked: list[str] = []
    while (current := dialogue.session.current) is not None and len(asked) < 15:
        assert guide.applies(dialogue.session.facts, current)
        asked.append(current)
        answer = case.get(current)
        dialogue.enter("dk" if answer is None else answer_in_words(QUESTIONS.by_id[current], answer))
        assert dialogue.view().messages[0].startswith("Saved: ")
    assert len(asked) == len(set(asked))
    assert asked != list(QUESTIONS.fact_ids[: len(asked)])
    assert {*dialogue.session.facts, *dialogue.session.unknown} == {*asked}
    standing = dialogue.session.standing
    assert dialogue.session.offer is None or standing.stable or (standing.stays or 0) >= STOP_AT


def test_the_engine_passes_over_what_is_not_known_and_ends_when_nothing_is_left() -> None:
    guide = EngineGuide(PACK)
    start = guide.standing({}, ())
    assert (start.leaning, start.stays, set(start.order)) == (None, None, set(QUESTIONS.fact_ids))
    assert set(guide.standing({}, start.order[:1]).order) == set(start.order[1:])
    assert guide.standing({"task": "extraction"}, start.order).order == ()


def test_done_and_quit_end_it(path: Path) -> None:
    for word, ended in (("done", "report"), ("quit", "left"), ("/done", "report")):
        dialogue = talk(path)
        enter(dialogue, word)
        assert dialogue.ended == ended


# ---------------------------------------------------------------- stopping early


def test_it_offers_to_stop_when_the_approach_stays(path: Path) -> None:
    guide = ScriptedGuide()
    dialogue = talk(path, guide)
    guide.stays = 0.96
    enter(dialogue, "1")
    assert dialogue.session.offer == "stays"
    assert "96%" in dialogue.view().title
    enter(dialogue, "2", "1")
    assert dialogue.session.offer is None, "declined once, it is not offered again"
    guide.stays, guide.stable = 1.0, True
    enter(dialogue, "1")
    assert dialogue.session.offer == "stable"
    assert dialogue.view().lean.startswith("Settled: ")
    enter(dialogue, "back")
    assert dialogue.session.current == "modality"
    enter(dialogue, "", "1")
    assert dialogue.ended == "report"


def test_below_the_mark_it_asks_on(path: Path) -> None:
    guide = ScriptedGuide()
    guide.stays = 0.949
    dialogue = talk(path, guide)
    enter(dialogue, "1")
    assert dialogue.session.offer is None
    assert "Chance that the remaining answers leave it so: 95%." in dialogue.view().lean


def test_after_the_last_question_it_shows_the_report_or_lets_answers_change(path: Path) -> None:
    dialogue = talk(path)
    while dialogue.session.fact is not None:
        dialogue.pick(0)
    assert dialogue.session.offer == "complete"
    assert talk(path).session.offer == "complete"
    enter(dialogue, "2")
    assert len(dialogue.view().rows) == len(QUESTIONS.facts)
    enter(dialogue, "1", "2", "1")
    assert dialogue.ended == "report"
    assert dialogue.session.facts == {"task": "summarization"}


def test_proposed_answers_come_first_in_the_order_of_the_others(path: Path) -> None:
    last, early = QUESTIONS.fact_ids[-1], QUESTIONS.fact_ids[3]
    dialogue = talk(path, proposals={last: Proposal(True, "so"), early: Proposal("x", "so")})
    assert dialogue.session.remaining[:3] == (early, last, FIRST.id)


def test_proposed_answers_count_once_confirmed(path: Path) -> None:
    proposals = {"task": Proposal("extraction", "it says that fields are read"), "output_classes": Proposal(12, "so")}
    dialogue = talk(path, proposals=proposals)
    assert "Proposed: extracting data, because it says that fields are read." in dialogue.view().wanted
    assert dialogue.view().selected == 3
    assert dialogue.session.facts == {}
    enter(dialogue, "")
    enter(dialogue, "jump output_classes", "")
    assert dialogue.session.facts == {"task": "extraction", "output_classes": 12}


# ---------------------------------------------------------------- the file


def test_a_file_keeps_what_it_holds_and_unknown_things_are_warned_about(path: Path) -> None:
    text = "# mine\nname: A  # name\nnotes: [1, 2]\nfacts:\n  tasc: x\n  stakes: huge\n  style: plain # sure\n"
    text += "proposed: magic\n"
    path.write_text(text, "utf-8")
    kept = AnswerFile(path, QUESTIONS).read()
    assert kept.facts == {"style": "plain"}
    assert [problem.line for problem in kept.warnings] == [3, 5, 6, 8]
    enter(talk(path), "jump stakes", "low", "jump task", "1")
    new = text.replace("huge", "low").replace("# sure\n", "# sure\n  task: question_answering\n")
    assert path.read_text("utf-8") == new


def test_edits_from_elsewhere_are_kept_and_taken_in(path: Path) -> None:
    dialogue = talk(path)
    enter(dialogue, "1")
    path.write_text(path.read_text("utf-8") + "  style: plain  # by hand\n", "utf-8")
    enter(dialogue, "1")
    assert "# by hand" in path.read_text("utf-8")
    assert list(dialogue.session.facts) == ["task", "style", "task_breadth"]


def test_json_files_work_too(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    enter(talk(path), "1", "dk")
    assert json.loads(path.read_text("utf-8")) == {
        "schema_version": 1,
        "name": "A",
        "facts": {"task": "question_answering"},
        "x-asked": {"task_breadth": "unknown"},
    }


def test_permissions_links_and_marks_stay(tmp_path: Path) -> None:
    target = tmp_path / "target.yaml"
    target.write_bytes("\ufeffname: A\r\nfacts:\r\n".encode())
    target.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(target)
    enter(talk(link), "1")
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert target.read_bytes() == "\ufeffname: A\r\nfacts:\r\n  task: question_answering\r\n".encode()
    assert sorted(os.listdir(tmp_path)) == ["link.yaml", "target.yaml"]  # noqa: PTH208


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda path: path.mkdir(), "is no file"),
        (lambda path: (path.write_text("name: A\n"), path.chmod(0o444)), "is read-only"),
        (lambda path: path.write_text("name: [\n"), r"\.yaml:2: not valid YAML"),
        (lambda path: path.write_text("name: A\nfacts: [1]\n"), ":2: facts: expected `fact: answer` lines"),
        (lambda path: path.write_text("name: A\nx-asked: mine\n"), ":2: expected `fact: unknown` lines"),
        (lambda path: path.write_bytes(b"name: \xff\n"), "not UTF-8"),
    ],
)
def test_a_file_that_can_not_keep_answers_is_refused_at_the_start(path: Path, prepare: Any, says: str) -> None:
    prepare(path)
    with pytest.raises(AdvisorError, match=says):
        AnswerFile(path, QUESTIONS).read()


def test_a_missing_folder_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="there is no folder"):
        AnswerFile(tmp_path / "none" / "a.yaml", QUESTIONS).read()


def test_an_answer_that_can_not_be_saved_does_not_count(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = talk(path)
    enter(dialogue, "1")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("advisor.saving.os.fsync", full)
        (said,) = enter(dialogue, "1")
    assert "Not saved." in said
    assert "No space left on device" in said
    assert dialogue.save_failed
    assert list(dialogue.session.facts) == ["task"]
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    enter(dialogue, "1")
    assert not dialogue.save_failed


WORDS: Final = [
    "0", "1", "2", "3", "7", "12.5", "10k", "25%", "yes", "no", "dk", "", "back", "jump", "jump rag", "jump budget",
    "jump task", "jump prompting_result", "jump rag_result", "?", "why", "nonsense", "not tried", "close", "\x00", "é",
]  # fmt: skip
STARTS: Final = [
    None,
    "",
    "name: A\nfacts: {task: agent}  # c\n",
    "# c\nfacts:\n  task: agent  # d\n  rag_result: close\n  rag_effort: wrong\nx-asked: {style: unknown}\n",
    '{"name": "A", "facts": {"task": "agent"}, "x-own": [1, {"a": null}]}',
]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(STARTS), st.lists(st.one_of(st.sampled_from(WORDS), st.integers(0, 13)), max_size=15))
@example("", ["1", "jump task", "0", "back"])
def test_whatever_is_done_the_file_holds_the_answers_of_the_session(
    start: str | None, actions: list[str | int]
) -> None:
    """Texts are typed, numbers pick a row with the arrow keys; "" starts from a template."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.yaml"
        if start:
            path.write_text(start, "utf-8")
        elif start == "":
            write_template(path, QUESTIONS)
        comments = [word for word in ("# c", "# d", "# one of the above") if path.exists() and word in path.read_text()]
        dialogue = talk(path)
        for action in actions:
            if isinstance(action, int):
                dialogue.pick(action % len(dialogue.view().rows))
            else:
                dialogue.enter(action)
            if dialogue.ended:
                break
        session = dialogue.session
        if path.exists():
            kept = AnswerFile(path, QUESTIONS).read()
            assert (kept.facts, kept.unknown) == (session.facts, session.unknown)
            assert all(word in path.read_text("utf-8") for word in comments)
            if not kept.warnings:
                assert load_use_case(path, QUESTIONS).facts == session.facts
        else:
            assert not session.facts
            assert not session.unknown
        assert not set(session.facts) & set(session.unknown)


# ---------------------------------------------------------------- the fronts


FIRST_VIEW: Final = talk(Path("nowhere.yaml")).view()


@given(st.integers(20, 120), st.integers(4, 50), st.integers(0, 13), st.integers(0, 30), st.booleans())
def test_every_size_of_screen_is_filled_and_shows_the_question(
    columns: int, height: int, selected: int, scroll: int, helped: bool
) -> None:
    view = replace(FIRST_VIEW, messages=(FIRST.help,)) if helped else FIRST_VIEW
    lines = draw(view, selected, columns, height, scroll)
    assert len(lines) == height
    assert max(len(text) for _, text in lines) < columns
    shown = " ".join(" ".join(text for _, text in lines).split())
    if height >= 10 or (not helped and columns >= 40):
        assert view.title in shown
        assert any(style == "selected" and text.startswith("> ") for style, text in lines)
    if columns >= 80 and height >= 23:
        assert COMMANDS in shown


def test_plain_lines_fit_narrow_windows_and_hold_no_control_characters(path: Path) -> None:
    out = io.StringIO()
    plain.run(talk(path), io.StringIO("1\nwhy\n?\nnarrow\njump budget\n1\n$5k\n"), out, lambda: 40)
    text = out.getvalue()
    assert max(map(len, text.splitlines())) < 40
    assert "\x1b" not in text
    assert text.count(FIRST.question) == 1
    assert "Or type: don't know." in " ".join(text.split())
    assert "0. I don't know" in text


def test_certainty_is_never_overstated() -> None:
    assert [percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0%", "1%", "50%", "99%", "100%"]
    standing = Standing((), "Prompting", 0.9, None, None)
    assert lean(standing) == "Leaning to: Prompting (90% likely)."
