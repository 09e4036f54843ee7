"""A use-case file to fill in: every fact with its question and its answers, and nothing filled in."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from advisor.approaches import APPROACHES
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from advisor.facts import Fact, Questionnaire

_WIDTH: Final = 100
_ANSWERS_END: Final = 31
_HEAD: Final = """\
# A use case for the advisor. Answer what you know and leave the rest empty: an empty answer means
# "not known", never "no". Write each answer behind its colon. Then run: advisor advise {file}

schema_version: 1
name: {name}
description:  # what it is for, in a few sentences
respondent:   # who answered
as_of:        # when, such as 2026-11-20
model:        # the model that you mean to use, if you know: {{provider: ..., name: ...}}
proposed:     # what the design proposes, if it does:
              # {approaches}

facts:
"""


def write_template(path: Path, questionnaire: Questionnaire, name: str = "New use case") -> None:
    """Write a use-case file to fill in. AdvisorError: it exists already or can't be written, or no name is given."""
    if path.suffix.lower() == ".json":
        wanted = f"choose a name such as {path.stem}.yaml"
        raise AdvisorError(Problem(f"the file will hold YAML, as JSON has no comments; {wanted}", str(path)))
    if not name.strip():
        raise AdvisorError(Problem("the name of the use case: expected text, but it is empty"))
    text = template_text(questionnaire, name, path.name if path.name.isprintable() else "FILE")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        reason = "exists already and is left as it is; choose another name"
    except FileNotFoundError:
        reason = f"can't be written: there is no folder {path.parent}"
    except (OSError, ValueError) as error:
        reason = f"can't be written: {getattr(error, 'strerror', None) or error}"
    else:
        return
    raise AdvisorError(Problem(reason, str(path)))


def template_text(questionnaire: Questionnaire, name: str = "New use case", file: str = "FILE") -> str:
    """Return the text of a use-case file with every fact, grouped, each question and answer explained.

    It is a valid use case as it stands, with no answers.
    """
    quoted_name = "'" + " ".join(name.split()).replace("'", "''") + "'"
    lines = [_HEAD.format(file=file, name=quoted_name, approaches=", ".join(APPROACHES))]
    for group in questionnaire.groups:
        lines += [_comment(f"======== {group.title}"), _comment(group.about)]
        for fact in questionnaire.facts:
            if fact.group == group.id:
                lines += ["", *_fact_lines(fact, questionnaire)]
        lines.append("")
    return "\n".join(lines)


def _fact_lines(fact: Fact, questionnaire: Questionnaire) -> Iterator[str]:
    """Yield the lines of one fact: its question, its help, its answers, and its empty place."""
    yield _comment(fact.question)
    yield _comment(fact.help)
    if condition := _only_if(fact, questionnaire):
        yield _comment(condition)
    yield _comment(f"Why: {fact.why}")
    longest = max((len(option_id) for option_id in fact.option_ids), default=0)
    for option in fact.options:
        yield _comment(f"{option.id.ljust(longest)}  {option.about}", hanging=longest + 2, indent=2)
    yield f"  {fact.id}:".ljust(_ANSWERS_END) + f"  # {_expected(fact)}"


def _expected(fact: Fact) -> str:
    if fact.kind == "choice":
        return "one of the above"
    if fact.kind == "flag":
        return "true or false"
    if fact.maximum is not None:
        return f"a number from {fact.minimum:g} to {fact.maximum:g}"
    return f"{'a whole number' if fact.integer else 'a number'} ({fact.unit})"


def _only_if(fact: Fact, questionnaire: Questionnaire) -> str | None:
    """Return in words when a question applies, where its condition is a plain list of answers to others."""
    parts = [_part_in_words(key, wanted, questionnaire) for key, wanted in (fact.only_if or {}).items()]
    plain = [part for part in parts if part is not None]
    return f"Only if {' and '.join(plain)}." if plain and len(plain) == len(parts) else None


def _part_in_words(key: str, wanted: Any, questionnaire: Questionnaire) -> str | None:
    fact = questionnaire.by_id.get(key)
    if fact is None:
        return None
    if isinstance(wanted, bool):
        return f"{key} is {str(wanted).lower()}"
    if not isinstance(wanted, list):
        return None
    *others, last = map(str, wanted)
    return f"{key} is {', '.join(others)} or {last}" if others else f"{key} is {last}"


def _comment(text: str, hanging: int = 0, indent: int = 0) -> str:
    """Return a text as comment lines of the facts' indentation."""
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent="  # " + " " * indent,
        subsequent_indent="  # " + " " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
