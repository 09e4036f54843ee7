"""Tests that lie beside the rules as data: read them, run them against a rule pack, and see what they leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

from pydantic import Field, model_validator

from advisor.answers import check_value
from advisor.assess import assess
from advisor.compiled import kept
from advisor.conditions import AllOf, AnyOf, Between, Not, OneOf
from advisor.documents import read_document
from advisor.errors import AdvisorError, Problem, nearest
from advisor.overlay.folders import MARKER
from advisor.plans import Plan
from advisor.reasons import placeholders
from advisor.rules import TESTS_SUFFIX, shipped_rules_folder
from advisor.techniques import pick
from advisor.validation import Model, validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from advisor.conditions import Condition, Facts, Truth
    from advisor.pack import RulePack
    from advisor.rule_files import ChoiceOption

EXPECTS: Final = {
    "rule": "holds",
    "block": "holds",
    "settled_by": "holds",
    "id": "holds",
    "choice": "picks",
    "option": "works",
    "gap": "severity",
}
"""What a test is about, and what it then says should come out."""

_ENTRIES: Final = ("gates", "contradictions", "notes", "stages")
_MUST_BE_TESTED: Final = ("rule", "block", "settled_by", "gates", "contradictions", "notes")

Subject: TypeAlias = tuple[str, str]
"""A kind (rule, block, settled_by, gates, contradictions, notes, stages) and an id."""


class Band(Model):
    """The values that a number may have: `at_least` <= value < `below`."""

    at_least: Annotated[float, Field(strict=True)] | None = None
    below: Annotated[float, Field(strict=True)] | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Band:
        if self.at_least is None and self.below is None:
            raise ValueError("expected at_least, below or both")
        return self

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the band."""
        return (self.at_least is None or value >= self.at_least) and (self.below is None or value < self.below)

    def __str__(self) -> str:
        """Return the band in words, such as `at least 0.7`."""
        low = None if self.at_least is None else f"at least {self.at_least:g}"
        high = None if self.below is None else f"below {self.below:g}"
        return " and ".join(bound for bound in (low, high) if bound)


class RuleTestEntry(Model):
    """One test in a file: what it is about, the answers that are given (all others are unknown), what comes out.

    `known_wrong` says why a test is known to fail; it stays visible until it passes.
    """

    rule: str | None = None
    block: str | None = None
    settled_by: str | None = None
    id: str | None = None
    choice: str | None = None
    option: str | None = None
    gap: str | None = None
    given: dict[str, Any]
    holds: Annotated[bool, Field(strict=True)] | None = None
    picks: tuple[str, ...] | None = None
    works: Band | None = None
    severity: Band | None = None
    known_wrong: Annotated[str, Field(min_length=3)] | None = None

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> RuleTestEntry:
        about = [key for key in EXPECTS if getattr(self, key) is not None]
        if len(about) != 1:
            raise ValueError(f"expected exactly one of {', '.join(EXPECTS)}")
        expected = [key for key in dict.fromkeys(EXPECTS.values()) if getattr(self, key) is not None]
        if expected != [EXPECTS[about[0]]]:
            raise ValueError(f"a test of a {about[0]} says '{EXPECTS[about[0]]}' and nothing else")
        return self

    @property
    def kind(self) -> str:
        """Return what the test is about: a key of EXPECTS."""
        return next(key for key in EXPECTS if getattr(self, key) is not None)


class RuleTestsFile(Model):
    """A `.tests.yaml` file beside a rule file."""

    tests: Annotated[tuple[RuleTestEntry, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A test that has been read and whose names are known to the pack.

    `kind` is rule, block, settled_by, choice, option, gap, or the rule file of an entry (gates, notes ...).
    """

    kind: str
    name: str
    entry: RuleTestEntry
    source: str
    line: int

    def __str__(self) -> str:
        """Return the test in one line, such as `rule rag-latency holds, given latency_ms: 699`."""
        given = ", ".join(f"{fact}: {value}" for fact, value in self.entry.given.items()) or "nothing"
        return f"{self.kind} {self.name} {_expectation(self.entry)}, given {given}"


def _expectation(entry: RuleTestEntry) -> str:
    if entry.holds is not None:
        return "holds" if entry.holds else "does not hold"
    if entry.picks is not None:
        return f"picks {', '.join(entry.picks) or 'nothing'}"
    return f"works {entry.works}" if entry.works is not None else f"has a severity {entry.severity}"


# ------------------------------------------------------------------ reading


def _of_an_overlay_inside(path: Path, root: Path) -> bool:
    """Return whether tests below a folder belong to an overlay in it, whose entries the pack does not have."""
    return any(parent != root and (parent / MARKER).is_file() for parent in path.parents if root in parent.parents)


def load_rule_tests(pack: RulePack, folder: Path | None = None, *, below: bool = False) -> tuple[RuleTest, ...]:
    """Return every test in the `.tests.yaml` files of a rule folder (the shipped one by default).

    Raises AdvisorError naming file and line of each test that can't be run: of something that the pack does not
    have, or with answers that are not valid. For a folder `below` overlays, which may take out what its tests are
    about, these are left out instead.
    """
    root = shipped_rules_folder() if folder is None else folder
    tests: list[RuleTest] = []
    problems: list[Problem] = []
    known = _names(pack)
    for path in sorted(root.rglob(f"*{TESTS_SUFFIX}")):
        if _of_an_overlay_inside(path, root):
            continue
        document = read_document(path)
        for i, entry in enumerate(validated(RuleTestsFile, document).tests):
            test = _read_test(known, entry, str(path), document.line(("tests", i)))
            wrong = [test] if isinstance(test, Problem) else list(_invalid(pack, test))
            problems += wrong
            if isinstance(test, RuleTest) and not wrong:
                tests.append(test)
    if problems and not below:
        raise AdvisorError(problems)
    return tuple(tests)


def _read_test(
    known: Mapping[str, tuple[str, ...]], entry: RuleTestEntry, source: str, line: int
) -> RuleTest | Problem:
    """Return a test together with the kind of thing that it is about, or the problem that there is no such thing."""
    name = getattr(entry, entry.kind)
    kinds = _kinds_of_id(source) if entry.kind == "id" else (entry.kind,)
    for kind in kinds:
        if name in known[kind]:
            return RuleTest(kind, name, entry, source, line)
    candidates = [other for kind in kinds for other in known[kind]]
    return Problem(f"no {' or '.join(kinds)} '{name}'", source, line, nearest(name, candidates))


def _kinds_of_id(source: str) -> tuple[str, ...]:
    """Return what a bare `id` may stand for: an entry of the rule file beside the tests, else a rule or a block."""
    beside = source.replace("\\", "/").rpartition("/")[2].removesuffix(TESTS_SUFFIX)
    return (beside,) if beside in _ENTRIES else ("rule", "block")


def _invalid(pack: RulePack, test: RuleTest) -> Iterator[Problem]:
    """Yield what is wrong with the answers that a test gives and with the picks that it expects."""
    for fact_id, value in test.entry.given.items():
        fact = pack.questionnaire.by_id.get(fact_id)
        if fact is None:
            near = nearest(fact_id, [*pack.questionnaire.by_id])
            yield Problem(f"unknown fact '{fact_id}'", test.source, test.line, near)
        elif problem := check_value(fact, value):
            yield Problem(problem.message, test.source, test.line, problem.suggestion)
    if test.entry.picks is not None:
        options = _options_of(pack, test.name)
        for name in test.entry.picks:
            if name not in options:
                message = f"the choice '{test.name}' has no option '{name}'"
                yield Problem(message, test.source, test.line, nearest(name, options))


def _options_of(pack: RulePack, choice_id: str) -> tuple[str, ...]:
    return next(tuple(option.id for option in choice.options) for choice, _ in pack.choices if choice.id == choice_id)


# ------------------------------------------------------- what can be tested


@dataclass(frozen=True, slots=True)
class _Testable:
    """Something with a condition, and the texts that are shown when it holds."""

    condition: Condition | None
    texts: tuple[str, ...]


def _testables(pack: RulePack) -> dict[Subject, _Testable]:
    """Return everything in a pack that holds or does not, except the options of choices."""
    return kept(pack, "testables", _find_testables)


def _find_testables(pack: RulePack) -> dict[Subject, _Testable]:
    found: dict[Subject, _Testable] = {}
    for rule in pack.rules.values():
        found["rule", rule.id] = _Testable(rule.condition, (rule.because,))
    for option in pack.options:
        for block in option.blocks:
            found["block", block.id] = _Testable(block.condition, (block.because,))
    for gap in pack.gaps:
        if gap.settled_by is not None:
            found["settled_by", gap.id] = _Testable(gap.settled_by.condition, (gap.settled_by.because,))
    for kind in _ENTRIES:
        for when in getattr(pack, kind):
            found[kind, when.entry.id] = _Testable(when.condition, _texts(when.entry))
    return found


def _texts(entry: Any) -> tuple[str, ...]:
    """Return the texts of an entry in which the engine fills in answers."""
    single = (getattr(entry, name, None) for name in ("because", "text", "mend"))
    several = (text for name in ("advice", "steps") for text in getattr(entry, name, ()))
    return tuple(text for text in (*single, *several) if text is not None)


def _names(pack: RulePack) -> Mapping[str, tuple[str, ...]]:
    """Return the names that tests may use, by kind."""
    names: dict[str, list[str]] = {kind: [] for kind in (*EXPECTS, *_ENTRIES)}
    for kind, name in _testables(pack):
        names[kind].append(name)
    names["choice"] = [choice.id for choice, _ in pack.choices]
    names["option"] = [option.id for option in pack.options]
    names["gap"] = [gap.id for gap in pack.gaps]
    return {kind: tuple(found) for kind, found in names.items()}


# ------------------------------------------------------------------ running


def run_rule_test(pack: RulePack, test: RuleTest) -> str | None:
    """Return in words how a test fails, with its place, or None when it passes."""
    entry = test.entry
    if entry.holds is not None:
        wrong = _wrong_holding(pack, test, entry.holds)
    elif entry.picks is not None:
        wrong = _wrong_picks(pack, test, entry.picks)
    elif entry.works is not None:
        wrong = _wrong_works(pack, test, entry.works)
    else:
        wrong = _wrong_severity(pack, test, entry.severity)
    return None if wrong is None else f"{test.source}:{test.line}: {test}\n  but {wrong}"


def _wrong_holding(pack: RulePack, test: RuleTest, expected: bool) -> str | None:
    subject = _testables(pack)[test.kind, test.name]
    truth = _truth(subject, test.entry.given)
    if expected is not (truth is True):
        return {True: "it holds", False: "it does not hold", None: "it is unknown"}[truth]
    return _gap_in_texts(subject.texts, test.entry.given) if expected else None


def _truth(subject: _Testable, facts: Facts) -> Truth:
    return True if subject.condition is None else subject.condition.truth(facts)


def _gap_in_texts(texts: Iterable[str], facts: Facts) -> str | None:
    """Return which answer a text mentions although it is not given, if any."""
    missing = {name for text in texts for name in placeholders(text)} - set(facts)
    return f"it mentions {', '.join(sorted(missing))}, which nothing answers" if missing else None


def _wrong_picks(pack: RulePack, test: RuleTest, expected: tuple[str, ...]) -> str | None:
    picked = _picked(pack, test.name, test.entry.given)
    if {option.id for option in picked} != set(expected):
        return f"it picks {', '.join(option.id for option in picked) or 'nothing'}"
    return _gap_in_texts((text for option in picked for text in _texts(option)), test.entry.given)


def _picked(pack: RulePack, choice_id: str, facts: Facts) -> tuple[ChoiceOption, ...]:
    """Return what a choice picks in a plan that holds nothing but the part that the choice belongs to."""
    part = next(choice.part for choice, _ in pack.choices if choice.id == choice_id)
    score = next(s for s in assess(pack, facts).options if part in (s.option.id, s.option.intervention))
    plan = Plan(parts=(score,), approach=score.option.approach, residual=(), burden=0.0, loss=0.0)
    return next((found.options for found in pick(pack, facts, plan) if found.choice.id == choice_id), ())


def _wrong_works(pack: RulePack, test: RuleTest, expected: Band) -> str | None:
    scores = {score.option.id: score for score in assess(pack, test.entry.given).options}
    score = scores[test.name]
    if expected.holds(score.works):
        return None
    return f"it works {score.works:.3f}, from {_weights(score.option.prior, score.contributions)}"


def _wrong_severity(pack: RulePack, test: RuleTest, expected: Band | None) -> str | None:
    scores = {score.gap.id: score for score in assess(pack, test.entry.given).gaps}
    score = scores[test.name]
    if score.severity is None:
        return "no rule of the gap is decided by these answers"
    if expected is None or expected.holds(score.severity):
        return None
    return f"its severity is {score.severity:.3f}, from {_weights(score.gap.prior, score.contributions)}"


def _weights(prior: float, rules: Iterable[Any]) -> str:
    return " ".join([f"prior {prior:+g}", *(f"{rule.id} {rule.weight:+g}" for rule in rules)])


# ----------------------------------------------------------------- coverage


def untested(pack: RulePack, tests: Iterable[RuleTest]) -> tuple[str, ...]:
    """Return in words each rule, block, gate, note, contradiction and option that lacks a test either way.

    Each needs a test in which it holds (is picked) and one in which it certainly does not: an answer that is
    merely missing shows nothing.
    """
    held: set[Subject] = set()
    failed: set[Subject] = set()
    testables = _testables(pack)
    for test in tests:
        if test.entry.picks is not None:
            for option in _options_of(pack, test.name):
                (held if option in test.entry.picks else failed).add(("pick", f"{test.name}/{option}"))
        elif test.entry.holds is not None:
            truth = _truth(testables[test.kind, test.name], test.entry.given)
            if truth is not None:
                (held if truth else failed).add((test.kind, test.name))
    needed = {subject: item.condition for subject, item in testables.items() if subject[0] in _MUST_BE_TESTED}
    needed |= {
        ("pick", f"{choice.id}/{when.entry.id}"): when.condition for choice, whens in pack.choices for when in whens
    }
    lacking = [f"{kind} {name}: no test in which it holds" for kind, name in needed if (kind, name) not in held]
    for (kind, name), condition in needed.items():
        if condition is not None and (kind, name) not in failed:
            lacking.append(f"{kind} {name}: no test in which it does not hold")
    return tuple(lacking)


def unanswered_mentions(pack: RulePack) -> tuple[str, ...]:
    """Return in words each text that mentions an answer which may be missing while its condition holds."""
    found: list[str] = []
    for (kind, name), subject in _testables(pack).items():
        found += _unanswered(f"{kind} {name}", subject.condition, subject.texts)
    for choice, whens in pack.choices:
        for when in whens:
            found += _unanswered(f"pick {choice.id}/{when.entry.id}", when.condition, _texts(when.entry))
    return tuple(found)


def _unanswered(name: str, condition: Condition | None, texts: Iterable[str]) -> Iterator[str]:
    known = frozenset() if condition is None else facts_answered(condition)
    for text in texts:
        for fact in placeholders(text):
            if fact not in known:
                yield f"{name}: mentions {{{fact}}}, which may be unknown when it holds"


def facts_answered(condition: Condition, *, truth: bool = True) -> frozenset[str]:
    """Return the facts that are answered whenever a condition has this truth."""
    match condition:
        case OneOf(fact=fact) | Between(fact=fact):
            return frozenset((fact,))
        case Not(part=part):
            return facts_answered(part, truth=not truth)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            sets = [facts_answered(part, truth=truth) for part in parts]
            every = isinstance(condition, AllOf) is truth
            return frozenset().union(*sets) if every or not sets else frozenset.intersection(*sets)
