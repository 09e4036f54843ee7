"""The interview in plain lines: for pipes, simple terminals and screen readers. No colors and no cursor movement."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from advisor.interview.dialogue import Dialogue, Row, View

_NARROWEST: Final = 20
PROMPT: Final = "Answer: "
DONT_KNOW_TYPED: Final = "don't know"


def run(dialogue: Dialogue, lines: TextIO, out: TextIO, width: Callable[[], int]) -> None:
    """Hold the conversation: write to `out`, read a line for each answer, and end with the report at the end of input.

    `width` returns the columns to fill.
    """
    turn = 0
    while dialogue.ended is None:
        view = dialogue.view()
        columns = max(width() - 1, _NARROWEST)
        _write(out, _wrapped(view.messages, columns))
        if view.turn != turn:
            _write(out, _question(view, columns, first=turn == 0))
            turn = view.turn
        out.write(PROMPT)
        out.flush()
        line = lines.readline()
        if not line or not lines.isatty():  # a terminal shows what is typed, and the line end with it
            out.write("\n")
        if line:
            dialogue.enter(line)
        else:
            dialogue.end()
    out.flush()


def _write(out: TextIO, lines: Iterator[str]) -> None:
    out.writelines(f"{line}\n" for line in lines)


def _question(view: View, columns: int, *, first: bool) -> Iterator[str]:
    yield ""
    yield from _wrapped((view.place, view.lean), columns)
    yield ""
    yield from _wrapped((view.title,), columns)
    for row in view.rows:
        if row.number is not None:
            yield from _row(row, columns)
    unnumbered = "".join(f" Or type: {DONT_KNOW_TYPED}." for row in view.rows if row.number is None)
    yield from _wrapped(tuple(filter(None, (view.wanted + unnumbered,))), columns)
    if first:
        yield from _wrapped((f"At any question: don't know, {view.commands}.",), columns)


def _row(row: Row, columns: int) -> Iterator[str]:
    head = f"  {row.number}. "
    text = f"{row.label}: {row.about}" if row.about else row.label
    yield from textwrap.wrap(text, columns, initial_indent=head, subsequent_indent=" " * len(head))


def _wrapped(texts: tuple[str, ...], columns: int) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(text, columns, break_on_hyphens=False, break_long_words=False)
