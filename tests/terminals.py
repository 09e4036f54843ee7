"""A program on a real (pseudo) terminal: keys in, and the screen that a person would see out."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UP: Final = "\x1b[A"
DOWN: Final = "\x1b[B"
LEFT: Final = "\x1b[D"
PAGE_DOWN: Final = "\x1b[6~"
ENTER: Final = "\r"
ESCAPE: Final = "\x1b"
CTRL_C: Final = "\x03"
CTRL_D: Final = "\x04"

_PATIENCE: Final = 20.0
# Makes the terminal the controlling one of its new session, as a terminal window does, then becomes the program.
_LAUNCH: Final = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.executable, sys.argv[1:])"
)


class Terminal:
    """One run of the program on a terminal of its own; use it in a `with` statement."""

    def __init__(
        self, *arguments: str, columns: int = 80, rows: int = 24, environment: dict[str, str] | None = None
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        """Every byte that the program has written so far."""
        self._master, slave = pty.openpty()
        self._set_size(columns, rows)
        program = [sys.executable, "-m", "advisor", *arguments]
        env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "LINES")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *program],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**env, "TERM": "xterm-256color", **(environment or {})},
        )
        os.close(slave)

    def __enter__(self) -> Self:
        """Return the terminal."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the window; a program that is still there gets the hang-up that closing sends."""
        self.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Close the window."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def type(self, *keys: str) -> None:
        """Send keys, as typed."""
        for key in keys:
            os.write(self._master, key.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window; the program is told by SIGWINCH."""
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    def kill(self) -> None:
        """End the program without warning."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without trailing spaces."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """All that is on the screen, with single spaces, so that it does not matter where lines break."""
        return " ".join(" ".join(self._screen.display).split())

    def wait_for(self, *words: str) -> None:
        """Wait until all these words are on the screen."""
        self.wait_until(lambda text: all(word in text for word in words), f"no {words}")

    def wait_until(self, met: Callable[[str], bool], complaint: str) -> None:
        """Wait until the screen meets a condition; AssertionError with the screen when it does not."""
        deadline = time.monotonic() + _PATIENCE
        while not met(self.text):
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{complaint} on the screen:\n" + "\n".join(self.lines))

    def end(self) -> int:
        """Wait until the program has ended; return its exit code."""
        deadline = time.monotonic() + _PATIENCE
        while self._read(deadline - time.monotonic()):
            pass
        return self._process.wait(5)

    def output(self) -> str:
        """Return everything that was written so far as text, control sequences included."""
        return self.written.decode("utf-8", "replace")

    def _read(self, patience: float) -> bool:
        """Take in what the program writes next; False when nothing came, or the program has ended."""
        ready, _, _ = select.select([self._master], [], [], max(patience, 0))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def keys(words: Sequence[str]) -> list[str]:
    """Return each word with the key that sends it."""
    return [word + ENTER for word in words]
