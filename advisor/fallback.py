"""Rules and classifier together: where the classifier speaks, and what comes out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from advisor.approaches import APPROACHES
from advisor.classifier import numbers_hash, shipped_classifier
from advisor.frozen import Frozen
from advisor.plans import payments
from advisor.verdict import Decision, decide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.assess import Assessment
    from advisor.classifier import Blend, Classifier
    from advisor.compiled_classifier import CompiledClassifier
    from advisor.conditions import Facts
    from advisor.pack import RulePack
    from advisor.plans import Choice

Probabilities: TypeAlias = "Mapping[Approach, float]"
Spoke: TypeAlias = Literal["too_thin", "too_close", "description_only"]

_TWO_STAND_OUT: Final = 0.8  # together at least this probable, "one of these two" is an answer


class Opinion(Frozen):
    """What the classifier says about one case.

    `spoke` says why it was asked, None when it was not. `own` are its probabilities, `rules` the rules'; `together` is
    what comes out, and equals `rules` where it did not speak. `one_of` holds two approaches when only together they
    are probable enough, and nothing when one stands out or more than two remain.
    """

    spoke: Spoke | None
    own: Probabilities
    rules: Probabilities
    together: Probabilities
    one_of: tuple[Approach, ...]


def classifier_for(pack: RulePack) -> Classifier | None:
    """Return the shipped classifier, or None for a rule pack with other numbers than it was trained with."""
    classifier = shipped_classifier()
    return classifier if classifier.made_from["rules"] == numbers_hash(pack) else None


def opinion(
    classifier: Classifier | CompiledClassifier, facts: Facts, rules: Probabilities, description: str | None
) -> Opinion:
    """Return the classifier's opinion and what comes out together with the rules' probabilities.

    Without answers the description alone counts. An approach that the rules rule out (probability 0) stays at 0.
    """
    said = judged(classifier, facts, rules, description)
    if said is not None:
        spoke, own, together = said
        return Opinion(spoke=spoke, own=own, rules=rules, together=together, one_of=one_of_two(together))
    thin = not facts or len(facts) < classifier.blend.few
    own = rules if thin else within(classifier.of_case(facts, rules, description), rules)
    return Opinion(spoke=None, own=own, rules=rules, together=rules, one_of=())


class Judged(NamedTuple):
    """What the classifier says where it speaks, why it does, and what comes out together with the rules."""

    spoke: Spoke
    own: Probabilities
    together: Probabilities


def judged(
    classifier: Classifier | CompiledClassifier, facts: Facts, rules: Probabilities, description: str | None
) -> Judged | None:
    """Return what comes out where the classifier speaks, as `opinion` says; None where the rules decide alone."""
    blend = classifier.blend
    if not facts or len(facts) < blend.few:
        if not description:
            return None
        own = within(classifier.of_text(description), rules)
        if not facts:
            return Judged("description_only", own, own)
        return Judged("too_thin", own, mixed(1 - (1 - blend.share) * len(facts) / blend.few, own, rules))
    spoke = reason_to_speak(blend, rules, len(facts))
    if spoke is None:
        return None
    own = within(classifier.of_case(facts, rules, description), rules)
    return Judged(spoke, own, mixed(blend.share, own, rules))


class Settled(Frozen):
    """The choice that stands, the verdict on it, and how it came about.

    `opinion` is None when no classifier fits the rule pack. `decided_by` is the classifier when the result would be
    another without it.
    """

    choice: Choice
    decision: Decision
    opinion: Opinion | None
    decided_by: Literal["rules", "classifier"]


def settle(pack: RulePack, facts: Facts, assessment: Assessment, choice: Choice, description: str | None) -> Settled:
    """Return the verdict of rules and classifier together.

    Where the most probable approach is not the rules' own and some part of its plan is paid for by nothing in the
    answers, the verdict is undecided: the classifier may lean, but never puts an unpaid part into a plan.
    """
    ruled = decide(pack, facts, assessment, choice)
    classifier = classifier_for(pack) if facts or description else None
    said = opinion(classifier, facts, choice.probabilities, description) if classifier else None
    if said is None or said.spoke is None:
        return Settled(choice=choice, decision=ruled, opinion=said, decided_by="rules")
    first = max(choice.plans, key=lambda approach: (said.together[approach], approach == choice.best.approach))
    plan = choice.plans[first]
    settled = choice.replaced(best=plan, probabilities=dict(said.together))
    decision = decide(pack, facts, assessment, settled)
    if said.spoke == "description_only":
        return Settled(
            choice=settled, decision=decision.replaced(why="text_only"), opinion=said, decided_by="classifier"
        )
    moved = plan is not choice.best
    if moved and decision.why is None and any(payment.total < 0 for payment in payments(assessment, plan)):
        unpaid = Decision(verdict="undecided", gates=(), why="unpaid", margin=decision.margin)
        return Settled(choice=settled, decision=unpaid, opinion=said, decided_by="classifier")
    other = moved or decision.verdict != ruled.verdict
    return Settled(choice=settled, decision=decision, opinion=said, decided_by="classifier" if other else "rules")


def reason_to_speak(blend: Blend, rules: Probabilities, answers: int) -> Spoke | None:
    """Return why the classifier speaks: too few answers, or two approaches too close; None when it does not."""
    if answers < blend.answers:
        return "too_thin"
    first, second = sorted(rules.values(), reverse=True)[:2]
    return "too_close" if first - second < blend.margin else None


def within(own: Probabilities, rules: Probabilities) -> dict[Approach, float]:
    """Return probabilities with 0 for every approach that the rules rule out; they still add up to 1."""
    kept = {approach: own[approach] if rules[approach] > 0 else 0.0 for approach in APPROACHES}
    whole = math.fsum(kept.values())
    return {approach: value / whole for approach, value in kept.items()}


def mixed(share: float, own: Probabilities, rules: Probabilities) -> dict[Approach, float]:
    """Return share x classifier + (1 - share) x rules for every approach."""
    return {approach: share * own[approach] + (1 - share) * rules[approach] for approach in APPROACHES}


def one_of_two(probabilities: Probabilities) -> tuple[Approach, ...]:
    """Return the two most probable approaches when neither is probable on its own but both together are."""
    ordered = sorted(APPROACHES, key=lambda approach: -probabilities[approach])
    first, second = ordered[:2]
    alone = probabilities[first] > _TWO_STAND_OUT - probabilities[first] / 2
    both = probabilities[first] + probabilities[second] >= _TWO_STAND_OUT
    return (first, second) if both and not alone else ()
