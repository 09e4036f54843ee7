"""`advisor rules coverage`: which rules, branches, options and thresholds no test touches."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.checking.domains import leaves
from advisor.conditions import AllOf, AnyOf, Between, Not

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from advisor.checking.domains import Domains
    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.checking.testing import Tests
    from advisor.conditions import Condition, Facts
    from advisor.pack import RulePack


@dataclass(frozen=True, slots=True)
class Covered:
    """One kind of thing that tests can touch: how many there are, and those that no test touches."""

    what: str
    number: int
    missed: tuple[Finding, ...]

    @property
    def share(self) -> str:
        """Return the share touched, rounded down: 100% only when nothing is missed."""
        return percent(self.number - len(self.missed), self.number)


def percent(part: int, whole: int) -> str:
    """Return a share in percent, rounded down to a tenth."""
    tenths = 1000 if not whole else part * 1000 // whole
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"


def coverage(
    pack: RulePack, items: Sequence[Item], domains: Domains, files: PackFiles, tests: Tests
) -> tuple[Covered, ...]:
    """Return what the tests of a pack touch and what they leave out."""
    cases = [*(test.entry.given for test in tests.rules), *(test.facts for test in tests.verdicts)]
    asked = [item for item in items if item.kind not in ("only_if", "direction") and item.condition is not None]
    return (
        _covered("rules and other conditions, both ways", _conditions(asked, cases)),
        _covered("branches, each deciding alone", _branches(asked, cases)),
        _covered("answers", _answers(pack, files, cases)),
        _covered("thresholds, from both sides", _thresholds(asked, domains, cases)),
    )


def _covered(what: str, found: Iterable[Finding | None]) -> Covered:
    listed = list(found)
    return Covered(what, len(listed), tuple(finding for finding in listed if finding is not None))


def _conditions(items: Iterable[Item], cases: Sequence[Facts]) -> Iterator[Finding | None]:
    for item in items:
        truths = {_truth(item.condition, facts) for facts in cases}
        for truth, what in ((True, "holds"), (False, "does not hold")):
            message = f"no test answers so that {item.name} {what}"
            yield None if truth in truths else item.finding("warning", "uncovered-rule", message)


def _branches(items: Iterable[Item], cases: Sequence[Facts]) -> Iterator[Finding | None]:
    """Yield, for each part of a combined condition, whether a test shows that it decides while the others agree."""
    for item in items:
        assert item.condition is not None  # noqa: S101 - only items with a condition get here
        for part, others, joined in _parts(item.condition):
            decides = any(
                _truth(part, facts) is (not joined) and all(_truth(other, facts) is joined for other in others)
                for facts in cases
            )
            facts_named = ", ".join(dict.fromkeys(leaf.fact for leaf in leaves(part)))
            message = f"no test shows that the part of {item.name} on {facts_named} decides alone"
            yield None if decides else item.finding("warning", "uncovered-branch", message)


def _parts(condition: Condition) -> Iterator[tuple[Condition, tuple[Condition, ...], bool]]:
    """Yield each part with those beside it, and the truth that the others must have for it to decide."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts) if len(parts) > 1:
            for i, part in enumerate(parts):
                yield part, parts[:i] + parts[i + 1 :], isinstance(condition, AllOf)
                yield from _parts(part)
        case Not(part=part):
            yield from _parts(part)
        case _:
            return


def _answers(pack: RulePack, files: PackFiles, cases: Sequence[Facts]) -> Iterator[Finding | None]:
    given = {(fact, value) for facts in cases for fact, value in facts.items()}
    for i, fact in enumerate(pack.questionnaire.facts):
        if fact.kind == "number":
            continue
        values = fact.option_ids or (False, True)
        for j, value in enumerate(values):
            at = ("facts", i, "options", j) if fact.option_ids else ("facts", i)
            message = f"no test answers {fact.id} with {str(value).lower()}"
            missed = files.finding("warning", "uncovered-answer", message, "facts.yaml", *at)
            yield None if (fact.id, value) in given else missed


def _thresholds(items: Iterable[Item], domains: Domains, cases: Sequence[Facts]) -> Iterator[Finding | None]:
    """Yield, for each bound, whether tests answer in the interval just below it and in the one that it begins."""
    touched: dict[str, set[int]] = {}
    for facts in cases:
        for fact, value in facts.items():
            if domains.facts[fact].kind == "number":
                touched.setdefault(fact, set()).add(domains.cell_of(fact, value))
    for item in items:
        assert item.condition is not None  # noqa: S101 - only items with a condition get here
        for leaf in leaves(item.condition):
            if not isinstance(leaf, Between):
                continue
            for bound in (leaf.at_least, leaf.below):
                if math.isfinite(bound):
                    cell = domains.cell_of(leaf.fact, bound)
                    both = {cell - 1, cell} <= touched.get(leaf.fact, set())
                    message = f"no tests on both sides of {bound:g} of {leaf.fact}, which {item.name} names"
                    yield None if both else item.finding("warning", "uncovered-threshold", message)


def _truth(condition: Condition | None, facts: Facts) -> bool | None:
    return True if condition is None else condition.truth(facts)


def to_text(found: Sequence[Covered]) -> str:
    """Return a table of what is touched, and every thing that is not, with its place."""
    lines = [
        f"{f'{kind.number - len(kind.missed)} of {kind.number}':>14}  {kind.share:>6}  {kind.what}" for kind in found
    ]
    for kind in found:
        if kind.missed:
            lines += ["", f"Not touched: {kind.what}", *(f"  {_place(missed)}" for missed in kind.missed)]
    return "\n".join(lines)


def _place(finding: Finding) -> str:
    return f"{finding.source}:{finding.line}: {finding.message}"


def to_json(found: Sequence[Covered]) -> str:
    """Return what is touched and what is not as JSON."""
    content = [
        {
            "what": kind.what,
            "number": kind.number,
            "touched": kind.number - len(kind.missed),
            "share": kind.share,
            "missed": [{"source": f.source, "line": f.line, "message": f.message} for f in kind.missed],
        }
        for kind in found
    ]
    return json.dumps(content, indent=2, ensure_ascii=False)
