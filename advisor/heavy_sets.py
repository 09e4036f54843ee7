"""The sets of heavy interventions of a pack: their variants, their names, and what stands without each of them."""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import TYPE_CHECKING, Final, TypeAlias

from advisor.approaches import APPROACHES
from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

Parts: TypeAlias = tuple[int, ...]
"""A plan by the places of its options: the light ones first, each kind as the pack orders it."""

PROMPTING: Final = APPROACHES.index("prompting")

_BOTH: Final = APPROACHES.index("rag_and_fine_tuning")
_HALVES: Final = frozenset((APPROACHES.index("rag"), APPROACHES.index("fine_tuning")))


class HeavyChoice(Frozen):
    """One variant of each intervention of a heavy set: its options, their bits, their burden, and each one's others."""

    parts: Parts
    mask: int
    burden: float
    others: tuple[Parts, ...]


class HeavySet(Frozen):
    """A set of heavy interventions with every choice of their variants.

    `name` is its approach, None where that depends on what each intervention earns. `rests` are the places of the sets
    with one intervention less, and `approaches` those of the interventions left out, in the same order. `spare` are the
    interventions (by their place in the set) without which there is always a plan of the same name to compare with.
    """

    choices: tuple[HeavyChoice, ...]
    name: int | None
    rests: tuple[int, ...]
    approaches: tuple[int, ...]
    spare: tuple[int, ...]


def heavy_sets(groups: Sequence[Parts], approach_of: Sequence[int], burdens: Sequence[float]) -> tuple[HeavySet, ...]:
    """Return every set of heavy interventions, the smaller ones first.

    `groups` holds each intervention's variants by their places among the options; `approach_of` and `burdens` are those
    of all options.
    """
    members = [chosen for size in range(len(groups) + 1) for chosen in combinations(range(len(groups)), size)]
    place = {chosen: i for i, chosen in enumerate(members)}

    def heavy_set(chosen: Parts) -> HeavySet:
        approaches = tuple(approach_of[groups[k][0]] for k in chosen)
        size = len(chosen)
        name = common_name(approaches)
        if name is None:
            spare = [0, 1] if size == 2 else []
        else:
            spare = [k for k in range(size) if common_name(approaches[:k] + approaches[k + 1 :]) == name]
        choices = tuple(
            HeavyChoice(
                parts=parts,
                mask=sum(1 << i for i in parts),
                burden=math.fsum(burdens[i] for i in parts),
                others=tuple(parts[:k] + parts[k + 1 :] for k in range(size)),
            )
            for parts in product(*(groups[k] for k in chosen))
        )
        rests = tuple(place[chosen[:k] + chosen[k + 1 :]] for k in range(size))
        return HeavySet(choices=choices, name=name, rests=rests, approaches=approaches, spare=tuple(spare))

    return tuple(heavy_set(chosen) for chosen in members)


def common_name(approaches: Sequence[int]) -> int | None:
    """Return the approach of a plan with heavy interventions of these, or None where it depends on the answers."""
    names = {*approaches}
    if names >= _HALVES:
        return _BOTH
    return None if len(names) > 1 else next(iter(names), PROMPTING)
