"""Plain unchangeable values that cost next to nothing to define.

A program that answers at once can't afford to build dozens of dataclasses at its start: each compiles its methods. Here
all values share the same few, and only the names and defaults of the fields differ.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations of what derives from this
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from typing import Self


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Frozen:
    """The base of all such values: made with keywords, compared by content, never changed, without unknown fields.

    What the program makes itself is not checked: that is what static types are for.
    """

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

    def replaced(self, **changes: Any) -> Self:
        """Return the same value with some fields replaced."""
        own = self.__dict__
        return type(self)(**{name: own[name] for name in self.field_names} | changes)
