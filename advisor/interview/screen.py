"""How the interview fills a terminal of any size, as lines of styled text. Nothing here knows a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from advisor.interview.dialogue import View

Line: TypeAlias = tuple[str, str]
"""A style (a name that the terminal front knows, or nothing) and the text of one line."""

_MARK: Final = "> "
_MORE: Final = " ..."
_ARROWS: Final = " Or move with the arrow keys and press Enter."
_MORE_BELOW: Final = "[PageDown: more]"
_FEWEST_ROWS: Final = 3


def draw(view: View, selected: int | None, columns: int, height: int, scroll: int = 0) -> list[Line]:
    """Return `height` lines of at most `columns` characters.

    Where not all fits, what matters least goes first: spacing, hints, rows far from the selected one, the commands, the
    place, the hint and the leaning. Messages that still don't fit are cut, and `scroll` moves in them.
    """
    columns = max(columns - 1, 10)  # text in the last column makes some terminals wrap
    blank: list[Line] = [("", "")]
    place = _wrapped("place", view.place, columns)[:2]
    lean = _wrapped("lean", view.lean, columns)
    title = _wrapped("title", view.title, columns)
    wanted = _wrapped("wanted", view.wanted + (_ARROWS if len(view.rows) > 1 else ""), columns)
    commands = _wrapped("commands", view.commands, columns)
    notes = _notes(view, selected, columns)
    count = len(view.rows)

    def excess() -> int:
        return len([*place, *lean, *title, *wanted, *commands, *notes, *blank, *blank]) + count - height

    if excess() > 0:
        blank = []
    if excess() > 0:
        wanted = _wrapped("wanted", view.wanted, columns)
    if excess() > 0:
        count = max(count - excess(), min(count, _FEWEST_ROWS))
    if excess() > 0:
        commands = []
    if excess() > 0:
        place = []
    if excess() > len(notes):
        wanted, lean = [], []
    notes = _window(notes, len(notes) - max(excess(), 0), scroll)
    if excess() > 0:
        count = max(count - excess(), 1)
    body = [*place, *lean, *blank, *title, *_rows(view, selected, columns, count), *blank, *notes]
    foot = [*wanted, *commands]
    gap: list[Line] = [("", "")] * (height - len(body) - len(foot))  # the commands stay at the bottom
    return [*body, *gap, *foot][:height]


def _wrapped(style: str, text: str, columns: int) -> list[Line]:
    return [(style, line) for line in textwrap.wrap(text, columns, break_on_hyphens=False)]


def _notes(view: View, selected: int | None, columns: int) -> list[Line]:
    """Return the messages of the last entry and what the selected row means."""
    lines = [line for text in view.messages for line in _wrapped("message", text, columns)]
    about = view.rows[selected].about if selected is not None else ""
    return lines + _wrapped("about", about, columns)


def _rows(view: View, selected: int | None, columns: int, room: int) -> list[Line]:
    """Return as many rows as fit, around the selected one, with signs where more follow."""
    top = min(max((selected or 0) - room // 2, 0), len(view.rows) - room)
    lines: list[Line] = []
    for position, row in enumerate(view.rows[top : top + room], top):
        mark = _MARK if position == selected else " " * len(_MARK)
        number = "" if row.number is None else f"{row.number}. "
        more = (position == top and top > 0) or (position == top + room - 1 and position < len(view.rows) - 1)
        text = _cut(f"{mark}{number}{row.label}", columns - (len(_MORE) if more else 0)) + (_MORE if more else "")
        lines.append(("selected" if position == selected else "row", text))
    return lines


def _cut(text: str, columns: int) -> str:
    return text if len(text) <= columns else text[: max(columns - 2, 1)] + ".."


def _window(notes: list[Line], room: int, scroll: int) -> list[Line]:
    """Return the notes that fit, from `scroll` on, with a sign where more follow."""
    room = max(room, 2)
    if room >= len(notes):
        return notes
    start = min(scroll, len(notes) - room)
    shown = notes[start : start + room]
    return shown if start + room == len(notes) else [*shown[:-1], ("commands", _MORE_BELOW)]
