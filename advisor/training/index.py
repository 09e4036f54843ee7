"""Building the library that ships with the program from the scenario files.

python -m advisor.training.index            writes advisor/data/scenarios.json
python -m advisor.training.index --check    only says whether that file is up to date (exit code 1 if not)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.library import LIBRARY_SCHEMA, library_path
from advisor.rules import shipped_rules
from advisor.scenarios import load_scenarios
from advisor.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.scenarios import Scenario

SEEN_IN_AT_LEAST = 2  # a word of one description alone brings no two cases closer


def library_text(scenarios: Sequence[Scenario]) -> str:
    """Return the library of scenarios as JSON, one scenario a line, the same for the same scenarios."""
    used = [set(words(f"{scenario.title} {scenario.description}")) for scenario in scenarios]
    counts = Counter(word for own in used for word in own)
    vocabulary = sorted(word for word, count in counts.items() if count >= SEEN_IN_AT_LEAST)
    place = {word: i for i, word in enumerate(vocabulary)}
    rarity = [round(math.log((1 + len(scenarios)) / (1 + counts[word])) + 1, 4) for word in vocabulary]
    rows = [
        _entry(scenario, sorted(place[word] for word in own if word in place))
        for scenario, own in zip(scenarios, used, strict=True)
    ]
    head = {
        "schema_version": LIBRARY_SCHEMA,
        "hash": scenarios_hash(scenarios),
        "words": vocabulary,
        "rarity": rarity,
    }
    lines = ",\n".join(_json(row) for row in rows)
    return f'{_json(head)[:-1]},"scenarios":[\n{lines}\n]}}\n'


def scenarios_hash(scenarios: Sequence[Scenario]) -> str:
    """Return a hash of everything that scenarios say, whatever files they stand in."""
    digest = hashlib.sha256()
    for scenario in sorted(scenarios, key=lambda scenario: scenario.id):
        digest.update(scenario.model_dump_json().encode() + b"\n")
    return digest.hexdigest()[:16]


def _entry(scenario: Scenario, own_words: list[int]) -> dict[str, Any]:
    return {
        "id": scenario.id,
        "title": scenario.title,
        "group": scenario.group,
        "facts": scenario.facts,
        "approach": scenario.approach,
        "techniques": scenario.techniques,
        "url": scenario.source.url,
        "ref": scenario.source.ref,
        "kind": scenario.source.kind,
        "strength": scenario.strength,
        "confidence": scenario.confidence,
        "evidence": scenario.evidence.strip(),
        "words": own_words,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> int:
    """Write the shipped library, or check that it is up to date; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m advisor.training.index", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the file is out of date")
    parser.add_argument("--scenarios", type=Path, default=Path(__file__).parents[2] / "examples" / "scenarios")
    arguments = parser.parse_args()
    text = library_text(load_scenarios([arguments.scenarios], shipped_rules().questionnaire))
    path = library_path()
    if not arguments.check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"{path}: out of date; run `python -m advisor.training.index`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
