"""Conditions that never hold, always hold, or hold parts that change nothing: proven over all answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from advisor.conditions import AllOf, AnyOf, Not, OneOf, facts_read
from advisor.reasons import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.checking.domains import Domains
    from advisor.checking.findings import Finding
    from advisor.checking.items import Item
    from advisor.conditions import Condition

_SAYS: Final = {"gate": "fails", "pick": "is picked", "only_if": "applies"}


def check_holding(items: Iterable[Item], domains: Domains) -> Iterator[Finding]:
    """Yield the conditions that all answers decide alike, and the parts of conditions that decide nothing."""
    for item in items:
        if item.condition is None:
            continue
        says = _SAYS.get(item.kind, "holds")
        if not domains.can_be(item.condition):
            message = f"{item.name} never {says}: no answers that go together fulfil its condition"
            yield item.finding("error", "never-holds", message)
        elif not domains.can_be(item.condition, truth=False):
            message = f"{item.name} always {says} once its questions are answered: its condition rules nothing out"
            yield item.finding("error", "always-holds", message)
        else:
            yield from _idle_parts(item, item.condition, domains)


def _idle_parts(item: Item, condition: Condition, domains: Domains) -> Iterator[Finding]:
    match condition:
        case AllOf(parts=parts):
            for i, part in enumerate(parts):
                rest = AllOf(parts[:i] + parts[i + 1 :])
                if domains.implies(rest, part) and not _only_asks(item, part, domains):
                    facts = ", ".join(sorted(facts_read(part)))
                    message = f"{item.name}: the part on {facts} adds nothing to the rest of the condition"
                    yield item.finding("warning", "idle-part", message)
                else:
                    yield from _idle_parts(item, part, domains)
        case AnyOf(parts=parts):
            for i, part in enumerate(parts):
                others = parts[:i] + parts[i + 1 :]
                facts = ", ".join(sorted(facts_read(part)))
                if not domains.can_be(part):
                    message = f"{item.name}: the alternative on {facts} can never hold"
                    yield item.finding("error", "idle-part", message)
                elif others and domains.implies(part, *others):
                    message = f"{item.name}: the alternative on {facts} is covered by the others"
                    yield item.finding("warning", "idle-part", message)
        case Not(part=part):
            yield from _idle_parts(item, part, domains)
        case _:
            return


def _only_asks(item: Item, part: Condition, domains: Domains) -> bool:
    """Return whether a part names every option only so that the answer is there to be mentioned."""
    if not isinstance(part, OneOf) or domains.mask(part) != domains.all_cells[part.fact]:
        return False
    return any(part.fact in placeholders(text) for text in item.texts)
