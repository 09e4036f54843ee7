"""Rules, blocks, gates, notes and picks that the tests beside the rules leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.rule_tests import untested

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from advisor.checking.findings import Finding
    from advisor.checking.items import Item
    from advisor.pack import RulePack
    from advisor.rule_tests import RuleTest

_FILES = {"gates": "gate", "contradictions": "contradiction", "notes": "note", "stages": "stage"}


def check_tested(pack: RulePack, items: Iterable[Item], tests: Iterable[RuleTest]) -> Iterator[Finding]:
    """Yield what lacks a test in which it holds, or one in which it does not."""
    by_name = {(item.kind, f"{item.owner}/{item.id}" if item.kind == "pick" else item.id): item for item in items}
    for lacking in untested(pack, tests):
        subject, _, what = lacking.partition(": ")
        kind, _, name = subject.partition(" ")
        item = by_name[_FILES.get(kind, kind), name]
        yield item.finding("error", "untested", f"{item.name} has {what}")
