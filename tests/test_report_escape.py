"""Texts of users and rule files are shown as they are: no Markdown, HTML, Mermaid, Jinja or control character acts."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from advisor import Recommendation, UseCase, advise
from advisor.report.escape import as_text, link, mermaid_label
from advisor.wording import one_line

HOSTILE: Final = (
    "<script>alert(1)</script>",
    "</summary></details><details open>",
    "a | b || c \\| d \\\\| e",
    "# heading\n## another\n\n# third",
    "- item\n* item\n1. item\n> quote",
    "---",
    "===",
    "```\ncode\n```",
    "`code` **bold** _it_ ~~gone~~ __b__",
    "[label](javascript:alert(1)) ![image](http://x.example/a.png)",
    "[1]: http://x.example 'title'",
    "<http://x.example> www.x.example https://x.example",
    "{{ 7 * 7 }} {% raw %} {# gone #} {{ report }}",
    "${{ secrets.TOKEN }} $x^2$",
    "\x1b[31mred\x1b[0m \x07\x00\x9b31m",
    "\u202egnp.exe\u202c \ud800 \ufeff",
    "&lt;b&gt; &amp; &#60;script&#62;",
    '"] --> x["',
    "%%{init: {'theme': 'dark'}}%%",
    "   indented\t\ttabs",
    "1) first",
    "+ plus",
    "|---|---|",
    "<!-- hidden --> <?php ?> <![CDATA[x]]>",
    "end subgraph\n```\n",
)
ANY_TEXT: Final = st.text(st.characters(codec=None), max_size=60) | st.lists(
    st.sampled_from(HOSTILE), min_size=1, max_size=3
).map(" ".join)
# Chosen from a few, not free text: their values have a meaning for the program.
CLOSED: Final = {
    *(
        "approach",
        "leaning",
        "verdict",
        "decided_by",
        "status",
        "part",
        "paid_by",
        "id",
        "rule",
        "fact",
        "influence",
        "basis",
        "grade",
    ),
    *("prefers", "rules_prefer", "one_of", "spoke", "kind", "strength"),
    *("read", "evidence", "against", "disagrees_with", "techniques", "parts", "rules_hash"),
    *("cheapest", "recommended", "option", "best_fit", "kind", "phase", "origin"),
}


@cache
def markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


@cache
def full() -> Recommendation:
    """Return a recommendation with every section."""
    facts: dict[str, Any] = {
        "task": "content_writing",
        "knowledge_source": "private",
        "knowledge_per_request": "passages",
        "style": "distinctive",
        "quality_judged_by": "preference",
        "main_failure": "wrong_manner",
        "prompting_result": "close",
        "rag_result": "close",
        "rag_failure": "found_but_misused",
        "evaluation_set": False,
        "test_examples": 80,
        "labeled_examples": 900,
        "stakes": "high",
        "corpus_readiness": "needs_cleanup",
        "citations_required": True,
        "deployment": "hosted_api",
    }
    return with_later_parts(advise(UseCase(name="Case", description="What it is for", facts=facts)))


def with_later_parts(recommendation: Recommendation) -> Recommendation:
    """Return a recommendation in which the parts of later stages of the product are filled in."""
    question = {
        "fact": "task",
        "question": "How large is it?",
        "why": "It decides the size.",
        "effects": [
            {"answer": "small", "words": "small", "approach": "prompting"},
            {"answer": True, "words": "yes", "approach": "rag"},
        ],
    }
    flip = {
        "changes": [
            {
                "fact": "task",
                "short": "the main task",
                "from": "agent",
                "to": "review",
                "from_words": "acting in steps",
                "to_words": "reviewing",
            }
        ],
        "approach": "rag",
        "margin": 0.1,
        "influence": "given",
    }
    case = {
        "id": "a-case",
        "title": "A case",
        "approach": "rag",
        "did": "Did this",
        "result": "It held",
        "url": "https://x.example",
        "reference": "A source",
        "kind": "paper",
        "strength": "measured",
        "shared": ["the task", "the style"],
        "differs": ["the model"],
        "nearness": 0.5,
    }
    return Recommendation.model_validate(
        recommendation.model_dump()
        | {
            "stable": False,
            "stays": 0.9,
            "next_questions": tuple({**question, "question": f"Question {n}?", "why": f"Why {n}."} for n in range(4)),
            "flips": tuple({**flip, "words": f"If it were {n}, it would be another."} for n in range(5)),
            "precedents": tuple(
                {**case, "title": f"Case {n}", "did": f"Did {n}", "result": f"Result {n}", "otherwise": n == 3}
                for n in range(4)
            ),
        }
    )


def with_texts(recommendation: Recommendation, text: str) -> Recommendation:
    """Return the recommendation with every free text replaced by one text."""

    def replaced(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: replaced(entry, name) for name, entry in value.items()}
        if isinstance(value, (list, tuple)):
            return [replaced(entry, key) for entry in value]
        return text if isinstance(value, str) and key not in CLOSED else value

    return Recommendation.model_validate(replaced(recommendation.model_dump()))


def shape(report: str) -> list[tuple[str, str]]:
    """Return the block structure of a Markdown text, without the texts in it."""
    return [
        (token.type, token.tag)
        for block in markdown().parse(report)
        for token in (block, *(child for child in block.children or () if child.type != "text"))
    ]


def shown(source: str) -> str:
    """Return what a reader sees of one line of Markdown."""
    (inline,) = [block for block in markdown().parse(source) if block.type == "inline"]
    assert all(child.type in ("text", "text_special") for child in inline.children or ())
    return "".join(child.content for child in inline.children or ())


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_exactly(text: str) -> None:
    visible = one_line(text)
    assert shown(as_text(text)) == visible
    assert "\n" not in visible
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", visible)


@given(ANY_TEXT)
def test_any_text_is_shown_exactly(text: str) -> None:
    visible = one_line(text)
    escaped = as_text(text)
    assert as_text(escaped) == escaped
    if visible.strip():
        assert shown(escaped) == visible


@given(ANY_TEXT)
def test_a_mermaid_label_can_not_end_its_quotes(text: str) -> None:
    label = mermaid_label(text)
    assert re.fullmatch(r'"[^"<>`|%{}\[\]\n]*"', label)
    assert not re.search(r"#(?!\d+;)", label)


@given(ANY_TEXT, ANY_TEXT)
def test_a_link_leads_to_the_web_or_nowhere(label: str, rest: str) -> None:
    for url in (rest, "https://x.example/" + rest, "javascript:" + rest):
        tokens = markdown().parseInline(link(label, url))[0].children or []
        targets = [token.attrs["href"] for token in tokens if token.type == "link_open"]
        assert all(str(target).startswith(("http://", "https://")) for target in targets)
        assert not any(token.type in ("html_inline", "image", "code_inline") for token in tokens)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_anywhere_changes_the_structure(text: str) -> None:
    plain = with_texts(full(), "word word")
    report = with_texts(full(), text).to_markdown()
    assert shape(report) == shape(plain.to_markdown())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]", report)
    assert "<script" not in report


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT.filter(lambda text: bool(text.strip())), ANY_TEXT.filter(lambda text: bool(text.strip())))
def test_no_name_or_description_changes_the_structure(name: str, description: str) -> None:
    plain = full().model_copy(update={"name": "word", "description": "word"}).to_markdown()
    report = full().model_copy(update={"name": name, "description": description}).to_markdown()
    assert shape(report) == shape(plain)
    assert report.splitlines()[4:] == plain.splitlines()[4:]


def test_jinja_in_a_name_is_not_executed() -> None:
    report = full().model_copy(update={"name": "{{ 7 * 7 }}"}).to_markdown()
    assert report.startswith("# {{ 7 \\* 7 }}\n")


def test_long_texts_are_cut_at_a_word() -> None:
    report = full().model_copy(update={"name": "word " * 1000, "description": "x" * 100_000}).to_markdown()
    title, _, description = report.splitlines()[:3]
    assert title.endswith("word…")
    assert len(title) < 130
    assert len(description) < 410
