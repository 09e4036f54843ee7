"""What the process of a command needs set before anything runs."""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import os
import signal
import sys
from types import ModuleType
from typing import Any, Final

from advisor import cache_folder

_OBJECTS_BETWEEN_SWEEPS: Final = 200_000  # Python's 700 costs a tenth of the start: nearly all that is built stays

_NO_PYDANTIC_PLUGINS: Final = "PYDANTIC_DISABLE_PLUGINS"  # looking for them reads every installed distribution

_NETWORK: Final = "httpx2"  # genai-prices imports it to fetch newer prices, which this program never does


def set_up_process() -> None:
    """Make results UTF-8 everywhere, end quietly when the reader of a pipe goes away, and start and end faster.

    Kept out of the commands: a library call or a test must not have its process changed.
    """
    cache_folder.turn_on()
    os.environ.setdefault(_NO_PYDANTIC_PLUGINS, "1")
    _put_off(_NETWORK)
    gc.set_threshold(_OBJECTS_BETWEEN_SWEEPS)
    atexit.register(gc.freeze)  # else the end sweeps through every object, though all memory goes with the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    if hasattr(signal, "SIGPIPE"):  # not on Windows
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _put_off(name: str) -> None:
    """Let a module be imported only when something in it is used."""
    if name in sys.modules:
        return
    stand_in = ModuleType(name)

    def from_the_real_one(attribute: str) -> Any:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    stand_in.__getattr__ = from_the_real_one  # type: ignore[method-assign]
    sys.modules[name] = stand_in
