"""The shipped rules pass the tests that lie beside them, and none of them goes without."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from advisor.rule_tests import RuleTest, load_rule_tests, run_rule_test, unanswered_mentions, untested
from advisor.rules import shipped_rules, shipped_rules_folder

TESTS: Final = load_rule_tests(shipped_rules())


def _name(test: RuleTest) -> str:
    file = Path(test.source).relative_to(shipped_rules_folder()).as_posix()
    return f"{file}:{test.line}:{test.name}"


@pytest.mark.parametrize("test", TESTS, ids=_name)
def test_beside_the_rules(test: RuleTest) -> None:
    failure = run_rule_test(shipped_rules(), test)
    assert failure is None, failure


def test_everything_that_decides_is_tested_both_ways() -> None:
    lacking = untested(shipped_rules(), TESTS)
    assert not lacking, "\n".join(lacking)


def test_reasons_mention_only_answers_that_are_given() -> None:
    mentions = unanswered_mentions(shipped_rules())
    assert not mentions, "\n".join(mentions)


def test_what_opens_the_behavior_gap_argues_for_no_single_remedy() -> None:
    """Prompts and examples may be what it pays for; a reason that praises training would speak against the plan."""
    (gap,) = [gap for gap in shipped_rules().gaps if gap.id == "behavior"]
    praising = [rule.because for rule in gap.rules if rule.weight > 0 and re.search(r"\btrain|\btuning", rule.because)]
    assert not praising
