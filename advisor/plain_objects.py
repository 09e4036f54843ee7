"""Objects of a few known classes written as plain JSON and read back, quickly and without running any code.

The classes are named tuples and those of advisor.frozen. Each object is written once, after those that it holds, so
that what was shared is shared again. Only classes that the caller names are ever made. Reading trusts the text; who
keeps such texts also keeps a digest of them.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

_OBJECT, _PLAIN_TUPLE, _TUPLE, _LIST, _DICT, _SET, _DATE, _PATH = range(8)
_SCALARS: Final = (str, int, float, bool, type(None))


def to_text(value: object, classes: Iterable[type]) -> str:
    """Return a value as text; TypeError for an object of a class that is not among `classes`."""
    writer = _Writer(classes)
    top = writer.written(value)
    return json.dumps(
        {"classes": writer.names, "objects": writer.objects, "top": top}, ensure_ascii=False, separators=(",", ":")
    )


def from_text(text: str | bytes, classes: Iterable[type]) -> Any:
    """Return the value that `to_text` wrote. KeyError, TypeError or ValueError for anything else."""
    content = json.loads(text)
    known = {_name(kind): kind for kind in classes}
    makers = [_maker(known[name], tuple(names)) for name, names in content["classes"]]
    made: list[Any] = []
    for number, *values in content["objects"]:
        made.append(makers[number]([value if type(value) is not list else _read(value, made) for value in values]))
    return _read(content["top"], made)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _field_names(kind: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = kind.field_names if issubclass(kind, Frozen) else kind._fields
    return names


def _maker(kind: Any, names: tuple[str, ...]) -> Any:
    """Return what makes an object from the values of its fields; ValueError when the class has others by now."""
    if names != _field_names(kind):
        raise ValueError(f"{kind.__name__} has other fields")
    if not issubclass(kind, Frozen):
        return kind._make

    def record(values: list[Any]) -> Any:
        result = object.__new__(kind)
        result.__dict__.update(zip(names, values, strict=True))
        return result

    return record


def _read(value: Any, made: list[Any]) -> Any:
    if type(value) is not list:
        return value
    tag = value[0]
    if tag == _OBJECT:
        return made[value[1]]
    if tag == _PLAIN_TUPLE:
        return tuple(value[1:])
    inner = [_read(item, made) for item in value[1:]]
    if tag == _TUPLE:
        return tuple(inner)
    if tag == _DICT:
        return dict(zip(inner[::2], inner[1::2], strict=True))
    if tag == _LIST:
        return inner
    if tag == _SET:
        return frozenset(inner)
    if tag == _DATE:
        return date.fromisoformat(inner[0])
    if tag == _PATH:
        return Path(inner[0])
    raise ValueError(f"unknown tag {tag}")


class _Writer:
    def __init__(self, classes: Iterable[type]) -> None:
        self.numbers = {kind: number for number, kind in enumerate(classes)}
        self.names = [(_name(kind), _field_names(kind)) for kind in self.numbers]
        self.objects: list[list[Any]] = []
        self.places: dict[int, int] = {}

    def written(self, value: Any) -> Any:
        """Return a value as it stands in the text, writing the objects in it before."""
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is tuple and all(type(item) in _SCALARS for item in value):
            return [_PLAIN_TUPLE, *value]
        if kind in (tuple, list):
            return [_TUPLE if kind is tuple else _LIST, *map(self.written, value)]
        if kind is dict:
            return [_DICT, *(self.written(item) for pair in value.items() for item in pair)]
        if kind is frozenset:
            return [_SET, *sorted(value, key=str)]
        if kind is date:
            return [_DATE, value.isoformat()]
        if isinstance(value, Path):
            return [_PATH, str(value)]
        if kind not in self.numbers:
            raise TypeError(f"{kind.__name__} is not among the classes to write")
        if id(value) not in self.places:
            number = self.numbers[kind]
            content = [number, *(self.written(getattr(value, name)) for name in self.names[number][1])]
            self.places[id(value)] = len(self.objects)
            self.objects.append(content)
        return [_OBJECT, self.places[id(value)]]
