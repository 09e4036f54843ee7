"""Precedents: the published decisions nearest to a case, by shared answers and by the words of its description."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from advisor.answers import answer_in_words
from advisor.features import level
from advisor.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.facts import FactValue, Questionnaire
    from advisor.library import Library, LibraryCase

SHOWN: Final = 3
OTHERS_SHOWN: Final = 2
MOST_OF_ONE_GROUP: Final = 2
_STRENGTH: Final = {"measured": 1.0, "shipped": 0.92, "recommended": 0.84}  # measured before shipped before recommended
_TEXT_PART: Final = 0.3  # how much the words of the description count beside the answers
_NEAR_ENOUGH: Final = 0.15  # below this a case is not like the user's at all
_SHARED_SHOWN: Final = 4
_FEW_IN_COMMON: Final = 4.0  # counts as so much disagreement: a few shared answers alone make no near case


class Precedent(NamedTuple):
    """A published case, how near it is (0..1), and the answers that it shares, the most telling first."""

    case: LibraryCase
    nearness: float
    shared: tuple[str, ...]
    differs: tuple[str, ...]


def nearest_cases(library: Library, facts: Facts, description: str | None, limit: int | None = None) -> list[Precedent]:
    """Return published cases from the nearest down, at most two of one source, `limit` in all."""
    rarity = _rarity(library)
    own = _Own(library, facts, description)
    scored = sorted(
        ((_nearness(library, rarity, own, case), case) for case in library.cases),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    found: list[Precedent] = []
    groups: dict[str, int] = {}
    for nearness, case in scored:
        if nearness < _NEAR_ENOUGH or (limit is not None and len(found) == limit):
            break
        groups[case.group] = groups.get(case.group, 0) + 1
        if groups[case.group] <= MOST_OF_ONE_GROUP:
            found.append(Precedent(case, nearness, *_compared(rarity, facts, case)))
    return found


def same_and_other(
    precedents: Sequence[Precedent], approach: Approach | None
) -> tuple[list[Precedent], list[Precedent]]:
    """Return the nearest cases, and the nearest of them that chose another approach than the one recommended."""
    near = list(precedents[:SHOWN])
    others = [p for p in precedents if approach is not None and p.case.approach != approach and p not in near]
    return near, others[:OTHERS_SHOWN]


def in_words(questionnaire: Questionnaire, facts: Mapping[str, FactValue], fact_ids: Iterable[str]) -> tuple[str, ...]:
    """Return answers in words, each with what it answers."""
    found = []
    for fact_id in fact_ids:
        fact = questionnaire.by_id.get(fact_id)
        if fact is not None and fact_id in facts:
            found.append(f"{fact.short}: {answer_in_words(fact, facts[fact_id])}")
    return tuple(found)


@lru_cache(maxsize=4)
def _rarity(library: Library) -> dict[str, float]:
    """Return how much an answer tells: rare ones more, so that "an evaluation set exists" makes few cases alike."""
    counts: dict[str, int] = {}
    for case in library.cases:
        for fact, value in case.facts.items():
            key = f"{fact}={_level(value)}"
            counts[key] = counts.get(key, 0) + 1
    whole = len(library.cases)
    return {key: math.log(1 + whole / count) for key, count in counts.items()}


@lru_cache(maxsize=1024, typed=True)  # the same answers come up in case after case
def _level(value: FactValue) -> str:
    """Return an answer as it is compared: numbers by their order of magnitude."""
    if isinstance(value, (bool, str)):
        return level(value, None)
    return str(round(math.log10(value + 1)))


class _Own:
    """One's own answers and words, as cases are compared with them."""

    def __init__(self, library: Library, facts: Facts, description: str | None) -> None:
        # In one order, so that sums do not depend on the order of the answers.
        self.answers = [(fact, f"{fact}={_level(value)}") for fact, value in sorted(facts.items())]
        known = set(words(description)) if description else set()
        self.words = frozenset(i for i, word in enumerate(library.words) if word in known) if known else frozenset()
        self.length = math.fsum([library.rarity[i] ** 2 for i in self.words])


def _nearness(library: Library, rarity: Mapping[str, float], own: _Own, case: LibraryCase) -> float:
    """Return how near a case is: the weighed share of answers that agree, of those given on either side and known."""
    alike = apart = 0.0
    theirs = case.facts
    for fact, key in own.answers:
        if fact in theirs:
            other = f"{fact}={_level(theirs[fact])}"
            weight = rarity.get(other, 0.0)
            if key == other:
                alike += weight
            else:
                apart += weight
    by_answers = alike / (alike + apart + _FEW_IN_COMMON) if own.answers else 0.0
    if not own.words:
        return by_answers * _STRENGTH[case.strength]
    by_words = _cosine(library, own, case)
    part = _TEXT_PART if own.answers else 1.0
    return ((1 - part) * by_answers + part * by_words) * _STRENGTH[case.strength]


def _cosine(library: Library, own: _Own, case: LibraryCase) -> float:
    shared = math.fsum([library.rarity[i] ** 2 for i in case.words if i in own.words])
    if not shared:
        return 0.0
    theirs = math.fsum([library.rarity[i] ** 2 for i in case.words])
    return shared / math.sqrt(own.length * theirs)


def _compared(rarity: Mapping[str, float], facts: Facts, case: LibraryCase) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the facts that a case answers alike and otherwise, the most telling first."""
    both = [fact for fact in facts if fact in case.facts]
    both.sort(key=lambda fact: (-rarity.get(f"{fact}={_level(case.facts[fact])}", 0.0), fact))
    alike = [fact for fact in both if _level(facts[fact]) == _level(case.facts[fact])]
    apart = [fact for fact in both if fact not in alike]
    return tuple(alike[:_SHARED_SHOWN]), tuple(apart[:_SHARED_SHOWN])
