"""What goes with something that is taken out: citations of a source, shares of a gap, choices inside a part."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.overlay.merge import Removed
    from advisor.overlay.tree import Node

_CITING: Final = ("evidence", "against", "disagrees_with")


def prune(root: Node, name: str, removed: Iterable[Removed]) -> None:
    """Take out of a file what only named something that was taken out. Conditions are left: they say what they read."""
    gone: dict[str, set[str]] = {}
    for each in removed:
        gone.setdefault(each.kind, set()).add(each.id)
    if not gone:
        return
    lists = {key: gone.get("evidence", set()) for key in _CITING}
    lists |= {"techniques": gone.get("techniques", set()), "gaps": gone.get("gaps", set())}
    _lists(root, {key: ids for key, ids in lists.items() if ids})
    if name.startswith("interventions/") and gone.get("gaps"):
        for variant in _items(root.child("variants")):
            closes = variant.child("closes")
            if closes is not None and isinstance(closes.value, dict):
                closes.value = {gap: share for gap, share in closes.value.items() if gap not in gone["gaps"]}
    parts = gone.get("interventions", set()) | {_variant(each) for each in removed if each.kind == "variants"}
    if parts:
        _without_parts(root, name, parts)


def _variant(removed: Removed) -> str:
    """Return the full name of a variant, such as `rag.advanced`; its file is called after the intervention."""
    return f"{PurePath(removed.origin.document.source).stem}.{removed.id}"


def _without_parts(root: Node, name: str, parts: set[str]) -> None:
    """Drop what is only there for parts of a plan that were taken out."""
    if name == "techniques.yaml":
        _without_choices(root, parts)
    elif name == "stages.yaml":
        _drop(root.child("stages"), [stage for stage in _items(root.child("stages")) if _is_of(stage, parts)])
    elif name == "notes.yaml":
        notes = _items(root.child("notes"))
        _drop(root.child("notes"), [note for note in notes if _speaks_only_of(note.child("parts"), parts)])
    elif name == "facts.yaml":
        for fact in _items(root.child("facts")):
            directions = fact.child("monotone")
            _drop(directions, [each for each in _items(directions) if _text(each, "intervention") in parts])


def _without_choices(root: Node, parts: set[str]) -> None:
    """Drop the choices of parts, and the techniques that no other choice names."""
    choices = _items(root.child("choices"))
    gone = [choice for choice in choices if _is_of(choice, parts)]
    kept = {name for choice in choices if not any(choice is other for other in gone) for name in _named(choice)}
    lost = {name for choice in gone for name in _named(choice)} - kept
    _drop(root.child("choices"), gone)
    techniques = root.child("techniques")
    _drop(techniques, [each for each in _items(techniques) if _text(each, "id") in lost])


def _named(choice: Node) -> set[str]:
    """Return the techniques that the options of a choice name."""
    return {each.value for option in _items(choice.child("options")) for each in _items(option.child("techniques"))}


def _speaks_only_of(listed: Node | None, parts: set[str]) -> bool:
    """Return whether a list of parts is empty without those that were taken out, which are dropped from it."""
    if not _items(listed):
        return False
    _drop(listed, [each for each in _items(listed) if _within(each.value, parts)])
    return not _items(listed)


def _is_of(entry: Node, parts: set[str]) -> bool:
    return _within(_text(entry, "part"), parts)


def _within(part: object, parts: set[str]) -> bool:
    """Return whether a part of a plan was taken out, itself or the whole intervention."""
    return part in parts or str(part).partition(".")[0] in parts


def _drop(node: Node | None, gone: list[Node]) -> None:
    if node is not None and gone:
        node.value = [each for each in node.value if not any(each is other for other in gone)]


def _text(entry: Node, key: str) -> object:
    found = entry.child(key)
    return None if found is None else found.value


def _lists(node: Node, gone: dict[str, set[str]]) -> None:
    """Drop names from the lists that hold nothing but names."""
    if isinstance(node.value, dict):
        for key, inner in node.value.items():
            if key in gone and isinstance(inner.value, list) and _plain(inner):
                inner.value = [each for each in inner.value if each.value not in gone[key]]
            _lists(inner, gone)
    elif isinstance(node.value, list):
        for inner in node.value:
            _lists(inner, gone)


def _plain(node: Node) -> bool:
    return all(isinstance(each.value, str) for each in node.value)


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []
