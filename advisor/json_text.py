"""Reading JSON text strictly: plain data, the line of every value, and a clear error for what is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from advisor.errors import AdvisorError, Problem
from advisor.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_DIGITS = 300  # a longer whole number would not fit a float
_LINE_END = "\n"
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|\n|[^\s\[\]{},:"]+', re.DOTALL)


class NotJsonError(AdvisorError):
    """The text is not JSON at all; it might still be YAML."""


class _RepeatedKeyError(Exception):
    """Raised by the JSON reader, which does not know its place; the line map then finds it."""


class _BadNumberError(Exception):
    """Raised with the word of a JSON number that a program can't use."""


def read_json(text: str, source: str, max_depth: int) -> tuple[Any, JsonLines]:
    """Return the data of a JSON text and the map of its lines.

    Raises NotJsonError where the syntax is not JSON, and AdvisorError for repeated keys, numbers that are not
    finite, and nesting deeper than `max_depth`.
    """
    lines = JsonLines(text)
    try:
        data = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_finite,
        )
    except json.JSONDecodeError as error:
        raise NotJsonError(Problem(f"not valid JSON: {_complaint(error)}", source, error.lineno)) from None
    except _RepeatedKeyError:
        key, first, again = lines.first_repeated()
        message = f"the key {quoted(key)} is given twice (first in line {first})"
        raise AdvisorError(Problem(message, source, again)) from None
    except _BadNumberError as error:
        message = f"{quoted(error.args[0])} is not a usable number"
        raise AdvisorError(Problem(message, source, lines.line_of_word(error.args[0]))) from None
    except RecursionError:
        too_deep = True
    else:
        too_deep = _exceeds(data, max_depth)
    if too_deep:
        message = f"nested deeper than {max_depth} levels"
        raise AdvisorError(Problem(message, source, lines.line_of_depth(max_depth + 1)))
    return data, lines


def _complaint(error: json.JSONDecodeError) -> str:
    said = "more text after the end of the document" if error.msg == "Extra data" else error.msg
    return f"{said[:1].lower()}{said[1:]} (column {error.colno})"


def _exceeds(value: Any, levels_left: int) -> bool:
    """Return whether a value holds groups or lists nested deeper than `levels_left`."""
    if isinstance(value, dict):
        return levels_left == 0 or any(_exceeds(inner, levels_left - 1) for inner in value.values())
    if isinstance(value, list):
        return levels_left == 0 or any(_exceeds(inner, levels_left - 1) for inner in value)
    return False


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _RepeatedKeyError
    return result


def _finite(word: str) -> float:
    number = float(word)
    if number - number != 0:  # true for infinity and NaN
        raise _BadNumberError(word)
    return number


def _whole(word: str) -> int:
    if len(word) > _MAX_DIGITS:
        raise _BadNumberError(word)
    return int(word)


class JsonLines:
    """The lines of a JSON text, found by a second look at it, and only when one is asked for."""

    __slots__ = ("_lines", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[tuple[str | int, ...], int] | None = None

    def line(self, path: tuple[str | int, ...]) -> int:
        """Return the line (from 1) of the key or item at `path`, or of its nearest enclosing part."""
        if self._lines is None:
            self._lines = dict(self._places())
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def first_repeated(self) -> tuple[str | int, int, int]:
        """Return the first repeated key with the lines of its first and its second place."""
        seen: dict[tuple[str | int, ...], int] = {}
        for path, line in self._places():
            if path in seen:
                return path[-1], seen[path], line
            seen[path] = line
        raise LookupError("no key is repeated")

    def line_of_word(self, word: str) -> int:
        """Return the line of the first bare word (a number or a constant) that is `word`."""
        return next((line for piece, line in self._pieces() if piece == word), 1)

    def line_of_depth(self, depth: int) -> int:
        """Return the line where the nesting first reaches `depth`."""
        level = 0
        for piece, line in self._pieces():
            level += (piece in ("{", "[")) - (piece in ("}", "]"))
            if level >= depth:
                return line
        return 1

    def _pieces(self) -> Iterator[tuple[str, int]]:
        """Yield each mark, word and text with its line."""
        line = 1
        for found in _PIECE.finditer(self._text):
            piece = found[0]
            if piece == _LINE_END:
                line += 1
            else:
                yield piece, line

    def _places(self) -> Iterator[tuple[tuple[str | int, ...], int]]:
        """Yield the path and line of every key and list item of a text that is known to be JSON."""
        path: list[str | int] = []
        in_list: list[bool] = []
        key_comes = False
        for piece, line in self._pieces():
            if piece in ("}", "]"):
                in_list.pop()
                path.pop()
                key_comes = False
            elif piece == ":":
                key_comes = False
            elif piece == ",":
                key_comes = not in_list[-1]
                if not key_comes:
                    path[-1] = int(path[-1]) + 1
            elif key_comes:
                path[-1] = json.loads(piece)
                yield tuple(path), line
            else:
                if not in_list or in_list[-1]:
                    yield tuple(path), line
                if piece in ("{", "["):
                    in_list.append(piece == "[")
                    path.append(0 if piece == "[" else "")
                    key_comes = piece == "{"
