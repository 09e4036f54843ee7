"""What a typed line means: an answer to the open question, or a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from advisor.answers import parse_value
from advisor.errors import AdvisorError
from advisor.validation import nearest_name
from advisor.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.facts import Fact, FactValue

Command: TypeAlias = Literal["help", "why", "back", "jump", "unknown", "done", "quit"]

_COMMANDS: Final[dict[str, Command]] = {
    **dict.fromkeys(("?", "help", "h"), "help"),
    **dict.fromkeys(("why", "w", "why?", "why do you ask", "why do you ask?"), "why"),
    **dict.fromkeys(("back", "b", "undo"), "back"),
    **dict.fromkeys(("jump", "j", "list", "go to", "goto"), "jump"),
    **dict.fromkeys(
        ("don't know", "dont know", "i don't know", "i dont know", "dk", "idk", "unknown", "not known", "not sure"),
        "unknown",
    ),
    **dict.fromkeys(("done", "stop", "report", "finish"), "done"),
    **dict.fromkeys(("quit", "exit", "q"), "quit"),
}
_JUMP = re.compile(r"(?:jump|j|go to|goto)(?: to)? (.+)", re.IGNORECASE)
_SHORTEST_BEGINNING: Final = 3


def plain_line(text: str) -> str:
    """Return a typed line with single spaces and plain apostrophes."""
    return " ".join(text.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def as_command(line: str) -> tuple[Command, str] | None:
    """Return the command that a line gives, with what it is about; None when it gives none.

    A line that begins with a slash is never an answer.
    """
    line = line.removeprefix("/").strip()
    if found := _JUMP.fullmatch(line):
        return "jump", found[1]
    command = _COMMANDS.get(line.lower())
    return None if command is None else (command, "")


def as_answer(fact: Fact, line: str) -> FactValue | None:
    """Return the answer that a line spells out in full: a name, a label, yes or no, or a number with its unit."""
    try:
        return parse_value(fact, line)
    except AdvisorError:
        return None


def by_number(line: str, numbers: range) -> int | None:
    """Return the number of a row that a line gives, as in `3`, `3.` or `#3`."""
    found = re.fullmatch(r"#?(\d{1,4})[.)]?", line)
    return int(found[1]) if found and int(found[1]) in numbers else None


def by_beginning(line: str, names: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the one key of which a name begins with what was typed (at least three characters)."""
    typed = line.lower()
    if len(typed) < _SHORTEST_BEGINNING:
        return None
    found = [key for key, known in names.items() if any(name.lower().startswith(typed) for name in known)]
    return found[0] if len(found) == 1 else None


def option_names(fact: Fact) -> dict[str, tuple[str, ...]]:
    """Return the names that each option of a choice goes by."""
    return {option.id: (option.id, option.id.replace("_", " "), option.label) for option in fact.options}


def refusal(fact: Fact, line: str) -> str:
    """Return in words why a line is no answer to a question."""
    if fact.kind == "choice":
        labels = tuple(option.label for option in fact.options)
        near = nearest_name(line.lower(), labels) or nearest_name(line.lower().replace(" ", "_"), fact.option_ids)
        hint = f" Did you mean {quoted(near)}?" if near else ""
        return f"{quoted(line)} is none of the answers.{hint} Type a number from 0 to {len(labels)}, or a name."
    if fact.kind == "flag":
        return f"{quoted(line)} is neither yes nor no. Type yes, no or don't know."
    try:
        parse_value(fact, line)
    except AdvisorError as error:
        problem = error.problems[0]
        said = problem.message.removeprefix(f"{fact.id}: ")
        hint = f" Did you mean {problem.suggestion}?" if problem.suggestion else ""
        return f"{said[:1].upper()}{said[1:]}.{hint}"
    raise ValueError("the line is an answer")
