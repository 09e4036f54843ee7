"""One library call: from a use case to a recommendation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import __version__
from advisor.answers import answer_in_words
from advisor.assess import assess
from advisor.cases import classifier_opinion, proposals, published_precedents
from advisor.conditions import facts_read
from advisor.errors import AdvisorError
from advisor.explain import alternatives, gap_results, ledger, one_sentence
from advisor.fallback import settle
from advisor.payback import promised_saving, with_saving
from advisor.plans import choose
from advisor.pricing import priced
from advisor.reasons import reason
from advisor.recommendation import (
    Answer,
    ChoiceResult,
    ContradictionResult,
    ExperimentResult,
    GateResult,
    NoteResult,
    Pick,
    Provenance,
    Recommendation,
    Source,
    StageResult,
)
from advisor.techniques import pick, techniques
from advisor.uncertainty.results import uncertainty
from advisor.use_case import UseCase, check_use_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from advisor.conditions import Facts
    from advisor.pack import RulePack, When
    from advisor.plans import Choice, Plan
    from advisor.rule_files import StageEntry
    from advisor.techniques import Picked
    from advisor.verdict import Decision

BASELINE = "baseline"
SHIP = "ship"


def advise(
    use_case: UseCase,
    rules: RulePack | None = None,
    *,
    as_of: date | None = None,
    cost: bool = True,
    accept_proposed: bool = False,
    brief: bool = False,
) -> Recommendation:
    """Return the recommendation for a use case.

    `rules` defaults to the shipped pack; `as_of` to the use case's own date, else the pack's. Without `cost` nothing is
    priced, which is much faster; a gate on a saving then stays open. `accept_proposed` takes the answers that the
    description makes plain as given, and marks them in `proposals`. A `brief` advice leaves out what open and
    changed answers would do (`stable`, `stays`, `next_questions`, `flips` and `bounds` are null) and has no precedents.
    Uses no clock and no network; the same input gives the same result. Raises AdvisorError for answers that the
    questionnaire refuses and for unusable assumptions.
    """
    if rules is None:
        from advisor.rules import shipped_rules  # only here: the command line brings a pack, perhaps from its cache

        rules = shipped_rules()
    pack = rules
    problems = check_use_case(use_case, pack.questionnaire)
    if problems:
        raise AdvisorError(problems)
    proposed = proposals(pack, use_case, taken=accept_proposed)
    facts = {**use_case.facts, **{item.fact: item.value for item in proposed if item.taken}}
    assessment = assess(pack, facts)
    settled = settle(pack, facts, assessment, choose(pack, assessment), use_case.description)
    choice, decision = settled.choice, settled.decision
    undecided = decision.verdict == "undecided"
    plan = choice.best
    picked = () if undecided else pick(pack, facts, plan)
    day = as_of or use_case.as_of or pack.as_of
    promise = None if undecided else promised_saving(pack, assessment, choice)
    costs = None
    if cost and facts:
        answered = use_case.model_copy(update={"facts": facts})
        costs = priced(pack, answered, choice, None if undecided else plan, promise, as_of=day)
    if promise is not None:
        cheaper = costs.saving.cheaper if costs is not None and costs.saving is not None else None
        decision = with_saving(pack, facts, decision, promise, cheaper)
    gates = tuple(_gates(pack, facts, decision))
    contradictions = tuple(found_contradictions(pack, facts))
    stages = () if undecided else _stages(pack, facts, plan)
    used = techniques(pack, picked)
    unknowns = uncertainty(pack, facts, choice, use_case.description) if not brief else None
    gaps = gap_results(pack, facts, assessment)
    result = Recommendation(
        name=use_case.name,
        description=use_case.description,
        verdict=decision.verdict,
        approach=None if undecided else plan.approach,
        leaning=plan.approach if undecided and (facts or settled.decided_by == "classifier") else None,
        headline="" if undecided else pack.approaches[plan.approach].headline,
        reason=one_sentence(pack, facts, assessment, choice, decision),
        next_action=_next_action(pack, decision, contradictions, gates, stages),
        techniques=used,
        technique_names={name: pack.techniques[name].name for name in used},
        approach_names={name: entry.name for name, entry in pack.approaches.items()},
        decided_by=settled.decided_by,
        probabilities={str(name): share for name, share in choice.probabilities.items()},
        margin=decision.margin,
        gaps=gaps if unknowns is None else unknowns.widened(gaps),
        ledger=() if undecided else ledger(pack, facts, assessment, plan, picked),
        choices=tuple(_choices(pack, facts, picked)),
        alternatives=alternatives(pack, facts, assessment, choice) if facts else (),
        gates=gates,
        stages=stages,
        notes=tuple(_notes(pack, facts, choice, undecided, day)),
        contradictions=contradictions,
        answers=_answers(pack, facts, pack.questionnaire.fact_ids),
        precedents=() if brief else published_precedents(pack, facts, use_case.description, plan.approach),
        classifier=classifier_opinion(settled, facts),
        proposals=proposed,
        sources={},
        provenance=Provenance(
            program_version=__version__,
            rules_version=pack.version,
            rules_hash=pack.hash,
            rules_date=pack.as_of,
            as_of=day,
            price_dates=None if costs is None else costs.price_dates,
        ),
        stable=None if unknowns is None else unknowns.stable,
        stays=None if unknowns is None else unknowns.stays,
        next_questions=None if unknowns is None else unknowns.next_questions,
        flips=None if unknowns is None else unknowns.flips,
        bounds=None if unknowns is None else unknowns.bounds,
        cost=costs,
    )
    return result.model_copy(update={"sources": _sources(pack, result)})


def _next_action(
    pack: RulePack,
    decision: Decision,
    contradictions: tuple[ContradictionResult, ...],
    gates: tuple[GateResult, ...],
    stages: tuple[StageResult, ...],
) -> str:
    """Return the one thing to do next."""
    if contradictions:
        return contradictions[0].mend
    if decision.verdict == "undecided":
        return pack.wording.next_when_undecided
    failed = next((gate for gate in gates if gate.status == "failed"), None)
    if failed is not None:
        return failed.experiment.do
    return stages[0].steps[0] if stages else pack.wording.next_without_stages


def _gates(pack: RulePack, facts: Facts, decision: Decision) -> Iterator[GateResult]:
    for gate in decision.gates:
        entry = gate.entry
        yield GateResult(
            id=entry.id,
            status="open" if gate.failed is None else "failed" if gate.failed else "passed",
            because=reason(entry.because, facts, pack.questionnaire),
            provided=entry.provided,
            experiment=ExperimentResult(**entry.experiment.model_dump()),
            evidence=entry.evidence,
        )


def _choices(pack: RulePack, facts: Facts, picked: tuple[Picked, ...]) -> Iterator[ChoiceResult]:
    for item in picked:
        picks = tuple(
            Pick(
                id=option.id,
                name=option.name,
                techniques=option.techniques,
                because=reason(option.because, facts, pack.questionnaire),
                advice=tuple(reason(text, facts, pack.questionnaire) for text in option.advice),
                evidence=option.evidence,
                against=option.against,
            )
            for option in item.options
        )
        yield ChoiceResult(id=item.choice.id, part=item.part.id, title=item.choice.title, picks=picks)


def _stages(pack: RulePack, facts: Facts, plan: Plan) -> tuple[StageResult, ...]:
    """Return the rungs of a plan: the baseline, one for each part, and shipping, in the order of the rule file.

    Where the file has several rungs for one part, the first that holds is taken.
    """
    parts = {BASELINE, SHIP, *plan.part_ids, *(part.option.intervention for part in plan.parts)}
    rungs: dict[str, StageEntry] = {}
    for when in _holding(pack.stages, facts):
        if when.entry.part in parts:
            rungs.setdefault(when.entry.part, when.entry)
    return tuple(
        StageResult(
            id=rung.id,
            part=rung.part,
            title=rung.title,
            effort=rung.effort,
            steps=tuple(reason(step, facts, pack.questionnaire) for step in rung.steps),
            exit=rung.exit,
            stop=rung.stop,
        )
        for rung in rungs.values()
    )


def _notes(pack: RulePack, facts: Facts, choice: Choice, undecided: bool, day: date) -> Iterator[NoteResult]:
    parts = set() if undecided else {part.option.intervention for part in choice.best.parts}
    for when in _holding(pack.notes, facts):
        note = when.entry
        current = (note.since is None or note.since <= day) and (note.until is None or day < note.until)
        if current and (not note.parts or parts.intersection(note.parts)):
            text = reason(note.text, facts, pack.questionnaire)
            yield NoteResult(id=note.id, text=text, first=note.first, evidence=note.evidence)


def found_contradictions(pack: RulePack, facts: Facts) -> Iterator[ContradictionResult]:
    """Yield the answers that can not both be right, with what to do about them."""
    for when in _holding(pack.contradictions, facts):
        read = facts_read(when.condition) if when.condition else frozenset()
        yield ContradictionResult(
            id=when.entry.id,
            because=reason(when.entry.because, facts, pack.questionnaire),
            mend=reason(when.entry.mend, facts, pack.questionnaire),
            answers=_answers(pack, facts, [fact for fact in pack.questionnaire.fact_ids if fact in read]),
        )


def _holding(entries: Iterable[When], facts: Facts) -> Iterator[When]:
    return (when for when in entries if when.condition is None or when.condition.truth(facts) is True)


def _answers(pack: RulePack, facts: Facts, fact_ids: Iterable[str]) -> tuple[Answer, ...]:
    known = (pack.questionnaire.by_id[fact_id] for fact_id in fact_ids if fact_id in facts)
    return tuple(
        Answer(fact=fact.id, short=fact.short, value=facts[fact.id], words=answer_in_words(fact, facts[fact.id]))
        for fact in known
    )


def _sources(pack: RulePack, result: Recommendation) -> dict[str, Source]:
    """Return every source that the result cites, for or against."""
    reasons = [item for line in result.ledger for item in (*line.because, *line.works_because)]
    reasons += [item for gap in result.gaps.values() for item in gap.contributions]
    picks = [item for choice in result.choices for item in choice.picks]
    cited = dict.fromkeys(name for item in reasons for name in (*item.evidence, *item.against))
    cited |= dict.fromkeys(name for item in picks for name in (*item.evidence, *item.against))
    cited |= dict.fromkeys(name for gate in result.gates for name in gate.evidence)
    cited |= dict.fromkeys(name for note in result.notes for name in note.evidence)
    return {name: Source(**pack.evidence[name].model_dump(exclude={"id", "gaps"})) for name in cited}
