"""Weights and shares: what counts for nothing, what can't close a gap, and what `basis` claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.pack import RulePack

_JUDGED: Final = "judged.yaml"


def check_numbers(pack: RulePack, items: Sequence[Item], files: PackFiles) -> Iterator[Finding]:
    """Yield numbers that have no effect and claims about where they come from that do not hold."""
    for item in items:
        if item.kind == "rule" and item.part.weight == 0:
            yield item.finding("error", "no-effect", f"{item.name} has the weight 0, so it changes nothing", "weight")
    for i, gap in enumerate(pack.gaps):
        file = files.described("gaps", gap.id)
        if all(option.closes[i] == 0 for option in pack.options):
            yield files.finding("error", "unclosed-gap", f"no intervention closes the gap '{gap.id}'", file, "id")
        if all(rule.weight <= 0 for rule in gap.rules):
            message = f"no rule speaks for the gap '{gap.id}', so it can never be open"
            yield files.finding("error", "no-effect", message, file, "id")
    for option in pack.options:
        if sum(option.closes) <= option.burden:
            file = files.described("interventions", option.intervention)
            variants = [entry.id for entry in pack.interventions[option.intervention].variants]
            message = f"{option.id} closes less than its burden even where it works fully, so nothing can pay for it"
            yield files.finding("error", "unreachable", message, file, "variants", variants.index(option.variant))
    yield from _basis(items, files)


def _basis(items: Sequence[Item], files: PackFiles) -> Iterator[Finding]:
    document = files.documents.get(_JUDGED)
    judged = document.data.get("weights", {}) if document is not None else {}
    if not judged:
        return
    rules = {item.id: item for item in items if item.kind == "rule"}
    for name in judged:
        if name not in rules:
            message = f"'{name}' is no rule, so nothing uses the experts' number for it"
            yield files.finding("error", "basis", message, _JUDGED, "weights", name)
    for name, item in rules.items():
        rule = item.part
        if rule.basis == "judgement" and name in judged and rule.weight != judged[name]:
            message = f"{item.name} says it rests on judgement, but the experts' number is {judged[name]:g}"
            yield item.finding("warning", "basis", message, "weight")
        elif name in judged and rule.weight * judged[name] < 0:
            message = f"{item.name} has the opposite sign of the experts' number ({judged[name]:g})"
            yield item.finding("warning", "basis", message, "weight")
