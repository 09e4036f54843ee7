"""Loading a rule pack: every rule file read, checked against the others, and made ready for the engine."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from advisor import rule_files as files
from advisor.answers import check_value
from advisor.approaches import APPROACHES
from advisor.conditions import Condition, facts_read, parse_condition
from advisor.cue_files import CuesFile
from advisor.errors import AdvisorError, Problem, nearest
from advisor.facts import Questionnaire, questionnaire_in
from advisor.overlay.folders import MARKER, TESTS_SUFFIX, RuleFolders, shipped_rules_folder
from advisor.pack import Clause, Gap, Option, Rule, RulePack, When
from advisor.patterns import check_words
from advisor.reasons import format_fields, placeholders
from advisor.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from advisor.cue_files import CueEntry
    from advisor.documents import Document
    from advisor.facts import Fact
    from advisor.shape import Shape

Model = TypeVar("Model", bound="Shape")
Path_ = tuple[str | int, ...]

__all__ = [
    "TESTS_SUFFIX",
    "Clause",
    "Gap",
    "Option",
    "Rule",
    "RulePack",
    "When",
    "load_rules",
    "shipped_rules",
    "shipped_rules_folder",
]


@cache
def shipped_rules() -> RulePack:
    """Return the shipped rule pack, loaded on first use."""
    return load_rules()


def load_rules(*folders: Path | str | Iterable[Path | str] | None) -> RulePack:
    """Return the rule pack in a folder with the overlays that follow it (the shipped pack where no folder is complete).

    Later overlays win. Raises AdvisorError naming file and line of everything that is wrong.
    """
    return _Loader(RuleFolders(_flat(folders))).load()


def _flat(folders: Iterable[Path | str | Iterable[Path | str] | None]) -> Iterator[Path | str]:
    for folder in folders:
        if isinstance(folder, (str, Path)):
            yield folder
        elif folder is not None:
            yield from folder


class _Loader:
    """Reads the files of one pack and gathers everything that is wrong with them."""

    def __init__(self, folders: RuleFolders) -> None:
        self.folders = folders
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
            wording=self._wording(),
            cost_folders=self._cost_folders(),
            cues=self._cues(),
            folders=self.folders.folders,
            allow_unreachable=self.folders.allow_unreachable,
        )
        for name in APPROACHES:
            if name not in pack.approaches:
                self._complain(settings_document, ("approaches",), f"the approach '{name}' is missing")
        self._check_rule_ids(pack)
        self._check_savings(pack)
        if self.problems:
            raise AdvisorError(self._blamed())
        object.__setattr__(pack, "hash", self.digest.hexdigest()[:16])
        return pack

    # ---------------------------------------------------------------- files

    def _document(self, name: str) -> Document:
        document = self.folders.read(name)
        self.digest.update(name.encode() + b"\0" + self.folders.raw(name))
        return document

    def _questionnaire(self) -> Questionnaire:
        return questionnaire_in(self._document("facts.yaml"))

    def _file(self, model: type[Model], name: str) -> tuple[Model, Document]:
        document = self._document(name)
        return validated(model, document), document

    def _complain(self, document: Document, path: Path_, message: str, suggestion: str | None = None) -> None:
        self.problems.append(document.problem(message, path, suggestion))

    def _cost_folders(self) -> tuple[Path, ...]:
        """Return where prices are read when they are needed; they count in the pack's hash."""
        names = [name for folder in ("cost", "prices") for name in self.folders.names(folder)]
        for name in names:
            self.digest.update(name.encode() + b"\0" + self.folders.raw(name))
        own = all((self.folders.base / folder).is_dir() for folder in ("cost", "prices"))
        return self.folders.folders if own else (shipped_rules_folder(), *self.folders.overlays)

    # ------------------------------------------------------------- contents

    def _gaps(self, settings: files.SettingsFile) -> tuple[Gap, ...]:
        found: dict[str, Gap] = {}
        for name in self.folders.names("gaps"):
            entry, document = self._file(files.GapFile, name)
            if entry.id not in settings.gaps:
                self._complain(document, ("id",), f"unknown gap '{entry.id}'", nearest(entry.id, settings.gaps))
            settled = None
            if entry.settled_by is not None:
                settled = self._clause(document, ("settled_by",), entry.settled_by, entry.id)
            rules = self._rules(document, ("rules",), entry.rules)
            found[entry.id] = Gap(
                id=entry.id,
                name=entry.name,
                about=entry.about,
                remedy=entry.remedy,
                prior=entry.prior,
                rules=rules,
                settled_by=settled,
            )
        self._check_complete("gap", settings.gaps, found)
        return tuple(found[gap] for gap in settings.gaps if gap in found)

    def _interventions(
        self, settings: files.SettingsFile
    ) -> tuple[dict[str, files.InterventionFile], tuple[Option, ...]]:
        found: dict[str, files.InterventionFile] = {}
        options: dict[str, tuple[Option, ...]] = {}
        for name in self.folders.names("interventions"):
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

    def _wording(self) -> files.WordingFile:
        """Return the sentences; each may hold the placeholders of the shipped one, and nothing else in braces."""
        content, document = self._file(files.WordingFile, "wording.yaml")
        shipped = RuleFolders().read("wording.yaml").data
        for key, text in content.model_dump().items():
            try:
                known = format_fields(shipped[key])
                unknown = sorted(format_fields(text) - known)
            except ValueError:
                self._complain(document, (key,), f"{key}: an opening or a closing brace is missing")
                continue
            if unknown:
                message = f"{key}: nothing is filled in for {{{unknown[0]}}}"
                self._complain(document, (key,), message, nearest(unknown[0], sorted(known)))
        return content

    def _cues(self) -> tuple[CueEntry, ...]:
        """Return the cues; a pack without the file proposes nothing."""
        if not self.folders.has("cues.yaml"):
            return ()
        content, document = self._file(CuesFile, "cues.yaml")
        for i, cue in enumerate(content.cues):
            fact = self.questionnaire.by_id.get(cue.fact)
            if fact is None:
                message, near = f"unknown fact '{cue.fact}'", nearest(cue.fact, self.questionnaire.fact_ids)
                self._complain(document, ("cues", i, "fact"), message, near)
            else:
                self._check_cue(document, ("cues", i), cue, fact)
        return content.cues

    def _check_cue(self, document: Document, path: Path_, cue: CueEntry, fact: Fact) -> None:
        key, other = ("each", "is") if fact.kind == "number" else ("is", "each")
        given = {"is": cue.value, "each": cue.each}
        if given[other] is not None:
            message = f"'{fact.id}' is a {fact.kind}: expected '{key}' instead of '{other}'"
            self._complain(document, (*path, other), message)
        elif given[key] is None:
            self._complain(document, path, f"'{key}' is missing: '{fact.id}' is a {fact.kind}")
        elif cue.value is not None and (wrong := check_value(fact, cue.value)) is not None:
            self._complain(document, (*path, "is"), wrong.message, wrong.suggestion)
        for i, words in enumerate(cue.words):
            if ("#" in words) != (fact.kind == "number"):
                message = "'#' stands for the number, so it is in all words of a number and in no others"
                self._complain(document, (*path, "words", i), message)
            try:
                check_words(words)
            except AdvisorError as error:
                self._complain(document, (*path, "words", i), error.problems[0].message)

    # ---------------------------------------------------------------- parts

    def _when(self, document: Document, path: Path_, entry: Any, condition: str) -> When:
        self._check_cited(document, path, getattr(entry, "evidence", ()), "evidence")
        raw = getattr(entry, condition)
        parsed = None if raw is None else self._condition(document, (*path, condition), raw)
        return When(entry=entry, condition=parsed)

    def _rules(self, document: Document, path: Path_, entries: Iterable[files.RuleEntry]) -> tuple[Rule, ...]:
        return tuple(self._rule(document, (*path, i), entry) for i, entry in enumerate(entries))

    def _rule(self, document: Document, path: Path_, entry: files.RuleEntry) -> Rule:
        condition = self._condition(document, (*path, "when"), entry.when)
        self._check_cited(document, path, entry.evidence, "evidence")
        self._check_cited(document, path, entry.against, "against")
        self._check_placeholders(document, (*path, "because"), entry.because, condition)
        place = document.place(path)
        return Rule(
            id=entry.id,
            condition=condition,
            weight=entry.weight,
            because=entry.because,
            evidence=entry.evidence,
            against=entry.against,
            basis=entry.basis,
            source=place[0],
            line=place[1],
        )

    def _clauses(
        self, document: Document, path: Path_, entries: Iterable[files.ConditionEntry], owner: str
    ) -> tuple[Clause, ...]:
        return tuple(self._clause(document, (*path, i), entry, owner) for i, entry in enumerate(entries))

    def _clause(self, document: Document, path: Path_, entry: files.ConditionEntry, owner: str) -> Clause:
        condition = self._condition(document, (*path, "when"), entry.when)
        self._check_placeholders(document, (*path, "because"), entry.because, condition)
        return Clause(id=entry.id or owner, condition=condition, because=entry.because)

    def _condition(self, document: Document, path: Path_, raw: Any) -> Condition:
        def complain(message: str, inner: Path_, suggestion: str | None) -> None:
            self._complain(document, (*path, *inner), message, suggestion)

        return parse_condition(raw, self.questionnaire, complain)

    # --------------------------------------------------------------- checks

    def _blamed(self) -> list[Problem]:
        """Return the problems, those of untouched files placed at the overlay that brings them about."""
        overlays = self.folders.overlays
        if not overlays:
            return self.problems
        inside = tuple(f"{folder}{os.sep}" for folder in overlays)
        found: dict[Problem, None] = {}
        for problem in self.problems:
            if not problem.source.startswith(inside):
                place = f"{problem.source}:{problem.line}" if problem.line else problem.source
                taken = next((each for each in self.folders.removed if _names(problem.message, each.id)), None)
                if taken is not None:
                    message = f"'{taken.id}' is taken out here, but {place} needs it ({problem.message})"
                    problem = taken.origin.problem(message)
                else:
                    message = f"with this overlay, {place} is wrong: {problem.message}"
                    problem = Problem(message, str(overlays[-1] / MARKER), 1, problem.suggestion)
            found[problem] = None
        return list(found)

    def _check_complete(self, kind: str, wanted: tuple[str, ...], found: Mapping[str, object]) -> None:
        for name in wanted:
            if name not in found:
                self.problems.append(Problem(f"no file describes the {kind} '{name}'", str(self.folders.base)))

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
                rule, first = self._own_first(rule, seen[rule.id])
                message = f"the rule id '{rule.id}' is used twice, first in {first.source}:{first.line}"
                self.problems.append(Problem(message, rule.source, rule.line))
            seen.setdefault(rule.id, rule)

    def _own_first(self, one: Rule, other: Rule) -> tuple[Rule, Rule]:
        """Return two rules, that of an overlay first where only one is."""
        own = tuple(f"{folder}{os.sep}" for folder in self.folders.overlays)
        return (other, one) if other.source.startswith(own) and not one.source.startswith(own) else (one, other)

    def _check_savings(self, pack: RulePack) -> None:
        known = [*pack.rules]
        for i, when in enumerate(pack.gates):
            for j, name in enumerate(when.entry.saving):
                if name not in known:
                    message = f"the gate '{when.entry.id}' names no rule: '{name}'"
                    path = ("gates", i, "saving", j)
                    self._complain(self.folders.read("gates.yaml"), path, message, nearest(name, known))

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


def _names(message: str, name: str) -> bool:
    """Return whether a message is about a name, quoted or as a placeholder."""
    return f"'{name}'" in message or f"{{{name}}}" in message
