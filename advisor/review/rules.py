"""rules/review.yaml: the findings, their levels and sentences, and the few limits."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, model_validator

from advisor.documents import read_document
from advisor.overlay import RuleFolders, shipped_rules_folder
from advisor.reasons import PLACEHOLDER
from advisor.validation import Model, validated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from advisor.documents import Document

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
Kind = Literal[
    "ruled_out",
    "contradicted",
    "respondents_disagree",
    "blocked_service",
    "service_ends",
    "over_budget",
    "heavier",
    "less_suited",
    "missing_evidence",
    "unproven",
    "undecided",
    "answers_conflict",
    "stale",
    "undated",
    "proposals_differ",
    "dated_note",
    "nothing_proposed",
]
_KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
_FILE: Final = "review.yaml"


class FindingEntry(Model):
    """One kind of finding: how serious it is and how it is said."""

    id: Kind
    level: Level
    title: Annotated[str, Field(min_length=3)]
    text: str
    settle: str


class Limits(Model):
    """The numbers behind the findings; points are loss x 100."""

    contradicted_points: Annotated[float, Field(ge=0)]
    heavier_points: Annotated[float, Field(ge=0)]
    stale_after_days: Annotated[int, Field(ge=1)]
    combinations: Annotated[int, Field(ge=1, le=4096)]


class ReviewWords(Model):
    """Parts of sentences."""

    outcome: str
    undecided: str
    not_yet: str
    no_flip: str
    flip: str
    flip_part: str
    agreed: str


class ReviewFile(Model):
    """rules/review.yaml. Findings are listed from the most to the least serious."""

    limits: Limits
    findings: tuple[FindingEntry, ...]
    words: ReviewWords

    @model_validator(mode="after")
    def _complete(self) -> ReviewFile:
        missing = [kind for kind in _KINDS if kind not in self.by_id]
        if missing:
            raise ValueError(f"no finding says how '{missing[0]}' is put")
        return self

    @cached_property
    def by_id(self) -> dict[str, FindingEntry]:
        """The findings by their ids, in order."""
        return {entry.id: entry for entry in self.findings}


def filled(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its words in braces filled in; what is filled in is not read again."""
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text)


def sentence(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its words filled in, beginning with a capital."""
    said = filled(text, values).strip()
    return said[:1].upper() + said[1:]


@cache
def review_rules(folders: tuple[Path, ...]) -> ReviewFile:
    """Return how findings are judged and said in a stack of rule folders; a pack without the file takes the shipped."""
    return validated(ReviewFile, review_document(RuleFolders(folders)))


def review_document(stack: RuleFolders) -> Document:
    """Return the file in which a stack of rule folders says it, the shipped one where none of them does."""
    own = any((folder / _FILE).is_file() for folder in stack.folders)
    return stack.read(_FILE) if own else read_document(shipped_rules_folder() / _FILE)
