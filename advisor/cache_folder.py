"""What the program works out again and again, kept in the user's cache folder; only the command line turns it on.

Every entry opens with a digest of its content and is written in one step. A folder that others can write into is not
used, and where nothing can be kept, nothing is: no error and no warning comes of it.

The environment variable ADVISOR_CACHE names another folder, or `off`.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import Final

SETTING: Final = "ADVISOR_CACHE"
OFF: Final = "off"
_FOLDER: Final = "adaptation-advisor"
_MOST_KEPT: Final = 40

_state: dict[str, Path | None] = {"folder": None}


def turn_on() -> None:
    """Let this process keep what it works out, where there is a folder for it."""
    _state["folder"] = _chosen()


def turn_off() -> None:
    """Keep nothing and use nothing that is kept, as in a process that never called `turn_on`."""
    _state["folder"] = None


def is_on() -> bool:
    """Return whether anything can be kept."""
    return _state["folder"] is not None


def kept(name: str) -> bytes | None:
    """Return the content that is kept under a name, or None."""
    folder = _state["folder"]
    if folder is None:
        return None
    try:
        if not _ours_alone(folder):
            return None
        seal, content = (folder / name).read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    return content if seal == _seal(content) else None


def keep(name: str, content: bytes) -> None:
    """Keep a content under a name, and let the oldest go where there are many."""
    folder = _state["folder"]
    if folder is None:
        return
    beside = folder / f".{name}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _ours_alone(folder):
            return
        beside.write_bytes(_seal(content) + b"\n" + content)
        beside.replace(folder / name)
        entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
        for old in entries[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _seal(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()


def _chosen() -> Path | None:
    """Return the folder that the environment asks for, or the usual one of this system."""
    chosen = os.environ.get(SETTING)
    if chosen:
        return None if chosen == OFF else Path(chosen)
    home = os.environ.get("HOME", "")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = f"{home}/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    return Path(base, _FOLDER) if Path(base).is_absolute() else None


def _ours_alone(folder: Path) -> bool:
    """Return whether nobody else can write into a folder."""
    if sys.platform == "win32":
        return folder.is_dir()
    state = folder.stat()
    return state.st_uid == os.getuid() and not state.st_mode & 0o022
