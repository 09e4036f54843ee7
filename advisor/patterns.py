"""Words to look for in a text, written so that people can read and change them.

Small letters; `(a|b)` one of two; `x?` with or without; `word*` any ending; ` .. ` up to five words between; `#` a
number such as `12,000`, `10k` or `2 million`, `$#` one that may be of dollars; a space is any white space or comma. A
match begins and ends with whole words.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BETWEEN: Final = r"(?:\W+[\w'-]+){0,5}?\W+"
_NUMBER: Final = r"(?<![\d.,])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<scale>k|m| ?(?:thousand|million|billion))?"
_SCALES: Final = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}
_SIGNS: Final = re.compile(r"[\\()|\[\]{}0-9.,%+*?#$]")
_IN_A_WORD: Final = re.compile(r"[\w-]")
_LONGEST_TEXT: Final = 20_000  # characters of a description that are read


class Pattern:
    """A pattern; `literal` is a piece of text that every match holds (checked first: it is much faster).

    That a match begins a word is checked apart from the expression, which can so jump to where it may begin.
    """

    def __init__(self, word: str) -> None:
        self.word = word
        self.literal = _literal(word)

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Return what is searched for, made on first use; AdvisorError when the pattern is not well formed."""
        return _expression(self.word)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a plain text."""
        return next(self.matches(text), None)

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in a plain text that do not overlap."""
        if self.literal not in text:
            return
        place = 0
        while match := self.expression.search(text, place):
            if match.start() and _IN_A_WORD.match(text[match.start() - 1]):
                place = match.start() + 1
            else:
                yield match
                place = match.end()


def plain_text(text: str) -> str:
    """Return a text as patterns are matched against it: small letters, single spaces."""
    return " ".join(text[:_LONGEST_TEXT].split()).lower()


def found_words(words: Iterable[str], text: str) -> tuple[str, ...]:
    """Return the pieces of a plain text that patterns match, the first match of each, without repeats."""
    found: dict[str, None] = {}
    for word in words:
        if match := pattern(word).search(text):
            found[match[0]] = None
    return tuple(found)


def found_numbers(words: Iterable[str], text: str) -> Iterator[tuple[str, float]]:
    """Yield every piece of a plain text that patterns with a `#` match, and the number in it."""
    for word in words:
        for match in pattern(word).matches(text):
            scale = _SCALES.get((match["scale"] or "").strip(), 1.0)
            yield match[0], float(match["number"].replace(",", "")) * scale


def matches(words: Iterable[str], text: str, most: int) -> int:
    """Return how many patterns match a plain text, counting up to `most`."""
    count = 0
    for word in words:
        if pattern(word).search(text):
            count += 1
            if count == most:
                break
    return count


@lru_cache(maxsize=4096)
def pattern(word: str) -> Pattern:
    """Return the pattern that some words are; whether it is well formed shows when it is first matched."""
    return Pattern(word)


def check_words(word: str) -> None:
    """Raise AdvisorError for words that are no well-formed pattern."""
    _expression(word)


def _expression(word: str) -> re.Pattern[str]:
    ending = re.sub(r"(?<=[\w)])\*", r"\\w*", word)
    spaced = _BETWEEN.join(part.replace(" ", r"[\s,]+") for part in ending.split(" .. "))
    spaced = spaced.replace("$#", rf"\$?{_NUMBER}").replace("#", rf"(?<!\$){_NUMBER}")
    try:
        expression = re.compile(rf"(?:{spaced})(?![\w-])")
    except re.error as error:
        raise AdvisorError(Problem(f"the words {word!r} can't be searched for: {error}")) from None
    if expression.fullmatch(""):
        raise AdvisorError(Problem(f"the words {word!r} can't be searched for: nothing at all would match"))
    return expression


def _literal(word: str) -> str:
    """Return the longest run of letters that every match of a pattern must hold, or an empty text."""
    if not _SIGNS.search(word):
        return max(word.split(" "), key=len)
    rest = word
    while (inner := re.sub(r"\([^()]*\)[?*+]?|\[[^\]]*\][?*+]?", "\0", rest)) != rest:
        rest = inner
    if "|" in rest:
        return ""
    rest = re.sub(r"\\.|.\?|[{}0-9.,%+*?#$\\]", "\0", rest)
    return max(re.split(r"[\0 ]+", rest), key=len)
