"""Which front an interview gets, and running it."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from advisor.interview.dialogue import Dialogue

_SIMPLE_TERMINALS: Final = ("", "dumb", "unknown")


def hold(dialogue: Dialogue, *, plain: bool) -> bool:
    """Hold the conversation on standard input and standard error, which leaves standard output to the result.

    In plain lines when that is asked for, and where there is no terminal that can do more. Returns whether what was
    said is still to be seen: a full screen is gone when it ends. KeyboardInterrupt on Ctrl-C.
    """
    if plain or not _can_draw():
        from advisor.interview.plain import run as run_plain

        run_plain(dialogue, sys.stdin, sys.stderr, _columns)
        return True
    from advisor.interview.terminal import run as run_terminal

    run_terminal(dialogue)
    return False


def _can_draw() -> bool:
    """Return whether keys come from a terminal and text goes to one that can move its cursor."""
    terminal = os.environ.get("TERM", "" if os.name == "posix" else "windows")
    return sys.stdin.isatty() and sys.stderr.isatty() and terminal not in _SIMPLE_TERMINALS


def _columns() -> int:
    if not sys.stderr.isatty():
        return 80
    return shutil.get_terminal_size().columns
