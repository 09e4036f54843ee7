"""The rule pack: every rule file loaded, checked against the others, and ready for the engine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from advisor import rule_files as files
from advisor.answers import check_value
from advisor.approaches import APPROACHES
from advisor.conditions import Condition, facts_read, parse_condition
from advisor.cue_files import CuesFile
from advisor.documents import Document, read_document
from advisor.errors import AdvisorError, Problem, nearest
from advisor.facts import Questionnaire, load_questionnaire
from advisor.reasons import placeholders
from advisor.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from pydantic import BaseModel

    from advisor.approaches import Approach
    from advisor.cue_files import CueEntry

Model = TypeVar("Model", bound="BaseModel")
Path_ = tuple[str | int, ...]

TESTS_SUFFIX = ".tests.yaml"


@dataclass(frozen=True, slots=True)
class Rule:
    """One weight of evidence, in log-odds, for a gap or for how well an intervention works."""

    id: str
    condition: Condition
    weight: float
    because: str
    evidence: tuple[str, ...]
    against: tuple[str, ...]
    basis: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition with the reason given when it holds: a hard block, or what settles a gap."""

    id: str
    condition: Condition
    because: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap (or the efficiency pressure): its prior in log-odds and its evidence."""

    id: str
    name: str
    about: str
    remedy: str
    prior: float
    rules: tuple[Rule, ...]
    settled_by: Clause | None


@dataclass(frozen=True, slots=True)
class Option:
    """One variant of an intervention, as it can stand in a plan.

    `closes` holds for each gap, in the pack's order, the share that it closes when it works fully (0..1).
    `burden` is its whole burden in units of loss.
    """

    id: str
    intervention: str
    variant: str
    name: str
    about: str
    approach: Approach
    heavy: bool
    closes: tuple[float, ...]
    burden: float
    burden_parts: Mapping[str, float]
    prior: float
    rules: tuple[Rule, ...]
    blocks: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class When:
    """An entry of a rule file together with its parsed condition (None: holds always)."""

    entry: Any
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class RulePack:
    """Everything that decides, loaded once and never changed. `derived` keeps what is worked out from it once."""

    version: str
    hash: str
    as_of: date
    temperature: float
    surprise: float
    thresholds: files.Thresholds
    ask: files.AskEntry
    questionnaire: Questionnaire
    gaps: tuple[Gap, ...]
    interventions: Mapping[str, files.InterventionFile]
    options: tuple[Option, ...]
    approaches: Mapping[Approach, files.ApproachEntry]
    evidence: Mapping[str, files.EvidenceEntry]
    techniques: Mapping[str, files.TechniqueEntry]
    choices: tuple[tuple[files.ChoiceEntry, tuple[When, ...]], ...]
    gates: tuple[When, ...]
    contradictions: tuple[When, ...]
    notes: tuple[When, ...]
    stages: tuple[When, ...]
    wording: files.WordingFile
    cues: tuple[CueEntry, ...]
    cost_folder: Path | None
    """The folder with the pack's own `cost` and `prices`; None where it has none and the shipped ones are taken."""
    derived: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def rules(self) -> dict[str, Rule]:
        """Return every rule of the pack by its id."""
        gap_rules = (rule for gap in self.gaps for rule in gap.rules)
        return {rule.id: rule for rule in (*gap_rules, *(r for o in self.options for r in o.rules))}


def shipped_rules_folder() -> Path:
    """Return the folder of the rules that ship with the program, in a wheel as well as in a checkout."""
    package = Path(__file__).parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


@cache
def shipped_rules() -> RulePack:
    """Return the shipped rule pack, loaded on first use."""
    return load_rules()


def load_rules(folder: Path | str | None = None) -> RulePack:
    """Return the rule pack in a folder (the shipped one by default).

    Raises AdvisorError naming file and line of everything that is wrong with it.
    """
    root = Path(folder) if folder is not None else shipped_rules_folder()
    if not root.is_dir():
        raise AdvisorError(Problem("no such folder of rules", str(folder)))
    return _Loader(root).load()


class _Loader:
    """Reads the files of one pack and gathers everything that is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.digest = hashlib.sha256()
        self.questionnaire: Questionnaire
        self.gap_ids: tuple[str, ...] = ()
        self.evidence: dict[str, files.EvidenceEntry] = {}

    def load(self) -> RulePack:
        """Return the pack, or raise AdvisorError with all problems found."""
        self.questionnaire = self._questionnaire()
        settings_document = self._document("settings.yaml")
        settings = validated(files.SettingsFile, settings_document)
        self.gap_ids = settings.gaps
        evidence, evidence_document = self._file(files.EvidenceFile, "evidence.yaml")
        self.evidence = {entry.id: entry for entry in evidence.evidence}
        self._check_unique(evidence_document, "evidence", [entry.id for entry in evidence.evidence])
        gaps = self._gaps(settings)
        interventions, options = self._interventions(settings)
        techniques, choices = self._techniques(options)
        pack = RulePack(
            version=settings.version,
            hash="",
            as_of=settings.as_of,
            temperature=settings.temperature,
            surprise=settings.surprise,
            thresholds=settings.thresholds,
            ask=settings.ask,
            questionnaire=self.questionnaire,
            gaps=gaps,
            interventions=interventions,
            options=options,
            approaches={entry.id: entry for entry in settings.approaches},
            evidence=self.evidence,
            techniques=techniques,
            choices=choices,
            gates=self._entries(files.GatesFile, "gates", "fails_when"),
            contradictions=self._entries(files.ContradictionsFile, "contradictions", "when"),
            notes=self._entries(files.NotesFile, "notes", "when"),
            stages=self._entries(files.StagesFile, "stages", "when"),
            wording=self._file(files.WordingFile, "wording.yaml")[0],
            cost_folder=self._cost_folder(),
            cues=self._cues(),
        )
        if {*pack.approaches} != {*APPROACHES}:
            self._complain(settings_document, ("approaches",), f"expected exactly {', '.join(APPROACHES)}")
        self._check_rule_ids(pack)
        self._check_savings(pack)
        if self.problems:
            raise AdvisorError(self.problems)
        object.__setattr__(pack, "hash", self.digest.hexdigest()[:16])
        return pack

    # ---------------------------------------------------------------- files

    def _document(self, name: str) -> Document:
        path = self.root / name
        document = read_document(path)
        self.digest.update(name.encode() + b"\0" + path.read_bytes())
        return document

    def _questionnaire(self) -> Questionnaire:
        path = self.root / "facts.yaml"
        self.digest.update(b"facts.yaml\0" + path.read_bytes() if path.is_file() else b"")
        return load_questionnaire(path)

    def _file(self, model: type[Model], name: str) -> tuple[Model, Document]:
        document = self._document(name)
        return validated(model, document), document

    def _complain(self, document: Document, path: Path_, message: str, suggestion: str | None = None) -> None:
        self.problems.append(document.problem(message, path, suggestion))

    def _cost_folder(self) -> Path | None:
        """Return the root where it holds cost files, which count in the pack's hash but are read when needed."""
        found = sorted(path for folder in ("cost", "prices") for path in (self.root / folder).glob("*.yaml"))
        for path in found:
            self.digest.update(f"{path.parent.name}/{path.name}".encode() + b"\0" + path.read_bytes())
        return self.root if {path.parent.name for path in found} == {"cost", "prices"} else None

    # ------------------------------------------------------------- contents

    def _gaps(self, settings: files.SettingsFile) -> tuple[Gap, ...]:
        found: dict[str, Gap] = {}
        for name in self._names("gaps"):
            entry, document = self._file(files.GapFile, name)
            if entry.id not in settings.gaps:
                self._complain(document, ("id",), f"unknown gap '{entry.id}'", nearest(entry.id, settings.gaps))
            settled = None
            if entry.settled_by is not None:
                settled = self._clause(document, ("settled_by",), entry.settled_by, entry.id)
            rules = self._rules(document, ("rules",), entry.rules)
            found[entry.id] = Gap(entry.id, entry.name, entry.about, entry.remedy, entry.prior, rules, settled)
        self._check_complete("gap", settings.gaps, found)
        return tuple(found[gap] for gap in settings.gaps if gap in found)

    def _interventions(
        self, settings: files.SettingsFile
    ) -> tuple[dict[str, files.InterventionFile], tuple[Option, ...]]:
        found: dict[str, files.InterventionFile] = {}
        options: dict[str, tuple[Option, ...]] = {}
        for name in self._names("interventions"):
            entry, document = self._file(files.InterventionFile, name)
            if entry.approach not in APPROACHES:
                message = f"unknown approach '{entry.approach}'"
                self._complain(document, ("approach",), message, nearest(entry.approach, APPROACHES))
            found[entry.id] = entry
            shared = self._rules(document, ("works", "rules"), entry.works.rules)
            blocks = self._clauses(document, ("blocks",), entry.blocks, entry.id)
            options[entry.id] = tuple(
                self._option(document, i, entry, variant, shared, blocks) for i, variant in enumerate(entry.variants)
            )
        self._check_complete("intervention", settings.interventions, found)
        ordered = [name for name in settings.interventions if name in found]
        return {name: found[name] for name in ordered}, tuple(o for name in ordered for o in options[name])

    def _option(
        self,
        document: Document,
        position: int,
        intervention: files.InterventionFile,
        variant: files.VariantEntry,
        shared: tuple[Rule, ...],
        blocks: tuple[Clause, ...],
    ) -> Option:
        path: Path_ = ("variants", position)
        for gap in variant.closes:
            if gap not in self.gap_ids:
                self._complain(document, (*path, "closes", gap), f"unknown gap '{gap}'", nearest(gap, self.gap_ids))
        own = self._rules(document, (*path, "works", "rules"), variant.works.rules)
        own_blocks = self._clauses(document, (*path, "blocks"), variant.blocks, variant.id)
        burden = variant.burden.model_dump()
        return Option(
            id=f"{intervention.id}.{variant.id}",
            intervention=intervention.id,
            variant=variant.id,
            name=variant.name,
            about=variant.about,
            approach=intervention.approach,
            heavy=intervention.weight_class == "heavy",
            closes=tuple(variant.closes.get(gap, 0.0) for gap in self.gap_ids),
            burden=sum(burden.values()),
            burden_parts=burden,
            prior=intervention.works.prior + variant.works.prior,
            rules=shared + own,
            blocks=blocks + own_blocks,
        )

    def _techniques(
        self, options: tuple[Option, ...]
    ) -> tuple[dict[str, files.TechniqueEntry], tuple[tuple[files.ChoiceEntry, tuple[When, ...]], ...]]:
        content, document = self._file(files.TechniquesFile, "techniques.yaml")
        techniques = {entry.id: entry for entry in content.techniques}
        parts = {o.id for o in options} | {o.intervention for o in options}
        choices = []
        for i, choice in enumerate(content.choices):
            path: Path_ = ("choices", i)
            if choice.part not in parts:
                message = f"unknown intervention '{choice.part}'"
                self._complain(document, (*path, "part"), message, nearest(choice.part, sorted(parts)))
            picks = []
            for j, option in enumerate(choice.options):
                at = (*path, "options", j)
                for technique in option.techniques:
                    if technique not in techniques:
                        message = f"unknown technique '{technique}'"
                        self._complain(document, (*at, "techniques"), message, nearest(technique, [*techniques]))
                picks.append(self._when(document, at, option, "when"))
            choices.append((choice, tuple(picks)))
        return techniques, tuple(choices)

    def _entries(self, model: type[Model], key: str, condition: str) -> tuple[When, ...]:
        content, document = self._file(model, f"{key}.yaml")
        entries = getattr(content, key)
        self._check_unique(document, key, [entry.id for entry in entries])
        return tuple(self._when(document, (key, i), entry, condition) for i, entry in enumerate(entries))

    def _cues(self) -> tuple[CueEntry, ...]:
        """Return the cues; a pack without the file proposes nothing."""
        if not (self.root / "cues.yaml").is_file():
            return ()
        content, document = self._file(CuesFile, "cues.yaml")
        for i, cue in enumerate(content.cues):
            fact = self.questionnaire.by_id.get(cue.fact)
            if fact is None:
                message, near = f"unknown fact '{cue.fact}'", nearest(cue.fact, self.questionnaire.fact_ids)
                self._complain(document, ("cues", i, "fact"), message, near)
            elif (wrong := check_value(fact, cue.value)) is not None:
                self._complain(document, ("cues", i, "is"), wrong.message, wrong.suggestion)
        return content.cues

    # ---------------------------------------------------------------- parts

    def _when(self, document: Document, path: Path_, entry: Any, condition: str) -> When:
        self._check_cited(document, path, getattr(entry, "evidence", ()), "evidence")
        raw = getattr(entry, condition)
        parsed = None if raw is None else self._condition(document, (*path, condition), raw)
        return When(entry, parsed)

    def _rules(self, document: Document, path: Path_, entries: Iterable[files.RuleEntry]) -> tuple[Rule, ...]:
        return tuple(self._rule(document, (*path, i), entry) for i, entry in enumerate(entries))

    def _rule(self, document: Document, path: Path_, entry: files.RuleEntry) -> Rule:
        condition = self._condition(document, (*path, "when"), entry.when)
        self._check_cited(document, path, entry.evidence, "evidence")
        self._check_cited(document, path, entry.against, "against")
        self._check_placeholders(document, (*path, "because"), entry.because, condition)
        return Rule(
            id=entry.id,
            condition=condition,
            weight=entry.weight,
            because=entry.because,
            evidence=entry.evidence,
            against=entry.against,
            basis=entry.basis,
            source=document.source,
            line=document.line(path),
        )

    def _clauses(
        self, document: Document, path: Path_, entries: Iterable[files.ConditionEntry], owner: str
    ) -> tuple[Clause, ...]:
        return tuple(self._clause(document, (*path, i), entry, owner) for i, entry in enumerate(entries))

    def _clause(self, document: Document, path: Path_, entry: files.ConditionEntry, owner: str) -> Clause:
        condition = self._condition(document, (*path, "when"), entry.when)
        self._check_placeholders(document, (*path, "because"), entry.because, condition)
        return Clause(entry.id or owner, condition, entry.because)

    def _condition(self, document: Document, path: Path_, raw: Any) -> Condition:
        def complain(message: str, inner: Path_, suggestion: str | None) -> None:
            self._complain(document, (*path, *inner), message, suggestion)

        return parse_condition(raw, self.questionnaire, complain)

    # --------------------------------------------------------------- checks

    def _names(self, folder: str) -> list[str]:
        paths = sorted((self.root / folder).glob("*.yaml"))
        return [f"{folder}/{path.name}" for path in paths if not path.name.endswith(TESTS_SUFFIX)]

    def _check_complete(self, kind: str, wanted: tuple[str, ...], found: Mapping[str, object]) -> None:
        for name in wanted:
            if name not in found:
                self.problems.append(Problem(f"no file describes the {kind} '{name}'", str(self.root)))

    def _check_unique(self, document: Document, key: str, ids: list[str]) -> None:
        for i, name in enumerate(ids):
            if name in ids[:i]:
                self._complain(document, (key, i, "id"), f"the id '{name}' is used twice")

    def _check_rule_ids(self, pack: RulePack) -> None:
        seen: dict[str, Rule] = {}
        shared = {id(rule): rule for gap in pack.gaps for rule in gap.rules}
        shared |= {id(rule): rule for option in pack.options for rule in option.rules}
        for rule in shared.values():
            if rule.id in seen:
                first = seen[rule.id]
                message = f"the rule id '{rule.id}' is used twice, first in {first.source}:{first.line}"
                self.problems.append(Problem(message, rule.source, rule.line))
            seen.setdefault(rule.id, rule)

    def _check_savings(self, pack: RulePack) -> None:
        known = [*pack.rules]
        for when in pack.gates:
            for name in when.entry.saving:
                if name not in known:
                    message = f"the gate '{when.entry.id}' names no rule: '{name}'"
                    self.problems.append(Problem(message, str(self.root / "gates.yaml"), None, nearest(name, known)))

    def _check_cited(self, document: Document, path: Path_, cited: tuple[str, ...], key: str) -> None:
        for i, name in enumerate(cited):
            if name not in self.evidence:
                message = f"no source '{name}' in evidence.yaml"
                self._complain(document, (*path, key, i), message, nearest(name, [*self.evidence]))

    def _check_placeholders(self, document: Document, path: Path_, text: str, condition: Condition) -> None:
        known = facts_read(condition)
        for name in placeholders(text):
            if name not in known:
                message = f"the reason mentions {{{name}}}, which its condition does not read"
                self._complain(document, path, message, nearest(name, sorted(known)))
