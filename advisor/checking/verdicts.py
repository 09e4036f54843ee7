"""Tests of whole verdicts: a set of answers and what an expert expects to come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from advisor.answers import check_value
from advisor.approaches import APPROACHES
from advisor.documents import read_document
from advisor.errors import AdvisorError, Problem, nearest
from advisor.use_case import load_use_case
from advisor.validation import validated
from advisor.verdict_files import Expectation, VerdictEntry, VerdictFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from advisor.conditions import Facts
    from advisor.documents import Document, KeyPath
    from advisor.pack import RulePack
    from advisor.recommendation import Recommendation

FOLDER: Final = "verdicts"
EXPECTED_FILE: Final = "expected.yaml"


@dataclass(frozen=True, slots=True)
class VerdictTest:
    """A verdict test that was read: its answers, and what is expected of them."""

    id: str
    facts: Facts
    expected: Expectation
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What came out of a case, as far as a verdict test can see it."""

    verdict: str
    approach: str | None
    techniques: frozenset[str]
    parts: frozenset[str]
    order: tuple[str, ...]
    first_notes: frozenset[str]
    contradictions: frozenset[str]


def seen_in(result: Recommendation) -> Seen:
    """Return what a verdict test can see of a recommendation."""
    ranked = sorted(result.probabilities, key=lambda a: (-result.probabilities[a], APPROACHES.index(a)))
    return Seen(
        verdict=result.verdict,
        approach=result.approach,
        techniques=frozenset(result.techniques),
        parts=frozenset(line.part for line in result.ledger),
        order=tuple(approach for approach in ranked if result.probabilities[approach] > 0),
        first_notes=frozenset(note.id for note in result.notes if note.first),
        contradictions=frozenset(entry.id for entry in result.contradictions),
    )


def wrong(expected: Expectation, seen: Seen) -> Iterator[str]:
    """Yield in words each way in which what came out is not what was expected."""
    if expected.verdict is not None and seen.verdict != expected.verdict:
        yield f"expected the verdict {expected.verdict}, not {seen.verdict}"
    if expected.approach is not None and seen.approach != expected.approach:
        yield f"expected {expected.approach}, not {seen.approach or 'nothing'}"
    for name in expected.techniques:
        if name not in seen.techniques:
            yield f"expected the technique {name} among {', '.join(sorted(seen.techniques)) or 'none'}"
    for name in expected.parts:
        if name not in seen.parts:
            yield f"expected the part {name} among {', '.join(sorted(seen.parts)) or 'none'}"
    for name in expected.without:
        if name in seen.techniques or name in seen.parts:
            yield f"did not expect {name}"
    for better, worse in zip(expected.order, expected.order[1:], strict=False):
        if not _before(better, worse, seen.order):
            yield f"expected {better} ahead of {worse}, but the order is {', '.join(seen.order)}"
    if expected.first_note is not None and expected.first_note not in seen.first_notes:
        yield f"expected the note {expected.first_note} to be said first"
    if expected.contradictions is not None and {*expected.contradictions} != seen.contradictions:
        names = ", ".join(sorted(seen.contradictions)) or "none"
        yield f"expected the contradictions {', '.join(expected.contradictions) or 'none'}, not {names}"


def _before(better: str, worse: str, order: tuple[str, ...]) -> bool:
    return better in order and (worse not in order or order.index(better) < order.index(worse))


# ------------------------------------------------------------------ reading


def load_verdict_tests(pack: RulePack, paths: Iterable[Path], *, below: bool = False) -> tuple[VerdictTest, ...]:
    """Return the verdict tests in files, in folders of use cases with an `expected.yaml`, and in rule folders.

    Raises AdvisorError naming file and line of everything that is wrong with them. In folders `below` overlays, which
    may take out what a test names, such tests are left out instead.
    """
    tests: list[VerdictTest] = []
    problems: list[Problem] = []
    for path in paths:
        for file in _files(path):
            try:
                found = _beside(pack, file) if file.name == EXPECTED_FILE else _in_file(pack, file, problems)
                tests += found
            except AdvisorError as error:
                problems += error.problems
    if problems and not below:
        raise AdvisorError(problems)
    return tuple(tests)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    expected = path / EXPECTED_FILE
    own = sorted(path.glob("*.yaml")) if path.name == FOLDER else sorted((path / FOLDER).glob("*.yaml"))
    return [*([expected] if expected.is_file() else []), *own]


def _beside(pack: RulePack, file: Path) -> Iterator[VerdictTest]:
    """Yield a test for each use-case file that an `expected.yaml` names."""
    document = read_document(file)
    for name in document.data:
        expected = validated(Expectation, document, (name,))
        problems = list(_unknown(pack, expected, document, (name,)))
        if problems:
            raise AdvisorError(problems)
        use_case = load_use_case(file.parent / str(name), pack.questionnaire)
        yield VerdictTest(str(name), use_case.facts, expected, document.source, document.line((name,)))


def _in_file(pack: RulePack, file: Path, problems: list[Problem]) -> Iterator[VerdictTest]:
    """Yield the tests of a file with a list of cases."""
    bare = _is_list(file)
    document = read_document(file, top="list" if bare else "mapping")
    entries = _entries(document) if bare else validated(VerdictFile, document).verdicts
    for i, entry in enumerate(entries):
        at: KeyPath = (i,) if bare else ("verdicts", i)
        wrong = [*_unknown(pack, entry, document, at), *_invalid(pack, entry, document, at)]
        problems += wrong
        if not wrong:
            yield VerdictTest(entry.id, entry.facts, entry, document.source, document.line(at))


def _is_list(file: Path) -> bool:
    """Return whether a file looks like a list. What is wrong with one that can't be read is found when it is parsed."""
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return False
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return next(lines, "").startswith(("- ", "["))


def _entries(document: Document) -> list[VerdictEntry]:
    return [validated(VerdictEntry, document, (i,)) for i in range(len(document.data))]


def _invalid(pack: RulePack, entry: VerdictEntry, document: Document, at: KeyPath) -> Iterator[Problem]:
    """Yield what is wrong with the answers of a test."""
    for fact_id, value in entry.facts.items():
        fact = pack.questionnaire.by_id.get(fact_id)
        path = (*at, "facts", fact_id)
        if fact is None:
            near = nearest(fact_id, [*pack.questionnaire.by_id])
            yield document.problem(f"unknown fact '{fact_id}'", path, near)
        elif (problem := check_value(fact, value)) is not None:
            yield document.problem(problem.message, path, problem.suggestion)


def _unknown(pack: RulePack, expected: Expectation, document: Document, at: KeyPath) -> Iterator[Problem]:
    """Yield the names that a test expects and that the pack does not have."""
    parts = [option.id for option in pack.options]
    known = {
        "techniques": [*pack.techniques],
        "parts": parts,
        "without": [*pack.techniques, *parts],
        "contradictions": [when.entry.id for when in pack.contradictions],
        "first_note": [when.entry.id for when in pack.notes],
    }
    for key, names in known.items():
        value = getattr(expected, key) or ()
        for name in (value,) if isinstance(value, str) else value:
            if name not in names:
                yield document.problem(f"'{name}' is no name for `{key}`", (*at, key), nearest(name, names))
