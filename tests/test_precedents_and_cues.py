"""Precedents, and answers proposed from a description."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import UseCase, advise, load_rules
from advisor.classifier import shipped_classifier
from advisor.cues import propose
from advisor.errors import AdvisorError
from advisor.library import library_path, load_library, shipped_library
from advisor.patterns import compiled, found_numbers, found_words, plain_text
from advisor.precedents import nearest_cases
from advisor.scenarios import load_scenarios
from advisor.training.index import library_text
from advisor.words import words

ROOT = Path(__file__).parents[1]
PACK = load_rules(ROOT / "rules")


# ------------------------------------------------------------------ library


def test_the_shipped_library_is_up_to_date() -> None:
    found = load_scenarios([ROOT / "examples" / "scenarios"], PACK.questionnaire)
    assert library_path().read_text(encoding="utf-8") == library_text(found)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 2}', '{"schema_version": 1, "scenarios": [{}]}'])
def test_a_broken_library_gives_one_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scenarios.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AdvisorError) as error:
        load_library(path)
    assert len(error.value.problems) == 1


# --------------------------------------------------------------- precedents


def test_a_published_case_is_its_own_nearest_precedent() -> None:
    hits = 0
    for case in shipped_library().cases[::20]:
        nearest = nearest_cases(shipped_library(), dict(case.facts), None, 5)
        hits += case.id in {found.case.id for found in nearest}
    assert hits >= 0.9 * len(shipped_library().cases[::20])


def test_at_most_two_precedents_of_one_source() -> None:
    for case in shipped_library().cases[::30]:
        groups = Counter(found.case.group for found in nearest_cases(shipped_library(), dict(case.facts), None))
        assert max(groups.values(), default=0) <= 2


def test_shared_answers_are_shared() -> None:
    facts = {"task": "question_answering", "knowledge_source": "private", "knowledge_change": "weekly"}
    found = nearest_cases(shipped_library(), facts, None, 10)
    assert found
    for precedent in found:
        assert all(precedent.case.facts[fact] == facts[fact] for fact in precedent.shared)
        assert all(precedent.case.facts[fact] != facts[fact] for fact in precedent.differs)


def test_of_equally_near_cases_the_measured_comes_first() -> None:
    case = next(c for c in shipped_library().cases if c.strength == "measured")
    alike = [found for found in nearest_cases(shipped_library(), dict(case.facts), None) if found.nearness > 0]
    assert alike == sorted(alike, key=lambda found: (-found.nearness, found.case.id))


def test_a_recommendation_shows_precedents_with_links_and_results() -> None:
    facts = {"task": "question_answering", "knowledge_source": "private", "knowledge_per_request": "passages"}
    result = advise(UseCase(name="docs", facts=facts))
    assert len(result.precedents) >= 3
    for case in result.precedents:
        assert case.url.startswith("http")
        assert case.result
        assert case.shared
        assert case.otherwise == (case.approach != result.approach)
    assert "## What others did" in result.to_markdown()


def test_precedents_take_a_few_milliseconds() -> None:
    facts = dict(shipped_library().cases[0].facts)
    best = min(_seconds(facts) for _ in range(5))
    assert best < 0.02


def _seconds(facts: dict[str, str | bool | int | float]) -> float:
    start = time.process_time()
    nearest_cases(shipped_library(), facts, "An assistant for lawyers that reads contracts.", 5)
    return time.process_time() - start


# ----------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("classif*", "it classifies texts", ("classifies",)),
        ("classif*", "unclassified", ()),
        ("manuals?", "the manual, two manuals", ("manual",)),
        ("answer(s|ed)? .. questions", "answers many hard questions", ("answers many hard questions",)),
        ("answers .. questions", "answers questions", ("answers questions",)),
        ("answers .. questions", "answers one two three four five six questions", ()),
        ("yes or no", "a yes\nor no decision", ("yes or no",)),
        ("[0-9.]+ ?(%|percent)", "reaches 0.5 percent", ("0.5 percent",)),
    ],
)
def test_patterns_match_whole_words(pattern: str, text: str, found: tuple[str, ...]) -> None:
    assert found_words([pattern], plain_text(text)) == found


def test_a_malformed_pattern_is_one_clear_error() -> None:
    with pytest.raises(AdvisorError, match="can't be searched for"):
        compiled("broken (")
    with pytest.raises(AdvisorError, match="nothing at all would match"):
        compiled("x?y?")


def test_every_literal_is_in_every_match() -> None:
    """The quick check before a pattern must never hide a match."""
    texts = [plain_text(s.description) for s in load_scenarios([ROOT / "examples" / "scenarios"], PACK.questionnaire)]
    hints = [word for words in shipped_classifier().features.hints.values() for word in words]
    for word in [*(word for cue in PACK.cues for word in cue.words), *hints]:
        literal, expression = compiled(word)
        assert all(literal in text for text in texts if expression.search(text)), word


def test_a_match_begins_and_ends_with_whole_words() -> None:
    assert found_words(["plan"], "a plane, an explan, re-plan, plan-b and no-plan") == ()
    assert found_words(["plan"], "explan plan") == ("plan",)
    assert [*found_numbers(["# (a|b) c"], "1 a c 22 b c 3 ac")] == [("1 a c", 1.0), ("22 b c", 22.0)]


@given(st.text(max_size=300))
def test_words_are_found_again_in_themselves(text: str) -> None:
    for word in words(text):
        assert re.fullmatch(r"[a-z0-9-]{3,}", word)


# --------------------------------------------------------------------- cues


def test_proposals_show_the_words_they_rest_on() -> None:
    text = "The benchmark counts. Each user may see only own files."
    found = {p.fact: p for p in propose(PACK.cues, text, {}, PACK.questionnaire)}
    assert found["evaluation_set"].value is True
    assert found["evaluation_set"].words == ("benchmark",)
    assert found["access_control"].words == ("each user may", "may see only")


def test_what_is_answered_is_not_proposed() -> None:
    found = propose(PACK.cues, "A test set exists.", {"evaluation_set": False}, PACK.questionnaire)
    assert all(proposal.fact != "evaluation_set" for proposal in found)


def test_two_answers_to_one_question_are_none() -> None:
    found = propose(PACK.cues, "There are no labels. A test set exists.", {}, PACK.questionnaire)
    assert all(proposal.fact != "evaluation_set" for proposal in found)


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("About 40k tickets a month come in.", "requests_per_month", 40_000),
        ("It answers 1,200 questions per day.", "requests_per_month", 36_000),
        ("2.5 million calls a year", "requests_per_month", 208_333),
        ("We have 2,500 labelled e-mails.", "labeled_examples", 2_500),
        ("500 question-and-answer pairs exist", "labeled_examples", 500),
        ("a test set of 300", "test_examples", 300),
        ("Sort mails into 12 categories", "output_classes", 12),
        ("Answers must arrive within 1.5 seconds", "latency_ms", 1_500),
        ("a budget of $2,000 a month", "monthly_budget_usd", 2_000),
        ("to be live in 6 weeks", "weeks_to_launch", 6),
        ("1,200 pages of manuals", "corpus_tokens", 600_000),
    ],
)
def test_numbers_are_proposed_in_the_units_of_their_question(text: str, fact: str, value: float) -> None:
    found = {p.fact: p.value for p in propose(PACK.cues, text, {}, PACK.questionnaire)}
    assert found.get(fact) == value


@pytest.mark.parametrize(
    "text",
    [
        "Between 100-200 tickets a month",
        "$12 tickets a month",
        "version 1.2.40 tickets a month",
        "40 tickets a month now, 900 tickets a month next year",
        "99999999999999999999 tickets a month",
        "no tickets a month",
    ],
)
def test_numbers_that_are_not_plain_are_not_proposed(text: str) -> None:
    assert "requests_per_month" not in {p.fact for p in propose(PACK.cues, text, {}, PACK.questionnaire)}


def test_accepted_proposals_count_and_are_marked() -> None:
    case = UseCase(
        name="a", description="Lawyers ask it questions; each user may see only own files; a test set exists."
    )
    shown, taken = advise(case), advise(case, accept_proposed=True)
    assert [p.taken for p in shown.proposals] == [False] * len(shown.proposals)
    assert taken.proposals
    assert all(p.taken for p in taken.proposals)
    assert {a.fact for a in taken.answers} == {p.fact for p in taken.proposals}
    assert not shown.answers
    assert "seems to answer" in shown.to_markdown()


def test_cues_keep_their_precision() -> None:
    """At least 85 of 100 proposals agree with the coders, on the cases that may be learned from."""
    right = proposed = 0
    for scenario in load_scenarios([ROOT / "examples" / "scenarios"], PACK.questionnaire):
        if not scenario.set_aside:
            for found in propose(PACK.cues, scenario.description, {}, PACK.questionnaire):
                proposed += 1
                right += scenario.facts.get(found.fact) == found.value
    assert proposed > 300
    assert right / proposed >= 0.85
