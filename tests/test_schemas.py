"""JSON Schemas: they know every fact, and what they allow is what the program reads and writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from typer.testing import CliRunner

from advisor import UseCase, advise
from advisor.cli.program import app
from advisor.rule_schemas import editor_line, rule_schemas, schema_text
from advisor.rules import shipped_rules, shipped_rules_folder
from advisor.template import template_text

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONNAIRE: Final = shipped_rules().questionnaire


def schema(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["schema", *arguments])
    assert result.exit_code == 0
    content: dict[str, Any] = json.loads(result.stdout)
    assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    return content


def references(part: Any) -> list[str]:
    """Return every reference inside a schema."""
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for value in part for found in references(value)] if isinstance(part, list) else []


@pytest.mark.parametrize("of", ["use-case", "rules", "result"])
def test_every_reference_leads_somewhere(of: str) -> None:
    content = schema(of)
    for reference in references(content):
        assert reference.removeprefix("#/$defs/") in content["$defs"]


def test_the_use_case_is_the_default() -> None:
    assert schema() == schema("use-case")


def test_the_use_case_schema_holds_every_fact_with_its_answers() -> None:
    facts = schema()["properties"]["facts"]
    assert facts["additionalProperties"] is False
    assert list(facts["properties"]) == list(QUESTIONNAIRE.fact_ids)
    for fact in QUESTIONNAIRE.facts:
        answer = facts["properties"][fact.id]
        assert fact.question in answer["description"]
        if fact.kind == "choice":
            assert answer["enum"] == [*fact.option_ids, None]
            assert len(answer["enumDescriptions"]) == len(answer["enum"])
        elif fact.kind == "flag":
            assert answer["type"] == ["boolean", "null"]
        else:
            assert answer["minimum"] == fact.minimum
            assert answer.get("maximum") == fact.maximum


def test_the_use_case_schema_allows_what_new_writes() -> None:
    content = schema()
    written = yaml.safe_load(template_text(QUESTIONNAIRE))
    assert set(written) <= set(content["properties"])
    assert set(written["facts"]) == set(content["properties"]["facts"]["properties"])


def test_the_rules_schema_covers_every_rule_file() -> None:
    content = schema("rules")
    kinds = {kind["title"] for kind in content["anyOf"]}
    folder = shipped_rules_folder()
    engine = [path.relative_to(folder) for path in folder.rglob("*.yaml") if not path.name.endswith(".tests.yaml")]
    other = {"judged.yaml", "review.yaml"}
    found = {path.name if len(path.parts) == 1 else f"{path.parts[0]}/*.yaml" for path in engine}
    assert found - other == kinds
    assert set(QUESTIONNAIRE.fact_ids) | {"any", "all", "not"} == set(content["$defs"]["Condition"]["properties"])


def test_the_shipped_schemas_are_current() -> None:
    folder = shipped_rules_folder() / "schema"
    expected = {name: schema_text(content) for name, content in rule_schemas(QUESTIONNAIRE).items()}
    found = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.json")}
    assert found == expected, "run: advisor schema rules --into rules/schema"


def test_every_rule_file_names_its_schema() -> None:
    folder = shipped_rules_folder()
    for path in folder.rglob("*.yaml"):
        file = path.relative_to(folder).as_posix()
        first = path.read_text("utf-8").split("\n", 1)[0]
        assert first == editor_line(file), f"the first line of rules/{file} should be: {editor_line(file)}"
        assert (path.parent / first.partition("$schema=")[2]).is_file()


def test_an_overlays_schema_asks_for_the_id_alone() -> None:
    gap = rule_schemas(QUESTIONNAIRE)["overlay/gap.json"]
    assert "required" not in gap
    rule = gap["$defs"]["RuleEntry"]
    assert rule["required"] == ["id"]
    assert rule["properties"]["disabled"]["type"] == "boolean"


def test_schemas_of_an_organisations_own_facts_can_be_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["schema", "rules", "--into", str(tmp_path)])
    assert result.exit_code == 0
    assert {path.name for path in tmp_path.glob("*.json")} >= {"facts.json", "gap.json", "overlay.json"}
    assert CliRunner().invoke(app, ["schema", "--into", str(tmp_path)]).exit_code == 2


def test_schemas_that_can_not_be_written_are_told(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    result = CliRunner().invoke(app, ["schema", "rules", "--into", str(taken)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "can't be written" in result.stderr


def test_the_result_schema_names_what_advise_prints() -> None:
    content = schema("result")
    printed = advise(UseCase(name="x", facts={"task": "review"})).model_dump(mode="json")
    assert set(content["properties"]) == set(printed)
    assert set(content["required"]) == set(printed)
