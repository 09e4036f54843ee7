"""A JSON Schema for each kind of rule file, of complete packs and of overlays, for editors."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Final

from advisor import rule_files as files
from advisor.cost.rule_files import CostFile, PriceFile
from advisor.cue_files import ClassifierFile, CuesFile, HintsFile
from advisor.errors import AdvisorError, Problem
from advisor.facts import Questionnaire
from advisor.overlay.folders import OverlayFile
from advisor.review.rules import ReviewFile
from advisor.rule_tests import RuleTestsFile
from advisor.schemas import DIALECT, with_conditions
from advisor.validation import Model
from advisor.verdict_files import VerdictFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class JudgedFile(Model):
    """rules/judged.yaml: the experts' numbers from before the fit, by rule."""

    weights: dict[str, float]


_FILES: Final[dict[str, type[Any]]] = {
    "facts": Questionnaire,
    "settings": files.SettingsFile,
    "gap": files.GapFile,
    "intervention": files.InterventionFile,
    "techniques": files.TechniquesFile,
    "gates": files.GatesFile,
    "contradictions": files.ContradictionsFile,
    "notes": files.NotesFile,
    "stages": files.StagesFile,
    "evidence": files.EvidenceFile,
    "wording": files.WordingFile,
    "review": ReviewFile,
    "cues": CuesFile,
    "hints": HintsFile,
    "classifier": ClassifierFile,
    "judged": JudgedFile,
    "prices": PriceFile,
    "cost": CostFile,
    "tests": RuleTestsFile,
    "verdicts": VerdictFile,
    "overlay": OverlayFile,
}
_FOLDERS: Final = {
    "gaps": "gap",
    "interventions": "intervention",
    "prices": "prices",
    "cost": "cost",
    "verdicts": "verdicts",
}
_NOT_IN_OVERLAYS: Final = ("overlay", "tests", "verdicts", "judged", "hints", "classifier")
_ENTRY_KEYS: Final[dict[str, Any]] = {
    "disabled": {"type": "boolean", "description": "true takes the entry out"},
    "before": {"type": "string", "description": "the entry that this one goes before"},
    "after": {"type": "string", "description": "the entry that this one goes after"},
}


def schema_name(file: str) -> str:
    """Return which schema a rule file such as `gaps/knowledge.yaml` follows."""
    if file.endswith(".tests.yaml"):
        return "tests"
    folder, _, name = file.rpartition("/")
    return _FOLDERS.get(folder, name.removesuffix(".yaml"))


def editor_line(file: str, *, overlay: bool = False) -> str:
    """Return the first line of a rule file, by which editors find its schema."""
    name = schema_name(file)
    inside = "overlay/" if overlay and name not in _NOT_IN_OVERLAYS else ""
    return f"# yaml-language-server: $schema={'../' * file.count('/')}schema/{inside}{name}.json"


def rule_schemas(questionnaire: Questionnaire) -> dict[str, dict[str, Any]]:
    """Return every schema by its path below `schema/`, such as `gap.json` and, for overlays, `overlay/gap.json`."""
    found = {}
    for name, model in _FILES.items():
        schema = {"$schema": DIALECT, **model.model_json_schema()}
        with_conditions(schema, questionnaire)
        found[f"{name}.json"] = schema
        if name not in _NOT_IN_OVERLAYS:
            found[f"overlay/{name}.json"] = _loosened(schema)
    return found


def write_schemas(folder: Path, questionnaire: Questionnaire) -> Iterator[Path]:
    """Write every schema below a folder; yields the files. AdvisorError: one can't be written."""
    for name, schema in rule_schemas(questionnaire).items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(schema_text(schema), "utf-8")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise AdvisorError(Problem(f"can't be written: {why}", str(path))) from None
        yield path


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _loosened(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an overlay's file: every key may be left out, and entries may be taken out or placed."""
    loose = copy.deepcopy(schema)
    for part in (loose, *loose.get("$defs", {}).values()):
        part.pop("required", None)
        properties = part.get("properties", {})
        name = next((key for key in ("id", "item") if key in properties), None)
        if name is not None:
            properties |= _ENTRY_KEYS
            if part is not loose:
                part["required"] = [name]
        for inner in properties.values():
            if isinstance(inner, dict):
                inner.pop("minItems", None)
    return loose
