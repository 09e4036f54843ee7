"""The questionnaire: the shipped one is sound, and mistakes in one are found with their lines."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from advisor.errors import AdvisorError
from advisor.facts import load_questionnaire

SHIPPED: Final = Path(__file__).parents[1] / "rules" / "facts.yaml"
SMALL: Final = """\
schema_version: 1
groups:
  - {id: task, title: The task, about: What it is.}
facts:
  - id: stakes
    kind: choice
    group: task
    short: the harm
    question: How much?
    help: Think.
    why: It matters.
    influence: given
    options:
      - {id: low, label: little, about: Little.}
      - {id: high, label: much, about: Much.}
    monotone:
      - {intervention: rag, lead: rises, order: [low, high]}
"""


def test_the_shipped_questionnaire_holds_together() -> None:
    questionnaire = load_questionnaire(SHIPPED)
    assert len(questionnaire.facts) >= 56
    assert set(questionnaire.by_id) == set(questionnaire.fact_ids)
    groups = [group.id for group in questionnaire.groups]
    assert {fact.group for fact in questionnaire.facts} == set(groups)
    for fact in questionnaire.facts:
        assert fact.question.endswith("?")
        assert set(fact.only_if or {}) <= {*questionnaire.fact_ids, "any", "all", "not"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: choice", "kind: coice", r"facts.yaml:6: facts.0.kind: expected .*; did you mean 'choice'\?"),
        ("    why: It matters.\n", "", r"facts.yaml:5: facts.0.why is missing"),
        ("short:", "shrot:", r"facts.yaml:8: unknown key 'shrot'; did you mean 'short'\?"),
        ("label: much", "lable: much", r"facts.yaml:15: unknown key 'lable'; did you mean 'label'\?"),
        ("lead: rises", "lead: rises, form: 5", r"facts.yaml:17: unknown key 'form'; did you mean 'from'\?"),
        ("group: task", "group: other", r"facts.yaml:7: stakes: unknown group 'other'"),
        ("id: high", "id: low", r"facts.yaml:13: stakes: an option is defined twice"),
        ("[low, high]", "[low, hihg]", r"facts.yaml:17: stakes: unknown answer 'hihg' in `order`"),
        (
            "influence: given",
            "influence: team\n    towards: [hihg]",
            r"facts.yaml:13: stakes: unknown answer 'hihg' in `to",
        ),
        (
            "influence: given",
            "influence: given\n    towards: [low]",
            r"facts.yaml:13: stakes: only a fact that the team",
        ),
        ("kind: choice", "kind: flag", r"facts.yaml:13: stakes: a choice needs `options`"),
        ("kind: choice", "kind: choice\n    unit: tokens", r"facts.yaml:7: stakes: a number needs a `unit`"),
        ("short: the harm", "short: 5", r"facts.yaml:8: facts.0.short: expected a string, not 5"),
        ("schema_version: 1", "schema_version: 2", r"facts.yaml:1: schema_version: expected 1, not 2"),
    ],
)
def test_mistakes_are_found_with_their_lines(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(SMALL)
    load_questionnaire(path)
    path.write_text(SMALL.replace(old, new, 1))
    with pytest.raises(AdvisorError, match=said):
        load_questionnaire(path)


def test_a_fact_is_defined_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(SMALL + SMALL.split("facts:\n")[1])
    with pytest.raises(AdvisorError, match=r"facts.yaml:18: the fact 'stakes' is defined twice"):
        load_questionnaire(path)
