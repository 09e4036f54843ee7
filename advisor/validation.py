"""Checking a document against a pydantic model, with every problem in plain words and at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError

from advisor.errors import AdvisorError, Problem, nearest
from advisor.shape import Shape
from advisor.wording import kind_of, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from advisor.documents import Document, KeyPath


class Model(BaseModel):
    """The base of what is read from files and needs checks of its own: unchangeable, without keys that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Checked(Protocol):
    """What both kinds of shapes can do: pydantic's models, and the lighter records."""

    @classmethod
    def model_validate(cls, data: Any, /) -> Self:
        """Return the value that plain data describe, or raise pydantic's ValidationError."""


_M = TypeVar("_M", bound=Checked)
Kind: TypeAlias = type[Any]


def validated(model: type[_M], document: Document, at: KeyPath = ()) -> _M:
    """Return the part of a document at `at` as a model; AdvisorError holds all that is wrong with it."""
    value = document.data
    for step in at:
        value = value[step]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise AdvisorError(problems_of(error, model, document, at)) from None


def problems_of(error: ValidationError, model: Kind, document: Document, at: KeyPath = ()) -> list[Problem]:
    """Return what pydantic found wrong as problems with lines, in the order of the lines, each said once."""
    found: dict[Problem, None] = {}
    for detail in error.errors(include_url=False):
        path = (*at, *detail["loc"])
        message, suggestion = _in_words(detail, model)
        found[document.problem(message, path, suggestion)] = None
    return sorted(found, key=lambda problem: problem.line or 0)


def _in_words(detail: Mapping[str, Any], model: Kind) -> tuple[str, str | None]:
    """Return the message and the nearest valid name for one of pydantic's error details."""
    loc, value = detail["loc"], detail["input"]
    name = ".".join(str(step) for step in loc)
    kind = detail["type"]
    if kind == "missing":
        return f"{name} is missing", None
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = _fields_at(model, loc[:-1])
        return f"unknown key {quoted(loc[-1])}", nearest_name(loc[-1], known)
    if kind == "literal_error":
        expected = detail["ctx"]["expected"]
        known = tuple(word.strip("'") for part in expected.split(" or ") for word in part.split(", "))
        return f"{name}: expected {expected}, not {_shown(value)}", nearest_name(value, known)
    if kind in ("value_error", "assertion_error"):
        return f"{name}: {detail['ctx']['error']}" if name else str(detail["ctx"]["error"]), None
    said = detail["msg"].replace("Input should be ", "expected ").replace("a valid ", "a ")
    if kind.endswith("_parsing"):
        said = said.partition(",")[0]  # what the parser stumbled over says less than the value itself
    if kind == "model_type":
        said = "expected `key: value` lines"
    return f"{f'{name}: ' if name else ''}{said[:1].lower()}{said[1:]}, not {_shown(value)}", None


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, (str, int, float)) or value is None else kind_of(value)


def nearest_name(name: object, known: tuple[str, ...]) -> str | None:
    """Return the known name that a misspelt one likely stands for; None for long text, which is no name."""
    return nearest(name, known) if isinstance(name, str) and len(name) <= 60 else None


def _fields_at(model: Kind, loc: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return the keys that the model at `loc` knows, as they are written in files."""
    current: Kind | None = model
    for step in loc:
        if current is None:
            return ()
        fields = _fields(current)
        if step in fields:
            current = _model_in(fields[str(step)])
    return tuple(_fields(current)) if current else ()


def _fields(model: Kind) -> dict[str, Any]:
    """Return the type of each field, by its key as it is written in files."""
    if issubclass(model, BaseModel):
        return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    hints = get_type_hints(model, include_extras=True)
    return {model.written_as.get(name, name): hints[name] for name in model.field_names}


def _model_in(annotation: Any) -> Kind | None:
    """Return the first model inside a type such as `tuple[Option, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, (BaseModel, Shape)):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
