"""The one error that a user sees: every problem with its place, what was expected and the nearest name."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong with an input: where it is, what is wrong, and what to write instead."""

    message: str
    source: str = ""
    line: int | None = None
    suggestion: str | None = None

    def __str__(self) -> str:
        """Return `FILE:LINE: MESSAGE; did you mean 'NAME'?`, leaving out what is not known."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}; did you mean '{self.suggestion}'?" if self.suggestion else text


class AdvisorError(Exception):
    """Input that can't be used. `problems` holds everything that is wrong with it, in reading order."""

    def __init__(self, problems: list[Problem] | Problem) -> None:
        self.problems = tuple([problems] if isinstance(problems, Problem) else problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: object, known: list[str] | tuple[str, ...]) -> str | None:
    """Return the known name that `name` most likely stands for, or None when nothing is near."""
    # Imported here because only the failing path needs it.
    from difflib import get_close_matches

    matches = get_close_matches(str(name).lower(), [k.lower() for k in known], n=1, cutoff=0.6)
    return next((k for k in known if k.lower() == matches[0]), None) if matches else None
