"""Writing a file so that it is always complete: the old text or the new one, whatever happens in between."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

_NEW_FILE_MODE: Final = 0o666


def replace_file(path: Path, data: bytes) -> None:
    """Write a file beside its final place and move it there in one step, keeping links and permissions.

    The data is on the disk before it takes the place of the old. Raises OSError when it can't be written; then the
    file is as it was.
    """
    import tempfile  # only here: it brings many modules with it

    target = behind_links(path)
    if target.is_dir():
        raise IsADirectoryError
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(file_mode(target))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def behind_links(path: Path) -> Path:
    """Return the file that a path leads to, so that links to it stay. OSError: the links lead in a circle."""
    try:
        return path.resolve()
    except RuntimeError:  # Python before 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None


def file_mode(target: Path) -> int:
    """Return the permissions of the file that is replaced, or those that a new file gets."""
    if target.exists():
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return _NEW_FILE_MODE & ~mask
