"""Words to look for in a text, written so that people can read and change them.

Small letters; `(a|b)` one of two; `x?` with or without; `word*` any ending; ` .. ` up to five words between; a space is
any white space or comma. A match begins and ends with whole words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

_BETWEEN: Final = r"(?:\W+[\w'-]+){0,5}?\W+"
_SIGNS: Final = re.compile(r"[\\()|\[\]{}0-9.,%+*?]")
_LONGEST_TEXT: Final = 20_000  # characters of a description that are read


def plain_text(text: str) -> str:
    """Return a text as patterns are matched against it: small letters, single spaces."""
    return " ".join(text[:_LONGEST_TEXT].split()).lower()


def found_words(words: Iterable[str], text: str) -> tuple[str, ...]:
    """Return the pieces of a plain text that patterns match, the first match of each, without repeats."""
    found: dict[str, None] = {}
    for word in words:
        if literal(word) in text and (match := compiled(word).search(text)):
            found[match[0]] = None
    return tuple(found)


def matches(words: Iterable[str], text: str, most: int) -> int:
    """Return how many patterns match a plain text, counting up to `most`."""
    count = 0
    for word in words:
        if literal(word) in text and compiled(word).search(text):
            count += 1
            if count == most:
                break
    return count


@lru_cache(maxsize=4096)
def compiled(word: str) -> re.Pattern[str]:
    """Return a pattern ready for matching; AdvisorError when it is not well formed."""
    ending = re.sub(r"(?<=[\w)])\*", r"\\w*", word)
    spaced = _BETWEEN.join(part.replace(" ", r"[\s,]+") for part in ending.split(" .. "))
    try:
        return re.compile(rf"(?<![\w-])(?:{spaced})(?![\w-])")
    except re.error as error:
        raise AdvisorError(Problem(f"the words {word!r} can't be searched for: {error}")) from None


@lru_cache(maxsize=4096)
def literal(word: str) -> str:
    """Return a run of letters that every match of a pattern must hold, perhaps an empty one.

    To look for it first is much faster than to compile and try every pattern.
    """
    if not _SIGNS.search(word):
        return max(word.split(" "), key=len)
    rest = word
    while (inner := re.sub(r"\([^()]*\)[?*+]?|\[[^\]]*\][?*+]?", "\0", rest)) != rest:
        rest = inner
    if "|" in rest:
        return ""
    rest = re.sub(r"\\.|\w\?|[{}0-9.,%+*?\\]", "\0", rest)
    return max(re.split(r"[\0 ]+", rest), key=len)
