"""Bounds of number facts that nearly meet, overlap against each other, or can't be told apart by whole numbers."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Final

from advisor.checking.domains import leaves
from advisor.conditions import Between
from advisor.wording import format_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.checking.findings import Finding
    from advisor.checking.items import Item
    from advisor.pack import RulePack

_NEAR: Final = 0.25
"""Two bounds this near to each other (as a share of the larger) were meant to meet; a wider gap is left on purpose."""


def check_thresholds(pack: RulePack, items: Sequence[Item]) -> Iterator[Finding]:
    """Yield bounds that leave a hole between two tiers, or let two opposed tiers hold at once."""
    facts = pack.questionnaire.by_id
    tests: dict[tuple[str, str, str], list[tuple[Item, Between]]] = {}
    for item in items:
        if item.condition is None:
            continue
        for leaf in leaves(item.condition):
            if not isinstance(leaf, Between):
                continue
            fact = facts[leaf.fact]
            for bound in (leaf.at_least, leaf.below):
                if fact.integer and math.isfinite(bound) and bound != int(bound):
                    message = f"{item.name}: {fact.id} is a whole number, so {bound:g} is no clear bound for it"
                    yield item.finding("warning", "threshold", message)
                if math.isfinite(bound) and fact.maximum is not None and bound > fact.maximum:
                    message = f"{item.name}: {fact.id} is never above {fact.maximum:g}, so the bound {bound:g} is idle"
                    yield item.finding("warning", "threshold", message)
            tests.setdefault((_family(item), item.owner, leaf.fact), []).append((item, leaf))
    for (_, _, fact_id), found in tests.items():
        for one, other in combinations(found, 2):
            yield from _seam(fact_id, *sorted((one, other), key=lambda pair: (pair[1].at_least, pair[1].below)))


def _family(item: Item) -> str:
    return "rule" if item.kind in ("rule", "block") else item.kind


def _seam(fact: str, low: tuple[Item, Between], high: tuple[Item, Between]) -> Iterator[Finding]:
    """Yield what is odd about the seam between a lower and a higher tier of one fact."""
    (lower, first), (upper, second) = low, high
    if lower is upper or not math.isfinite(first.below) or not math.isfinite(second.at_least):
        return
    end, start = first.below, second.at_least
    if end < start and start - end <= _NEAR * start:
        message = (
            f"{upper.name} begins at {format_number(start)} of {fact} but {lower.id} on line {lower.line} ends at "
            f"{format_number(end)}: what lies between falls through"
        )
        yield upper.finding("warning", "threshold", message)
    elif start < end and math.isinf(second.below) and _opposed(lower, upper):
        message = (
            f"{upper.name} begins at {format_number(start)} of {fact} but {lower.id} on line {lower.line} ends only at "
            f"{format_number(end)}: between them both count, one for and one against"
        )
        yield upper.finding("warning", "threshold", message)


def _opposed(one: Item, other: Item) -> bool:
    """Return whether two rules read the one fact alone and pull in opposite directions."""
    if one.kind != "rule" or other.kind != "rule":
        return False
    alone = isinstance(one.condition, Between) and isinstance(other.condition, Between)
    return alone and one.part.weight * other.part.weight < 0
