"""Words to look for in a text, written so that people can read and change them.

Small letters; `(a|b)` one of two; `x?` with or without; `word*` any ending; ` .. ` up to five words between; `#` a
number such as `12,000`, `10k` or `2 million`, `$#` one that may be of dollars; a space is any white space or comma. A
match begins and ends with whole words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BETWEEN: Final = r"(?:\W+[\w'-]+){0,5}?\W+"
_NUMBER: Final = r"(?<![\d.,])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<scale>k|m| ?(?:thousand|million|billion))?"
_SCALES: Final = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}
_IN_A_WORD: Final = re.compile(r"[\w-]")
_LONGEST_TEXT: Final = 20_000  # characters of a description that are read


class Pattern(NamedTuple):
    """A compiled pattern; `literal` is a piece of text that every match holds (checked first: it is much faster).

    That a match begins a word is checked apart from the expression, which can so jump to where it may begin.
    """

    literal: str
    expression: re.Pattern[str]

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
        if match := compiled(word).search(text):
            found[match[0]] = None
    return tuple(found)


def found_numbers(words: Iterable[str], text: str) -> Iterator[tuple[str, float]]:
    """Yield every piece of a plain text that patterns with a `#` match, and the number in it."""
    for word in words:
        for match in compiled(word).matches(text):
            scale = _SCALES.get((match["scale"] or "").strip(), 1.0)
            yield match[0], float(match["number"].replace(",", "")) * scale


def matches(words: Iterable[str], text: str, most: int) -> int:
    """Return how many patterns match a plain text, counting up to `most`."""
    count = 0
    for word in words:
        if compiled(word).search(text):
            count += 1
            if count == most:
                break
    return count


@lru_cache(maxsize=4096)
def compiled(word: str) -> Pattern:
    """Return a pattern ready for matching; AdvisorError when it is not well formed."""
    ending = re.sub(r"(?<=[\w)])\*", r"\\w*", word)
    spaced = _BETWEEN.join(part.replace(" ", r"[\s,]+") for part in ending.split(" .. "))
    spaced = spaced.replace("$#", rf"\$?{_NUMBER}").replace("#", rf"(?<!\$){_NUMBER}")
    try:
        expression = re.compile(rf"(?:{spaced})(?![\w-])")
    except re.error as error:
        raise AdvisorError(Problem(f"the words {word!r} can't be searched for: {error}")) from None
    if expression.fullmatch(""):
        raise AdvisorError(Problem(f"the words {word!r} can't be searched for: nothing at all would match"))
    return Pattern(_literal(word), expression)


def _literal(word: str) -> str:
    """Return the longest run of letters that every match of a pattern must hold, or an empty text."""
    rest = word
    while (inner := re.sub(r"\([^()]*\)[?*+]?|\[[^\]]*\][?*+]?", "\0", rest)) != rest:
        rest = inner
    if "|" in rest:
        return ""
    rest = re.sub(r"\\.|.\?|[{}0-9.,%+*?#$\\]", "\0", rest)
    return max(re.split(r"[\0 ]+", rest), key=len)
