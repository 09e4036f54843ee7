"""What refers to what in a rule pack: the owners of rules, the sources that are cited, the readers of facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.condition_words import in_words
from advisor.conditions import facts_read
from advisor.lookup.entry import CitedSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.conditions import Condition
    from advisor.pack import Clause, Rule, RulePack, When


@dataclass(frozen=True, slots=True)
class Links:
    """The references inside one pack."""

    pack: RulePack

    def lists(self) -> dict[str, tuple[When, ...]]:
        """Return the entries that stand in lists of their own, by kind."""
        pack = self.pack
        return {"gate": pack.gates, "contradiction": pack.contradictions, "note": pack.notes, "stage": pack.stages}

    def owner(self, rule: Rule) -> str:
        """Return what a rule counts for: a gap, or how well an intervention or some of its variants work."""
        for gap in self.pack.gaps:
            if rule in gap.rules:
                return f"how large the {gap.name} is ({gap.id})"
        owners = [option for option in self.pack.options if rule in option.rules]
        siblings = [o for o in self.pack.options if o.intervention == owners[0].intervention]
        if len(owners) == len(siblings):
            name = self.pack.interventions[owners[0].intervention].name
            return f"how well it would work here: {name} ({owners[0].intervention})"
        return f"how well it would work here: {', '.join(f'{o.name} ({o.id})' for o in owners)}"

    def rule_line(self, rule: Rule) -> str:
        """Return a rule in one line."""
        return f"{rule.id} ({rule.weight:+g}): {in_words(rule.condition, self.pack.questionnaire)}"

    def block_line(self, block: Clause) -> str:
        """Return a block in one line."""
        return f"{in_words(block.condition, self.pack.questionnaire)}. {block.because}"

    def cited(self, names: Iterable[str]) -> tuple[CitedSource, ...]:
        """Return sources by their names."""
        return tuple(
            CitedSource(**self.pack.evidence[name].model_dump(exclude={"gaps", "disagrees_with"})) for name in names
        )

    def citing(self, name: str, key: str) -> Iterator[str]:
        """Yield the names of all that cite a source, for (`evidence`) or against."""
        picks = (option for choice, _ in self.pack.choices for option in choice.options)
        entries = (when.entry for group in self.lists().values() for when in group)
        for item in (*self.pack.rules.values(), *picks, *entries):
            if name in getattr(item, key, ()):
                yield item.id

    def readers(self, fact: str) -> Iterator[str]:
        """Yield the names of all that look at a fact, each once."""
        for rule in self.pack.rules.values():
            if fact in facts_read(rule.condition):
                yield self.rule_line(rule)
        blocks = {block.id: block.condition for option in self.pack.options for block in option.blocks}
        yield from (f"{name} (rules something out)" for name, when in blocks.items() if fact in facts_read(when))
        for choice, whens in self.pack.choices:
            yield from (f"{when.entry.id} (pick of {choice.id})" for when in whens if _reads(when.condition, fact))
        for kind, group in self.lists().items():
            yield from (f"{when.entry.id} ({kind})" for when in group if _reads(when.condition, fact))
        for other in self.pack.questionnaire.facts:
            if other.only_if and fact in other.only_if:
                yield f"{other.id} (whether it is asked)"


def _reads(condition: Condition | None, fact: str) -> bool:
    return condition is not None and fact in facts_read(condition)
