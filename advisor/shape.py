"""Plain unchangeable values that cost next to nothing to define; pydantic only checks what comes from outside.

A program that answers at once can't afford to build dozens of pydantic models at its start. A record is written like
one (annotations and defaults) and has the same few methods; pydantic checks data into it when asked to.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations
from datetime import date
from inspect import get_annotations
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, dataclass_transform, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Self

    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Shape:
    """The base of all records: made with keywords, compared by value, never changed, and without unknown fields.

    Values that the program makes itself are not checked: that is what static types are for.
    """

    written_as: ClassVar[Mapping[str, str]] = {}
    """The fields that have another name in data, such as one that Python keeps for itself."""

    field_names: ClassVar[tuple[str, ...]] = ()
    field_defaults: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        own = [name for name, kind in get_annotations(cls).items() if "ClassVar" not in str(kind)]
        cls.field_names = tuple(dict.fromkeys((*cls.field_names, *own)))
        cls.field_defaults = {
            **cls.field_defaults,
            **{name: cls.__dict__[name] for name in own if name in cls.__dict__},
        }

    def __init__(self, **values: Any) -> None:
        own = self.__dict__
        own.update(self.field_defaults)
        own.update(values)
        if len(own) != len(self.field_names) or not all(name in own for name in self.field_names):
            missing = [name for name in self.field_names if name not in own]
            unknown = [name for name in own if name not in self.field_names]
            raise TypeError(f"{type(self).__name__}: missing {missing}, unknown {unknown}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} can't be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} can't be changed: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.field_names)})"

    def _values(self) -> tuple[Any, ...]:
        own = self.__dict__
        return tuple([own[name] for name in self.field_names])

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """Return the same record with some fields replaced."""
        own = self.__dict__
        return type(self)(**{name: own[name] for name in self.field_names} | dict(update or {}))

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Collection[str] | None = None,
        exclude: Collection[str] = (),
    ) -> dict[str, Any]:
        """Return the content as plain data; `mode="json"` writes dates as text and tuples as lists."""
        plain = _as_json if mode == "json" else _as_python
        own, written = self.__dict__, self.written_as
        names = self.field_names if include is None else [name for name in self.field_names if name in include]
        return {written.get(name, name): plain(own[name]) for name in names if name not in exclude}

    def model_dump_json(self, *, indent: int | None = None) -> str:
        """Return the content as JSON text."""
        import json

        between = (",", ":") if indent is None else None
        return json.dumps(self.model_dump(mode="json"), indent=indent, ensure_ascii=False, separators=between)

    @classmethod
    def model_validate(cls, data: object) -> Self:
        """Return the record that plain data describe; pydantic's ValidationError holds all that is wrong with them."""
        checked: Self = _adapter(cls).validate_python(data)
        return checked

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of this record."""
        return _adapter(cls).json_schema()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how pydantic checks data into this record; called by pydantic alone."""
        from pydantic.fields import FieldInfo
        from pydantic_core import core_schema

        fields = []
        for name, hint in get_type_hints(cls, include_extras=True).items():
            if name not in cls.field_names:
                continue
            info = FieldInfo.from_annotation(hint)
            checked: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            schema = handler.generate_schema(checked)
            if name in cls.field_defaults:
                schema = core_schema.with_default_schema(schema, default=cls.field_defaults[name])
            fields.append(
                core_schema.dataclass_field(name, schema, kw_only=True, validation_alias=cls.written_as.get(name))
            )
        return core_schema.dataclass_schema(
            cls,
            core_schema.dataclass_args_schema(cls.__name__, fields),
            [*cls.field_names],
            ref=f"{cls.__module__}.{cls.__qualname__}:{id(cls)}",
            config=core_schema.CoreConfig(extra_fields_behavior="forbid"),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda record: record.model_dump()),
        )


_adapters: dict[type[Shape], TypeAdapter[Any]] = {}


def _adapter(record: type[Shape]) -> TypeAdapter[Any]:
    """Return what checks data into a kind of record, made on first use."""
    if record not in _adapters:
        from pydantic import TypeAdapter

        _adapters[record] = TypeAdapter(record)
    return _adapters[record]


def _as_python(value: Any) -> Any:
    """Return a value with the records in it as plain data."""
    if isinstance(value, Shape):
        return value.model_dump()
    if isinstance(value, (tuple, list)):
        return type(value)([_as_python(item) for item in value])
    if isinstance(value, dict):
        return {key: _as_python(item) for key, item in value.items()}
    return value


def _as_json(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, (str, int, float)) or value is None:
        return value
    if isinstance(value, Shape):
        return value.model_dump(mode="json")
    if isinstance(value, (tuple, list)):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
