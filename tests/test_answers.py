"""Answers: reading what a person types, and showing an answer in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers import answer_in_words, check_value, parse_value
from advisor.errors import AdvisorError
from advisor.facts import FactValue, load_questionnaire
from advisor.wording import format_number, quoted

QUESTIONNAIRE: Final = load_questionnaire(Path(__file__).parents[1] / "rules" / "facts.yaml")
FACTS: Final = QUESTIONNAIRE.by_id


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        ("task", "question_answering", "question_answering"),
        ("task", " Question-Answering ", "question_answering"),
        ("task", "answering questions", "question_answering"),
        ("ml_skill", "None", "none"),
        ("evaluation_set", "y", True),
        ("evaluation_set", "No", False),
        ("evaluation_set", "TRUE", True),
        ("corpus_tokens", "10k", 10_000),
        ("corpus_tokens", "2M", 2_000_000),
        ("corpus_tokens", "1.5 million", 1_500_000),
        ("corpus_tokens", "2 million tokens", 2_000_000),
        ("corpus_tokens", "3bn", 3_000_000_000),
        ("corpus_tokens", "1,200,300", 1_200_300),
        ("corpus_tokens", "1_000", 1000),
        ("corpus_tokens", "1e6", 1_000_000),
        ("corpus_tokens", "5 thousand", 5000),
        ("corpus_tokens", ".5k", 500),
        ("output_classes", "1 class", 1),
        ("latency_ms", "2 s", 2000),
        ("latency_ms", "800ms", 800),
        ("latency_ms", "1.5 seconds", 1500),
        ("latency_ms", "0.3s", 300),
        ("format_failure_rate", "7%", 0.07),
        ("format_failure_rate", "0.25", 0.25),
        ("format_failure_rate", "100 %", 1),
        ("upfront_budget_usd", "$5,000", 5000),
        ("upfront_budget_usd", "5k USD", 5000),
        ("monthly_budget_usd", "200 USD per month", 200),
        ("weeks_to_launch", "1 week", 1),
        ("weeks_to_launch", "2.5", 2.5),
    ],
)
def test_what_a_person_types(fact: str, typed: str, value: FactValue) -> None:
    read = parse_value(FACTS[fact], typed)
    assert read == value
    assert type(read) is type(value)
    assert check_value(FACTS[fact], read) is None


@pytest.mark.parametrize(
    ("fact", "typed"),
    [
        ("task", ""),
        ("task", "cooking"),
        ("evaluation_set", "maybe"),
        ("evaluation_set", ""),
        ("evaluation_set", "2"),
        ("corpus_tokens", "many"),
        ("corpus_tokens", "-5"),
        ("corpus_tokens", "2m"),
        ("corpus_tokens", "1,5"),
        ("corpus_tokens", "10 pages"),
        ("corpus_tokens", "inf"),
        ("corpus_tokens", "1e400"),
        ("corpus_tokens", "9e999"),
        ("corpus_tokens", "50%"),
        ("latency_ms", "2 weeks"),
        ("labeled_examples", "2.5"),
        ("format_failure_rate", "25"),
        ("weeks_to_launch", "3 parsecs"),
        ("latency_ms", "2 tokens"),
    ],
)
def test_what_no_answer_can_be_read_from(fact: str, typed: str) -> None:
    with pytest.raises(AdvisorError, match=f"^--set: {fact}: "):
        parse_value(FACTS[fact], typed, "--set")


@given(text=st.text(max_size=20), fact=st.sampled_from(QUESTIONNAIRE.facts))
def test_any_text_is_an_answer_or_a_problem(text: str, fact: Any) -> None:
    try:
        value = parse_value(fact, text)
    except AdvisorError:
        return
    assert check_value(fact, value) is None
    assert answer_in_words(fact, value)


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("evaluation_set", True, "yes"),
        ("evaluation_set", False, "no"),
        ("task", "agent", "acting in steps with tools"),
        ("corpus_tokens", 1, "1 token"),
        ("corpus_tokens", 0, "0 tokens"),
        ("corpus_tokens", 10_000, "10,000 tokens"),
        ("corpus_tokens", 1_200_000, "1.2 million tokens"),
        ("corpus_tokens", 2e9, "2 billion tokens"),
        ("corpus_tokens", 1_234_567, "1,234,567 tokens"),
        ("output_classes", 1, "1 class"),
        ("output_classes", 12, "12 classes"),
        ("format_failure_rate", 0.07, "7%"),
        ("format_failure_rate", 0.333, "33.3%"),
        ("format_failure_rate", 1, "100%"),
        ("latency_ms", 800, "800 milliseconds"),
        ("latency_ms", 1000, "1 second"),
        ("latency_ms", 1500, "1.5 seconds"),
        ("upfront_budget_usd", 5000, "$5,000"),
        ("monthly_budget_usd", 1_500_000, "$1.5 million a month"),
        ("weeks_to_launch", 1, "1 week"),
        ("weeks_to_launch", 1.5, "1.5 weeks"),
        ("preference_pairs", 1, "1 pair"),
    ],
)
def test_answers_in_words(fact: str, value: FactValue, words: str) -> None:
    assert answer_in_words(FACTS[fact], value) == words


@pytest.mark.parametrize("fact", QUESTIONNAIRE.facts, ids=lambda fact: fact.id)
def test_every_option_reads_as_its_label_and_is_read_from_it(fact: Any) -> None:
    for option in fact.options:
        assert answer_in_words(fact, option.id) == option.label
        assert parse_value(fact, option.label) == parse_value(fact, option.id) == option.id
    with pytest.raises(KeyError):
        fact.option("no such option")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.0, "0"),
        (0.25, "0.25"),
        (0.1 + 0.2, "0.3"),
        (1234.5, "1,234.5"),
        (10_000, "10,000"),
        (1e6, "1 million"),
        (1_250_000, "1.25 million"),
        (1_251_000, "1,251,000"),
        (-2_000_000, "-2 million"),
        (1e15, "1,000 trillion"),
        (1e-05, "1e-05"),
        (999_999, "999,999"),
        (7e12, "7 trillion"),
    ],
)
def test_numbers_read_naturally(value: float, words: str) -> None:
    assert format_number(value) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "'a'"),
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        ("é", "'é'"),
        ("\x1b[31m", r"'\x1b[31m'"),
        ("a\nb", r"'a\nb'"),
        ("x" * 100, "'" + "x" * 55 + "...'"),
        pytest.param(10**5000, "a number of thousands of digits", id="huge"),
    ],
)
def test_values_in_messages(value: object, shown: str) -> None:
    assert quoted(value) == shown
