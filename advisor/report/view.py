"""From a recommendation to what its report shows: plain data in reading order, without wording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from advisor.frozen import Frozen
from advisor.report.citations import Citations
from advisor.report.escape import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from advisor.cost_result import CostEstimate
    from advisor.recommendation import (
        Alternative,
        Answer,
        ContradictionResult,
        Contribution,
        ExperimentResult,
        GapResult,
        GateResult,
        LedgerLine,
        NextQuestion,
        Precedent,
        Proposal,
        Recommendation,
        Source,
        StageResult,
    )

_NAME: Final = 120
_DESCRIPTION: Final = 400
_MOVES: Final = 0.005  # a smaller difference does not show
_REASONS: Final = 2  # in a row of the ledger
_ALSO_PAYS: Final = 0.25  # a gap that brings at least this share of what a part earns is named beside the main one


class LedgerRow(Frozen):
    """One part of the plan: who pays, why, what it earns and what it costs (as losses; 0.01 is one point)."""

    part: str
    paid_by: tuple[str, ...]
    because: tuple[str, ...]
    same_gap: bool
    earns: float
    burden: float


class Cited(Frozen):
    """A sentence with the numbers of the sources behind it."""

    text: str
    sources: tuple[int, ...]


class FailedGate(Frozen):
    """A gate that fails, with its reason (None when the verdict's own sentence gives it) and its experiment."""

    because: str | None
    experiment: ExperimentResult


class Gates(Frozen):
    """What has to hold before the plan: what definitely fails, and what is still open."""

    failed: tuple[FailedGate, ...]
    open: tuple[GateResult, ...]


class PickRow(Frozen):
    """What is chosen, why, and what to mind."""

    name: str
    because: Cited
    against: tuple[int, ...]
    advice: tuple[str, ...]


class ChoiceRow(Frozen):
    """A choice inside the plan."""

    title: str
    picks: tuple[PickRow, ...]


class OtherRow(Frozen):
    """Another approach: its probability, how far behind (a loss; None when ruled out) and why not."""

    name: str
    probability: float
    margin: float | None
    why_not: tuple[str, ...]


class ReasonRow(Frozen):
    """One reason that moved a severity, or how well a part should work."""

    weight: float
    because: str
    sources: tuple[int, ...]
    against: tuple[int, ...]


class GapRow(Frozen):
    """One gap with everything that moved it; `ends` are the severities that missing answers can bring it to."""

    name: str
    about: str
    remedy: str
    severity: float | None
    excess: float
    ends: tuple[float, float] | None
    settled: str | None
    raised: tuple[ReasonRow, ...]
    lowered: tuple[ReasonRow, ...]
    strongest: str | None


class MoveRow(Frozen):
    """What missing answers can make of an approach: its probability, and its plan's loss (None: it has none now)."""

    name: str
    probability: float
    ends: tuple[float, float]
    loss: tuple[float, float] | None
    can_lead: bool


class WorksRow(Frozen):
    """How well one part of the plan should work here (0 to 1), with its reasons."""

    part: str
    works: float
    reasons: tuple[ReasonRow, ...]


class Question(Frozen):
    """A question to answer next; each effect is an approach with the answers that lead to it."""

    question: str
    why: str
    effects: tuple[tuple[str, tuple[str, ...]], ...]


class Flip(Frozen):
    """A change of answers that would change the advice; `team` says that the team can act on it."""

    words: str
    team: bool


class Report(Frozen):
    """Everything that the templates print; a compact report folds away more of it."""

    compact: bool
    name: str
    description: str | None
    verdict: str
    approach: str | None
    leaning: str | None
    decided_by: str
    reason: str
    techniques: tuple[str, ...]
    ledger: tuple[LedgerRow, ...]
    next_action: str
    probability: float | None
    mixed: bool
    preferred: str | None
    second: tuple[str, float] | None
    stable: bool | None
    stays: float | None
    never: tuple[str, ...]
    moves: tuple[MoveRow, ...]
    first_notes: tuple[Cited, ...]
    contradictions: tuple[ContradictionResult, ...]
    gates: Gates
    questions: tuple[Question, ...]
    stages: tuple[StageResult, ...]
    choices: tuple[ChoiceRow, ...]
    others: tuple[OtherRow, ...]
    flips: tuple[Flip, ...]
    precedents: tuple[Precedent, ...]
    proposals: tuple[Proposal, ...]
    cost: CostEstimate | None
    notes: tuple[Cited, ...]
    gaps: tuple[GapRow, ...]
    works: tuple[WorksRow, ...]
    sources: tuple[tuple[int, Source, tuple[int, ...]], ...]
    answers: tuple[Answer, ...]
    provenance: Any


def build(recommendation: Recommendation, *, compact: bool = False) -> Report:
    """Return what the report of a recommendation shows. Sources are numbered in the order of the report."""
    result = recommendation
    citations = Citations(result.sources)
    first_notes, notes = _notes(result, citations, first=True), _notes(result, citations, first=False)
    headline = result.approach or result.leaning
    names = result.approach_names
    said = _Said([result.reason])
    moves = _moves(result)
    return Report(
        compact=compact,
        name=shortened(result.name, _NAME),
        description=shortened(result.description, _DESCRIPTION) if result.description else None,
        verdict=result.verdict,
        approach=names[result.approach] if result.approach else None,
        leaning=names[result.leaning] if result.leaning else None,
        decided_by=result.decided_by,
        reason=result.reason,
        techniques=tuple(result.technique_names[name] for name in result.techniques),
        ledger=_ledger(result, said),
        next_action=result.next_action,
        probability=result.probabilities[headline] if headline else None,
        mixed=result.classifier is not None,
        preferred=_preferred(result, headline),
        second=_second(result, headline),
        stable=result.stable,
        stays=result.stays,
        never=() if result.stable else tuple(row.name for row in moves if not row.can_lead),
        moves=moves,
        first_notes=first_notes,
        contradictions=result.contradictions,
        gates=_gates(result.gates, said),
        questions=tuple(_question(entry, names) for entry in result.next_questions or ()),
        stages=result.stages,
        choices=_choices(result, citations),
        others=_others(result.alternatives),
        flips=tuple(Flip(words=entry.words, team=entry.influence == "team") for entry in result.flips or ()),
        precedents=result.precedents,
        proposals=result.proposals,
        cost=result.cost,
        notes=notes,
        gaps=_gaps(result.gaps, citations),
        works=_works(result.ledger, citations),
        sources=citations.numbered(),
        answers=result.answers,
        provenance=result.provenance,
    )


class _Said:
    """Remembers what a report has said, so that no sentence stands there twice."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._texts = [_plain(text) for text in texts]

    def new(self, text: str) -> bool:
        """Return whether a sentence was not said yet, also not as a part of another, and remember it."""
        plain = _plain(text)
        fresh = not any(plain in said for said in self._texts)
        self._texts.append(plain)
        return fresh


def _plain(text: str) -> str:
    return text.casefold().rstrip(". ")


def _preferred(result: Recommendation, headline: str | None) -> str | None:
    """Return the approach that the classifier prefers, where it is another than the one that comes out."""
    said = result.classifier
    if said is None or headline is None or said.prefers == headline:
        return None
    return result.approach_names[said.prefers]


def _second(result: Recommendation, headline: str | None) -> tuple[str, float] | None:
    others = {name: value for name, value in result.probabilities.items() if name != headline}
    if not headline or not others:
        return None
    name = max(others, key=lambda name: others[name])
    return result.approach_names[name], others[name]


def _ledger(result: Recommendation, said: _Said) -> tuple[LedgerRow, ...]:
    rows: list[LedgerRow] = []
    seen: set[str] = set()
    for line in result.ledger:
        reasons = [item.because for item in line.because]
        fresh = [text for text in reasons if said.new(text)][:_REASONS]
        if not fresh:
            works = [item.because for item in line.works_because if item.weight > 0]
            fresh = [text for text in works if said.new(text)][:1]
        earns = sum(line.by_gap.values())
        rows.append(
            LedgerRow(
                part=line.name,
                paid_by=tuple(result.gaps[gap].name for gap in _payers(line, earns)),
                because=tuple(fresh),
                same_gap=line.paid_by in seen,
                earns=earns,
                burden=line.burden,
            )
        )
        seen.add(line.paid_by)
    return tuple(rows)


def _payers(line: LedgerLine, earns: float) -> tuple[str, ...]:
    also = sorted(line.by_gap, key=lambda gap: -line.by_gap[gap])
    return (line.paid_by, *(gap for gap in also if gap != line.paid_by and line.by_gap[gap] >= _ALSO_PAYS * earns))


def _notes(result: Recommendation, citations: Citations, *, first: bool) -> tuple[Cited, ...]:
    return tuple(
        Cited(text=note.text, sources=citations.cite(note.evidence)) for note in result.notes if note.first is first
    )


def _gates(gates: Sequence[GateResult], said: _Said) -> Gates:
    failed = (gate for gate in gates if gate.status == "failed")
    return Gates(
        failed=tuple(
            FailedGate(because=g.because if said.new(g.because) else None, experiment=g.experiment) for g in failed
        ),
        open=tuple(gate for gate in gates if gate.status == "open"),
    )


def _choices(result: Recommendation, citations: Citations) -> tuple[ChoiceRow, ...]:
    return tuple(
        ChoiceRow(
            title=choice.title,
            picks=tuple(
                PickRow(
                    name=pick.name,
                    because=Cited(text=pick.because, sources=citations.cite(pick.evidence)),
                    against=citations.cite(pick.against),
                    advice=pick.advice,
                )
                for pick in choice.picks
            ),
        )
        for choice in result.choices
    )


def _others(alternatives: Iterable[Alternative]) -> tuple[OtherRow, ...]:
    """Return the other approaches; a reason that a row above gave is left out where another reason remains."""
    rows = []
    said: set[str] = set()
    for other in alternatives:
        fresh = [text for text in other.why_not if text not in said]
        said.update(fresh)
        rows.append(
            OtherRow(
                name=other.name,
                probability=other.probability,
                margin=other.margin,
                why_not=tuple(fresh or other.why_not[:1]),
            )
        )
    return tuple(rows)


def _gaps(gaps: Mapping[str, GapResult], citations: Citations) -> tuple[GapRow, ...]:
    """Return the gaps from the most to the least severe, those without any answer last."""
    ordered = sorted(gaps.values(), key=lambda gap: -1.0 if gap.severity is None else gap.severity, reverse=True)
    rows = []
    for gap in ordered:
        reasons = _reasons(gap.contributions, citations)
        rows.append(
            GapRow(
                name=gap.name,
                about=gap.about,
                remedy=gap.remedy,
                severity=gap.severity,
                excess=gap.excess,
                ends=_ends(gap.low, gap.high),
                settled=gap.settled,
                raised=tuple(reason for reason in reasons if reason.weight > 0),
                lowered=tuple(reason for reason in reasons if reason.weight < 0),
                strongest=gap.settled or (reasons[0].because if reasons else None),
            )
        )
    return tuple(rows)


def _ends(low: float | None, high: float | None) -> tuple[float, float] | None:
    """Return both ends of an interval, None where nothing moves any more."""
    return None if low is None or high is None or high - low < _MOVES else (low, high)


def _moves(result: Recommendation) -> tuple[MoveRow, ...]:
    """Return how far approaches that are not ruled out can move, the most probable first; nothing where none can."""
    if result.bounds is None or all(
        e.probability.high - e.probability.low < _MOVES for e in result.bounds.approaches.values()
    ):
        return ()
    ordered = sorted(result.bounds.approaches, key=lambda name: -result.probabilities[name])
    return tuple(
        MoveRow(
            name=result.approach_names[name],
            probability=result.probabilities[name],
            ends=(own.probability.low, own.probability.high),
            loss=None if own.loss is None else (own.loss.low, own.loss.high),
            can_lead=own.can_lead,
        )
        for name, own in ((name, result.bounds.approaches[name]) for name in ordered)
        if own.probability.high > 0
    )


def _works(ledger: Iterable[LedgerLine], citations: Citations) -> tuple[WorksRow, ...]:
    return tuple(
        WorksRow(part=line.name, works=line.works, reasons=_reasons(line.works_because, citations))
        for line in ledger
        if line.works_because
    )


def _reasons(contributions: Iterable[Contribution], citations: Citations) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(
            weight=item.weight,
            because=item.because,
            sources=citations.cite(item.evidence),
            against=citations.cite(item.against),
        )
        for item in contributions
    )


def _question(entry: NextQuestion, names: Mapping[str, str]) -> Question:
    effects: dict[str, list[str]] = {}
    for effect in entry.effects:
        effects.setdefault(names.get(effect.approach, effect.approach), []).append(effect.words)
    return Question(
        question=entry.question,
        why=entry.why,
        effects=tuple((name, tuple(answers)) for name, answers in effects.items()),
    )
