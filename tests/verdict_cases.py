"""The verdict tests in rules/verdicts. `python -m tests.verdict_cases` proposes those that are missing.

Cases that still hold, and those that are known to be wrong, stay as they are. Others are taken out and named, and for
each rule that no verdict test would miss a new case is searched, starting from published decisions on which the rules
agree with what was done. Read each one before you commit it: the tests say what an expert would sign, not what the
rules happen to give.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from advisor.approaches import APPROACHES
from advisor.checking.domains import Domains
from advisor.checking.items import PackFiles, conditions_of, items_of
from advisor.checking.mutation import Suite, mutants_of
from advisor.checking.probe import Probe
from advisor.checking.suggest import Suggester, Suggestion
from advisor.checking.verdicts import VerdictTest, load_verdict_tests, wrong
from advisor.documents import read_document
from advisor.rules import load_rules
from advisor.scenarios import load_scenarios
from advisor.verdict_files import VerdictEntry

ROOT: Final = Path(__file__).parents[1]
RULES: Final = ROOT / "rules"
FOLDER: Final = RULES / "verdicts"
PATHS: Final = (RULES, ROOT / "examples", ROOT / "examples" / "founding" / "cases.yaml")
_HEAD: Final = """\
# yaml-language-server: $schema=../schema/verdicts.json
# Verdict tests in which one rule of {name}.yaml decides: without it, or with its sign turned, something else comes out.
# Each is a real decision shortened to what matters, or one bent to the rule; `why` is the rule's reason.
# Read by `advisor rules test` and `advisor rules mutate`; `python -m tests.verdict_cases` proposes missing ones.
verdicts:
"""


def main() -> None:
    """Write the folder anew."""
    pack = load_rules(RULES)
    items = items_of(pack, PackFiles([RULES]))
    probe = Probe(pack, items)
    domains = Domains(pack.questionnaire, conditions_of(items))
    bases = []
    for scenario in load_scenarios([ROOT / "examples" / "scenarios"], pack.questionnaire):
        outcome = probe.outcome(probe.case(scenario.facts))
        if not scenario.set_aside and APPROACHES[outcome.order[0]] == scenario.approach:
            bases.append(scenario.facts)
    tests = load_verdict_tests(pack, [path for path in PATHS if path.exists()])
    written: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for entry in read_document(file).data["verdicts"]:
            if _holds(probe, entry):
                written.setdefault(file.stem, []).append(entry)
            else:
                print(f"no longer holds: {entry['id']}", file=sys.stderr)
    suite = Suite(probe, tests, ())
    suggester = Suggester(probe, domains, [*bases, *(test.facts for test in tests if "examples" in test.source)])
    tried: set[int] = set()
    for mutant in mutants_of(probe):
        if mutant.place in tried:
            continue
        if mutant.decides and suite.notice(mutant).verdict_test is None:
            tried.add(mutant.place)
            found = suggester.suggest(mutant.place)
            if found is None:
                print(f"no case found: {mutant}", file=sys.stderr)
                continue
            entry = as_entry(found)
            stem = Path(mutant.item.document.source).stem
            if entry["id"] in [known["id"] for known in written.get(stem, []) if "known_wrong" in known]:
                entry["id"] += "-otherwise"
            if entry["id"] not in [known["id"] for known in written.get(stem, [])]:
                written.setdefault(stem, []).append(entry)
                suite.add(VerdictTest(found.id, found.facts, VerdictEntry.model_validate(entry), "new", 1))
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.yaml"):
        file.unlink()
    for stem, entries in written.items():
        text = _HEAD.format(name=stem) + "\n".join(_lines(entry) for entry in entries)
        (FOLDER / f"{stem}.yaml").write_text(text, encoding="utf-8")


def as_entry(found: Suggestion) -> dict[str, Any]:
    """Return a proposed case as it stands in a file."""
    return {"id": found.id, "facts": dict(found.facts), **found.expected, "why": found.why}


def _holds(probe: Probe, entry: dict[str, Any]) -> bool:
    test = VerdictEntry.model_validate(entry)
    if test.known_wrong is not None:
        return True
    case = probe.case(test.facts)
    return next(wrong(test, probe.seen(case, probe.outcome(case))), None) is None


def _lines(entry: dict[str, Any]) -> str:
    facts = ", ".join(f"{fact}: {_plain(value)}" for fact, value in entry["facts"].items())
    lines = [f"  - id: {entry['id']}", f"    facts: {{{facts}}}"]
    for key, value in entry.items():
        if key not in ("id", "facts"):
            said = json.dumps(value, ensure_ascii=False) if key in ("known_wrong", "why") else _plain(value)
            lines.append(f"    {key}: {said}")
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main()
