"""Where results go: standard output, or a file that is either complete or not there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from advisor.errors import AdvisorError, Problem
from advisor.saving import replace_file

OUTPUT_HELP: Final = "Write the result to this file instead of standard output. An existing file is replaced."


def write_result(text: str, output: str | None, inputs: tuple[str, ...] = ()) -> None:
    """Write a result, ending in one line break, to a file or (None or `-`) to standard output.

    A file is replaced as a whole or left as it was. AdvisorError: the folder is missing, the file is one of
    `inputs`, or it can't be written.
    """
    text = text.rstrip("\n") + "\n"
    if output is None or output == "-":
        _print(text)
        return
    path = Path(output)
    try:
        for read in inputs:
            if read != "-" and path.exists() and path.samefile(read):
                raise AdvisorError(Problem("is the file that was read; the result would replace it", output))
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_text(text, "utf-8")  # a device or a pipe: there is nothing to replace
        else:
            replace_file(path, text.encode())
    except (OSError, ValueError) as error:
        raise AdvisorError(Problem(_reason(path, error), output)) from None


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # the reader has what it wanted; the program ends quietly
    except OSError as error:
        raise AdvisorError(Problem(f"can't be written: {error.strerror}", "standard output")) from None


def _reason(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"can't be written: there is no folder {path.parent}"
    if isinstance(error, IsADirectoryError):
        return "can't be written: this is a folder"
    return f"can't be written: {getattr(error, 'strerror', None) or error}"
