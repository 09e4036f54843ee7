"""The shape of each file of a rule pack, as shapes that pydantic checks. Their JSON Schemas serve editors."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.approaches import Approach
from advisor.shape import Shape

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Sentence = Annotated[str, Field(min_length=3)]
RawCondition = dict[str, Any]
Number = Annotated[float, Field(strict=True)]
Positive = Annotated[float, Field(strict=True, ge=0)]
Share = Annotated[float, Field(strict=True, ge=0, lt=1)]
Weight = Annotated[float, Field(strict=True, ge=-6, le=6)]


class RuleEntry(Shape):
    """One piece of evidence: a weight in log-odds that counts when the condition holds."""

    id: Slug
    when: RawCondition
    weight: Weight
    because: Sentence
    evidence: tuple[Slug, ...] = ()
    against: tuple[Slug, ...] = ()
    basis: Literal["fitted", "judgement"] = "judgement"


class ConditionEntry(Shape):
    """A condition with the reason that is given when it holds: a hard block, or what settles a gap."""

    id: Slug | None = None
    when: RawCondition
    because: Sentence
    evidence: tuple[Slug, ...] = ()


class GapFile(Shape):
    """rules/gaps/*.yaml: one gap, its prior in log-odds and the evidence for and against it."""

    id: Identifier
    name: str
    about: Sentence
    remedy: Sentence
    prior: Number
    settled_by: ConditionEntry | None = None
    rules: tuple[RuleEntry, ...]


class Works(Shape):
    """How well an intervention works here: a prior in log-odds and evidence that moves it."""

    prior: Number = 0.0
    rules: tuple[RuleEntry, ...] = ()


class Burden(Shape):
    """What an intervention costs in effort, in units of loss (1 = one gap left wide open)."""

    build: Positive = 0.0
    upkeep: Positive = 0.0
    delay: Positive = 0.0
    risk: Positive = 0.0


class VariantEntry(Shape):
    """One way to carry out an intervention: the share of each gap that it closes at best, and its burden."""

    id: Identifier
    name: str
    about: Sentence
    closes: dict[str, Share]
    burden: Burden
    works: Works = Works()
    blocks: tuple[ConditionEntry, ...] = ()


class InterventionFile(Shape):
    """rules/interventions/*.yaml: something that can be done about gaps, with its variants."""

    id: Identifier
    name: str
    weight_class: Literal["light", "heavy"]
    approach: Approach
    about: Sentence
    works: Works = Works()
    blocks: tuple[ConditionEntry, ...] = ()
    variants: Annotated[tuple[VariantEntry, ...], Field(min_length=1)]


class EvidenceEntry(Shape):
    """One source: what it found, how strong it is, and who says otherwise."""

    id: Slug
    reference: Sentence
    url: str
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    grade: Literal["measured", "vendor", "opinion"]
    read: Literal["page", "abstract", "recalled"]
    finding: Sentence
    figure: str | None = None
    gaps: tuple[Identifier, ...] = ()
    disagrees_with: tuple[Slug, ...] = ()


class EvidenceFile(Shape):
    """rules/evidence.yaml: every source that rules cite."""

    evidence: tuple[EvidenceEntry, ...]


class TechniqueEntry(Shape):
    """The name of a technique as a reader knows it."""

    id: Identifier
    name: str
    about: Sentence


class ChoiceOption(Shape):
    """One possible answer to a choice inside an intervention; without `when` it holds always."""

    id: Slug
    name: str
    when: RawCondition | None = None
    techniques: tuple[Identifier, ...] = ()
    because: Sentence
    advice: tuple[Sentence, ...] = ()
    evidence: tuple[Slug, ...] = ()
    against: tuple[Slug, ...] = ()


class ChoiceEntry(Shape):
    """A choice to make inside an intervention (or one variant): the first option that holds, or every one."""

    id: Slug
    part: str
    title: str
    pick: Literal["first", "every"]
    options: Annotated[tuple[ChoiceOption, ...], Field(min_length=1)]


class TechniquesFile(Shape):
    """rules/techniques.yaml: the techniques and how each part of a plan chooses among them."""

    techniques: tuple[TechniqueEntry, ...]
    choices: tuple[ChoiceEntry, ...]


class Experiment(Shape):
    """The cheapest experiment that settles a gate."""

    do: Sentence
    sample: Sentence
    pass_mark: Sentence
    if_pass: Sentence
    if_fail: Sentence


class GateEntry(Shape):
    """What must be in place before weights are changed or a dearer model is bought.

    With `saving`, the rules that promise one, the gate concerns only plans that would not be best without those rules,
    and fails only when the cost estimate finds that the plan is not cheaper either.
    """

    id: Slug
    approaches: Annotated[tuple[str, ...], Field(min_length=1)]
    fails_when: RawCondition
    saving: tuple[Slug, ...] = ()
    because: Sentence
    provided: Sentence
    experiment: Experiment
    evidence: tuple[Slug, ...] = ()


class GatesFile(Shape):
    """rules/gates.yaml."""

    gates: tuple[GateEntry, ...]


class ContradictionEntry(Shape):
    """Answers that can not both be right, with what to do about it."""

    id: Slug
    when: RawCondition
    because: Sentence
    mend: Sentence


class ContradictionsFile(Shape):
    """rules/contradictions.yaml."""

    contradictions: tuple[ContradictionEntry, ...]


class NoteEntry(Shape):
    """A finding outside the approaches; those marked `first` are said before anything else."""

    id: Slug
    when: RawCondition
    text: Sentence
    first: bool = False
    parts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    evidence: tuple[Slug, ...] = ()


class NotesFile(Shape):
    """rules/notes.yaml."""

    notes: tuple[NoteEntry, ...]


class StageEntry(Shape):
    """One rung of the staged plan: what to do, how long it takes, when it is done and when to stop there."""

    id: Slug
    part: str
    title: str
    when: RawCondition | None = None
    effort: Sentence
    steps: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    exit: Sentence
    stop: Sentence


class StagesFile(Shape):
    """rules/stages.yaml: in the order in which rungs are climbed."""

    stages: tuple[StageEntry, ...]


class ApproachEntry(Shape):
    """The words for one approach."""

    id: Approach
    name: str
    about: Sentence
    headline: Sentence


class Thresholds(Shape):
    """Below these the verdict is `undecided`.

    `answers` in number; `margin` between the two best approaches' probabilities; `decided_gaps` are needed before
    "no gap is open" may be said.
    """

    answers: Annotated[int, Field(ge=1)]
    margin: Share
    decided_gaps: Annotated[int, Field(ge=1)]


class AskEntry(Shape):
    """When `advisor ask` offers to stop: `stop_at` is the probability that the approach survives the other answers."""

    stop_at: Share


class SettingsFile(Shape):
    """rules/settings.yaml: the version of the pack, its date, display orders and the engine's few numbers.

    `evidence_years` says after how many years a source of each grade counts as outdated.
    """

    version: str
    as_of: date
    temperature: Annotated[float, Field(strict=True, gt=0)]
    surprise: Share
    gaps: tuple[Identifier, ...]
    interventions: tuple[Identifier, ...]
    approaches: tuple[ApproachEntry, ...]
    thresholds: Thresholds
    ask: AskEntry
    evidence_years: dict[Literal["measured", "vendor", "opinion"], Positive] | None = None


class WordingFile(Shape):
    """rules/wording.yaml: the sentences that the program builds around the rules' reasons."""

    recommend: str
    not_yet: str
    and_because: str
    no_gap: str
    no_answers: str
    too_few_answers: str
    too_close: str
    text_only: str
    unpaid: str
    precedent_did: str
    precedent_did_alone: str
    why_not: str
    why_not_although: str
    why_not_part: str
    why_not_rest: str
    why_not_open: str
    why_not_closed: str
    why_not_burden: str
    why_not_saved: str
    why_not_nothing_pays: str
    next_when_undecided: str
    next_without_stages: str
    flip: str
    flip_change: str
