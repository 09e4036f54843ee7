"""Texts in which answers are filled in: every placeholder must be a fact that is answered when the text is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from advisor.documents import read_document
from advisor.errors import nearest
from advisor.reasons import placeholders
from advisor.rule_tests import facts_answered
from advisor.rules import shipped_rules_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.checking.findings import Finding
    from advisor.checking.items import Item, PackFiles
    from advisor.pack import RulePack

_WORDING: Final = "wording.yaml"
_NOT_FILLED: Final = {
    "gate": ("provided",),
    "stage": ("title", "effort", "exit", "stop"),
    "pick": ("name",),
}


def check_texts(pack: RulePack, items: Iterable[Item], files: PackFiles) -> Iterator[Finding]:
    """Yield placeholders that nothing can fill."""
    for item in items:
        known = frozenset() if item.condition is None else facts_answered(item.condition)
        for name in dict.fromkeys(name for text in item.texts for name in placeholders(text)):
            if name in known:
                continue
            if name not in pack.questionnaire.by_id:
                near = nearest(name, [*pack.questionnaire.by_id])
                message = f"{item.name} mentions {{{name}}}, which is no fact" + (
                    f"; did you mean '{near}'?" if near else ""
                )
            else:
                message = f"{item.name} mentions {{{name}}}, which may be unknown when it is shown"
            yield item.finding("error", "placeholder", message)
        yield from _shown_raw(item)
    yield from _wording(pack, files)


def _shown_raw(item: Item) -> Iterator[Finding]:
    entry = getattr(item.part, "entry", None)
    texts = {key: getattr(entry, key) for key in _NOT_FILLED.get(item.kind, ())}
    if item.kind == "gate":
        texts |= {f"experiment.{key}": text for key, text in item.part.entry.experiment.model_dump().items()}
    for key, text in texts.items():
        for name in placeholders(text):
            message = f"{item.name}: nothing fills in {{{name}}} of `{key}`, which is shown as it stands"
            yield item.finding("error", "placeholder", message)


def _wording(pack: RulePack, files: PackFiles) -> Iterator[Finding]:
    """Yield what the sentences of a pack mention beyond those of the shipped pack, which the program is written for."""
    shipped = read_document(shipped_rules_folder() / _WORDING).data
    for key, text in pack.wording.model_dump().items():
        known = placeholders(shipped.get(key, ""))
        for name in placeholders(text):
            if name not in known:
                near = nearest(name, known)
                message = f"`{key}` mentions {{{name}}}, which the program does not fill in"
                message += f"; did you mean '{near}'?" if near else ""
                yield files.finding("error", "placeholder", message, _WORDING, key)
        try:
            text.format(**dict.fromkeys(placeholders(text), ""))
        except (ValueError, IndexError, KeyError):
            message = f"`{key}` can't be filled in: a brace stands alone or is empty"
            yield files.finding("error", "placeholder", message, _WORDING, key)
