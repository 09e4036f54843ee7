"""Rechecked decisions as plain text, Markdown or GitHub annotations. All texts are shown, never interpreted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from advisor.report.annotations import annotation
from advisor.report.escape import as_text
from advisor.wording import inert, one_line

if TYPE_CHECKING:
    from advisor.records.recheck import Recheck, Rechecked

_EFFECT: Final = {
    "alone": "without this change the verdict would stand",
    "together": "turned it together with the others",
    "unknown": "may have turned it",
    "none": "did not move the verdict",
}


def to_text(found: Recheck) -> str:
    """Return rechecked decisions for a terminal."""
    lines = []
    for each in found.decisions:
        lines += [f"{one_line(each.name)} ({one_line(each.file)})", f"  {_outcome(each)}"]
        lines += [f"  {one_line(cause.text)} [{_EFFECT[cause.effect]}]" for cause in each.causes]
        lines += [f"  due: {one_line(due)}" for due in each.due]
        lines.append("")
    return inert("\n".join([*lines, _summary(found)]))


def to_markdown(found: Recheck) -> str:
    """Return rechecked decisions for a pull request or an issue."""
    lines = ["# Recorded decisions, checked again", "", as_text(_summary(found)) + "."]
    for each in found.decisions:
        lines += ["", f"## {as_text(each.name)}", "", f"{as_text(each.file)}: {as_text(_outcome(each))}.", ""]
        lines += [f"- {as_text(cause.text)} ({_EFFECT[cause.effect]})" for cause in each.causes]
        lines += [f"- Due: {as_text(due)}" for due in each.due]
    return "\n".join(lines) + "\n"


def to_github(found: Recheck) -> str:
    """Return changed verdicts as errors and due dates as notices, beside the lines of the records."""
    lines = []
    for each in found.decisions:
        if each.changed:
            causes = [f"{cause.text} ({_EFFECT[cause.effect]})" for cause in each.causes if cause.effect != "none"]
            text = "\n".join([_outcome(each), *causes])
            lines.append(annotation("error", each.file, each.line, "A recorded decision changed", text))
        elif each.due:
            lines.append(annotation("note", each.file, each.line, "A decision is due for a look", "\n".join(each.due)))
    return "\n".join(lines)


def _outcome(each: Rechecked) -> str:
    old = _verdict(each.old_verdict, each.old_approach)
    if not each.changed:
        return f"decided on {each.decided_on}: {old}, unchanged"
    return f"decided on {each.decided_on}: {old}; now: {_verdict(each.new_verdict, each.new_approach)}"


def _verdict(verdict: str, approach: str | None) -> str:
    return "undecided" if approach is None else f"{approach}{', but not yet' if verdict == 'not_yet' else ''}"


def _summary(found: Recheck) -> str:
    changed = sum(each.changed for each in found.decisions)
    return f"{len(found.decisions)} checked on {found.as_of}: {changed} changed"
