"""What the rules decide on one set of answers, without all that a report says beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.checking.verdicts import Seen
from advisor.explain import one_sentence
from advisor.plans import choose
from advisor.techniques import pick, techniques
from advisor.verdict import decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.conditions import Facts
    from advisor.pack import RulePack


def decided(pack: RulePack, facts: Facts) -> tuple[Seen, str]:
    """Return what a verdict test can see of the decision on some answers, and the reason in one sentence."""
    assessment = assess(pack, facts)
    choice = choose(pack, assessment)
    decision = decide(pack, facts, assessment, choice)
    undecided = decision.verdict == "undecided"
    plan = choice.best
    picked = () if undecided else pick(pack, facts, plan)
    shares = choice.probabilities
    ranked = sorted(shares, key=lambda approach: (-shares[approach], APPROACHES.index(approach)))
    parts = frozenset() if undecided else frozenset(part.option.intervention for part in plan.parts)
    seen = Seen(
        verdict=decision.verdict,
        approach=None if undecided else plan.approach,
        techniques=frozenset(techniques(pack, picked)),
        parts=frozenset() if undecided else frozenset(plan.part_ids),
        order=tuple(approach for approach in ranked if shares[approach] > 0),
        first_notes=frozenset(_first_notes(pack, facts, parts)),
        contradictions=frozenset(
            when.entry.id for when in pack.contradictions if when.condition and when.condition.truth(facts) is True
        ),
    )
    return seen, one_sentence(pack, facts, assessment, choice, decision)


def _first_notes(pack: RulePack, facts: Facts, parts: frozenset[str]) -> Iterator[str]:
    """Yield the notes that are said first on the pack's own date."""
    day = pack.as_of
    for when in pack.notes:
        note = when.entry
        current = (note.since is None or note.since <= day) and (note.until is None or day < note.until)
        holds = when.condition is None or when.condition.truth(facts) is True
        if note.first and current and holds and (not note.parts or parts.intersection(note.parts)):
            yield note.id
