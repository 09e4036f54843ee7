"""Findings as GitHub annotations: workflow commands that show a message beside a line of a pull request."""

from __future__ import annotations

from typing import Final

from advisor.wording import one_line

_ANNOTATION: Final = {"error": "error", "warning": "warning", "note": "notice"}


def annotation(level: str, file: str, line: int, title: str, text: str) -> str:
    """Return one GitHub annotation; every character with a meaning in workflow commands is escaped."""
    message = "%0A".join(_data(one_line(part)) for part in text.split("\n"))
    return f"::{_ANNOTATION[level]} file={_property(file)},line={line},title={_property(one_line(title))}::{message}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
