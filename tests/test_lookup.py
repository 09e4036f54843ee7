"""`rules show`: every name of the rule pack can be explained, and is found where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from advisor.cli.program import app
from advisor.condition_words import raw_in_words
from advisor.errors import AdvisorError
from advisor.lookup import Entry, look_up
from advisor.lookup.entries import Entries
from advisor.lookup.entry import CitedSource
from advisor.lookup.places import Places
from advisor.lookup.text import to_text
from advisor.overlay import RuleFolders
from advisor.rules import shipped_rules

PACK: Final = shipped_rules()
KINDS: Final = (
    "rule",
    "fact",
    "gap",
    "intervention",
    "variant",
    "technique",
    "approach",
    "source",
    "choice",
    "pick",
    "gate",
    "contradiction",
    "note",
    "stage",
)


def one(name: str, kind: str) -> Entry:
    (entry,) = (entry for entry in look_up(PACK, name) if entry.kind == kind)
    return entry


def test_every_name_is_explained_and_stands_where_it_says() -> None:
    lines: dict[str, list[str]] = {}
    seen = set()
    for name, make in Entries(PACK, Places(RuleFolders())).named():
        entry = make()
        seen.add(entry.kind)
        assert entry.id == name
        assert entry.details
        assert all(len(line) < 300 for line in to_text([entry]).splitlines())
        written = lines.setdefault(entry.file, Path(entry.file).read_text("utf-8").splitlines())
        assert name.rsplit(".", 1)[-1] in written[entry.line - 1], f"{entry.kind} {name} is not there"
    assert seen == set(KINDS)


def test_a_rule_is_explained() -> None:
    rule = one("tools-checkable", "rule")
    assert rule.details["counts_for"] == "how well it would work here: Tools (tools)"
    assert rule.details["holds_when"] == "outputs that a program can check: yes"
    assert "log-odds; multiplies the odds by" in str(rule.details["weight"])
    sources = rule.details["evidence_for"]
    assert isinstance(sources, tuple)
    source = sources[0]
    assert isinstance(source, CitedSource)
    assert (source.grade, source.date) == ("measured", "2022-10")
    assert source.figure


def test_a_fact_says_what_reads_it() -> None:
    fact = one("labeled_examples", "fact")
    readers = fact.details["read_by"]
    assert isinstance(readers, tuple)
    assert any(str(reader).startswith("tuning-few-examples (-") for reader in readers)
    assert fact.details["answers"] == ("a whole number of examples, from 0",)


def test_a_name_with_several_meanings_shows_them_all() -> None:
    assert [entry.kind for entry in look_up(PACK, "rag")] == ["intervention", "technique", "approach"]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AdvisorError, match="nearest names are knowledge, ") as caught:
        look_up(PACK, "knowlege")
    assert "'knowlege'" in str(caught.value)
    for odd in ("", "\0", "x" * 10_000):
        with pytest.raises(AdvisorError) as caught:
            look_up(PACK, odd)
        assert len(str(caught.value)) < 300


def test_the_command_prints_text_and_json() -> None:
    text = CliRunner().invoke(app, ["rules", "show", "rag"])
    assert text.stdout.startswith("Intervention rag: Retrieval\n")
    shown = json.loads(CliRunner().invoke(app, ["rules", "show", "rag", "--format", "json"]).stdout)
    assert [(entry["kind"], entry["id"]) for entry in shown["entries"]] == [
        ("intervention", "rag"),
        ("technique", "rag"),
        ("approach", "rag"),
    ]
    unknown = CliRunner().invoke(app, ["rules", "show", "knowlege"])
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "knowledge" in unknown.stderr


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "always"),
        ({}, "always"),
        ({"evaluation_set": False}, "a set of real cases to compare versions on: no"),
        (
            {"task": ["review", "summarization", "extraction"]},
            "the main task: summarising, extracting data or reviewing against criteria",
        ),
        (
            {"labeled_examples": {"at_least": 50, "below": 1000}},
            "the examples at hand: at least 50 examples and below 1,000 examples",
        ),
        (
            {"any": [{"stakes": ["high"]}, {"not": {"latency_ms": {"below": 2000}}}], "fits_context": True},
            "any of (the harm of a wrong output: serious harm; "
            "not (the response time that must be kept: below 2 seconds)), "
            "and all that a request needs fits into one prompt: yes",
        ),
    ],
)
def test_conditions_in_words(raw: dict[str, object] | None, words: str) -> None:
    assert raw_in_words(raw, PACK.questionnaire) == words
