"""Records that are written as data and read from data; pydantic checks what comes from outside.

A program that answers at once can't afford to build dozens of pydantic models at its start. A record is written like
one (annotations and defaults) and has the same few methods; pydantic checks data into it when asked to.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_type_hints

from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Self

    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema


class Shape(Frozen):
    """The base of all records."""

    written_as: ClassVar[Mapping[str, str]] = {}
    """The fields that have another name in data, such as one that Python keeps for itself."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """Return the same record with some fields replaced."""
        return self.replaced(**(update or {}))

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
