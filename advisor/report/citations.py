"""Sources, numbered in the order in which a report cites them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from advisor.recommendation import Source


class Citations:
    """Hands out the number of each source; the same source keeps its number."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._numbers: dict[str, int] = {}

    def cite(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of the sources with these ids, in ascending order; unknown ids are passed over."""
        known = [name for name in names if name in self._sources]
        for name in known:
            self._numbers.setdefault(name, len(self._numbers) + 1)
        return tuple(sorted({self._numbers[name] for name in known}))

    def numbered(self) -> tuple[tuple[int, Source, tuple[int, ...]], ...]:
        """Return every cited source with its number and the numbers of cited sources that it disagrees with."""
        return tuple((number, self._sources[name], self._disagreeing(name)) for name, number in self._numbers.items())

    def _disagreeing(self, name: str) -> tuple[int, ...]:
        others = {other for other in self._sources[name].disagrees_with if other in self._numbers}
        others |= {other for other in self._numbers if name in self._sources[other].disagrees_with}
        return tuple(sorted(self._numbers[other] for other in others))
