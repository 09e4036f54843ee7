"""The file to fill in: valid as written, complete, and pleasant to read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from advisor.documents import read_document
from advisor.errors import AdvisorError
from advisor.facts import FactValue, load_questionnaire
from advisor.template import template_text, write_template
from advisor.use_case import UseCase, load_use_case

QUESTIONNAIRE: Final = load_questionnaire(Path(__file__).parents[1] / "rules" / "facts.yaml")


def test_it_is_a_use_case_with_no_answers(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    write_template(path, QUESTIONNAIRE)
    assert load_use_case(path, QUESTIONNAIRE) == UseCase(name="New use case")


def test_every_fact_has_its_place_in_the_order_of_its_group() -> None:
    given = read_document(None, template_text(QUESTIONNAIRE)).data["facts"]
    groups = [group.id for group in QUESTIONNAIRE.groups]
    expected = sorted(QUESTIONNAIRE.facts, key=lambda fact: groups.index(fact.group))
    assert list(given) == [fact.id for fact in expected]
    assert set(given.values()) == {None}


def test_every_question_and_option_is_explained() -> None:
    text = " ".join(template_text(QUESTIONNAIRE).replace("#", " ").split())
    for fact in QUESTIONNAIRE.facts:
        for part in (fact.question, fact.help, fact.why, *(option.about for option in fact.options)):
            assert " ".join(part.split()) in text
    assert "Only if rag_result is far_below, close or meets." in text


def test_lines_are_short_and_end_cleanly() -> None:
    for line in template_text(QUESTIONNAIRE).splitlines():
        assert len(line) <= 100
        assert line == line.rstrip()


def test_it_can_be_filled_in_behind_the_colons(tmp_path: Path) -> None:
    answers: dict[str, FactValue] = {}
    text = template_text(QUESTIONNAIRE)
    for fact in QUESTIONNAIRE.facts:
        examples: dict[str, FactValue] = {"flag": True, "number": 1}
        value = examples[fact.kind] if fact.kind in examples else fact.option_ids[-1]
        answers[fact.id] = value
        text, count = re.subn(rf"(?m)^(  {fact.id}:)", rf"\1 {str(value).replace('True', 'true')}", text)
        assert count == 1
    path = tmp_path / "filled.yaml"
    path.write_text(text)
    assert load_use_case(path, QUESTIONNAIRE).facts == answers


@pytest.mark.parametrize("name", ["Bob's: #1", "a 'quoted' {name}", "two\nlines", "ünïcode", "yes", "42"])
def test_any_name_can_be_given(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    write_template(path, QUESTIONNAIRE, name)
    assert load_use_case(path, QUESTIONNAIRE).name == " ".join(name.split())


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\n")
    with pytest.raises(AdvisorError, match=r"mine\.yaml: exists already"):
        write_template(path, QUESTIONNAIRE)
    assert path.read_text() == "name: mine\n"


@pytest.mark.parametrize(("file", "name", "why"), [("a.json", "x", r"such as a\.yaml"), ("a.yaml", " ", "is empty")])
def test_what_advise_could_not_read_is_not_written(file: str, name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match=why):
        write_template(tmp_path / file, QUESTIONNAIRE, name)
    assert not (tmp_path / file).exists()


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="there is no folder"):
        write_template(tmp_path / "no" / "new.yaml", QUESTIONNAIRE)


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="can't be written"):
        write_template(tmp_path / ("x" * 5000), QUESTIONNAIRE)
    write_template(tmp_path / "odd\nname.yaml", QUESTIONNAIRE)
    assert load_use_case(tmp_path / "odd\nname.yaml", QUESTIONNAIRE).facts == {}
