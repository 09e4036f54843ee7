"""Writes the index of published decisions that ships with the program.

Run `python -m advisor.training.case_index examples/scenarios` after changing a scenario.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.cases import INDEX
from advisor.rules import shipped_rules
from advisor.scenarios import load_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.scenarios import Scenario


def index_text(scenarios: Iterable[Scenario]) -> str:
    """Return the index as JSON with one case on a line."""
    lines = [
        json.dumps(
            {
                "id": scenario.id,
                "title": scenario.title,
                "group": scenario.group,
                "url": scenario.source.url,
                "kind": scenario.source.kind,
                "facts": scenario.facts,
                "approach": scenario.approach,
                "techniques": scenario.techniques,
                "strength": scenario.strength,
                "evidence": scenario.evidence,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for scenario in scenarios
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main() -> None:
    """Write the index from the scenario files or folders named on the command line."""
    paths = [Path(name) for name in sys.argv[1:]] or [Path("examples/scenarios")]
    scenarios = load_scenarios(paths, shipped_rules().questionnaire)
    INDEX.parent.mkdir(exist_ok=True)
    INDEX.write_text(index_text(scenarios), encoding="utf-8", newline="\n")
    print(f"{len(scenarios)} cases written to {INDEX}")


if __name__ == "__main__":
    main()
