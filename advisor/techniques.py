"""Choosing inside a plan: which kind of tuning, of retrieval, of prompt or of model, and what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.frozen import Frozen

if TYPE_CHECKING:
    from advisor.conditions import Facts
    from advisor.pack import Option, RulePack
    from advisor.plans import Plan
    from advisor.rule_files import ChoiceEntry, ChoiceOption


class Picked(Frozen):
    """A choice inside one part of a plan, with the options that were picked."""

    choice: ChoiceEntry
    part: Option
    options: tuple[ChoiceOption, ...]


def pick(pack: RulePack, facts: Facts, plan: Plan) -> tuple[Picked, ...]:
    """Return every choice that the parts of a plan call for, in the order of the rule file.

    A `first` choice takes the first option that holds for certain; one without a condition is its default.
    """
    found = []
    for choice, whens in pack.choices:
        for part in plan.parts:
            if choice.part not in (part.option.id, part.option.intervention):
                continue
            holding = [w.entry for w in whens if w.condition is None or w.condition.truth(facts) is True]
            chosen = holding[:1] if choice.pick == "first" else holding
            if chosen:
                found.append(Picked(choice=choice, part=part.option, options=tuple(chosen)))
    return tuple(found)


def techniques(pack: RulePack, picked: tuple[Picked, ...], part: Option | None = None) -> tuple[str, ...]:
    """Return the techniques of the picks (of one part, or of all), in the pack's order, each once."""
    named = {
        technique
        for item in picked
        if part is None or item.part is part
        for option in item.options
        for technique in option.techniques
    }
    return tuple(technique for technique in pack.techniques if technique in named)
