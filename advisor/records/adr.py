"""A decision record in the MADR 4 layout: Markdown to read, with a YAML block that `advisor recheck` reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from advisor.explain import inside
from advisor.records.record import as_block, make_record
from advisor.report import numbers, rendered
from advisor.report.escape import shortened

if TYPE_CHECKING:
    from advisor.pack import RulePack
    from advisor.recommendation import Recommendation
    from advisor.use_case import UseCase

_DRIVERS: Final = 6
_TITLE: Final = 120
_DESCRIPTION: Final = 2000


def to_adr(use_case: UseCase, result: Recommendation, pack: RulePack) -> str:
    """Return the decision record of a recommendation: Markdown that ends with a newline.

    Texts of the user and of rule files are shown as they are, never interpreted.
    """
    record = make_record(use_case, result, pack)
    chosen = pack.approaches[result.approach].name if result.approach else None
    text = rendered(
        "adr.md.j2",
        front=_front_matter(use_case, result),
        title=f"{shortened(use_case.name, _TITLE)}: {inside(chosen) if chosen else 'approach still open'}",
        description=shortened(use_case.description, _DESCRIPTION) if use_case.description else None,
        gaps=[
            {"name": gap.name, "about": inside(gap.about).rstrip("."), "severity": numbers.severity(gap.severity)}
            for gap in result.gaps.values()
            if gap.severity is not None and gap.excess > 0
        ],
        drivers=_drivers(result),
        options=_options(result, pack),
        chosen=chosen,
        not_yet=result.verdict == "not_yet",
        gates=[gate for gate in result.gates if gate.status != "passed"],
        result=_shown(result),
        sources=[result.sources[name] for name in _cited(result) if name in result.sources],
        record=record,
    )
    # The block is data: it is neither escaped nor tidied.
    return f"{text}\n{as_block(record)}\n"


def _front_matter(use_case: UseCase, result: Recommendation) -> Markup:
    """Return MADR's front matter; JSON strings are YAML strings, so that no name can end it."""
    people = json.dumps([use_case.respondent] if use_case.respondent else [])
    lines = ("---", "status: proposed", f"date: {result.provenance.as_of}", f"decision-makers: {people}", "---")
    return Markup("\n".join(lines))  # noqa: S704 - the one free text is a JSON string


def _drivers(result: Recommendation) -> list[str]:
    reasons = [item for line in result.ledger for item in line.because]
    if not reasons:
        reasons = [item for gap in result.gaps.values() for item in gap.contributions]
    ordered = sorted(reasons, key=lambda item: -abs(item.weight))
    return list(dict.fromkeys(item.because for item in ordered))[:_DRIVERS]


def _cited(result: Recommendation) -> list[str]:
    """Return the sources behind the drivers, the gates and the notes; the report lists all others."""
    reasons = [item for line in result.ledger for item in line.because]
    cited = [item.evidence for item in reasons]
    cited += [gate.evidence for gate in result.gates]
    cited += [note.evidence for note in result.notes]
    return list(dict.fromkeys(name for names in cited for name in names))


def _shown(result: Recommendation) -> dict[str, Any]:
    """Return what the template prints of a recommendation as it is."""
    return {
        "reason": result.reason,
        "next_action": result.next_action,
        "ledger": [
            {
                "name": line.name,
                "gap": result.gaps[line.paid_by].name,
                "earns": line.by_gap.get(line.paid_by, 0.0),
                "burden": line.burden,
            }
            for line in result.ledger
        ],
        "cost": result.cost.summary if result.cost else None,
        "notes": result.notes,
        "stages": result.stages,
        "answers": result.answers,
    }


def _options(result: Recommendation, pack: RulePack) -> list[dict[str, Any]]:
    """Return the five approaches with what speaks for and against each, the chosen one first."""
    options = []
    if result.approach:
        entry = pack.approaches[result.approach]
        good = [f"it is the most probable on these answers ({numbers.probability(result.probabilities[entry.id])})"]
        good += [inside(text) for text in _drivers(result)[:2]]
        bad = [inside(gate.because) for gate in result.gates if gate.status == "failed"]
        options.append({"name": entry.name, "about": entry.about, "good": good, "neutral": [], "bad": bad})
    told = set()
    for other in result.alternatives:
        told.add(other.approach)
        likely = numbers.probability(other.probability)
        options.append(
            {
                "name": other.name,
                "about": pack.approaches[other.approach].about,
                "good": [],
                "neutral": [] if other.blocked else [f"its probability on these answers is {likely}"],
                "bad": [inside(text) for text in other.why_not],
            }
        )
    rest = (entry for entry in pack.approaches.values() if entry.id not in told and entry.id != result.approach)
    empty: dict[str, list[str]] = {"good": [], "neutral": [], "bad": []}
    return [*options, *({"name": entry.name, "about": entry.about, **empty} for entry in rest)]
