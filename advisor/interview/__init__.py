"""The interview behind `advisor ask`: what to ask next, what an answer means, and keeping every answer.

`guide` says what is worth asking, `session` holds the state, `dialogue` turns typed lines into actions, and the fronts
`plain` and `terminal` show it. `answer_file` keeps every answer in the use-case file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.wording import counted

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.interview.guide import Guide
    from advisor.interview.session import Proposal, Session
    from advisor.pack import RulePack
    from advisor.use_case import UseCase


@dataclass(frozen=True, slots=True)
class Held:
    """How an interview ended: the use case with its answers, what to say, and whether a report is wanted.

    `interrupted` says that it ended by Ctrl-C, `save_failed` that the last answer could not be saved.
    """

    use_case: UseCase
    closing: tuple[str, ...]
    wants_report: bool
    interrupted: bool
    save_failed: bool


def hold_interview(
    path: Path,
    pack: RulePack,
    *,
    name: str | None = None,
    plain: bool = False,
    guide: Guide | None = None,
) -> Held:
    """Hold an interview that keeps its answers in a file, and return how it ended.

    Answers that a description in the file makes plain are proposed; each counts once it is confirmed. Raises
    AdvisorError when the file can't be used.
    """
    from advisor.interview.answer_file import AnswerFile
    from advisor.interview.dialogue import Dialogue
    from advisor.interview.front import hold
    from advisor.interview.guide import EngineGuide
    from advisor.interview.session import Session

    answers = AnswerFile(path, pack.questionnaire, name)
    kept = answers.read()
    guide = guide or EngineGuide(pack, kept.use_case.description)
    session = Session(pack.questionnaire, answers, kept, guide, pack.ask.stop_at, _proposed(pack, kept.use_case))
    warnings = tuple(f"Warning, kept as it is: {problem}" for problem in kept.warnings)
    dialogue = Dialogue(session, (*warnings, *_opening(path, session)))
    interrupted = seen = False
    try:
        seen = hold(dialogue, plain=plain)
    except KeyboardInterrupt:
        interrupted = True
    return Held(
        use_case=session.use_case,
        closing=(*(() if seen else warnings), _closing(path, session)),
        wants_report=dialogue.ended == "report" and not interrupted,
        interrupted=interrupted,
        save_failed=dialogue.save_failed,
    )


def _proposed(pack: RulePack, use_case: UseCase) -> dict[str, Proposal]:
    """Return the answers that the description makes plain, with the words that each rests on."""
    from advisor.cases import proposals
    from advisor.interview.sentences import from_words
    from advisor.interview.session import Proposal

    return {item.fact: Proposal(item.value, from_words(item.words)) for item in proposals(pack, use_case)}


def _opening(path: Path, session: Session) -> tuple[str, ...]:
    """Return what to say at the start: how far an earlier interview got, and what the description answers."""
    from advisor.interview.sentences import proposals_noted

    count, proposed = _done(session), sum(name in session.proposals for name in session.remaining)
    going_on = f"Going on with {path}, which holds {counted(count, 'answers', 'answer')} already." if count else ""
    return tuple(filter(None, (going_on, proposals_noted(proposed) if proposed else "")))


def _closing(path: Path, session: Session) -> str:
    """Return what to say at the end: where the answers are, and how to go on."""
    count, left = _done(session), len(session.remaining)
    if not count:
        return "Nothing was answered, so nothing was saved."
    kept = f"Saved: {counted(count, 'answers', 'answer')} in {path}."
    return f"{kept} To answer more ({left} to go), run: advisor ask {path}" if left else kept


def _done(session: Session) -> int:
    return len(session.facts) + len(session.unknown)
