"""The recommendation: everything that comes out for one use case, ready to print as JSON or Markdown."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from advisor.approaches import Approach
from advisor.cost_result import CostEstimate
from advisor.facts import FactValue
from advisor.shape import Shape

Verdict = Literal["recommend", "not_yet", "undecided"]


class Result(Shape):
    """The base of everything in a recommendation: unchangeable and closed."""


class Contribution(Result):
    """One rule that counted: its weight in log-odds and its reason, with the user's own answers in it."""

    rule: str
    weight: float
    because: str
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    basis: str


class GapResult(Result):
    """One gap: `severity` 0..1 (null while no rule is decided) and `excess`, the part above the prior that can pay.

    `low` and `high` are the severities between which the answers still missing can move it; `exact` where some answers
    reach both ends.
    """

    name: str
    about: str
    remedy: str
    severity: float | None
    excess: float
    settled: str | None
    contributions: tuple[Contribution, ...]
    low: float | None = None
    high: float | None = None
    exact: bool | None = None


class LedgerLine(Result):
    """What pays for one part of the plan: `by_gap` is the loss that its removal would add, less its `burden`."""

    part: str
    name: str
    about: str
    techniques: tuple[str, ...]
    paid_by: str
    by_gap: dict[str, float]
    burden: float
    works: float
    because: tuple[Contribution, ...]
    works_because: tuple[Contribution, ...]


class Alternative(Result):
    """Another approach at its best, and why it is not the recommendation.

    `margin` is how much more loss it has; `by_gap` and `burden` add up to it exactly. A blocked one has no plan.
    """

    approach: Approach
    name: str
    probability: float
    parts: tuple[str, ...]
    part_names: tuple[str, ...]
    loss: float | None
    margin: float | None
    by_gap: dict[str, float]
    burden: float | None
    blocked: tuple[str, ...]
    why_not: tuple[str, ...]


class ExperimentResult(Result):
    """The cheapest experiment that settles a gate."""

    do: str
    sample: str
    pass_mark: str
    if_pass: str
    if_fail: str


class GateResult(Result):
    """A gate that this plan has to pass: failed on a definite answer, open while the answer is unknown."""

    id: str
    status: Literal["failed", "open", "passed"]
    because: str
    provided: str
    experiment: ExperimentResult
    evidence: tuple[str, ...]


class Pick(Result):
    """What is chosen inside a part of the plan, and why."""

    id: str
    name: str
    techniques: tuple[str, ...]
    because: str
    advice: tuple[str, ...]
    evidence: tuple[str, ...]
    against: tuple[str, ...]


class ChoiceResult(Result):
    """One choice inside a part of the plan."""

    id: str
    part: str
    title: str
    picks: tuple[Pick, ...]


class StageResult(Result):
    """One rung of the staged plan."""

    id: str
    part: str
    title: str
    effort: str
    steps: tuple[str, ...]
    exit: str
    stop: str


class NoteResult(Result):
    """A finding outside the five approaches; those marked `first` are said before anything else."""

    id: str
    text: str
    first: bool
    evidence: tuple[str, ...]


class Answer(Result):
    """One answer, as given and in words."""

    fact: str
    short: str
    value: FactValue
    words: str


class ContradictionResult(Result):
    """Answers that can not both be right."""

    id: str
    because: str
    mend: str
    answers: tuple[Answer, ...]


class Source(Result):
    """A source that the shown reasons cite."""

    reference: str
    url: str
    date: str
    grade: str
    read: str
    finding: str
    figure: str | None
    disagrees_with: tuple[str, ...]


class Effect(Result):
    """Where one answer to a question would lead, the other answers as they are."""

    answer: FactValue
    words: str
    approach: Approach


class NextQuestion(Result):
    """A question worth asking next, why, and what each answer would do."""

    fact: str
    question: str
    why: str
    effects: tuple[Effect, ...]


class Change(Result):
    """One known answer turned into another."""

    written_as: ClassVar[dict[str, str]] = {"from_": "from"}

    fact: str
    short: str
    from_: FactValue
    to: FactValue
    from_words: str
    to_words: str


class Flip(Result):
    """The smallest changes of known answers that give another approach.

    `margin` is how much more probable it then is than the second-best approach. `influence` is `team` where the team
    can bring every change about within weeks, else `given`: it would merely change the advice.
    """

    changes: tuple[Change, ...]
    approach: Approach
    margin: float
    influence: Literal["team", "given"]
    words: str


class Range(Result):
    """From `low` to `high`, both included."""

    low: float
    high: float


class ApproachBounds(Result):
    """What the answers still missing can make of one approach: its `probability`, and the `loss` of its present plan.

    `loss` is null where hard blocks leave no plan now, and does not ask whether an answer will block the plan.
    `can_lead` is false where it is proven that no answers lead to this approach.
    """

    probability: Range
    loss: Range | None
    can_lead: bool


class Bounds(Result):
    """How far each approach can still move. Never too narrow; `exact` where every end is reached by some answers."""

    exact: bool
    approaches: dict[str, ApproachBounds]


class Proposal(Result):
    """An answer that the description makes plain, with the words that it rests on. `taken` when it was accepted."""

    fact: str
    short: str
    value: FactValue
    answer: str
    words: tuple[str, ...]
    taken: bool


class Precedent(Result):
    """A published case like this one: what was done, how it ended, and what it shares with this case.

    `nearness` 0..1; `strength` says how the case shows it. `otherwise` marks a like case that chose another approach
    than the one recommended; `differs` holds what it answers differently.
    """

    id: str
    title: str
    approach: Approach
    did: str
    result: str
    url: str
    reference: str
    kind: str
    strength: Literal["measured", "shipped", "recommended"]
    shared: tuple[str, ...]
    differs: tuple[str, ...]
    nearness: float
    otherwise: bool


class ClassifierOpinion(Result):
    """What the model trained on published cases says, beside what the rules prefer.

    `spoke`: the answers are too few for the rules, or two approaches are too close, or there is only a description.
    `one_of` names two approaches when neither stands out but both together do.
    """

    spoke: Literal["too_thin", "too_close", "description_only"]
    prefers: Approach
    probabilities: dict[str, float]
    rules_prefer: Approach | None
    rules_probabilities: dict[str, float]
    one_of: tuple[Approach, ...]


class Provenance(Result):
    """What the recommendation was made with."""

    program_version: str
    rules_version: str
    rules_hash: str
    rules_date: date
    as_of: date
    price_dates: dict[str, str] | None = None


class Recommendation(Result):
    """The whole answer for one use case. Parts that are not built yet are null.

    `stable` is true where it is proven that no answer still missing can change the approach (or, while undecided, the
    leaning); `stays` is the probability that it survives them. Both are null without answers.
    """

    schema_version: Literal[1] = 1
    name: str
    description: str | None
    verdict: Verdict
    approach: Approach | None
    leaning: Approach | None
    headline: str
    reason: str
    next_action: str
    techniques: tuple[str, ...]
    technique_names: dict[str, str]
    approach_names: dict[str, str]
    decided_by: Literal["rules", "classifier"]
    probabilities: dict[str, float]
    margin: float
    gaps: dict[str, GapResult]
    ledger: tuple[LedgerLine, ...]
    choices: tuple[ChoiceResult, ...]
    alternatives: tuple[Alternative, ...]
    gates: tuple[GateResult, ...]
    stages: tuple[StageResult, ...]
    notes: tuple[NoteResult, ...]
    contradictions: tuple[ContradictionResult, ...]
    answers: tuple[Answer, ...]
    sources: dict[str, Source]
    provenance: Provenance
    stable: bool | None = None
    stays: float | None = None
    next_questions: tuple[NextQuestion, ...] | None = None
    flips: tuple[Flip, ...] | None = None
    bounds: Bounds | None = None
    precedents: tuple[Precedent, ...] = ()
    classifier: ClassifierOpinion | None = None
    proposals: tuple[Proposal, ...] = ()
    cost: CostEstimate | None = None

    def to_markdown(self) -> str:
        """Return the report for a pull request."""
        from advisor.report import to_markdown

        return to_markdown(self)
