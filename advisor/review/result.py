"""What a review finds, ready to print as text, Markdown, JSON or annotations."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from advisor.approaches import Approach
from advisor.facts import FactValue
from advisor.recommendation import Result, Verdict
from advisor.review.rules import LEVELS, Level


class RestsOn(Result):
    """An answer that a finding rests on, with the file and line where it is given."""

    fact: str
    short: str
    value: FactValue
    words: str
    respondent: str | None
    file: str
    line: int


class Finding(Result):
    """One finding: what is wrong, the answers that it rests on, and what would settle it."""

    kind: str
    level: Level
    title: str
    text: str
    settle: str
    rests_on: tuple[RestsOn, ...]
    file: str
    line: int


class FileReview(Result):
    """The review of one use case, from one file or from several with different respondents."""

    name: str
    files: tuple[str, ...]
    proposed: Approach | None
    verdict: Verdict
    approach: Approach | None
    approach_name: str
    findings: tuple[Finding, ...]
    harmless: tuple[str, ...]
    harmless_words: str


class Review(Result):
    """The reviews of all use cases, in the order of their files."""

    schema_version: Literal[1] = 1
    as_of: date
    rules_version: str
    rules_hash: str
    reviews: tuple[FileReview, ...] = Field(min_length=1)

    def counted(self, level: Level) -> int:
        """Return how many findings have a level."""
        return sum(finding.level == level for review in self.reviews for finding in review.findings)

    def fails(self, level: Level | None) -> bool:
        """Return whether some finding is at least as serious as a level; None never fails."""
        return level is not None and any(self.counted(each) for each in LEVELS[: LEVELS.index(level) + 1])
