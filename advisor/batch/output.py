"""Results written as they come: to standard output, or to a file that is either complete or as it was."""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from advisor.errors import AdvisorError, Problem
from advisor.saving import behind_links, file_mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STANDARD = "-"


@contextmanager
def replacing(output: str | None) -> Iterator[Callable[[str], object]]:
    """Yield what writes text to a file, which takes its place at the end; None or `-` is standard output.

    Raises AdvisorError for what can't be written.
    """
    if output is None or output == STANDARD:
        yield sys.stdout.write
        sys.stdout.flush()
        return
    try:
        target = behind_links(Path(output))
    except OSError as error:
        raise AdvisorError(Problem(f"can't be written: {error.strerror}", output)) from None
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise AdvisorError(Problem("can't be written: this is a folder", output))
        with _opened(target, output) as device:
            yield device.write
        return
    try:
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - it is moved while it is open
            "w", encoding="utf-8", newline="\n", prefix=f".{target.name[:100]}.", dir=target.parent, delete=False
        )
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        why = f"there is no folder {Path(output).parent}" if missing else error.strerror
        raise AdvisorError(Problem(f"can't be written: {why}", output)) from None
    temporary = Path(file.name)
    try:
        with file:
            yield file.write
        temporary.chmod(file_mode(target))
        temporary.replace(target)
    except OSError as error:
        raise AdvisorError(Problem(f"can't be written: {error.strerror}", output)) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _opened(target: Path, output: str) -> Iterator[IO[str]]:
    try:
        with target.open("w", encoding="utf-8", newline="\n") as device:
            yield device
    except OSError as error:
        raise AdvisorError(Problem(f"can't be written: {error.strerror}", output)) from None
