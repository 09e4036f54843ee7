"""`advisor rules check`: everything that can be wrong with a rule pack, with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from advisor.checking.directions import Directions
from advisor.checking.domains import Domains
from advisor.checking.doubles import check_doubles
from advisor.checking.findings import Finding, in_order
from advisor.checking.holding import check_holding
from advisor.checking.items import PackFiles, conditions_of, items_of
from advisor.checking.names import check_names
from advisor.checking.numbers import check_numbers
from advisor.checking.probe import Probe
from advisor.checking.reach import Reach
from advisor.checking.reading import check_reading
from advisor.checking.sources import check_sources
from advisor.checking.tested import check_tested
from advisor.checking.texts import check_texts
from advisor.checking.thresholds import check_thresholds
from advisor.checking.verdicts import load_verdict_tests
from advisor.errors import AdvisorError, Problem
from advisor.overlay.folders import MARKER
from advisor.rule_tests import load_rule_tests
from advisor.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.checking.items import Item
    from advisor.checking.verdicts import VerdictTest
    from advisor.pack import RulePack
    from advisor.rule_tests import RuleTest

_OF_THE_WHOLE: Final = ("unreachable", "direction", "idle-fact", "unclosed-gap")
_BASES: Final = 60
_ENOUGH: Final = 100  # verdict tests of a pack with which the tests of single rules need not be tried as cases too


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and how much was looked at (`counts`: what was counted, and how many)."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]


def check_pack(folder: Path, *, search: bool = True) -> Checked:
    """Return everything that is wrong with the rule pack in a folder, or with an overlay laid over the shipped pack.

    Without `search`, only what can be proven. Raises AdvisorError when there are no rules at all; whatever is wrong
    inside them is a finding.
    """
    overlay = (folder / MARKER).is_file()
    if not overlay and not ((folder / "facts.yaml").is_file() and (folder / "settings.yaml").is_file()):
        message = f"no rules here: a pack needs facts.yaml and settings.yaml, an overlay {MARKER}"
        raise AdvisorError(Problem(message, str(folder)))
    try:
        pack = load_rules(folder)
        files = PackFiles([folder])
    except AdvisorError as error:
        return Checked(in_order(_from_loader(error)), {})
    items = items_of(pack, files)
    domains = Domains(pack.questionnaire, conditions_of(items))
    findings: list[Finding] = []
    rule_tests: tuple[RuleTest, ...] = ()
    verdict_tests: tuple[VerdictTest, ...] = ()
    try:
        rule_tests = load_rule_tests(pack, folder)
        findings += check_tested(pack, items, rule_tests)
    except AdvisorError as error:
        findings += _from_loader(error)
    for each in files.folders.folders:
        try:
            verdict_tests += load_verdict_tests(pack, [each])
        except AdvisorError as error:
            # What an overlay takes out may be named in the tests of the pack below.
            findings += _from_loader(error) if each == folder else ()
    findings += _proven(pack, items, domains, files)
    counts = {"conditions": len(items), "facts": len(pack.questionnaire.facts), "sources": len(pack.evidence)}
    if search and not any(finding.kind == "unknown-name" for finding in findings):
        findings += _searched(pack, items, domains, files, verdict_tests, rule_tests, counts)
    if overlay:  # the rest of the pack has a check of its own
        findings = [finding for finding in findings if _inside(finding, folder)]
    return Checked(in_order(findings), counts)


def _inside(finding: Finding, folder: Path) -> bool:
    """Return whether a finding is in an overlay, or about what the overlay takes away elsewhere."""
    return Path(finding.source).is_relative_to(folder) or finding.kind in _OF_THE_WHOLE


def _from_loader(error: AdvisorError) -> Iterator[Finding]:
    for problem in error.problems:
        near = f"; did you mean '{problem.suggestion}'?" if problem.suggestion else ""
        yield Finding("error", "load", problem.message + near, problem.source, problem.line)


def _proven(pack: RulePack, items: tuple[Item, ...], domains: Domains, files: PackFiles) -> Iterator[Finding]:
    yield from check_holding(items, domains)
    yield from check_doubles(pack, items, domains)
    yield from check_thresholds(pack, items)
    yield from check_texts(pack, items, files)
    yield from check_sources(pack, items, files)
    yield from check_names(pack, items, files)
    yield from check_reading(pack, items, domains, files)
    yield from check_numbers(pack, items, files)


def _searched(
    pack: RulePack,
    items: tuple[Item, ...],
    domains: Domains,
    files: PackFiles,
    verdict_tests: tuple[VerdictTest, ...],
    rule_tests: tuple[RuleTest, ...],
    counts: dict[str, int],
) -> Iterator[Finding]:
    probe = Probe(pack, items)
    few = pack.thresholds.answers
    seeds = [test.facts for test in verdict_tests]
    if len(seeds) < _ENOUGH:
        seeds += [test.entry.given for test in rule_tests if len(test.entry.given) >= few]
    named = {test.id: i for i, test in enumerate(verdict_tests)}
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
