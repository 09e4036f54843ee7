"""A review as plain text, Markdown or GitHub annotations. User texts are shown as they are, never interpreted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.report.annotations import annotation
from advisor.report.escape import as_text
from advisor.wording import counted, inert, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.review.result import FileReview, Finding, RestsOn, Review


def to_text(review: Review) -> str:
    """Return a review for a terminal."""
    return inert("\n".join(line for each in review.reviews for line in _text(each)) + "\n" + _summary(review))


def _text(review: FileReview) -> Iterator[str]:
    yield f"{one_line(review.name)} ({', '.join(map(one_line, review.files))})"
    yield f"  proposed: {review.proposed or 'nothing'}; the answers: {_answers_say(review)}"
    for finding in review.findings:
        yield f"  {finding.level}: {one_line(finding.title)} [{finding.kind}]"
        yield f"    {one_line(finding.text)}"
        for answer in finding.rests_on:
            yield f"    rests on: {_answer(answer)} ({one_line(answer.file)}:{answer.line})"
        yield f"    settle it: {one_line(finding.settle)}"
    if review.harmless_words:
        yield f"  {one_line(review.harmless_words)}"
    yield ""


def _answer(answer: RestsOn) -> str:
    who = f" ({one_line(answer.respondent)})" if answer.respondent else ""
    return f"{one_line(answer.short)}: {one_line(answer.words)}{who}"


def _answers_say(review: FileReview) -> str:
    if review.approach is None:
        return "undecided" + (f", leaning to {review.approach_name}" if review.approach_name else "")
    return f"{review.approach}{', but not yet' if review.verdict == 'not_yet' else ''}"


def _summary(review: Review) -> str:
    counts = ", ".join(counted(review.counted(level), f"{level}s", level) for level in ("error", "warning", "note"))
    return f"{len(review.reviews)} reviewed on {review.as_of}: {counts}"


def to_markdown(review: Review) -> str:
    """Return a review for a pull request."""
    lines = ["# Design review", "", as_text(_summary(review)) + "."]
    for each in review.reviews:
        lines += ["", f"## {as_text(each.name)}", ""]
        lines.append(f"Proposed: {as_text(each.proposed or 'nothing')}. The answers: {as_text(_answers_say(each))}.")
        lines += [line for finding in each.findings for line in _markdown(finding)]
        if each.harmless_words:
            lines += ["", as_text(each.harmless_words)]
        if not each.findings:
            lines += ["", "Nothing found."]
    return "\n".join(lines) + "\n"


def _markdown(finding: Finding) -> Iterator[str]:
    yield ""
    yield f"### {finding.level.capitalize()}: {as_text(finding.title)}"
    yield ""
    yield as_text(finding.text)
    yield ""
    for answer in finding.rests_on:
        yield f"- Rests on: {as_text(_answer(answer))} ({as_text(answer.file)}:{answer.line})"
    yield f"- What would settle it: {as_text(finding.settle)}"


def to_github(review: Review) -> str:
    """Return a review as workflow commands, which GitHub shows beside the lines of a pull request."""
    return "\n".join(
        annotation(finding.level, finding.file, finding.line, finding.title, f"{finding.text}\n{finding.settle}")
        for each in review.reviews
        for finding in each.findings
    )
