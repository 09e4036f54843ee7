"""An evaluation as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.explain import one_sentence
from advisor.plans import choose
from advisor.verdict import decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from advisor.conditions import Facts
    from advisor.rules import RulePack


def markdown(data: Mapping[str, Any], pack: RulePack, title: str = "Evaluation") -> str:
    """Return the report on an evaluation; the rules' reasons for wrong cases are those of the pack."""
    parts = [
        f"# {title}\n\n{data['cases']} cases from {data['groups']} sources, {data['method']}. "
        f"The classifier spoke in {data['spoke']:.0%} of them.",
        _figures(data),
        _section("How often the most probable approach is right, by how probable it is said to be", _calibration(data)),
        _section("Accuracy on the surest cases", _coverage(data)),
        _section("What was said (columns) for what was right (rows)", _confusion(data)),
        *(
            _section(f"By {words}", _breakdown(data[key], words))
            for key, words in (
                ("by_approach", "approach"),
                ("by_kind", "kind of source"),
                ("by_strength", "what the source shows"),
                ("by_confidence", "how sure the label is"),
            )
        ),
        _section("Wrong cases, the surest first", _wrong(data, pack)),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    line = "|" + "|".join("---" if i == 0 else "--:" for i in range(len(names))) + "|"
    return "\n".join([_row(names), line, *map(_row, rows)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _figures(data: Mapping[str, Any]) -> str:
    rows = []
    for name, row in data["figures"].items():
        low, high = data["intervals"][name]["top_1"]
        low_loss, high_loss = data["intervals"][name]["log_loss"]
        rows.append(
            [
                name,
                f"{row['top_1']:.3f} ({low:.2f} to {high:.2f})",
                f"{row['top_2']:.3f}",
                f"{row['log_loss']:.3f} ({low_loss:.2f} to {high_loss:.2f})",
                f"{row['brier']:.3f}",
                f"{row['calibration_error']:.3f}",
                f"{row['surer_half']:.3f}",
            ]
        )
    head = ["", "top-1", "top-2", "log loss", "Brier", "calibration error", "accuracy on the surer half"]
    note = "In brackets: 95% intervals from drawing whole sources with replacement."
    return _table(head, rows) + "\n\n" + note


def _calibration(data: Mapping[str, Any]) -> str:
    rows = [
        [f"{b['from']:.0%} to {b['to']:.0%}", f"{b['cases']:g}", f"{b['said']:.0%}", f"{b['right']:.0%}"]
        for b in data["calibration"]
    ]
    return _table(["probability", "cases", "said", "right"], rows)


def _coverage(data: Mapping[str, Any]) -> str:
    return _table(
        ["share answered", "accuracy"], [[f"{c['share']:.0%}", f"{c['accuracy']:.3f}"] for c in data["coverage"]]
    )


def _confusion(data: Mapping[str, Any]) -> str:
    rows = [[true, *(f"{data['confusion'][true][said]:g}" for said in APPROACHES)] for true in APPROACHES]
    return _table(["", *APPROACHES], rows)


def _breakdown(rows: Mapping[str, Mapping[str, float]], words: str) -> str:
    return _table(
        [words, "cases", "top-1", "top-2", "log loss"],
        [
            [key, f"{row['cases']}", f"{row['top_1']:.3f}", f"{row['top_2']:.3f}", f"{row['log_loss']:.3f}"]
            for key, row in rows.items()
        ],
    )


def _wrong(data: Mapping[str, Any], pack: RulePack) -> str:
    if not data["wrong"]:
        return "None."
    return "\n".join(
        f"- **{case['title']}** (`{case['id']}`): {case['said']} with {case['probability']:.0%}, "
        f"right was {case['approach']} ({case['probability_of_the_label']:.0%}; label {case['confidence']}). "
        f"The rules: {_reason(pack, case['facts'])} The source: {' '.join(case['label_because'].split())}"
        for case in data["wrong"]
    )


def _reason(pack: RulePack, facts: Facts) -> str:
    assessment = assess(pack, facts)
    choice = choose(pack, assessment)
    return one_sentence(pack, facts, assessment, choice, decide(pack, facts, assessment, choice))
