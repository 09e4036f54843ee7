"""What goes with something that is taken out: citations of a source, shares of a gap, choices inside a part."""

from __future__ import annotations

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
    lists = {key: gone.get("evidence", set()) for key in _CITING} | {"techniques": gone.get("techniques", set())}
    _lists(root, {key: ids for key, ids in lists.items() if ids})
    if name.startswith("interventions/") and gone.get("gaps"):
        for variant in _items(root.child("variants")):
            closes = variant.child("closes")
            if closes is not None and isinstance(closes.value, dict):
                closes.value = {gap: share for gap, share in closes.value.items() if gap not in gone["gaps"]}
    if name == "techniques.yaml" and (parts := gone.get("interventions", set())):
        choices = root.child("choices")
        if choices is not None and isinstance(choices.value, list):
            choices.value = [node for node in choices.value if _part(node) not in parts]


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


def _part(choice: Node) -> str:
    """Return the intervention that a choice belongs to."""
    part = choice.child("part")
    return str(part.value).partition(".")[0] if part is not None else ""
