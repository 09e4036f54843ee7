"""The machine-readable part of a decision record: written as YAML inside Markdown, and read back."""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from advisor.approaches import Approach
from advisor.documents import Document, read_document
from advisor.errors import AdvisorError, Problem
from advisor.explain import inside
from advisor.recommendation import Verdict
from advisor.records.outside import price_state
from advisor.records.state import State, state_of
from advisor.validation import Model, validated
from advisor.wording import inert

if TYPE_CHECKING:
    from advisor.pack import RulePack
    from advisor.recommendation import Recommendation
    from advisor.use_case import UseCase

KEY: Final = "advisor_record"
IN_USE_CASE: Final = "x-decision"
"""The key of a use-case file under which a decision may be recorded."""

_FENCE: Final = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
_MARKER: Final = re.compile(rf"^[ \t]*[\"']?{KEY}[\"']?[ \t]*:", re.MULTILINE)
_REVIEW_AFTER: Final = timedelta(days=180)


class Decided(Model):
    """What was decided, and when."""

    day: date
    verdict: Verdict
    approach: Approach | None = None
    decided_by: str = "rules"
    techniques: tuple[str, ...] | None = None
    probability: float | None = None
    notes: tuple[str, ...] | None = None
    gates: dict[str, str] = Field(default_factory=dict)


class MadeWith(Model):
    """What it was decided with. `prices` holds for each price file its newest date and a hash of its rows."""

    program: str
    rules_version: str
    rules_hash: str
    rules_date: date
    prices: dict[str, str] = Field(default_factory=dict)
    services: dict[str, str] = Field(default_factory=dict)


class Trigger(Model):
    """When to look again: on a day, or when something happens."""

    day: date | None = None
    when: str


class Record(Model):
    """A recorded decision with everything that it rested on."""

    advisor_record: Literal[1]
    use_case: dict[str, Any]
    decided: Decided
    made_with: MadeWith | None = None
    state: State | None = None
    revisit: tuple[Trigger, ...] = ()


def make_record(use_case: UseCase, result: Recommendation, pack: RulePack) -> Record:
    """Return the record of a recommendation."""
    provenance = result.provenance
    prices, services = price_state(pack, use_case, provenance.as_of)
    approach = result.approach
    return Record(
        advisor_record=1,
        use_case=use_case.model_dump(mode="json", exclude_defaults=True, exclude={"schema_version"}),
        decided=Decided(
            day=provenance.as_of,
            verdict=result.verdict,
            approach=approach,
            decided_by=result.decided_by,
            techniques=result.techniques,
            probability=round(result.probabilities[approach], 4) if approach else None,
            notes=tuple(note.id for note in result.notes),
            gates={gate.id: gate.status for gate in result.gates},
        ),
        made_with=MadeWith(
            program=provenance.program_version,
            rules_version=provenance.rules_version,
            rules_hash=provenance.rules_hash,
            rules_date=provenance.rules_date,
            prices=prices,
            services=services,
        ),
        state=state_of(pack, use_case.facts),
        revisit=tuple(_triggers(use_case, result, pack)),
    )


def _triggers(use_case: UseCase, result: Recommendation, pack: RulePack) -> list[Trigger]:
    """Return the days and events on which the decision is worth a second look."""
    day = result.provenance.as_of
    found = []
    for when in pack.notes:
        held = when.condition is None or when.condition.truth(use_case.facts) is True
        for start, what in ((when.entry.since, "begins"), (when.entry.until, "ends")):
            if held and start is not None and start > day:
                found.append(Trigger(day=start, when=f"what the note {when.entry.id} says {what} to hold"))
    from advisor.records.outside import service_end

    ends = service_end(pack, use_case)
    if ends is not None and ends > day:
        found.append(Trigger(day=ends, when="fine-tuning at the provider ends"))
    found.append(Trigger(day=(use_case.as_of or day) + _REVIEW_AFTER, when="the answers are half a year old"))
    found += [Trigger(when=f"it turns out whether {gate.provided}") for gate in result.gates if gate.status == "open"]
    for flip in result.model_dump(include={"flips"})["flips"] or ():
        about = " and ".join(pack.questionnaire.by_id[change["fact"]].short for change in flip["changes"])
        changes = f"the answers on {about} change" if len(flip["changes"]) > 1 else f"the answer on {about} changes"
        trigger = Trigger(when=f"{changes} (it could then be {inside(pack.approaches[flip['approach']].name)})")
        if trigger not in found:
            found.append(trigger)
    return sorted(found, key=lambda trigger: (trigger.day is None, trigger.day or day))


def as_block(record: Record) -> str:
    """Return a record as a fenced YAML block; the fence is longer than any run of backticks inside."""
    data = record.model_dump(mode="json", exclude_none=True)
    if record.state is not None:
        data["state"] = record.state.model_dump(mode="json", exclude_defaults=True)
    text = to_yaml(data)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}yaml\n{text}{fence}"


def to_yaml(data: Any) -> str:
    """Return data as YAML of plain ASCII lines, without anchors, and no line of which is a command to a CI service."""
    text = _dumped(data, width=110)
    return text if inert(text) == text else _dumped(data, width=sys.maxsize, quoted=True)


def _dumped(data: Any, width: int, *, quoted: bool = False) -> str:
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
            return True

    if quoted:  # line breaks as escapes, and nothing folded
        tag = "tag:yaml.org,2002:str"
        Plain.add_representer(str, lambda dumper, text: dumper.represent_scalar(tag, text, style='"'))
    return yaml.dump(data, Dumper=Plain, sort_keys=False, width=width, default_flow_style=None)


def read_record(path: str) -> tuple[Record, Document]:
    """Return the decision recorded in a Markdown record, in a use-case file, or in a JSON result.

    Raises AdvisorError with file and line when there is none or it can't be read.
    """
    if path.lower().endswith((".md", ".markdown")):
        document = _in_markdown(Path(path))
        return validated(Record, document), document
    document = read_document(Path(path))
    data = document.data
    if KEY in data:
        return validated(Record, document), document
    if IN_USE_CASE in data:
        return _from_use_case(document), document
    if "provenance" in data and "answers" in data:
        return _from_result(document), document
    raise AdvisorError(Problem(f"holds no recorded decision (no `{IN_USE_CASE}`, and no record)", path))


def _in_markdown(path: Path) -> Document:
    """Return the block of a Markdown file that holds the record, with the lines of the file."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise AdvisorError(Problem("no such file", str(path))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AdvisorError(Problem(f"can't be read: {error}", str(path))) from None
    blocks = [match for match in _FENCE.finditer(text) if _MARKER.search(match[2])]
    if len(blocks) != 1:
        found = "holds no recorded decision" if not blocks else f"holds {len(blocks)} recorded decisions; expected one"
        raise AdvisorError(Problem(f"{found} (a fenced block with `{KEY}: 1`)", str(path)))
    before = text.count("\n", 0, blocks[0].start(2))
    indent = re.match(r"[ \t]*", blocks[0][2])
    body = re.sub(rf"^{re.escape(indent[0])}", "", blocks[0][2], flags=re.MULTILINE) if indent else blocks[0][2]
    return read_document(None, "\n" * before + body, str(path))


def _from_use_case(document: Document) -> Record:
    """Return the record that a use-case file holds under its own key: all of it, or just verdict and approach."""
    data = dict(document.data)
    held = data.pop(IN_USE_CASE)
    if not isinstance(held, dict):
        message = "expected `verdict:` and `approach:` of the decision"
        raise AdvisorError(document.problem(message, (IN_USE_CASE,)))
    if "decided" in held:
        whole = {KEY: 1, "use_case": data, **held}
    else:
        whole = {KEY: 1, "use_case": data, "decided": {"day": data.get("as_of"), **held}}
    if whole["decided"].get("day") is None:
        message = "expected `day:`, the date of the decision"
        raise AdvisorError(document.problem(message, (IN_USE_CASE,)))
    return validated(Record, Document(data=whole, source=document.source, lines=_At(document.line((IN_USE_CASE,)))))


def _from_result(document: Document) -> Record:
    """Return the record that a JSON result of `advise` stands for."""
    data = document.data
    try:
        provenance = data["provenance"]
        whole = {
            KEY: 1,
            "use_case": {"name": data["name"], "facts": {a["fact"]: a["value"] for a in data["answers"]}},
            "decided": {
                "day": provenance["as_of"],
                **{key: data[key] for key in ("verdict", "approach", "decided_by", "techniques")},
                "notes": [note["id"] for note in data["notes"]],
            },
            "made_with": {
                "program": provenance["program_version"],
                **{key: provenance[key] for key in ("rules_version", "rules_hash", "rules_date")},
            },
        }
    except (KeyError, TypeError):
        raise AdvisorError(document.problem("is not a complete result of `advise --format json`")) from None
    return validated(Record, Document(data=whole, source=document.source, lines=_At(1)))


class _At:
    """The one line of a part that was put together."""

    def __init__(self, line: int) -> None:
        self._line = line

    def line(self, path: tuple[str | int, ...]) -> int:  # noqa: ARG002 - one line for all
        return self._line
