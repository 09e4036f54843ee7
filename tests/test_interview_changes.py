"""Changing answers in a file: the entry changes, and nothing else does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.documents import read_document
from advisor.errors import AdvisorError
from advisor.interview import changes
from advisor.interview.changes import Change
from advisor.rules import shipped_rules
from advisor.template import template_text


def with_changes(text: str, *wanted: Change) -> str:
    """Return a text with changes."""
    return changes.with_changes(text, read_document(None, text, "file"), wanted)[0]


TASK = Change("facts", "task", "agent")
NO_TASK = Change("facts", "task", None)
ASKED = Change("x-asked", "style", "unknown")
NOT_ASKED = Change("x-asked", "style", None)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("name: A\nfacts:\n  task: x # why\n# end\n", TASK, "name: A\nfacts:\n  task: agent # why\n# end\n"),
        ("name: A\nfacts:\n  task:       # why\n  b: 1", TASK, "name: A\nfacts:\n  task: agent  # why\n  b: 1"),
        ("name: A\nfacts:\n  b: 1 # one\n\n# end\n", TASK, "name: A\nfacts:\n  b: 1 # one\n  task: agent\n\n# end\n"),
        ("name: A\nfacts:\n  b: 1", TASK, "name: A\nfacts:\n  b: 1\n  task: agent"),
        ("name: A\r\nfacts:\r\n  b: 1\r\n", TASK, "name: A\r\nfacts:\r\n  b: 1\r\n  task: agent\r\n"),
        ("facts:   # none yet\nname: A\n", TASK, "facts:   # none yet\n  task: agent\nname: A\n"),
        ("facts: ~\nname: A\n", TASK, "facts:\n  task: agent\nname: A\n"),
        ("facts: {}\nname: A\n", TASK, "facts:\n  task: agent\nname: A\n"),
        ("name: A\n", TASK, "name: A\nfacts:\n  task: agent\n"),
        ("name: A # c\n...\n", TASK, "name: A # c\nfacts:\n  task: agent\n...\n"),
        ("name: A\nfacts: {b: 1, task: x} # c\n", TASK, "name: A\nfacts: {b: 1, task: agent} # c\n"),
        ("name: A\nfacts: {b: 1} # c\n", TASK, "name: A\nfacts: {b: 1, task: agent} # c\n"),
        ("name: A\nfacts: {task}\n", TASK, "name: A\nfacts: {task: agent}\n"),
        ("name: A\nfacts: {task: }\n", TASK, "name: A\nfacts: {task: agent }\n"),
        ("{name: A}\n", TASK, "{name: A, facts: {task: agent}}\n"),
        ("name: A\nfacts:\n  task:\n  - x\n  - y\n  b: 1\n", TASK, "name: A\nfacts:\n  task: agent\n  b: 1\n"),
        ("name: A\nfacts:\n  task: |\n    x\n  b: 1\n", TASK, "name: A\nfacts:\n  task: agent\n  b: 1\n"),
        ("name: A\nfacts:\n  ? task\n  : x\n", TASK, "name: A\nfacts:\n  ? task\n  : agent\n"),
        ("name: A\nfacts:\n  'task' : \"x\"\n", TASK, "name: A\nfacts:\n  'task' : agent\n"),
        ("facts:\n  b: 1\nd: |+\n  text\n\n", ASKED, "x-asked:\n  style: unknown\nfacts:\n  b: 1\nd: |+\n  text\n\n"),
        ("name: A\nfacts:\n  b: 1\n  task: x\n", NO_TASK, "name: A\nfacts:\n  b: 1\n"),
        ("name: A\nfacts:\n  task: x\n", NO_TASK, "name: A\nfacts:\n"),
        ("name: A\nfacts:\n  # see it\n  task: x\n", NO_TASK, "name: A\nfacts:\n  # see it\n  task:\n"),
        ("name: A\nfacts:\n  task: x  # it\n", NO_TASK, "name: A\nfacts:\n  task:    # it\n"),
        ("name: A\nfacts: {task: x, b: 1}\n", NO_TASK, "name: A\nfacts: {b: 1}\n"),
        ("name: A\nfacts: {b: 1, task: x}\n", NO_TASK, "name: A\nfacts: {b: 1}\n"),
        ("name: A\nx-asked:\n  style: unknown\nz: 1\n", NOT_ASKED, "name: A\nz: 1\n"),
        ("name: A\n", NOT_ASKED, "name: A\n"),
        ("# c\nfacts:\n  b: 1\n", Change(None, "name", "It's"), '# c\nname: "It\'s"\nfacts:\n  b: 1\n'),
        ("name:  # c\nfacts:\n", Change(None, "name", "no"), "name: no  # c\nfacts:\n"),
        ('{\n    "name": "Ä"\n}\n', TASK, '{\n    "name": "Ä",\n    "facts": {\n        "task": "agent"\n    }\n}\n'),
        ('{"name": "A", "facts": {"b": 1.5}}', TASK, '{"name": "A", "facts": {"b": 1.5, "task": "agent"}}'),
    ],
)
def test_only_the_entry_changes(before: str, change: Change, after: str) -> None:
    assert with_changes(before, change) == after


def test_a_template_is_filled_in_beside_its_comments() -> None:
    text = template_text(shipped_rules().questionnaire)
    filled = with_changes(text, TASK)
    changed = [(old, new) for old, new in zip(text.splitlines(), filled.splitlines(), strict=True) if old != new]
    ((old, new),) = changed
    assert " ".join(old.split()) == "task: # one of the above"
    assert " ".join(new.split()) == "task: agent # one of the above"
    assert old.index("#") == new.index("#")
    assert with_changes(filled, NO_TASK) == text


def test_a_long_line_of_answers_is_broken() -> None:
    text = "name: A\nfacts: {" + ", ".join(f"fact_number_{i}: 1" for i in range(6)) + "}\n"
    assert with_changes(text, TASK).endswith("fact_number_5: 1,\n        task: agent}\n")


KEYS = st.sampled_from(["task", "style", "a_b", "latency_ms"])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 10**9),
    st.floats(0, 1, allow_nan=False),
    st.sampled_from(["weekly", "true", "null", "no", "12", "1e3", "a: b", "#x", "é"]),
)
CHANGES = st.lists(st.builds(Change, st.sampled_from(["facts", "x-asked"]), KEYS, VALUES), max_size=6)
# Pieces of files as people write them: comments in odd places, both styles, empty values, text of several lines.
TOPS = st.lists(
    st.sampled_from(
        [
            "name: A\n",
            "# a comment\n",
            "\n",
            "description: >-\n  some\n  text\n\n",
            "x-own: {a: [1, 2], b: }  # own\n",
            "x-list:\n- 1  # one\n-\n  b: 2\n\n",
            "odd key: 'it''s'\n",
            '"quoted": "a # b"\n',
        ]
    ),
    max_size=4,
    unique=True,
)
SECTIONS = st.sampled_from(
    [
        "facts:\n",
        "facts: # c\n  # d\n",
        "facts: {}\n",
        "facts: {task: agent, style: }  # c\n",
        "facts: {\n  task: agent, # c\n  style: plain,\n}\n",
        "facts:\n  task: agent # c\n\n  # d\n  style:     # e\n  # f\n",
        "facts:\n    task:\n      agent\n    'style': \"plain\"\n",
        "facts:\n  task: [a,\n    b]\n  style: {x: 1}\n  a_b:\n  - 1\n  - 2 # c\n",
        "facts:\n  task: >\n    folded\n\n  # c\n",
        "",
    ]
)
ASKED_SECTIONS = st.sampled_from(["", "x-asked:\n", "x-asked:\n  task: unknown\n", "x-asked: {style: unknown} # c\n"])
ENDS = st.sampled_from(["", "\n", "# end", "...\n", "  # end\n\n"])


@settings(max_examples=400, deadline=None)
@given(TOPS, SECTIONS, ASKED_SECTIONS, TOPS, ENDS, CHANGES, st.booleans())
def test_every_change_says_what_was_wanted_and_keeps_every_comment(
    above: list[str], facts: str, asked: str, below: list[str], end: str, wanted: list[Change], windows: bool
) -> None:
    below = [part for part in below if part not in above]
    text = "".join([*above, facts, asked, *below]) + end
    if windows:
        text = text.replace("\n", "\r\n")
    try:
        data = read_document(None, text, "file").data
    except AdvisorError:
        return
    new = with_changes(text, *wanted)
    expected = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for change in wanted:
        assert change.section is not None
        section = expected[change.section] = expected.get(change.section) or {}
        section[change.key] = change.value
    assert filled(read_document(None, new, "file").data) == filled(expected)
    if "a_b" not in {change.key for change in wanted}:  # its value holds a comment, which goes with it
        assert all(new.count(c) >= text.count(c) for c in ("# c", "# d", "# e", "# f", "# end", "# own", "# one"))


def filled(data: dict[str, object]) -> str:
    """Return data for comparing, without entries that say nothing; the JSON tells true from 1."""
    plain = {
        key: {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) and key != "x-own" else value
        for key, value in data.items()
    }
    return json.dumps({key: value for key, value in plain.items() if value not in (None, {})}, sort_keys=True)
