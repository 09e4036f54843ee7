"""Every condition of a rule pack with the place where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from advisor.checking.findings import Finding
from advisor.conditions import ALWAYS, parse_condition
from advisor.overlay.folders import RuleFolders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from advisor.checking.findings import Level
    from advisor.conditions import Condition
    from advisor.documents import Document, KeyPath
    from advisor.pack import Clause, Rule, RulePack, When

ENTRIES: Final = {"gates": "gate", "contradictions": "contradiction", "notes": "note", "stages": "stage"}
"""The files that are lists of entries, and what one entry is called."""


@dataclass(frozen=True, slots=True)
class Item:
    """One condition with what it belongs to.

    `kind` is rule, block, settled_by, pick, gate, contradiction, note, stage, only_if or direction. `owner` is what it
    acts on: a gap, an intervention or a variant, a choice, a part of the plan, a fact. `group` tells apart the
    places in which order counts. `part` is the same thing in the loaded pack, where there is one.
    """

    kind: str
    id: str
    owner: str
    condition: Condition | None
    texts: tuple[str, ...]
    document: Document
    path: KeyPath
    part: Any = None

    @property
    def name(self) -> str:
        """Return how a message calls it, such as `rule knowledge-citations`."""
        return f"{self.kind.replace('_', ' ')} {self.id}"

    @property
    def place(self) -> tuple[str, int]:
        """Return the file and the line in which it begins: an overlay's, where one wrote it or changed it."""
        return self.document.place(self.path)

    @property
    def line(self) -> int:
        """Return the line on which it begins."""
        return self.place[1]

    def finding(self, level: Level, kind: str, message: str, *inside: str | int) -> Finding:
        """Return a finding at this item, or at a part inside it."""
        return Finding(level, kind, message, *self.document.place((*self.path, *inside)))


class PackFiles:
    """The files of a rule pack with its overlays, read again for their lines: the engine has no use for them."""

    def __init__(self, folders: Iterable[Path | str] = ()) -> None:
        self.folders = RuleFolders(folders)
        self.documents = {name: self.folders.read(name) for name in self._names()}

    @property
    def whole(self) -> bool:
        """Return whether this is a pack without overlays."""
        return not self.folders.overlays

    def _names(self) -> Iterator[str]:
        yield from ("facts.yaml", "settings.yaml", "evidence.yaml", "techniques.yaml", "wording.yaml")
        yield from (f"{name}.yaml" for name in ENTRIES)
        if self.folders.has("judged.yaml"):
            yield "judged.yaml"
        for folder in ("gaps", "interventions"):
            yield from self.folders.names(folder)

    def finding(self, level: Level, kind: str, message: str, file: str, *path: str | int) -> Finding:
        """Return a finding at a place in one of the files."""
        return Finding(level, kind, message, *self.documents[file].place(path))

    def described(self, folder: str, name: str) -> str:
        """Return the file in a folder that describes a gap or an intervention."""
        return next(
            file for file, doc in self.documents.items() if file.startswith(f"{folder}/") and doc.data["id"] == name
        )


def items_of(pack: RulePack, files: PackFiles) -> tuple[Item, ...]:
    """Return everything in a pack that has a condition, in the order of the files."""
    return (
        *_of_facts(pack, files.documents["facts.yaml"]),
        *_of_gaps(pack, files),
        *_of_interventions(pack, files),
        *_of_choices(pack, files.documents["techniques.yaml"]),
        *_of_entries(pack, files),
    )


def _of_facts(pack: RulePack, document: Document) -> Iterator[Item]:
    for i, fact in enumerate(pack.questionnaire.facts):
        if fact.only_if is not None:
            condition = parse_condition(fact.only_if, pack.questionnaire, _ignore)
            yield Item("only_if", fact.id, fact.id, condition, (), document, ("facts", i, "only_if"))
        for j, direction in enumerate(fact.monotone):
            if direction.when is not None:
                condition = parse_condition(direction.when, pack.questionnaire, _ignore)
                path: KeyPath = ("facts", i, "monotone", j)
                yield Item("direction", fact.id, fact.id, condition, (), document, path, direction)


def _ignore(message: str, path: object, suggestion: object) -> None:
    """Leave out what the check of names reports."""


def _of_gaps(pack: RulePack, files: PackFiles) -> Iterator[Item]:
    for gap in pack.gaps:
        document = files.documents[files.described("gaps", gap.id)]
        if gap.settled_by is not None:
            yield _clause("settled_by", gap.id, gap.settled_by, document, ("settled_by",))
        yield from _rules(gap.id, gap.rules, document, ("rules",))


def _of_interventions(pack: RulePack, files: PackFiles) -> Iterator[Item]:
    for name, entry in pack.interventions.items():
        document = files.documents[files.described("interventions", name)]
        options = [option for option in pack.options if option.intervention == name]
        shared, blocks = len(entry.works.rules), len(entry.blocks)
        yield from _rules(name, options[0].rules[:shared], document, ("works", "rules"))
        for i, clause in enumerate(options[0].blocks[:blocks]):
            yield _clause("block", name, clause, document, ("blocks", i))
        for v, option in enumerate(options):
            at: KeyPath = ("variants", v)
            yield from _rules(option.id, option.rules[shared:], document, (*at, "works", "rules"))
            for i, clause in enumerate(option.blocks[blocks:]):
                yield _clause("block", option.id, clause, document, (*at, "blocks", i))


def _rules(owner: str, rules: Sequence[Rule], document: Document, path: KeyPath) -> Iterator[Item]:
    for i, rule in enumerate(rules):
        yield Item("rule", rule.id, owner, rule.condition, (rule.because,), document, (*path, i), rule)


def _clause(kind: str, owner: str, clause: Clause, document: Document, path: KeyPath) -> Item:
    return Item(kind, clause.id, owner, clause.condition, (clause.because,), document, path, clause)


def _of_choices(pack: RulePack, document: Document) -> Iterator[Item]:
    for c, (choice, whens) in enumerate(pack.choices):
        for o, when in enumerate(whens):
            texts = (when.entry.because, *when.entry.advice)
            path: KeyPath = ("choices", c, "options", o)
            yield Item("pick", when.entry.id, choice.id, when.condition, texts, document, path, when)


def _of_entries(pack: RulePack, files: PackFiles) -> Iterator[Item]:
    for key, kind in ENTRIES.items():
        whens: tuple[When, ...] = getattr(pack, key)
        for i, when in enumerate(whens):
            owner = getattr(when.entry, "part", "")
            yield Item(
                kind,
                when.entry.id,
                owner,
                when.condition,
                filled_texts(when.entry),
                files.documents[f"{key}.yaml"],
                (key, i),
                when,
            )


def filled_texts(entry: Any) -> tuple[str, ...]:
    """Return the texts of an entry in which the engine fills in answers."""
    single = (getattr(entry, name, None) for name in ("because", "text", "mend"))
    several = (text for name in ("advice", "steps") for text in getattr(entry, name, ()))
    return tuple(text for text in (*single, *several) if text is not None)


def conditions_of(items: Iterable[Item]) -> Iterator[Condition]:
    """Yield the conditions of items, `always` where there is none."""
    return (ALWAYS if item.condition is None else item.condition for item in items)
