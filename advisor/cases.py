"""What published cases and the description add to a recommendation: precedents, the classifier's opinion, proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.answers import answer_in_words
from advisor.cues import propose
from advisor.library import shipped_library
from advisor.precedents import in_words, nearest_cases, same_and_other
from advisor.recommendation import ClassifierOpinion, Precedent, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.approaches import Approach
    from advisor.conditions import Facts
    from advisor.fallback import Settled
    from advisor.pack import RulePack
    from advisor.precedents import Precedent as Near
    from advisor.use_case import UseCase

_LOOKED_THROUGH = 40  # so many of the nearest cases are searched for some that chose otherwise


def published_precedents(
    pack: RulePack, facts: Facts, description: str | None, approach: Approach
) -> tuple[Precedent, ...]:
    """Return the published cases nearest to this one, and after them like cases that chose otherwise."""
    if not facts and not description:
        return ()
    near, others = same_and_other(nearest_cases(shipped_library(), facts, description, _LOOKED_THROUGH), approach)
    return tuple(_precedent(pack, facts, found, approach) for found in (*near, *others))


def _precedent(pack: RulePack, facts: Facts, found: Near, approach: Approach) -> Precedent:
    case = found.case
    names = [pack.techniques[name].name for name in case.techniques if name in pack.techniques]
    chosen = pack.approaches[case.approach].name
    said = pack.wording.precedent_did if names and names != [chosen] else pack.wording.precedent_did_alone
    did = said.format(approach=chosen, techniques=", ".join(names))
    return Precedent(
        id=case.id,
        title=case.title,
        approach=case.approach,
        did=did,
        result=case.evidence,
        url=case.url,
        reference=case.ref,
        kind=case.kind,
        strength=case.strength,
        shared=in_words(pack.questionnaire, facts, found.shared),
        differs=in_words(pack.questionnaire, case.facts, found.differs),
        nearness=round(found.nearness, 4),
        otherwise=case.approach != approach,
    )


def classifier_opinion(settled: Settled, facts: Facts) -> ClassifierOpinion | None:
    """Return what the classifier said, None where it was not asked."""
    said = settled.opinion
    if said is None or said.spoke is None:
        return None
    return ClassifierOpinion(
        spoke=said.spoke,
        prefers=_most_probable(said.own),
        probabilities={str(name): share for name, share in said.own.items()},
        rules_prefer=_most_probable(said.rules) if facts else None,
        rules_probabilities={str(name): share for name, share in said.rules.items()},
        one_of=said.one_of,
    )


def _most_probable(shares: Mapping[Approach, float]) -> Approach:
    return max(shares, key=lambda approach: shares[approach])


def proposals(pack: RulePack, use_case: UseCase, *, taken: bool = False) -> tuple[Proposal, ...]:
    """Return the answers that the description makes plain and that are not given yet; `taken` marks them as accepted.

    `advisor ask` shows them to be confirmed one by one.
    """
    if not use_case.description:
        return ()
    return tuple(
        Proposal(
            fact=found.fact,
            short=(fact := pack.questionnaire.by_id[found.fact]).short,
            value=found.value,
            answer=answer_in_words(fact, found.value),
            words=found.words,
            taken=taken,
        )
        for found in propose(pack.cues, use_case.description, use_case.facts, pack.questionnaire)
    )
