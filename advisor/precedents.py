"""Precedents: the published decisions nearest to a case, by shared answers and by the words of its description."""

from __future__ import annotations

import math
from collections import Counter
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
    compared = [_Compared(library, fact, facts[fact]) for fact in sorted(facts)]  # so that sums are always the same
    nearness = _nearness(library, compared, _own_words(library, description))
    scored = sorted(zip(nearness, library.cases, strict=True), key=lambda pair: (-pair[0], pair[1].id))
    found: list[Precedent] = []
    groups: dict[str, int] = {}
    for near, case in scored:
        if near < _NEAR_ENOUGH or (limit is not None and len(found) == limit):
            break
        groups[case.group] = groups.get(case.group, 0) + 1
        if groups[case.group] <= MOST_OF_ONE_GROUP:
            found.append(Precedent(case, near, *_shared_and_other(compared, case)))
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


class _Compared:
    """One answer beside those of all cases: the level of each (None: not given), and how much each level tells.

    Rare answers tell more, so that "an evaluation set exists" makes few cases alike.
    """

    def __init__(self, library: Library, fact: str, value: FactValue) -> None:
        self.fact = fact
        self.level = _level(value)
        given = [case.facts.get(fact) for case in library.cases]
        self.levels = [_level(value) if value is not None and type(value) is not str else value for value in given]
        counts = Counter(self.levels)
        self.rarity = {level: math.log(1 + len(given) / count) for level, count in counts.items() if level is not None}


def _level(value: FactValue) -> str:
    """Return an answer as it is compared: numbers by their order of magnitude."""
    if isinstance(value, (bool, str)):
        return level(value, None)
    return str(round(math.log10(value + 1)))


def _own_words(library: Library, description: str | None) -> frozenset[int]:
    if not description:
        return frozenset()
    own = set(words(description))
    return frozenset(i for i, word in enumerate(library.words) if word in own)


def _nearness(library: Library, compared: Sequence[_Compared], own_words: frozenset[int]) -> list[float]:
    """Return how near each case is: by its answers, by its words, and by how firmly it shows what it shows."""
    by_answers = _by_answers(compared, len(library.cases))
    by_words = _by_words(library, own_words) if own_words else by_answers
    part = _TEXT_PART if compared else 1.0
    return [
        ((1 - part) * answers + part * text if own_words else answers) * _STRENGTH[case.strength]
        for answers, text, case in zip(by_answers, by_words, library.cases, strict=True)
    ]


def _by_answers(compared: Sequence[_Compared], cases: int) -> list[float]:
    """Return the weighed share of answers that agree, of those given on either side and known."""
    alike, apart = [0.0] * cases, [0.0] * cases
    for answer in compared:
        for i, found in enumerate(answer.levels):
            if found is not None:
                (alike if found == answer.level else apart)[i] += answer.rarity[found]
    return [same / (same + other + _FEW_IN_COMMON) for same, other in zip(alike, apart, strict=True)]


def _by_words(library: Library, own_words: frozenset[int]) -> list[float]:
    """Return the cosine between the words of a description and those of each case."""
    squares = [rarity**2 for rarity in library.rarity]
    own = math.fsum(squares[i] for i in own_words)
    found = []
    for case in library.cases:
        shared = math.fsum([squares[i] for i in own_words.intersection(case.words)])
        theirs = math.fsum(map(squares.__getitem__, case.words)) if shared else 0.0
        found.append(shared / math.sqrt(own * theirs) if shared else 0.0)
    return found


def _shared_and_other(compared: Iterable[_Compared], case: LibraryCase) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the facts that a case answers alike and otherwise, the most telling first."""
    levels = [(answer, _level(case.facts[answer.fact])) for answer in compared if answer.fact in case.facts]
    levels.sort(key=lambda pair: (-pair[0].rarity[pair[1]], pair[0].fact))
    alike = [answer.fact for answer, level in levels if level == answer.level]
    apart = [answer.fact for answer, level in levels if level != answer.level]
    return tuple(alike[:_SHARED_SHOWN]), tuple(apart[:_SHARED_SHOWN])
