"""`rules/cost/assumptions.yaml`: what an estimate assumes when nobody said otherwise."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from advisor.cost.reading import Folders, load_layered, rule_folders
from advisor.errors import AdvisorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from advisor.documents import Document

ASSUMPTIONS: Final = "cost/assumptions.yaml"
_ENDS: Final = ("low", "mid", "high")


@cache
def assumption_table(rules: Folders | None = None) -> Mapping[str, Any]:
    """Return the file as data. Raises AdvisorError with file and line for numbers that are none or not in order."""
    document = load_layered(rule_folders(rules), ASSUMPTIONS)
    problems = list(_problems(document))
    if problems:
        raise AdvisorError(problems)
    table: Mapping[str, Any] = document.data
    return table


def _problems(document: Document) -> Iterator[Problem]:
    for i, row in enumerate(document.data["numbers"]):
        ends = {key: row[key] for key in _ENDS if key in row} or {"value": row.get("value")}
        wrong = [key for key, end in ends.items() if isinstance(end, bool) or not isinstance(end, int | float)]
        for key in wrong:
            message = f"the assumption '{row['id']}' needs a number for `{key}`, not {ends[key]!r}"
            yield document.problem(message, ("numbers", i, key))
        if not wrong and list(ends.values()) != sorted(ends.values()):
            message = f"the assumption '{row['id']}' must have low <= mid <= high"
            yield document.problem(message, ("numbers", i))
