"""Names and settings that the loader takes as they are: parts, approaches, interventions, dates and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from advisor.approaches import APPROACHES
from advisor.conditions import facts_read, parse_condition
from advisor.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.facts import Fact
    from advisor.pack import RulePack

_FACTS: Final = "facts.yaml"
_FRAME: Final = ("baseline", "ship")
_HEAVY: Final = ("fine_tuning", "rag_and_fine_tuning", "stronger_model")


def check_names(pack: RulePack, items: Sequence[Item], files: PackFiles) -> Iterator[Finding]:
    """Yield names that stand for nothing and settings that can't take effect."""
    parts = {*pack.interventions, *(option.id for option in pack.options)}
    for item in items:
        if item.kind == "gate":
            yield from _gate(item)
        elif item.kind == "stage":
            yield from _known(item, "part", (item.owner,), {*parts, *_FRAME})
        elif item.kind == "note":
            yield from _known(item, "parts", item.part.entry.parts, {*pack.interventions})
            yield from _dates(pack, item)
        elif item.kind == "contradiction" and item.condition is not None and len(facts_read(item.condition)) == 1:
            (fact,) = facts_read(item.condition)
            message = f"{item.name} reads {fact} alone, so that answer would contradict itself"
            yield item.finding("error", "self-contradiction", message)
    techniques = {technique for choice, _ in pack.choices for o in choice.options for technique in o.techniques}
    for i, technique in enumerate(pack.techniques):
        if technique not in techniques:
            message = f"no choice names the technique '{technique}', so nothing can recommend it"
            yield files.finding("error", "unreachable", message, "techniques.yaml", "techniques", i)
    for position, asked in enumerate(pack.questionnaire.facts):
        yield from _fact(pack, files, position, asked)
    yield from _groups(pack, files)


def _known(item: Item, key: str, names: Iterable[str], known: set[str]) -> Iterator[Finding]:
    for name in names:
        if name not in known:
            near = nearest(name, sorted(known))
            message = f"{item.name}: '{name}' is no part of a plan" + (f"; did you mean '{near}'?" if near else "")
            yield item.finding("error", "unknown-name", message, key)


def _gate(item: Item) -> Iterator[Finding]:
    for i, name in enumerate(item.part.entry.approaches):
        if name not in APPROACHES:
            near = nearest(name, APPROACHES)
            message = f"{item.name}: '{name}' is no approach" + (f"; did you mean '{near}'?" if near else "")
            yield item.finding("error", "unknown-name", message, "approaches", i)
        elif name not in _HEAVY:
            message = f"{item.name}: gates hold back only what changes weights or buys a bigger model, not {name}"
            yield item.finding("error", "gate", message, "approaches", i)


def _dates(pack: RulePack, item: Item) -> Iterator[Finding]:
    since, until = item.part.entry.since, item.part.entry.until
    if since is not None and until is not None and since >= until:
        yield item.finding("error", "dates", f"{item.name} ends ({until}) before it begins ({since})", "until")
    elif until is not None and until <= pack.as_of:
        yield item.finding("warning", "dates", f"{item.name} ended on {until}, before the pack's own date", "until")


def _fact(pack: RulePack, files: PackFiles, position: int, fact: Fact) -> Iterator[Finding]:
    at = ("facts", position)
    labels: dict[str, str] = {}
    for i, option in enumerate(fact.options):
        first = labels.setdefault(option.label, option.id)
        if first != option.id:
            message = f"{fact.id}: '{option.id}' has the same label as '{first}'"
            yield files.finding("error", "questionnaire", message, _FACTS, *at, "options", i)
    if fact.maximum is not None and fact.maximum <= fact.minimum:
        message = f"{fact.id}: no number is between {fact.minimum:g} and {fact.maximum:g}"
        yield files.finding("error", "questionnaire", message, _FACTS, *at, "maximum")
    if fact.short.endswith("."):
        message = f"{fact.id}: `short` stands inside sentences and must not end in a full stop"
        yield files.finding("warning", "questionnaire", message, _FACTS, *at, "short")
    yield from _only_if(pack, files, position, fact)
    for j, direction in enumerate(fact.monotone):
        where = (*at, "monotone", j)
        if direction.intervention not in pack.interventions:
            near = nearest(direction.intervention, [*pack.interventions])
            message = f"{fact.id}: '{direction.intervention}' is no intervention"
            message += f"; did you mean '{near}'?" if near else ""
            yield files.finding("error", "unknown-name", message, _FACTS, *where, "intervention")
        if len(direction.order or (1, 2)) < 2:
            message = f"{fact.id}: a direction needs two steps, or it can't be broken"
            yield files.finding("error", "questionnaire", message, _FACTS, *where, "order")
        if direction.when is not None:
            yield from _raw_condition(pack, files, direction.when, *where, "when")


def _only_if(pack: RulePack, files: PackFiles, position: int, fact: Fact) -> Iterator[Finding]:
    if fact.only_if is None:
        return
    at = ("facts", position, "only_if")
    yield from _raw_condition(pack, files, fact.only_if, *at)
    condition = parse_condition(fact.only_if, pack.questionnaire, lambda *_: None)
    if fact.id in facts_read(condition):
        yield files.finding("error", "questionnaire", f"{fact.id} depends on itself", _FACTS, *at)


def _raw_condition(pack: RulePack, files: PackFiles, raw: object, *at: str | int) -> Iterator[Finding]:
    found: list[Finding] = []

    def complain(message: str, path: tuple[str | int, ...], near: str | None) -> None:
        message += f"; did you mean '{near}'?" if near else ""
        found.append(files.finding("error", "unknown-name", message, _FACTS, *at, *path))

    parse_condition(raw, pack.questionnaire, complain)
    yield from found


def _groups(pack: RulePack, files: PackFiles) -> Iterator[Finding]:
    used = {fact.group for fact in pack.questionnaire.facts}
    for i, group in enumerate(pack.questionnaire.groups):
        if group.id not in used:
            message = f"no fact is in the group '{group.id}'"
            yield files.finding("warning", "questionnaire", message, _FACTS, "groups", i)
