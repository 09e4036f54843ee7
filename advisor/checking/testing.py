"""`advisor rules test`: run the tests beside the rules and the tests of whole verdicts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.checking.deciding import decided
from advisor.checking.verdicts import EXPECTED_FILE, load_verdict_tests, wrong
from advisor.errors import AdvisorError, Problem
from advisor.rule_tests import load_rule_tests, run_rule_test
from advisor.rules import TESTS_SUFFIX
from advisor.wording import inert, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from advisor.checking.verdicts import VerdictTest
    from advisor.pack import RulePack
    from advisor.rule_tests import RuleTest


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests that were found, by kind."""

    rules: tuple[RuleTest, ...]
    verdicts: tuple[VerdictTest, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What one test gave: in words how it fails (None: it passes), and why it is known to be wrong."""

    place: str
    name: str
    failure: str | None
    known_wrong: str | None

    @property
    def failed(self) -> bool:
        """Return whether the result is a failure: one that is not known, or a known one that no longer fails."""
        return (self.failure is None) is (self.known_wrong is not None)


def load_tests(pack: RulePack, paths: Sequence[Path]) -> Tests:
    """Return all tests in files and folders; AdvisorError when one can't be read or a path holds none."""
    rules: list[RuleTest] = []
    verdicts: list[VerdictTest] = []
    for path in paths:
        if not path.exists():
            raise AdvisorError(Problem("no such file or folder", str(path)))
        before = len(rules) + len(verdicts)
        if path.is_dir():
            rules += load_rule_tests(pack, path)
        elif path.name.endswith(TESTS_SUFFIX):
            rules += [test for test in load_rule_tests(pack, path.parent) if test.source == str(path)]
        if path.is_dir() or not path.name.endswith(TESTS_SUFFIX):
            verdicts += load_verdict_tests(pack, [path])
        if len(rules) + len(verdicts) == before:
            looked_for = f"*{TESTS_SUFFIX}, {EXPECTED_FILE} or a folder named verdicts"
            raise AdvisorError(Problem(f"no tests here; looked for {looked_for}", str(path)))
    return Tests(tuple(rules), tuple(verdicts))


def tests_of_pack(pack: RulePack) -> Tests:
    """Return the tests that lie in a pack and in its overlays.

    What an overlay tests anew replaces the tests below: those of the same rule, gap, choice or other entry, and
    verdicts of the same id. Tests below of what an overlay takes out, or puts out of reach and says so, are left out.
    AdvisorError as for `load_tests`.
    """
    rules: list[RuleTest] = []
    verdicts: list[VerdictTest] = []
    problems: list[Problem] = []
    for position, folder in enumerate(pack.folders):
        below = position == 0 and len(pack.folders) > 1
        try:
            own = load_rule_tests(pack, folder, below=below)
            retested = {(test.kind, test.name) for test in own}
            rules = [test for test in rules if (test.kind, test.name) not in retested] + [*own]
        except AdvisorError as error:
            problems += error.problems
        try:
            judged = load_verdict_tests(pack, [folder], below=below)
            if below:
                judged = tuple(test for test in judged if not _names_any(test, pack.allow_unreachable))
            replaced = {test.id for test in judged}
            verdicts = [test for test in verdicts if test.id not in replaced] + [*judged]
        except AdvisorError as error:
            problems += error.problems
    if problems:
        raise AdvisorError(problems)
    return Tests(tuple(rules), tuple(verdicts))


def _names_any(test: VerdictTest, approaches: Collection[str]) -> bool:
    return any(name in approaches for name in (test.expected.approach, *test.expected.order))


def run_tests(pack: RulePack, tests: Tests) -> tuple[Result, ...]:
    """Return what each test gave, in order."""
    return (*_run_rules(pack, tests.rules), *_run_verdicts(pack, tests.verdicts))


def _run_rules(pack: RulePack, tests: Iterable[RuleTest]) -> Iterator[Result]:
    for test in tests:
        failure = run_rule_test(pack, test)
        said = None if failure is None else one_line(failure.partition("\n  ")[2])
        yield Result(f"{test.source}:{test.line}", str(test), said, test.entry.known_wrong)


def _run_verdicts(pack: RulePack, tests: Iterable[VerdictTest]) -> Iterator[Result]:
    for test in tests:
        seen, reason = decided(pack, test.facts)
        said = list(wrong(test.expected, seen))
        failure = f"{one_line('; '.join(said))}\n    {one_line(reason)}" if said else None
        yield Result(f"{test.source}:{test.line}", f"verdict {test.id}", failure, test.expected.known_wrong)


def to_text(results: Sequence[Result]) -> str:
    """Return failures and known-wrong cases, each with its place, and a summary."""
    lines: list[str] = []
    failed = [result for result in results if result.failed]
    known = [result for result in results if result.known_wrong is not None and not result.failed]
    for result in failed:
        said = result.failure or one_line(f"it passes now; take out its `known_wrong` ({result.known_wrong})")
        lines.append(f"{result.place}: FAILED {one_line(result.name)}\n  {said}")
    for result in known:
        why = one_line(result.known_wrong or "")
        lines.append(f"{result.place}: known wrong: {one_line(result.name)}\n  {result.failure}\n  because: {why}")
    passed = len(results) - len(failed) - len(known)
    lines.append(f"{passed} passed, {len(failed)} failed, {len(known)} known to be wrong")
    return inert("\n".join(lines))


def to_json(results: Sequence[Result]) -> str:
    """Return all results as JSON."""
    listed = [
        {
            "place": result.place,
            "test": result.name,
            "status": "failed" if result.failed else "known_wrong" if result.known_wrong else "passed",
            "failure": result.failure,
            "known_wrong": result.known_wrong,
        }
        for result in results
    ]
    failed = sum(result.failed for result in results)
    return json.dumps({"tests": len(results), "failed": failed, "results": listed}, indent=2, ensure_ascii=False)
