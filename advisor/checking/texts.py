"""Texts in which answers are filled in: every placeholder must be a fact that is answered when the text is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from advisor.checking.findings import Finding
from advisor.documents import read_document
from advisor.errors import nearest
from advisor.reasons import PLACEHOLDER, placeholders
from advisor.rule_tests import facts_answered
from advisor.rules import shipped_rules_folder

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from advisor.checking.items import Item, PackFiles
    from advisor.documents import Document, KeyPath
    from advisor.pack import RulePack

_WORDING: Final = "wording.yaml"
_PLAIN: Final = ("about", "headline", "help", "label", "question", "remedy", "short", "why")
_HALF: Final = re.compile(r"\{\s*(\w+)|(\w+)\s*\}")
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
        for name in dict.fromkeys(name for text in item.texts for name in _half(text, pack.questionnaire.by_id)):
            yield item.finding("error", "placeholder", f"{item.name} has only one of the braces around {name}")
        yield from _shown_raw(item)
    for document in files.documents.values():
        yield from _never_filled(document, document.data, ())
    yield from _wording(pack, files)


def _half(text: str, facts: Container[str]) -> Iterator[str]:
    """Yield the facts that one brace alone stands beside, so that they are not filled in."""
    for opened, closed in _HALF.findall(PLACEHOLDER.sub("", text)):
        if (opened or closed) in facts:
            yield opened or closed


def _never_filled(document: Document, data: Any, path: KeyPath) -> Iterator[Finding]:
    """Yield placeholders in the texts that are shown as they stand, whatever they describe."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, inner in items:
        if step in _PLAIN and isinstance(inner, str) and placeholders(inner):
            name = placeholders(inner)[0]
            message = f"nothing fills in {{{name}}} of `{step}`, which is shown as it stands"
            yield Finding("error", "placeholder", message, *document.place((*path, step)))
        yield from _never_filled(document, inner, (*path, step))


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
