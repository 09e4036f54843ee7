"""What reads each fact: facts that change nothing, and answers that nothing tells apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.checking.domains import leaves
from advisor.conditions import facts_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.checking.domains import Domains
    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.facts import Fact
    from advisor.pack import RulePack

_FACTS = "facts.yaml"


def check_reading(pack: RulePack, items: Sequence[Item], domains: Domains, files: PackFiles) -> Iterator[Finding]:
    """Yield facts that nothing reads and options that nothing tells apart."""
    deciding = [item for item in items if item.kind not in ("only_if", "direction") and item.condition is not None]
    read = {fact for item in deciding if item.condition for fact in facts_read(item.condition)}
    masks: dict[str, set[int]] = {}
    for item in deciding:
        if item.condition is not None:
            for leaf in leaves(item.condition):
                masks.setdefault(leaf.fact, set()).add(domains.mask(leaf))
    for position, fact in enumerate(pack.questionnaire.facts):
        if fact.id not in read:
            message = f"the answer to {fact.id} changes nothing: no rule, block, gate, choice or note reads it"
            yield files.finding("error", "idle-fact", message, _FACTS, "facts", position)
        else:
            yield from _alike(fact, position, masks[fact.id], files)


def _alike(fact: Fact, position: int, masks: set[int], files: PackFiles) -> Iterator[Finding]:
    ordered = sorted(masks)
    told: dict[tuple[int, ...], str] = {}
    for i, option in enumerate(fact.option_ids):
        signature = tuple(mask >> i & 1 for mask in ordered)
        first = told.setdefault(signature, option)
        meant = fact.option(option).like
        at = ("facts", position, "options", i)
        if meant is not None and (
            meant not in fact.option_ids or first == option or not _same(fact, meant, option, ordered)
        ):
            message = f"{fact.id} '{option}' is said to be treated like '{meant}', but it is not"
            yield files.finding("error", "alike-options", message, _FACTS, *at)
        elif first != option and meant is None:
            message = f"nothing tells {fact.id} '{option}' from '{first}': every condition treats them alike"
            yield files.finding("warning", "alike-options", message, _FACTS, *at)


def _same(fact: Fact, one: str, other: str, masks: list[int]) -> bool:
    """Return whether every condition treats two options alike."""
    i, j = fact.option_ids.index(one), fact.option_ids.index(other)
    return all((mask >> i ^ mask >> j) & 1 == 0 for mask in masks)
