"""`advisor rules check`: everything that can be wrong with a rule pack, with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from advisor.checking.beside import check_beside
from advisor.checking.directions import Directions
from advisor.checking.domains import Domains
from advisor.checking.doubles import check_doubles
from advisor.checking.findings import Finding, from_problems, in_order
from advisor.checking.holding import check_holding
from advisor.checking.items import PackFiles, conditions_of, items_of
from advisor.checking.names import check_names
from advisor.checking.numbers import check_numbers
from advisor.checking.probe import Probe
from advisor.checking.reach import Reach
from advisor.checking.reading import check_reading
from advisor.checking.repeats import check_repeats
from advisor.checking.sources import check_sources
from advisor.checking.tested import check_tested
from advisor.checking.testing import Tests, tests_of_pack
from advisor.checking.texts import check_texts
from advisor.checking.thresholds import check_thresholds
from advisor.errors import AdvisorError, Problem
from advisor.overlay.folders import MARKER
from advisor.reach import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from advisor.checking.items import Item
    from advisor.pack import RulePack

SEARCHED: Final = ("direction", "no-effect", "unreachable")
"""The kinds of findings that a search adds to what is proven."""

_BASES: Final = 60
_ENOUGH: Final = 100  # verdict tests of a pack with which the tests of single rules need not be tried as cases too


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and how much was looked at (`counts`: what was counted, and how many)."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]


def check_pack(*folders: Path, search: bool = True) -> Checked:
    """Return everything that is wrong with the pack that folders of rules make: a complete one, then overlays.

    Without `search`, only what can be proven. Raises AdvisorError when there are no rules at all; whatever is wrong
    inside them is a finding.
    """
    for folder in folders:
        if not any((folder / name).is_file() for name in (MARKER, "settings.yaml")):
            message = f"no rules here: a pack needs facts.yaml and settings.yaml, an overlay {MARKER}"
            raise AdvisorError(Problem(message, str(folder)))
    try:
        pack = load_rules(*folders)
        files = PackFiles(folders)
    except AdvisorError as error:
        return Checked(in_order(from_problems(error)), {})
    items = items_of(pack, files)
    domains = Domains(pack.questionnaire, conditions_of(items))
    findings: list[Finding] = []
    tests = Tests((), ())
    try:
        tests = tests_of_pack(pack)
        findings += check_tested(pack, items, tests.rules)
    except AdvisorError as error:
        findings += from_problems(error)
    findings += check_repeats(files, tests.verdicts)
    findings += _proven(pack, items, domains, files)
    counts = {"conditions": len(items), "facts": len(pack.questionnaire.facts), "sources": len(pack.evidence)}
    if search and not any(finding.kind in ("load", "unknown-name") for finding in findings):
        findings += _searched(pack, items, domains, files, tests, counts)
    return Checked(in_order(findings), counts)


def _proven(pack: RulePack, items: tuple[Item, ...], domains: Domains, files: PackFiles) -> Iterator[Finding]:
    yield from check_holding(items, domains)
    yield from check_doubles(pack, items, domains)
    yield from check_thresholds(pack, items)
    yield from check_texts(pack, items, files)
    yield from check_sources(pack, items, files)
    yield from check_names(pack, items, files)
    yield from check_reading(pack, items, domains, files)
    yield from check_numbers(pack, items, files)
    yield from check_beside(pack, files)


def _searched(
    pack: RulePack,
    items: tuple[Item, ...],
    domains: Domains,
    files: PackFiles,
    tests: Tests,
    counts: dict[str, int],
) -> Iterator[Finding]:
    probe = Probe(pack, items)
    few = pack.thresholds.answers
    seeds = [test.facts for test in tests.verdicts]
    if len(seeds) < _ENOUGH:
        seeds += [test.entry.given for test in tests.rules if len(test.entry.given) >= few]
    named = {test.id: i for i, test in enumerate(tests.verdicts)}
    reach = Reach(probe, domains, seeds, named)
    unreached = list(reach.unreached(files))
    yield from unreached
    if not unreached:  # else the rules of what is not reached would all be named too
        yield from reach.idle()
    tried = [case.facts for case, _ in reach.tried]
    directions = Directions(probe, domains, tried[:: max(1, len(tried) // _BASES)])
    yield from directions.findings(files)
    counts |= {
        "cases": probe.decisions,
        "directions_proven": directions.proven,
        "directions_searched": directions.searched,
    }
