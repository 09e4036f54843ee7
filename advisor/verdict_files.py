"""The shape of verdict tests: answers, and what an expert expects to come out of them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, Field, model_validator

from advisor.approaches import Approach
from advisor.rule_files import Sentence, Slug
from advisor.validation import Model

_SAYS: Final = ("verdict", "approach", "techniques", "parts", "without", "order", "first_note", "contradictions")


class Expectation(Model):
    """What has to come out. Only what is named is compared.

    `techniques` and `parts` (options such as `rag.advanced`) must be among those recommended, those `without` must not;
    `order` ranks approaches, others may stand between; `known_wrong` says why a test is known to fail.
    """

    verdict: Literal["recommend", "not_yet", "undecided"] | None = None
    approach: Approach | None = None
    techniques: Annotated[tuple[str, ...], Field(validation_alias=AliasChoices("techniques", "also"))] = ()
    parts: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    order: tuple[Approach, ...] = ()
    first_note: str | None = None
    contradictions: tuple[str, ...] | None = None
    known_wrong: Sentence | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Expectation:
        if not self.model_fields_set & {*_SAYS, "also"}:
            raise ValueError(f"expected at least one of {', '.join(_SAYS)}")
        return self


class VerdictEntry(Expectation):
    """One case in a file: its answers, what comes out, and why an expert would sign it."""

    id: Slug
    description: str | None = None
    facts: dict[str, Any]
    why: Sentence | None = None


class VerdictFile(Model):
    """A file in the folder `verdicts` of a rule pack."""

    verdicts: Annotated[tuple[VerdictEntry, ...], Field(min_length=1)]
