"""JSON Schemas of what the program reads and writes, for editors and for programs that make or use the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from advisor import rule_files as files
from advisor.cost.rule_files import CostFile, PriceFile
from advisor.cue_files import ClassifierFile, CuesFile, HintsFile
from advisor.facts import Questionnaire
from advisor.recommendation import Recommendation
from advisor.use_case import UseCase
from advisor.verdict_files import VerdictFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Fact

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_CONDITION_KEYS: Final = ("when", "fails_when", "only_if")
_RULE_FILES: Final[dict[str, type[Any]]] = {
    "facts.yaml": Questionnaire,
    "settings.yaml": files.SettingsFile,
    "gaps/*.yaml": files.GapFile,
    "interventions/*.yaml": files.InterventionFile,
    "techniques.yaml": files.TechniquesFile,
    "gates.yaml": files.GatesFile,
    "contradictions.yaml": files.ContradictionsFile,
    "notes.yaml": files.NotesFile,
    "stages.yaml": files.StagesFile,
    "evidence.yaml": files.EvidenceFile,
    "wording.yaml": files.WordingFile,
    "prices/*.yaml": PriceFile,
    "cost/*.yaml": CostFile,
    "cues.yaml": CuesFile,
    "hints.yaml": HintsFile,
    "classifier.yaml": ClassifierFile,
    "verdicts/*.yaml": VerdictFile,
}


def use_case_schema(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the schema of a use-case file, with every fact, its question and its possible answers."""
    schema = UseCase.model_json_schema()
    properties = schema["properties"]
    properties["facts"] = {
        "type": ["object", "null"],
        "description": "The answers. One that is missing or empty is not known.",
        "properties": {fact.id: _answer_schema(fact) for fact in questionnaire.facts},
        "additionalProperties": False,
    }
    properties["assumptions"] = {"type": ["object", "null"], "description": "Assumptions for the cost estimate."}
    schema["description"] = "What is known about a use case, for `advisor advise`. Keys of your own begin with x-."
    return {"$schema": DIALECT, **schema, "title": "Use case"}


def rules_schema(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the schema of rule files; it accepts each kind of file, and `$defs` holds them one by one."""
    _, shared = TypeAdapter.json_schemas(
        [(file, "validation", TypeAdapter(model)) for file, model in _RULE_FILES.items()]
    )
    with_conditions(shared, questionnaire)
    definitions = shared["$defs"]
    kinds = [
        {"$ref": f"#/$defs/{model.__name__}", "title": file, "description": f"rules/{file}"}
        for file, model in _RULE_FILES.items()
    ]
    return {"$schema": DIALECT, "title": "Rule file", "anyOf": kinds, "$defs": definitions}


def with_conditions(schema: dict[str, Any], questionnaire: Questionnaire) -> None:
    """Make every condition in a schema refer to one definition, which knows all facts and their answers."""
    definitions = schema.get("$defs", {})
    found = False
    for definition in (schema, *definitions.values()):
        for key in _CONDITION_KEYS:
            if key in definition.get("properties", {}):
                definition["properties"][key] = {"$ref": "#/$defs/Condition"}
                found = True
    if found:
        schema.setdefault("$defs", definitions)["Condition"] = _condition_schema(questionnaire)


def result_schema() -> dict[str, Any]:
    """Return the schema of the JSON result."""
    schema = Recommendation.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        part["required"] = list(part["properties"])  # a result holds every key, null where there is nothing to say
    return {"$schema": DIALECT, **schema}


def _answer_schema(fact: Fact) -> dict[str, Any]:
    """Return the schema of one answer; null is allowed, since an empty answer means that it is not known."""
    schema: dict[str, Any] = {"title": fact.short, "description": f"{fact.question} {fact.help}"}
    if fact.kind == "choice":
        schema["enum"] = [*fact.option_ids, None]
        # Not part of the standard, but editors show it beside each value.
        schema["enumDescriptions"] = [*(f"{option.label}. {option.about}" for option in fact.options), "not known"]
    elif fact.kind == "flag":
        schema["type"] = ["boolean", "null"]
    else:
        schema |= {"type": ["integer" if fact.integer else "number", "null"], "minimum": fact.minimum}
        if fact.maximum is not None:
            schema["maximum"] = fact.maximum
        schema["description"] += f" (Unit: {fact.unit}.)"
    return schema


def _condition_schema(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the schema of a condition: every fact with the tests that fit it, and any, all, not."""
    itself = {"$ref": "#/$defs/Condition"}
    combined = {"type": "array", "items": itself, "minItems": 1}
    return {
        "type": ["object", "null"],
        "description": "Holds when all its parts hold; unknown while an answer that decides it is missing.",
        "properties": {
            "any": combined,
            "all": combined,
            "not": itself,
            **{fact.id: {"title": fact.short, **dict(_tests(fact))} for fact in questionnaire.facts},
        },
        "additionalProperties": False,
    }


def _tests(fact: Fact) -> Iterator[tuple[str, Any]]:
    """Yield the keywords for the tests that a fact can be put to in a condition."""
    if fact.kind == "flag":
        yield "type", "boolean"
    elif fact.kind == "number":
        yield "type", "object"
        yield "properties", {"at_least": {"type": "number"}, "below": {"type": "number"}}
        yield "additionalProperties", False
        yield "minProperties", 1
    else:
        yield "type", "array"
        yield "items", {"enum": list(fact.option_ids)}
        yield "minItems", 1
        yield "uniqueItems", True
