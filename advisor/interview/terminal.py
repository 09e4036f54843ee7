"""The interview on a full terminal screen: arrow keys, typing, and a redraw at every change of size."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.input.defaults import create_input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout.containers import HSplit, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.layout import Layout
from prompt_toolkit.output.defaults import create_output
from prompt_toolkit.styles import Style

from advisor.interview.screen import draw
from advisor.interview.typed import as_command, by_number, plain_line

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from advisor.interview.dialogue import Dialogue, View

_STYLE: Final = Style.from_dict(
    {
        "place": "",
        "lean": "bold",
        "title": "bold",
        "row": "",
        "selected": "reverse",
        "about": "italic",
        "message": "ansiyellow",
        "wanted": "",
        "commands": "",
    }
)
_PROMPT: Final = "Answer: "
_PAGE: Final = 5


def run(dialogue: Dialogue) -> None:
    """Hold the conversation on the terminal; messages go where standard error goes. KeyboardInterrupt on Ctrl-C."""
    _Terminal(dialogue).run()


class _Terminal:
    """The screen, the selected row and the line being typed."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._view: View = dialogue.view()
        self._selected: int | None = self._view.selected
        self._scroll = 0
        self._line = Buffer(multiline=False, on_text_changed=self._typed)
        self._application: Application[None] = Application(
            layout=self._layout(),
            key_bindings=self._keys(),
            style=_STYLE,
            full_screen=True,
            input=create_input(sys.stdin),
            output=create_output(sys.stderr),
        )
        self._application.ttimeoutlen = 0.05

    def run(self) -> None:
        """Run until the conversation has ended."""
        if self._dialogue.ended is None:
            try:
                self._application.run()
            except EOFError:  # the terminal is gone
                self._dialogue.leave()

    # ------------------------------------------------------------ drawing

    def _layout(self) -> Layout:
        prompt = Window(FormattedTextControl(_PROMPT), width=len(_PROMPT), height=1)
        line = Window(BufferControl(self._line), height=1)
        body = Window(FormattedTextControl(self._text, show_cursor=False), wrap_lines=False)
        return Layout(HSplit([body, VSplit([prompt, line])]), focused_element=line)

    def _text(self) -> StyleAndTextTuples:
        size = self._application.output.get_size()
        lines = draw(self._view, self._selected, size.columns, size.rows - 1, self._scroll)
        fragments: StyleAndTextTuples = []
        for style, text in lines:
            fragments += [("", "\n")] if fragments else []
            fragments.append((f"class:{style}" if style else "", text))
        return fragments

    # ------------------------------------------------------------ what a key does

    def _typed(self, _: object) -> None:
        """Select the row that the typed text stands for, if any."""
        text = plain_line(self._line.text).lower()
        self._selected = self._view.selected if not text else self._meant(text)

    def _meant(self, text: str) -> int | None:
        rows = self._view.rows
        numbers = [row.number for row in rows]
        given = [number for number in numbers if number is not None]
        number = by_number(text, range(min(given), max(given) + 1)) if given else None
        if number is not None:
            return numbers.index(number)
        if as_command(text):
            return None
        return next((i for i, row in enumerate(rows) if row.label.lower().startswith(text)), None)

    def _move(self, step: int) -> None:
        count = len(self._view.rows)
        self._selected = (0 if step > 0 else count - 1) if self._selected is None else (self._selected + step) % count
        self._scroll = 0

    def _enter(self) -> None:
        """Take the typed line, or else the selected row."""
        text = self._line.text
        if text.strip():
            self._dialogue.enter(text)
        elif self._selected is not None and (self._view.rows[self._selected].number is not None or not self._kept()):
            self._dialogue.pick(self._selected)
        else:
            self._dialogue.enter("")
        self._refresh()

    def _kept(self) -> bool:
        """Return whether an empty line would keep or confirm a number."""
        session = self._dialogue.session
        return session.current in session.facts or session.proposal is not None

    def _say(self, command: str) -> None:
        self._dialogue.enter(command)
        self._refresh()

    def _refresh(self) -> None:
        view = self._dialogue.view()
        selected = view.selected if view.turn != self._view.turn else self._selected
        self._view, self._scroll = view, 0
        self._line.reset()
        self._selected = view.selected if selected is None else selected
        if self._dialogue.ended is not None:
            self._application.exit()

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        empty = Condition(lambda: not self._line.text)
        keys.add("up")(lambda _: self._move(-1))
        keys.add("s-tab")(lambda _: self._move(-1))
        keys.add("down")(lambda _: self._move(1))
        keys.add("tab")(lambda _: self._move(1))
        keys.add("enter")(lambda _: self._enter())
        keys.add("?", filter=empty)(lambda _: self._say("help"))
        keys.add("f1")(lambda _: self._say("help"))
        keys.add("f2")(lambda _: self._say("why"))
        keys.add("left", filter=empty)(lambda _: self._say("back"))
        keys.add("pagedown")(lambda _: self._scroll_by(_PAGE))
        keys.add("pageup")(lambda _: self._scroll_by(-_PAGE))
        keys.add("c-c")(self._interrupt)
        keys.add("c-d", filter=empty)(lambda _: self._say("done"))
        keys.add("c-z")(lambda event: event.app.suspend_to_background())
        keys.add("escape", filter=~empty)(lambda _: self._line.reset())
        return keys

    def _scroll_by(self, lines: int) -> None:
        self._scroll = max(self._scroll + lines, 0)

    def _interrupt(self, event: Any) -> None:
        event.app.exit(exception=KeyboardInterrupt)
