"""The shape of the rule files about texts: what words propose, what they hint at, and how the text model is made."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from advisor.shape import Shape

Words = Annotated[tuple[Annotated[str, Field(min_length=2)], ...], Field(min_length=1)]
Grid = Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=1)]


class CueEntry(Shape):
    """Words that make one answer plain.

    `is` holds the answer: an option of the fact, or true or false. For a number, `each` says how many of the fact's
    unit one of the counted things is, and `#` in the words stands for their count. A cue has one of the two.
    """

    written_as: ClassVar[dict[str, str]] = {"value": "is"}

    fact: str
    words: Words
    value: str | bool | None = None
    each: Annotated[float, Field(gt=0)] | None = None


class CuesFile(Shape):
    """rules/cues.yaml."""

    schema_version: Literal[1]
    cues: tuple[CueEntry, ...]


class HintEntry(Shape):
    """Words that are counted together by the text model."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    words: Words


class HintsFile(Shape):
    """rules/hints.yaml, read by `advisor train`."""

    schema_version: Literal[1]
    hints: tuple[HintEntry, ...]


class WordSettings(Shape):
    """Which words of descriptions become features: the commonest, seen in enough and not in too many of them."""

    most: Annotated[int, Field(ge=0)]
    least_cases: Annotated[int, Field(ge=1)]
    largest_share: Annotated[float, Field(gt=0, le=1)]


class TuningGrids(Shape):
    """The values among which nested cross-validation chooses.

    `answers_strength` and `text_strength` are inverse penalties (scikit-learn's C) of the two models; `share` is the
    classifier's part in the blend where it speaks; below `margin` the rules are too close, below `answers` too thin.
    """

    answers_strength: Grid
    text_strength: Grid
    share: Grid
    margin: Grid
    answers: Grid


class ClassifierFile(Shape):
    """rules/classifier.yaml, read by `advisor train`: features, their scales, and the values to choose among."""

    schema_version: Literal[1]
    levels: dict[str, tuple[float, ...]]
    least_cases: Annotated[int, Field(ge=1)]
    few_answers: Annotated[int, Field(ge=0)]
    scales: dict[str, Annotated[float, Field(ge=0)]]
    words: WordSettings
    grids: TuningGrids
