"""Entries that repeat one another, stand in one another's shadow, or block everything: proven over all answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.conditions import ALWAYS, AnyOf, facts_read
from advisor.rule_tests import facts_answered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from advisor.checking.domains import Domains
    from advisor.checking.findings import Finding
    from advisor.checking.items import Item
    from advisor.conditions import Condition
    from advisor.pack import RulePack


def check_doubles(pack: RulePack, items: Sequence[Item], domains: Domains) -> Iterator[Finding]:
    """Yield duplicates, picks and stages that are never reached, and blocks that leave nothing open."""
    yield from _duplicates(items, domains)
    for choice, _ in pack.choices:
        picks = [item for item in items if item.kind == "pick" and item.owner == choice.id]
        if choice.pick == "first":
            yield from _shadowed(picks, domains)
    for part in dict.fromkeys(item.owner for item in items if item.kind == "stage"):
        yield from _shadowed([item for item in items if item.kind == "stage" and item.owner == part], domains)
    yield from _blocks(pack, items, domains)


def _duplicates(items: Iterable[Item], domains: Domains) -> Iterator[Finding]:
    seen: dict[object, Item] = {}
    for item in items:
        if item.condition is None or item.kind in ("only_if", "direction", "pick", "stage", "note"):
            continue
        boxes = frozenset(tuple(sorted(box.items())) for box in domains.boxes(item.condition))
        key = (item.kind, item.owner, boxes, _reach_of(item))
        first = seen.setdefault(key, item)
        if first is not item and boxes:
            message = f"{item.name} has the same condition as {first.id} on line {first.line}, for the same purpose"
            yield item.finding("error", "duplicate", message)


def _reach_of(item: Item) -> object:
    """Return what else tells two entries of one kind apart: gates that concern other approaches are not the same."""
    return item.part.entry.approaches if item.kind == "gate" else None


def _shadowed(picks: Sequence[Item], domains: Domains) -> Iterator[Finding]:
    """Yield the entries of which the first that holds is taken, and that an earlier one always beats."""
    for i, item in enumerate(picks):
        earlier = picks[:i]
        default = next((other for other in earlier if other.condition is None), None)
        if default is not None:
            message = f"{item.name} is never reached: {default.id} on line {default.line} comes first and holds always"
            yield item.finding("error", "shadowed", message)
            continue
        if item.condition is None or not domains.can_be(item.condition):
            continue
        # An earlier entry whose answers may be missing is passed over, so only the others can cast a shadow.
        known = facts_answered(item.condition)
        sure = [o for o in earlier if o.condition is not None and facts_read(o.condition) <= known]
        beaten_by = next((other for other in sure if domains.implies(item.condition, _of(other))), None)
        if beaten_by is not None:
            message = f"{item.name} is never reached: {beaten_by.id} on line {beaten_by.line} holds whenever it does"
            yield item.finding("error", "shadowed", message)
        elif sure and domains.implies(item.condition, *map(_of, sure)):
            names = ", ".join(other.id for other in sure)
            message = f"{item.name} is never reached: whenever it holds, one of {names} comes first"
            yield item.finding("error", "shadowed", message)


def _of(item: Item) -> Condition:
    return ALWAYS if item.condition is None else item.condition


def _blocks(pack: RulePack, items: Iterable[Item], domains: Domains) -> Iterator[Finding]:
    blocks = [item for item in items if item.kind == "block"]
    for option in pack.options:
        own = [block for block in blocks if block.owner in (option.id, option.intervention)]
        either = AnyOf(tuple(_of(block) for block in own))
        if own and not domains.can_be(either, truth=False):
            names = " and ".join(block.id for block in own)
            message = f"{option.id} is blocked whatever is answered, by {names} together"
            yield own[-1].finding("error", "always-blocked", message)
            continue
        for block in own:
            others = [other for other in own if other is not block]
            beaten_by = next((o for o in others if domains.implies(_of(block), _of(o))), None)
            if beaten_by is not None and block.owner == option.id:
                message = f"{block.name} adds nothing: {beaten_by.id} holds whenever it does"
                yield block.finding("warning", "shadowed", message)
