"""Cases on which a pack is tried: those of its own tests, those that its rules speak of, and seeded random ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from advisor.checking.domains import Box, Domains
    from advisor.checking.items import Item
    from advisor.conditions import Facts, FactValue

SEED: Final = 6
_SHARES: Final = (0.25, 0.5, 0.9)
"""Shares of the questions that random cases answer."""


class Sampler:
    """Draws answers that go together, always the same ones in the same order."""

    def __init__(self, domains: Domains) -> None:
        self.domains = domains
        self.random = Random(SEED)  # noqa: S311 - for drawing cases, not for secrets

    def drawn(self, share: float) -> dict[str, FactValue]:
        """Return random answers to about a share of the questions."""
        cells = self.domains.cells
        facts = {fact: self.random.choice(values) for fact, values in cells.items() if self.random.random() < share}
        return self.without_idle(facts, {})

    def many(self, number: int) -> Iterator[dict[str, FactValue]]:
        """Yield a number of random cases, from few answers to nearly all."""
        return (self.drawn(_SHARES[i % len(_SHARES)]) for i in range(number))

    def within(self, base: Facts, box: Box) -> dict[str, FactValue]:
        """Return answers changed as little as needed to lie in a box."""
        result = dict(base)
        for fact, mask in box.items():
            cells = self.domains.cells[fact]
            if fact not in result or not mask >> self.domains.cell_of(fact, result[fact]) & 1:
                result[fact] = self.random.choice([value for i, value in enumerate(cells) if mask >> i & 1])
        return self.without_idle(result, box)

    def without_idle(self, facts: Mapping[str, FactValue], box: Box) -> dict[str, FactValue]:
        """Return answers without those, outside a box, whose question does not apply."""
        result = dict(facts)
        for fact in facts:
            if fact not in box and not self.domains.applies(fact, result):
                del result[fact]
        return result

    def neighbor(self, facts: Facts, fixed: Iterable[str] = ()) -> dict[str, FactValue]:
        """Return answers with one of them changed, added or taken away; those to `fixed` stay."""
        choices = [fact for fact in self.domains.cells if fact not in {*fixed}]
        fact = self.random.choice(choices)
        result = dict(facts)
        value = self.random.choice((None, *self.domains.cells[fact]))
        if value is None:
            result.pop(fact, None)
        else:
            result[fact] = value
        return result if self.domains.allowed(result) else dict(facts)


def boxes_of(items: Sequence[Item], domains: Domains) -> dict[int, tuple[Box, ...]]:
    """Return, for each item by its place, the boxes in which its condition holds."""
    return {
        i: domains.boxes(item.condition)
        for i, item in enumerate(items)
        if item.condition is not None and item.kind not in ("only_if", "direction")
    }
