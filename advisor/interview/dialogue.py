"""The interview as a conversation: what is shown, and what a typed line or a picked row does. It draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from advisor.answers import answer_in_words
from advisor.errors import AdvisorError
from advisor.interview.sentences import lean, noted, number_wanted, offer_title, why_asked
from advisor.interview.typed import (
    as_answer,
    as_command,
    by_beginning,
    by_number,
    option_names,
    plain_line,
    refusal,
)
from advisor.validation import nearest_name
from advisor.wording import quoted

if TYPE_CHECKING:
    from advisor.facts import Fact, FactValue
    from advisor.interview.session import Session
    from advisor.interview.typed import Command

DONT_KNOW: Final = "I don't know"
COMMANDS: Final = "? help, why, back, jump, done (report), quit (keep and leave)"
_LIST_COMMANDS: Final = "back, done (report), quit (keep and leave)"


@dataclass(frozen=True, slots=True)
class Row:
    """One row to pick: its number as it can be typed (None for a row without one), its label and its explanation."""

    number: int | None
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is shown at one moment. `turn` grows whenever another question, list or offer comes up."""

    turn: int
    place: str
    lean: str
    title: str
    rows: tuple[Row, ...]
    selected: int
    wanted: str
    messages: tuple[str, ...]
    commands: str


class Dialogue:
    """A conversation over a session. `ended` says how it ended: with the report, or left to go on another time."""

    def __init__(self, session: Session, messages: tuple[str, ...] = ()) -> None:
        self.session = session
        self.ended: Literal["report", "left"] | None = None
        self.save_failed = False
        """Whether the last answer could not be saved."""
        self._messages = list(messages)
        self._turn = 1
        self._listed: tuple[str, ...] | None = None  # the questions to choose from, while jumping

    # ------------------------------------------------------------ what is shown

    def view(self) -> View:
        """Return what is to be shown now."""
        title, rows, selected, wanted = self._shown()
        session = self.session
        fact = session.fact
        group = next((g.title for g in session.questionnaire.groups if fact and g.id == fact.group), "")
        passed = f"{len(session.unknown)} not known, " if session.unknown else ""
        counts = f"{len(session.facts)} answered, {passed}at most {len(session.remaining)} to go"
        return View(
            turn=self._turn,
            place=" | ".join(filter(None, (group if self._listed is None else "", counts, session.use_case.name))),
            lean=lean(session.standing),
            title=title,
            rows=rows,
            selected=selected,
            wanted=wanted,
            messages=tuple(self._messages),
            commands=COMMANDS if fact is not None and self._listed is None else _LIST_COMMANDS,
        )

    def _shown(self) -> tuple[str, tuple[Row, ...], int, str]:
        """Return the title, the rows, the selected row and what may be typed."""
        fact, offer = self.session.fact, self.session.offer
        if self._listed is not None:
            rows = tuple(Row(i, self._with_answer(f)) for i, f in enumerate(self._listed, 1))
            current = self.session.current
            at = self._listed.index(current) if current in self._listed else 0
            return "Which question do you want to go to?", rows, at, "Type its number, or words of it."
        if fact is not None:
            return fact.question, _rows(fact), self._selected(fact), self._wanted(fact)
        assert offer is not None  # noqa: S101 - without a question there is an offer
        second = "Change an answer" if offer == "complete" else "Go on answering"
        rows = (Row(1, "Show the report"), Row(2, second))
        return offer_title(offer, self.session.standing), rows, 0, "Type 1 or 2."

    def _with_answer(self, fact_id: str) -> str:
        fact = self.session.questionnaire.by_id[fact_id]
        if fact_id in self.session.facts:
            return f"{fact.short}: {answer_in_words(fact, self.session.facts[fact_id])}"
        return f"{fact.short}: not known" if fact_id in self.session.unknown else f"{fact.short} (open)"

    def _selected(self, fact: Fact) -> int:
        """Return the row of the answer that is given or proposed; else that of "I don't know", the harmless one."""
        proposal = self.session.proposal
        value = self.session.facts.get(fact.id, None if proposal is None else proposal.value)
        values = _values(fact)
        return values.index(value) + 1 if value is not None and value in values else 0

    def _wanted(self, fact: Fact) -> str:
        kinds = {"choice": "Type a number or a name.", "flag": "Type yes or no.", "number": ""}
        wanted = kinds[fact.kind] or number_wanted(fact)
        proposal = self.session.proposal
        if fact.id in self.session.facts:
            words = answer_in_words(fact, self.session.facts[fact.id])
            return f"{wanted} Your answer so far: {words}. An empty line keeps it."
        if fact.id in self.session.unknown:
            return f"{wanted} Your answer so far: {DONT_KNOW}. An empty line keeps it."
        if proposal is not None:
            words = answer_in_words(fact, proposal.value)
            return f"{wanted} Proposed: {words}, because {proposal.because}. An empty line confirms it."
        return wanted

    # ------------------------------------------------------------ what is done

    def enter(self, text: str) -> None:
        """Take one typed line."""
        line = plain_line(text)
        self._messages = []
        if self._listed is not None:
            self._enter_in_list(line)
        elif self.session.fact is None:
            self._enter_in_offer(line)
        else:
            self._enter_in_question(line, self.session.fact)

    def pick(self, position: int) -> None:
        """Take the row at a position from 0, as the arrow keys choose it."""
        self._messages = []
        fact = self.session.fact
        if self._listed is not None:
            self._go(self._listed[position])
        elif fact is None:
            self._take_offer(position)
        elif position == 0:
            self._keep(fact, None)
        else:
            self._keep(fact, _values(fact)[position - 1])

    def end(self) -> None:
        """End with the report, as when there is nothing more to read."""
        self.ended = "report"

    def leave(self) -> None:
        """End without the report, to go on another time."""
        self.ended = "left"

    def _enter_in_question(self, line: str, fact: Fact) -> None:
        if not line:
            self._confirm(fact)
            return
        value = None if line.startswith("/") else as_answer(fact, line)
        if value is not None:
            self._keep(fact, value)
        elif command := as_command(line):
            self._do(*command)
        elif fact.kind != "number" and (position := by_number(line, range(len(_values(fact)) + 1))) is not None:
            self.pick(position)
        elif option := by_beginning(line, option_names(fact)):
            self._keep(fact, option)
        else:
            self._messages = [refusal(fact, line)]

    def _confirm(self, fact: Fact) -> None:
        """Take an empty line: it keeps an answer, or confirms a proposal, and is no answer otherwise."""
        proposal = self.session.proposal
        if fact.id in self.session.facts or fact.id in self.session.unknown:
            self.session.leave()
            self._turn += 1
        elif proposal is not None:
            self._keep(fact, proposal.value)
        else:
            self._messages = ["Nothing was typed. If you don't know, type: don't know"]

    def _keep(self, fact: Fact, value: FactValue | None) -> None:
        """Save an answer (None: not known) and say so, with what it brings up."""
        session = self.session
        clashes, idle = set(session.standing.clashes), self._idle()
        try:
            if value is None:
                session.dont_know()
            else:
                session.answer(value)
        except AdvisorError as error:
            self.save_failed = True
            self._messages = [f"Not saved. {error}"]
            return
        self.save_failed = False
        self._turn += 1
        self._messages = [noted(fact, value)]
        self._messages += [
            f"These answers do not fit together. {c}" for c in session.standing.clashes if c not in clashes
        ]
        self._messages += [
            f"The answer on {session.questionnaire.by_id[other].short} no longer applies; `jump {other}` changes it."
            for other in self._idle()
            if other not in idle
        ]

    def _idle(self) -> list[str]:
        """Return the answered questions that do not apply."""
        return [
            fact_id for fact_id in self.session.facts if not self.session.guide.applies(self.session.facts, fact_id)
        ]

    def _enter_in_offer(self, line: str) -> None:
        command = as_command(line)
        position = by_number(line, range(1, 3))
        if position is not None or line.lower() in ("", "yes", "y", "no", "n"):
            self._take_offer(1 if position == 2 or line.lower() in ("no", "n") else 0)
        elif command and command[0] in ("back", "jump", "done", "quit"):
            self._do(*command)
        else:
            self._messages = [f"{quoted(line)} is not one of the two. Type 1 or 2."]

    def _take_offer(self, position: int) -> None:
        if position == 0:
            self.ended = "report"
        elif self.session.offer == "complete":
            self._list(self._reachable())
        else:
            self.session.go_on()
            self._turn += 1

    def _do(self, command: Command, about: str) -> None:
        """Carry a command out."""
        fact = self.session.fact
        if command == "done":
            self.ended = "report"
        elif command == "quit":
            self.ended = "left"
        elif command == "back":
            if self.session.back():
                self._turn += 1
            else:
                self._messages = ["This is the first question."]
        elif command == "jump":
            self._jump(about)
        elif fact is not None and command == "unknown":
            self._keep(fact, None)
        elif fact is not None and command == "help":
            self._messages = [fact.help]
        elif fact is not None:
            self._messages = why_asked(self.session.guide.why(self.session.facts, fact.id))

    # ------------------------------------------------------------ jumping

    def _reachable(self) -> tuple[str, ...]:
        session = self.session
        return tuple(
            fact_id
            for fact_id in session.questionnaire.fact_ids
            if fact_id in session.facts or session.guide.applies(session.facts, fact_id)
        )

    def _list(self, fact_ids: tuple[str, ...]) -> None:
        self._listed = fact_ids
        self._turn += 1

    def _jump(self, about: str) -> None:
        """Go to the question that some words stand for, or list those that they may stand for."""
        if not about:
            self._list(self._reachable())
            return
        found = self._matching(about)
        if len(found) == 1:
            self._go(found[0])
        elif found:
            self._list(found)
        else:
            near = nearest_name(about.lower().replace(" ", "_"), self._reachable())
            hint = f" Did you mean {near}?" if near else " Type jump to see them all."
            self._messages = [f"No question fits {quoted(about)}, or it does not apply.{hint}"]

    def _matching(self, about: str) -> tuple[str, ...]:
        """Return the questions that some words stand for: one of that name, or all that contain the words."""
        reachable = self._reachable()
        name = about.lower().replace(" ", "_")
        if name in reachable:
            return (name,)
        facts = (self.session.questionnaire.by_id[fact_id] for fact_id in reachable)
        return tuple(
            f.id for f in facts if about.lower() in f"{f.id} {f.id.replace('_', ' ')} {f.short} {f.question}".lower()
        )

    def _go(self, fact_id: str) -> None:
        self.session.jump(fact_id)
        self._listed = None
        self._turn += 1

    def _enter_in_list(self, line: str) -> None:
        listed = self._listed or ()
        command = as_command(line)
        position = by_number(line, range(1, len(listed) + 1))
        if position is not None:
            self._go(listed[position - 1])
        elif command and command[0] in ("done", "quit"):
            self._do(*command)
        elif not line or (command and command[0] == "back"):
            self._listed = None
            self._turn += 1
        else:
            self._jump(command[1] if command and command[0] == "jump" else line)


def _values(fact: Fact) -> tuple[FactValue, ...]:
    """Return the answers that a question lists, in their order; none for a number."""
    if fact.kind == "flag":
        return (True, False)
    return fact.option_ids


def _rows(fact: Fact) -> tuple[Row, ...]:
    if fact.kind == "number":
        return (Row(None, DONT_KNOW),)
    if fact.kind == "flag":
        return (Row(0, DONT_KNOW), Row(1, "yes"), Row(2, "no"))
    return (Row(0, DONT_KNOW), *(Row(i, option.label, option.about) for i, option in enumerate(fact.options, 1)))
