"""Text in Markdown, HTML and Mermaid: shown as it is, never interpreted. All that a report prints passes here."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from advisor.wording import one_line

_HTML: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL: Final = re.compile(r"[\\`*_#\[\]|~$&<>]")  # of Markdown or HTML
# At the start of a line these would open a list, a ruler or a heading, or be a command to a service that runs checks.
_LINE_START: Final = re.compile(r"^(?:(\d{1,9})([.)])(?=\s|$)|([-=]|:(?=:)|\+(?=\s|$)))")
# What GitHub turns into a link by itself.
_BARE_LINK: Final = re.compile(r":(?=//)|\.(?<=[wW]{3}\.)")
_MERMAID: Final = re.compile(r"[^\w .,:()/'?!+=-]", re.ASCII)


def as_text(value: object) -> Markup:
    """Return a value as one line of Markdown that shows exactly its characters; Markup is returned unchanged."""
    if isinstance(value, Markup):
        return value
    escaped = _SPECIAL.sub(_escape, one_line(str(value)))
    escaped = _BARE_LINK.sub(r"\\\g<0>", escaped)
    return Markup(_LINE_START.sub(_escape_start, escaped))  # noqa: S704 - escaped on the lines above


def _escape(match: re.Match[str]) -> str:
    return _HTML.get(match[0]) or f"\\{match[0]}"


def _escape_start(match: re.Match[str]) -> str:
    return f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}"


def link(label: str, url: str) -> Markup:
    """Return a Markdown link, or the label alone where the address is not an http one."""
    text = as_text(label)
    try:
        parts = urlsplit(url)
        safe = parts.scheme in ("http", "https") and bool(parts.netloc)
    except ValueError:
        safe = False
    if not safe:
        return text
    # Percent-encoding leaves nothing that could end the link or open HTML.
    address = quote(one_line(url), safe="/:?#@!,;=+%~&", errors="replace").replace("&", "&amp;")
    return Markup(f"[{text}]({address})")  # noqa: S704 - both parts are escaped


def mermaid_label(*lines: str) -> Markup:
    """Return lines of text as one quoted label of a Mermaid diagram."""
    shown = (_MERMAID.sub(_mermaid_code, one_line(line)) for line in lines)
    return Markup('"' + "<br/>".join(shown) + '"')  # noqa: S704 - every special character is a code


def _mermaid_code(match: re.Match[str]) -> str:
    return match[0] if ord(match[0]) > 0x7F else f"#{ord(match[0])};"


def shortened(text: str, longest: int) -> str:
    """Return a text of at most `longest` characters, cut at a word and marked with an ellipsis where it was longer."""
    line = " ".join(text[: longest * 8].split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    words = cut.rsplit(" ", 1)[0]
    return (words if len(words) > longest // 2 else cut).rstrip(" ,;:.") + "…"
