"""Making the classifier file from scenarios: fit, choose, hash, write. The same inputs give the same bytes."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from advisor.classifier import CLASSIFIER_SCHEMA, body_hash, numbers_hash
from advisor.errors import AdvisorError, Problem
from advisor.rules import shipped_rules_folder
from advisor.scenarios import load_scenarios
from advisor.training.classifier import INNER_FOLDS, Recipe, check_enough, fit_classifier, rules_out_of_fold
from advisor.training.design import read_settings
from advisor.training.index import scenarios_hash
from advisor.training.weights import Workbench

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.rules import RulePack
    from advisor.scenarios import Scenario

_SETTING_FILES: Final = ("classifier.yaml", "hints.yaml")


def example_scenarios() -> Path:
    """Return the folder of the published scenarios in a checkout; AdvisorError in an installation without it."""
    folder = Path(__file__).parents[2] / "examples" / "scenarios"
    if not folder.is_dir():
        raise AdvisorError(Problem("the published scenarios are not part of an installation; name files of scenarios"))
    return folder


class Progress:
    """Says on standard error how far something has come."""

    def __init__(self, what: str, steps: int) -> None:
        self.what, self.steps, self.done = what, steps, 0

    def __call__(self) -> None:
        """Count one step."""
        self.done += 1
        sys.stderr.write(f"{self.what}: {self.done} of {self.steps}\n")
        sys.stderr.flush()


def training_part(paths: Sequence[Path], pack: RulePack) -> tuple[Scenario, ...]:
    """Return the scenarios in files that may be learned from: those whose group is not set aside for measuring."""
    return tuple(s for s in load_scenarios(paths, pack.questionnaire) if not s.set_aside)


def trained_text(scenarios: Sequence[Scenario], pack: RulePack) -> str:
    """Return a classifier file made from scenarios with a pack's rules."""
    recipe = Recipe(*read_settings())
    check_enough(scenarios)
    bench = Workbench(pack)
    step = Progress("rules without each part of the scenarios", INNER_FOLDS)
    rules = rules_out_of_fold(bench, scenarios, step)
    sys.stderr.write("choosing settings and fitting the classifier\n")
    content = fit_classifier(scenarios, rules, recipe)
    made_from = {
        "scenarios": scenarios_hash(scenarios),
        "cases": len(scenarios),
        "rules": numbers_hash(pack),
        "settings": settings_hash(),
    }
    return file_text({**content, "made_from": made_from})


def settings_hash() -> str:
    """Return a hash of the files that say how the classifier is made."""
    digest = hashlib.sha256()
    for name in _SETTING_FILES:
        digest.update((shipped_rules_folder() / name).read_bytes())
    return digest.hexdigest()[:16]


def file_text(content: Mapping[str, Any]) -> str:
    """Return the text of a classifier file with its hash: one feature a line, so that changes can be reviewed."""
    body = {"schema_version": CLASSIFIER_SCHEMA, **{key: content[key] for key in sorted(content) if key != "models"}}
    lines = [f"{_json(key)}:{_json(value)}," for key, value in body.items()]
    lines.append('"models":{')
    for i, (name, model) in enumerate(sorted(content["models"].items())):
        head = {key: value for key, value in model.items() if key != "weights"}
        lines.append(f'{"," if i else ""}{_json(name)}:{_json(head)[:-1]},"weights":{{')
        lines.append(",\n".join(f"{_json(key)}:{_json(value)}" for key, value in model["weights"].items()))
        lines.append("}}")
    text = "{\n" + "\n".join(lines) + "\n}}\n"
    return '{\n"hash":"' + body_hash(text) + '",\n' + text[2:]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
