"""The published decisions that one rule turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.library import shipped_library
from advisor.reach import approach_for, usable, without_rule

if TYPE_CHECKING:
    from advisor.rules import Rule, RulePack


def turned_by(rule: Rule, pack: RulePack) -> tuple[str, ...]:
    """Return in how many published decisions a rule counts, and those whose approach is another one without it."""
    without = without_rule(pack, rule)
    found = []
    counted = 0
    for case in shipped_library().cases:
        facts = usable(case.facts, pack.questionnaire)
        if rule.condition.truth(facts) is not True:
            continue
        counted += 1
        with_it, alone = approach_for(pack, facts), approach_for(without, facts)
        if with_it != alone:
            done = " (what was done)" if with_it == case.approach else ""
            found.append(f"{case.id}: {with_it}{done}; without it {alone}")
    return (f"it counts in {counted} of {len(shipped_library().cases)} and turns {len(found)}", *found)
