"""Options that several commands share, turned into what the library takes."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from advisor.errors import AdvisorError, Problem, nearest
from advisor.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from advisor.pack import RulePack

TESTS_HELP = "A file or folder of tests; by default those of the rule pack."
RULES_HELP = (
    "A folder with rules: a complete pack, used instead of the shipped one, or an overlay that changes it. "
    "May be repeated; later folders win."
)


def rule_pack(folders: Sequence[str] | None) -> RulePack:
    """Return the pack that folders of rules make, or the shipped one."""
    from advisor.rule_cache import cached_rules

    return cached_rules(folders or ())


def one_of(text: str, known: tuple[str, ...], option: str) -> str:
    """Return one of the words that an option takes; AdvisorError names the nearest."""
    if text in known:
        return text
    *others, last = known
    message = f"expected {', '.join(others)} or {last}, not {quoted(text)}"
    raise AdvisorError(Problem(message, option, None, nearest(text, known)))


def as_date(text: str, option: str) -> date:
    """Return the date that was given for an option, as in 2026-11-20."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise AdvisorError(Problem(f"expected a date such as 2026-11-20, not {quoted(text)}", option))


def changes(pairs: Iterable[str], option: str) -> dict[str, str]:
    """Return `fact=value` texts as a mapping; AdvisorError names every one that is not of this form or repeated."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for pair in pairs:
        fact, equals, value = pair.partition("=")
        fact = fact.strip()
        if not equals or not fact or not value.strip():
            message = f"expected fact=value, such as knowledge_change=weekly, not {quoted(pair)}"
            problems.append(Problem(message, option))
        elif fact in found:
            problems.append(Problem(f"{quoted(fact)} is given twice", option))
        found[fact] = value
    if problems:
        raise AdvisorError(problems)
    return found


def placed(error: AdvisorError, option: str) -> AdvisorError:
    """Return the same problems, said to come from an option of the command line."""
    return AdvisorError([Problem(p.message, p.source or option, p.line, p.suggestion) for p in error.problems])


def training_needs() -> None:
    """Raise AdvisorError when the libraries for training and measuring are not installed."""
    from importlib.util import find_spec

    if find_spec("sklearn") is None:
        message = "needs scikit-learn; install it with: pip install 'adaptation-advisor[train]'"
        raise AdvisorError(Problem(message, "advisor train and evaluate"))
