"""Recorded decisions run again on today's rules, prices and date, with what changed and what did it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from advisor.brief import advise_briefly
from advisor.errors import AdvisorError, Problem
from advisor.reach import usable
from advisor.recommendation import Result
from advisor.records.outside import price_state
from advisor.records.record import IN_USE_CASE, read_record
from advisor.records.state import differences, put_back, state_of, verdict_of
from advisor.use_case import UseCase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.documents import Document
    from advisor.recommendation import Recommendation
    from advisor.records.record import Record
    from advisor.rules import RulePack

Effect = Literal["alone", "together", "none", "unknown"]


class Cause(Result):
    """One thing that is different now. `effect`: whether putting it back alone, or only with others, restores it.

    `none` did not change the verdict; `unknown` is what a record without its numbers can't tell.
    """

    kind: str
    id: str
    text: str
    effect: Effect


class Rechecked(Result):
    """One recorded decision beside what comes out now."""

    file: str
    line: int
    name: str
    decided_on: date
    old_verdict: str
    old_approach: str | None
    new_verdict: str
    new_approach: str | None
    changed: bool
    causes: tuple[Cause, ...]
    due: tuple[str, ...]


class Recheck(Result):
    """All recorded decisions that were run again."""

    schema_version: Literal[1] = 1
    as_of: date
    rules_version: str
    rules_hash: str
    decisions: tuple[Rechecked, ...]

    @property
    def changed(self) -> bool:
        """Whether some verdict changed."""
        return any(decision.changed for decision in self.decisions)


def recheck_files(paths: Iterable[str], pack: RulePack, day: date) -> Recheck:
    """Return what became of recorded decisions. AdvisorError names every record that can't be read."""
    problems: list[Problem] = []
    found = []
    for path in paths:
        try:
            record, document = read_record(path)
            found.append(_recheck(record, document, pack, day))
        except AdvisorError as error:
            problems += error.problems
    if problems:
        raise AdvisorError(problems)
    return Recheck(as_of=day, rules_version=pack.version, rules_hash=pack.hash, decisions=tuple(found))


def _recheck(record: Record, document: Document, pack: RulePack, day: date) -> Rechecked:
    use_case, lost = _use_case(record, document, pack)
    result = advise_briefly(use_case, pack, day)
    old = (record.decided.verdict, record.decided.approach)
    changed = old != (result.verdict, result.approach)
    causes = [
        Cause(kind="answer", id=fact, text=f"the questionnaire no longer takes the answer to {fact}", effect="unknown")
        for fact in lost
    ]
    causes += _rule_causes(record, use_case, pack, result, changed=changed)
    causes += _outside_causes(record, use_case, result, pack, day)
    order = ("alone", "together", "unknown", "none")
    return Rechecked(
        file=document.source,
        line=document.line((IN_USE_CASE,) if IN_USE_CASE in document.data else ("decided", "verdict")),
        name=use_case.name,
        decided_on=record.decided.day,
        old_verdict=old[0],
        old_approach=old[1],
        new_verdict=result.verdict,
        new_approach=result.approach,
        changed=changed,
        causes=tuple(sorted(causes, key=lambda cause: order.index(cause.effect))),
        due=tuple(f"{each.day}: {each.when}" for each in record.revisit if each.day and each.day <= day),
    )


def _use_case(record: Record, document: Document, pack: RulePack) -> tuple[UseCase, list[str]]:
    """Return the recorded use case with the answers that the rules still take, and the names of those that are lost."""
    from pydantic import ValidationError

    from advisor.validation import problems_of

    data: dict[str, Any] = {key: value for key, value in record.use_case.items() if value is not None}
    try:
        use_case = UseCase.model_validate(data)
    except ValidationError as error:
        raise AdvisorError(problems_of(error, UseCase, document, ("use_case",))) from None
    facts = usable(use_case.facts, pack.questionnaire)
    return use_case.model_copy(update={"facts": facts}), [fact for fact in use_case.facts if fact not in facts]


def _rule_causes(
    record: Record, use_case: UseCase, pack: RulePack, result: Recommendation, *, changed: bool
) -> Iterator[Cause]:
    """Yield what the rules say differently, and whether that changed the verdict, by putting it back."""
    made = record.made_with
    same = made is not None and made.rules_hash == pack.hash
    if record.state is None:
        if not same:
            old = f"{made.rules_version} ({made.rules_hash})" if made else "unknown rules"
            text = f"rules {old} -> {pack.version} ({pack.hash}); the record lacks the numbers to say which rule"
            yield Cause(kind="rules", id=pack.version, text=text, effect="unknown" if changed else "none")
        return
    facts = use_case.facts
    priced = bool(_price_gates(record, result, pack))

    def restored(back: RulePack) -> bool:
        verdict, approach = verdict_of(back, facts, use_case.description)
        # A gate on a saving rests on prices, not on the rules alone; then the approach tells.
        return approach == record.decided.approach and (priced or verdict == record.decided.verdict)

    elements = differences(record.state, state_of(pack, facts))
    together = changed and restored(put_back(pack, record.state, elements))
    for element in elements:
        alone = changed and restored(put_back(pack, record.state, [element]))
        effect: Effect = "alone" if alone else "together" if together else "unknown" if changed else "none"
        where = f" for {element.owner}" if element.kind == "rule" else ""
        was, now = element.old or "did not count", element.new or "does not count"
        if element.kind == "gate":
            was, now = element.old or "did not fail", element.new or "does not fail"
        text = f"{element.kind} {element.id}{where}: {was} -> {now}"
        yield Cause(kind=element.kind, id=element.id, text=text, effect=effect)
    if not elements and not same and made is not None:
        versions = f"rules {made.rules_version} ({made.rules_hash}) -> {pack.version} ({pack.hash})"
        text = f"{versions}: the same for these answers"
        yield Cause(kind="rules", id=pack.version, text=text, effect="none")


def _price_gates(record: Record, result: Recommendation, pack: RulePack) -> dict[str, tuple[str | None, str | None]]:
    """Return the gates on a promised saving with their status as recorded and now."""
    before, now = record.decided.gates, {gate.id: gate.status for gate in result.gates}
    names = [when.entry.id for when in pack.gates if when.entry.saving]
    return {name: (before.get(name), now.get(name)) for name in names if name in before or name in now}


def _outside_causes(
    record: Record, use_case: UseCase, result: Recommendation, pack: RulePack, day: date
) -> Iterator[Cause]:
    """Yield what dates, prices and the classifier say differently; of these only the classifier can move a verdict."""
    decided = record.decided
    if decided.decided_by != result.decided_by:
        text = f"decided by the {decided.decided_by} -> by the {result.decided_by}"
        yield Cause(kind="decided_by", id=result.decided_by, text=text, effect="unknown")
    for name, (was, is_now) in _price_gates(record, result, pack).items():
        if was != is_now:
            text = f"gate {name}, which rests on prices: {was or 'not asked'} -> {is_now or 'not asked'}"
            turned = decided.approach == result.approach and decided.verdict != result.verdict
            yield Cause(kind="price", id=name, text=text, effect="alone" if turned else "none")
    if decided.notes is not None:
        dated = {when.entry.id: when.entry for when in pack.notes if when.entry.since or when.entry.until}
        now = tuple(note.id for note in result.notes)
        for name in dict.fromkeys((*decided.notes, *now)):
            if (name in decided.notes) == (name in now):
                continue
            note = dated.get(name)
            since = note and (note.since if name in now else note.until)
            what = "holds now" if name in now else "no longer holds"
            text = f"note {name} {what}" + (f" (since {since})" if since and since <= day else "")
            yield Cause(kind="note", id=name, text=text, effect="none")
    if record.made_with is None or not record.made_with.prices:
        return
    prices, services = price_state(pack, use_case, day)
    tables = (("price", record.made_with.prices, prices), ("service", record.made_with.services, services))
    for kind, old, new in tables:
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) != new.get(name):
                text = f"{kind} {name}: {old.get(name) or 'not there'} -> {new.get(name) or 'not there'}"
                yield Cause(kind=kind, id=name, text=text, effect="none")
