"""Every malformed file ends in one error that says where and what, and never in anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from advisor import yaml_text
from advisor.errors import AdvisorError
from advisor.facts import load_questionnaire
from advisor.use_case import load_use_case
from tests.bad_input import BAD_INPUTS, BadInput

QUESTIONNAIRE: Final = load_questionnaire(Path(__file__).parents[1] / "rules" / "facts.yaml")


def test_there_are_many_and_each_has_its_own_name() -> None:
    assert len({case.id for case in BAD_INPUTS}) == len(BAD_INPUTS) >= 60


@pytest.mark.parametrize("case", BAD_INPUTS, ids=lambda case: case.id)
def test_the_error_says_where_and_what(case: BadInput, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    with pytest.raises(AdvisorError) as caught:
        load_use_case(path, QUESTIONNAIRE)
    case.check(str(caught.value), str(path))


@pytest.mark.parametrize("case", BAD_INPUTS, ids=lambda case: case.id)
def test_the_reader_without_libyaml_refuses_the_same(
    case: BadInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_text, "_loader", yaml_text.PythonLoader)
    with pytest.raises(AdvisorError):
        load_use_case(case.write(tmp_path), QUESTIONNAIRE)
