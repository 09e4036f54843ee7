"""The report as a participant of a design review reads it: what the first screen holds, order, length and wording."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from advisor import Recommendation, UseCase, advise, load_rules, load_use_case
from advisor.report import MOST_VISIBLE_LINES, to_markdown
from tests.test_report_escape import with_later_parts

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
FOUNDING: Final = {case["id"]: case for case in yaml.safe_load((EXAMPLES / "founding" / "cases.yaml").read_text())}
FILES: Final = sorted(path for path in EXAMPLES.glob("*.yaml") if path.name != "expected.yaml")
ORDER: Final = (
    "Settle this first",
    "What has to hold",
    "What to answer next",
    "What the description seems to answer",
    "What your answers say so far",
    "Plan in stages",
    "Choices inside the plan",
    "Why not the other approaches",
    "How the other approaches stand",
    "What would change the advice",
    "What others did",
    "Cost",
    "Also to mind",
    "Background",
)
# What the program calls things, and what only specialists would say.
JARGON: Final = re.compile(
    r"\b[a-z]+\\?_[a-z_\\]+\b|\b[a-z]+\.(?:basic|advanced|plain|optimised|supervised|larger)\b|\bNone\b|\bnull\b|\bTrue\b"
    r"|\bFalse\b|softmax|logistic|\bprior\b|\bexcess\b|log-odds|\bburden\b|\bledger\b|contribution|\bfacts?_id\b|\bnan\b",
)


def answered(name: str, facts: dict[str, Any]) -> Recommendation:
    return advise(UseCase(name=name, facts=facts))


@cache
def everything_known() -> Recommendation:
    facts: dict[str, Any] = {}
    for fact in load_rules().questionnaire.facts:
        by_kind = {"choice": fact.option_ids[-1] if fact.kind == "choice" else "", "flag": True, "number": 1000}
        facts[fact.id] = by_kind[fact.kind] if fact.maximum is None else min(fact.maximum, 1)
    return answered("Everything is known", facts)


@cache
def cases() -> dict[str, Recommendation]:
    questionnaire = load_rules().questionnaire
    found = {name: answered(name, case["facts"]) for name, case in FOUNDING.items()}
    found |= {path.stem: advise(load_use_case(path, questionnaire)) for path in FILES}
    voice = FOUNDING["seed-brand-voice"]["facts"]
    found["gate fails"] = answered("Voice", {**voice, "evaluation_set": False})
    letters = load_use_case(EXAMPLES / "publisher-brand-voice.yaml", questionnaire).facts
    found["several gates fail"] = answered("Voice", {**letters, "requirements_change": "shifting"})
    found["nothing answered"] = answered("Empty", {})
    found["one answer"] = answered("One", {"task": "agent"})
    found["everything known"] = everything_known()
    return found


NAMES: Final = (
    *FOUNDING,
    *(path.stem for path in FILES),
    *("gate fails", "several gates fail", "nothing answered", "one answer", "everything known"),
)


@cache
def report(name: str) -> str:
    return to_markdown(cases()[name])


@cache
def fullest(name: str) -> str:
    return to_markdown(with_later_parts(cases()[name]))


def visible(text: str) -> str:
    return re.sub(r"(?ms)^<details>\n<summary>(.*?)</summary>\n.*?^</details>$", r"\1", text)


def headings(text: str) -> list[str]:
    return re.findall(r"(?m)^## (.*)$", text)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_forty_lines_hold_what_matters(name: str) -> None:
    result = cases()[name]
    top = "\n".join(visible(report(name)).splitlines()[:40])
    assert top.startswith("# ")
    assert "**Next:** " in top
    if result.verdict == "undecided":
        assert "## Undecided" in top
        return
    assert result.approach is not None
    title = {"recommend": "Recommendation", "not_yet": "Not yet"}[result.verdict]
    assert f"## {title}: {result.approach_names[result.approach]}\n" in top
    assert f"**How sure:** {result.probabilities[result.approach]:.0%} for" in top
    assert top.count(" points |") >= 2 * len(result.ledger)
    for line in result.ledger:
        row = next(row for row in top.splitlines() if row.startswith(f"| {line.name} |"))
        assert result.gaps[line.paid_by].name in row


@pytest.mark.parametrize("name", NAMES)
def test_the_lead_is_the_difference_of_the_two_shares_beside_it(name: str) -> None:
    shown = re.search(r"How sure:\*\* (\d+)% .* with (\d+)%, (\d+) percentage points? behind", report(name))
    if shown:
        first, second, lead = map(int, shown.groups())
        assert first - second == lead


@pytest.mark.parametrize("name", NAMES)
def test_it_says_when_probabilities_do_not_come_from_points_alone(name: str) -> None:
    mixed = "foresees. The judgement of a small model that learned from published decisions is mixed in here, so "
    assert (mixed in report(name)) == (cases()[name].classifier is not None)


@pytest.mark.parametrize("name", NAMES)
def test_the_reason_is_one_sentence(name: str) -> None:
    lines = report(name).splitlines()
    reason = lines[lines.index(next(line for line in lines if line.startswith("## "))) + 2]
    assert reason.endswith(".")
    assert not re.search(r"[.!?]\s+[A-Z]", reason)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("build", [report, fullest])
def test_at_most_a_hundred_lines_are_visible(name: str, build: Any) -> None:
    assert MOST_VISIBLE_LINES == 100
    assert len(visible(build(name)).splitlines()) <= 100


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("build", [report, fullest])
def test_sections_stand_in_one_order_and_none_is_empty(name: str, build: Any) -> None:
    text = build(name)
    titles = headings(text)[1:]
    assert titles == [title for title in ORDER if title in titles]
    assert len(re.findall(r"(?m)^# ", text)) == 1
    lines = [line for line in text.splitlines() if line]
    for line, following in pairwise(lines):
        if line.startswith(("## ", "<summary>")):
            assert not following.startswith(("#", "</details>", "Made by"))
    assert text.count("<details>\n<summary>") == text.count("\n</details>\n")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("build", [report, fullest])
def test_it_is_tidy(name: str, build: Any) -> None:
    text = build(name)
    assert text.endswith(".\n")
    assert not re.search(r"[ \t]\n|\n{3}|\n\Z\n|[a-z,;] {2,}\S| [.,;](?:\s|$)|\.\.", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_heading_and_a_table_stand_apart(name: str) -> None:
    for text in (report(name), fullest(name)):
        assert re.findall(r"(?m)^.+\n#", text) == []
        assert re.findall(r"(?m)^#.*\n.+", text) == []
        assert re.findall(r"(?m)^[^|\n].*\n\|", text) == []


def without_precedents(text: str) -> str:
    """Return a report without what others did: that quotes their own words, and names what is shared each time."""
    return re.sub(r"(?s)## What others did\n.*?(?=\n## )", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_no_jargon_of_the_program(name: str) -> None:
    text = without_precedents(report(name))
    text = text[: text.index("<summary>How to read the numbers")]
    # Neither code, which is what a user types, nor addresses.
    text = re.sub(r"(?s)<summary>Sources</summary>.*?</details>|```mermaid.*?```|`[^`]*`", "", text)
    text = re.sub(r"https\\?:\S+|\]\(\S+\)", "", text)
    assert JARGON.findall(text) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_visible_is_said_twice(name: str) -> None:
    text = re.sub(r"(?m)^[-\d.* |#]+|\*\*|[|]", "", visible(without_precedents(report(name))))
    sentences = [part.strip() for part in re.split(r"(?<=[.:])\s+|\n", text)]
    told = [sentence for sentence in sentences if len(sentence) > 40]
    assert sorted(told) == sorted(set(told))


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_explained(name: str) -> None:
    text = report(name)
    guide = text[text.index("<summary>How to read the numbers") :]
    for word in ("**Points**", "**Severity**", "**Weights**", "**Probability**", "**Sources**"):
        assert word in guide


@pytest.mark.parametrize("name", NAMES)
def test_cited_sources_are_listed_and_listed_sources_are_cited(name: str) -> None:
    text = report(name)
    listed = re.findall(r"(?m)^- \[(\d+)\] ", text)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    without_list = re.sub(r"(?s)<summary>Sources</summary>.*?</details>", "", text)
    cited = {number for group in re.findall(r" \[(\d+(?:, \d+)*)\]", without_list) for number in group.split(", ")}
    assert cited == set(listed)


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_has_its_exit_criteria_and_a_picture(name: str) -> None:
    result, text = cases()[name], report(name)
    assert ("## Plan in stages" in text) == bool(result.stages)
    assert ("```mermaid\nflowchart TD\n" in text) == (len(result.stages) > 2)
    for number, stage in enumerate(result.stages, 1):
        assert (
            f"\n{number}. **{stage.title}** ({stage.effort}). Done when {stage.exit[0].lower()}{stage.exit[1:]}" in text
        )
        assert stage.stop[1:] in text


def test_it_is_the_same_each_time() -> None:
    again = answered("seed-support-docs", FOUNDING["seed-support-docs"]["facts"]).to_markdown()
    assert again == report("seed-support-docs")


def test_a_failed_gate_says_what_to_do_and_what_the_result_decides() -> None:
    text = visible(report("gate fails"))
    assert "\n## Not yet: Fine-tuning\n" in text
    gate = next(gate for gate in cases()["gate fails"].gates if gate.status == "failed")
    for part in (gate.experiment.do, gate.experiment.sample, gate.experiment.pass_mark, gate.experiment.if_pass):
        assert text.count(part) == 1


def test_of_several_failed_gates_the_first_is_told_in_full() -> None:
    result, text = cases()["several gates fail"], report("several gates fail")
    first, second = (gate.experiment for gate in result.gates if gate.status == "failed")
    assert all(part in visible(text) for part in (first.do, first.sample, second.do))
    assert second.sample in text
    assert second.sample not in visible(text)


def test_an_open_gate_becomes_a_condition() -> None:
    result, text = cases()["seed-brand-voice"], visible(report("seed-brand-voice"))
    conditions = [gate.provided for gate in result.gates if gate.status == "open"]
    assert conditions
    paragraph = next(line for line in text.splitlines() if "**provided that**" in line)
    assert all(condition in paragraph for condition in conditions)


def test_disagreeing_answers_come_before_the_plan() -> None:
    result, text = cases()["field-service-tablet"], visible(report("field-service-tablet"))
    assert result.contradictions
    for item in result.contradictions:
        assert text.index(item.because) < text.index("## Plan in stages")
    assert f"**Next:** {result.contradictions[0].mend}" in text
    assert text.count(result.contradictions[0].mend) == 1


def test_undecided_shows_what_is_known_and_no_plan() -> None:
    text = report("one answer")
    assert headings(text)[0].startswith("Undecided, leaning towards ")
    assert "## What your answers say so far" in text
    assert "## Plan in stages" not in text
    assert "Part of the plan" not in text
    empty = report("nothing answered")
    assert headings(empty) == ["Undecided", "What to answer next", "Background"]
    assert "How sure" not in empty


def test_parts_of_later_stages_show_only_when_they_are_there() -> None:
    later = ("What to answer next", "What would change the advice", "What others did")
    full = headings(fullest("publisher-brand-voice"))
    assert all(title in full for title in later)
    assert "leave the approach as it is with a probability of 90%" in fullest("publisher-brand-voice")
    bare = cases()["publisher-brand-voice"].model_copy(
        update={"next_questions": (), "flips": (), "precedents": (), "stable": True, "stays": 1.0}
    )
    text = to_markdown(bare)
    assert not any(title in headings(text) for title in later)
    assert "No answer that is still missing can change the approach." in text


def test_an_approach_that_is_ruled_out_says_why() -> None:
    facts = {**FOUNDING["seed-brand-voice"]["facts"], "training_access": "none"}
    result = answered("No training", facts)
    blocked = [other for other in result.alternatives if other.blocked]
    assert blocked
    rows = [line for line in result.to_markdown().splitlines() if "| ruled out |" in line]
    assert len(rows) == len(blocked)
    assert all(row.startswith(f"| {other.name} | 0% | ruled out |") for row, other in zip(rows, blocked, strict=True))
    assert all(len(row.split("|")[4].strip()) > 20 for row in rows)


@pytest.mark.parametrize("facts", [{"task": "conversation"}, {"task": "conversation", "labeled_examples": 20}])
def test_a_table_without_rows_is_left_out(facts: dict[str, Any]) -> None:
    lines = to_markdown(advise(UseCase(name="little known", facts=facts))).splitlines()
    assert [i for i, line in enumerate(lines) if line.startswith("| :--") and not lines[i + 1 : i + 2][0].strip()] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_cost_is_itemised_twice(name: str) -> None:
    """The recommended plan may be just the cheapest option."""
    tables = re.findall(r"consists of, in USD\*\*\n\n(.*?)\n\n", report(name), re.DOTALL)
    assert len(tables) == len({*tables})
