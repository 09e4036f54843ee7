"""The rule pack: what decides, as the engine reads it. advisor.rules makes one from files."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from advisor.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from advisor import rule_files as files
    from advisor.approaches import Approach
    from advisor.conditions import Condition
    from advisor.cue_files import CueEntry
    from advisor.facts import Questionnaire


class Rule(Frozen):
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


class Clause(Frozen):
    """A condition with the reason given when it holds: a hard block, or what settles a gap."""

    id: str
    condition: Condition
    because: str


class Gap(Frozen):
    """A gap (or the efficiency pressure): its prior in log-odds and its evidence."""

    id: str
    name: str
    about: str
    remedy: str
    prior: float
    rules: tuple[Rule, ...]
    settled_by: Clause | None


class Option(Frozen):
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


class When(Frozen):
    """An entry of a rule file together with its parsed condition (None: holds always)."""

    entry: Any
    condition: Condition | None


class RulePack(Frozen):
    """Everything that decides, loaded once and never changed."""

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
    cost_folders: tuple[Path, ...]
    """The folders with `cost` and `prices`: the pack's own, or the shipped ones where it has none, and overlays."""
    folders: tuple[Path, ...] = ()
    allow_unreachable: frozenset[Approach] = frozenset()

    @cached_property
    def derived(self) -> dict[str, Any]:
        """Return the place for what is worked out from this pack once."""
        return {}

    @property
    def rules(self) -> dict[str, Rule]:
        """Return every rule of the pack by its id."""
        gap_rules = (rule for gap in self.gaps for rule in gap.rules)
        return {rule.id: rule for rule in (*gap_rules, *(r for o in self.options for r in o.rules))}
