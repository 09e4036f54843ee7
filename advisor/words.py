"""The words of a text, as the text model and the search for precedents count them."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SHORTEST: Final = 3
_FILLERS: Final = (
    "about after all also and any are because been before being both but can could did does each for from had has "
    "have her his how into its may more most much must not now off one only other our out over own same she "
    "should some such than that the their them then there these they this those though too under until upon very "
    "was were what when where which while who whom whose why will with within without would yet you your "
)
_STOP: Final = frozenset(_FILLERS.split())


def words(text: str) -> list[str]:
    """Return the words of a text in their order: lower case, without filler words, plural and verb endings cut."""
    found = (_stem(word) for word in _WORD.findall(text.lower()) if len(word) >= _SHORTEST and word not in _STOP)
    return [word for word in found if len(word) >= _SHORTEST]


def _stem(word: str) -> str:
    """Return a word without its commonest English ending; crude, but the same for every text."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST and not word.endswith(("ss", "us", "is")):
            return _undoubled(word[: -len(ending)] + instead, ending)
    return word


def _undoubled(stem: str, ending: str) -> str:
    """Return a stem as it was before "ing" or "ed" doubled its last letter or took its "e"."""
    if ending in ("ing", "ed"):
        if len(stem) > _SHORTEST and stem[-1] == stem[-2] and stem[-1] not in "lsz":
            return stem[:-1]
        return stem.rstrip("e")
    return stem.rstrip("e") if ending in ("es", "s") else stem
