"""What a check found: errors and warnings, each with its place."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from advisor.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from advisor.errors import AdvisorError

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a rule pack. `kind` names the check; `line` counts from 1, None for a whole file."""

    level: Level
    kind: str
    message: str
    source: str
    line: int | None = None

    def __str__(self) -> str:
        """Return `FILE:LINE: LEVEL: MESSAGE [KIND]`."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{place}: {self.level}: {self.message} [{self.kind}]"


def from_problems(error: AdvisorError) -> Iterator[Finding]:
    """Yield what a reader of files refuses as findings."""
    for problem in error.problems:
        near = f"; did you mean '{problem.suggestion}'?" if problem.suggestion else ""
        yield Finding("error", "load", problem.message + near, problem.source, problem.line)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with errors first, then by file and line, each once."""
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda f: (f.level != "error", f.source, f.line or 0, f.kind, f.message))
    )


def errors_in(findings: Iterable[Finding]) -> int:
    """Return how many findings are errors."""
    return sum(finding.level == "error" for finding in findings)


def to_text(findings: Sequence[Finding], checked: str) -> str:
    """Return findings as lines, errors and warnings apart, with a summary; `checked` says what was looked at."""
    lines: list[str] = []
    for level, title in (("error", "Errors"), ("warning", "Warnings")):
        found = [finding for finding in findings if finding.level == level]
        if found:
            lines += [f"{title} ({len(found)})", *(f"  {one_line(str(finding))}" for finding in found), ""]
    errors = errors_in(findings)
    lines.append(f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}: {checked}")
    return "\n".join(lines)


def to_json(findings: Sequence[Finding], checked: dict[str, int]) -> str:
    """Return findings and what was looked at as JSON."""
    errors = errors_in(findings)
    content = {
        "errors": errors,
        "warnings": len(findings) - errors,
        "checked": checked,
        "findings": [asdict(finding) for finding in findings],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _counted(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
