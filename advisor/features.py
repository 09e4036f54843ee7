"""What the classifier sees of a case, by name. Training and prediction build it here, so they can't differ."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from advisor.approaches import APPROACHES
from advisor.frozen import Frozen
from advisor.patterns import matches, plain_text
from advisor.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from advisor.conditions import Facts
    from advisor.facts import FactValue

SMALLEST_PROBABILITY: Final = 1e-4  # what a blocked approach counts with
GIVEN: Final = "given"  # the level of a number without bounds
_ENOUGH_HINTS: Final = 2  # more words of one hint say no more


def answer_features(
    facts: Facts, levels: Mapping[str, Sequence[float]], asked: Iterable[str], scales: Mapping[str, float]
) -> dict[str, float]:
    """Return a feature for each answer, and one for each question of `asked` that is not answered."""
    found = {f"fact:{fact}={level(value, levels.get(fact))}": scales["fact"] for fact, value in sorted(facts.items())}
    return found | {f"unknown:{fact}": scales["unknown"] for fact in asked if fact not in facts}


def level(value: FactValue, bounds: Sequence[float] | None) -> str:
    """Return the level of an answer: an option, yes or no, or how many bounds a number reaches."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return GIVEN if bounds is None else str(sum(value >= bound for bound in bounds))


def rule_features(probabilities: Sequence[float], scales: Mapping[str, float]) -> dict[str, float]:
    """Return the logarithms of the rules' probabilities (in the order of APPROACHES) around their mean."""
    logs = [math.log(max(probability, SMALLEST_PROBABILITY)) for probability in probabilities]
    mean = math.fsum(logs) / len(logs)
    return {
        f"rules:{approach}": (value - mean) * scales["rules"] for approach, value in zip(APPROACHES, logs, strict=True)
    }


def word_features(text: str, rarity: Mapping[str, float], scales: Mapping[str, float]) -> dict[str, float]:
    """Return the known words of a text, each weighed by its rarity; together they have the length of their scale."""
    own = sorted({word for word in words(text) if word in rarity})
    length = math.sqrt(math.fsum(rarity[word] ** 2 for word in own))
    return {f"word:{word}": rarity[word] / length * scales["word"] for word in own}


def hint_features(text: str, hints: Mapping[str, Sequence[str]], scales: Mapping[str, float]) -> dict[str, float]:
    """Return the hints that a text gives: half for one word found, whole for two or more."""
    counts = _hint_counts(plain_text(text), tuple((hint, tuple(patterns)) for hint, patterns in hints.items()))
    return {f"hint:{hint}": count / _ENOUGH_HINTS * scales["hint"] for hint, count in counts}


@lru_cache(maxsize=1024)  # training reads the same descriptions again and again
def _hint_counts(plain: str, hints: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, int], ...]:
    counts = ((hint, matches(patterns, plain, _ENOUGH_HINTS)) for hint, patterns in hints)
    return tuple((hint, count) for hint, count in counts if count)


class FeatureSet(Frozen):
    """Which features there are: levels of numbers, questions that count when open, scales, words and hints."""

    levels: Mapping[str, Sequence[float]]
    asked: tuple[str, ...]
    scales: Mapping[str, float]
    rarity: Mapping[str, float]
    hints: Mapping[str, Sequence[str]]

    def of_case(self, facts: Facts, rules: Sequence[float], description: str | None) -> dict[str, float]:
        """Return the features of a case with answers: these, the rules' probabilities, and the words of its text."""
        found = answer_features(facts, self.levels, self.asked, self.scales) | rule_features(rules, self.scales)
        return found | word_features(description, self.rarity, self.scales) if description else found

    def of_text(self, description: str) -> dict[str, float]:
        """Return the features of a description on its own."""
        found = word_features(description, self.rarity, self.scales)
        return found | hint_features(description, self.hints, self.scales)
