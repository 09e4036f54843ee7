"""How values and numbers read in sentences and error messages."""

from __future__ import annotations

import re

HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no text needs and that can upset a terminal: controls, half surrogates, non-characters."""

_LONGEST_SHOWN = 60
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REPLACEMENT = "\ufffd"
_COMMAND = re.compile(r"^([ \t]*(?::(?=:)|#(?=#\[)))", re.MULTILINE)  # `::error::` and `##[error]`, also indented


def quoted(value: object) -> str:
    """Return a value as an error message shows it: quoted when text, escaped, at most about 60 characters."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        shown = ascii(value) if isinstance(value, str) and HIDDEN.search(value) else repr(value)
    except ValueError:  # Python refuses to write out a whole number of thousands of digits
        return "a number of thousands of digits"
    if len(shown) <= _LONGEST_SHOWN:
        return shown
    return f"{shown[: _LONGEST_SHOWN - 4]}..." + (shown[0] if shown[0] in "'\"" else "")


def one_line(text: str) -> str:
    """Return a text on one line: runs of white space become one space, control characters become visible signs."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(map(_visible, line))


def inert(text: str) -> str:
    """Return lines of output none of which a service for continuous integration would take for a command."""
    return _COMMAND.sub(r"\1 ", text)


def _visible(char: str) -> str:
    from unicodedata import category  # only here: few texts need it, and every command imports this module

    kind = category(char)
    if kind == "Cc":
        # The Unicode pictures of control characters: an escape character reads as a small ESC sign.
        return chr(0x2400 + ord(char)) if ord(char) < 0x20 else _REPLACEMENT
    return _REPLACEMENT if kind == "Cs" or char in _BIDI_CONTROLS else char


def kind_of(value: object) -> str:
    """Return what a value is, in words, such as `text`, `a number` or `a list`."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, (list, tuple)) else "a group of `key: value` pairs"


def format_number(value: float) -> str:
    """Return a number as a sentence shows it: 10,000, 0.25 or 1.2 million, without rounding it off."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        # Only when the short form is exact: 1,234,567 stays as it is.
        if abs(value) >= size and round(value / size, 2) * size == value:
            return f"{_grouped(round(value / size, 2))} {word}"
    return _grouped(value)


def about(value: float) -> str:
    """Return an estimate as a sentence shows it, with two digits that count: 62,000 for 62,012."""
    whole = round(value)
    digits = len(str(abs(whole))) - 2
    return format_number(round(whole, -digits) if digits > 0 else whole)


def counted(value: float, plural: str, singular: str) -> str:
    """Return a number with its unit, in the singular for exactly one."""
    return f"{format_number(value)} {singular if value == 1 else plural}"


def _grouped(value: float) -> str:
    """Return a number with commas between thousands and no idle decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) or abs(value) < 1e-4:
        return f"{value:,}"
    return f"{value:,.4f}".rstrip("0")
