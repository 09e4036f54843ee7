"""Loading rules with overlays, and refusing those that put an approach out of reach without saying so."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Final

from advisor.answers import check_value
from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.conditions import AllOf, AnyOf, Between, Not, facts_read
from advisor.errors import AdvisorError, Problem
from advisor.library import shipped_library
from advisor.overlay import MARKER
from advisor.plans import choose
from advisor.rules import load_rules as load_unchecked
from advisor.verdict import decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from advisor.approaches import Approach
    from advisor.conditions import Condition, Facts
    from advisor.facts import Fact, FactValue, Questionnaire
    from advisor.pack import Rule, RulePack
    from advisor.recommendation import Verdict

_MOST_COMBINATIONS: Final = 4096


def load_rules(*folders: Path | str | Iterable[Path | str] | None) -> RulePack:
    """Return the rule pack in a folder with the overlays that follow it; without a complete one, the shipped pack.

    Later overlays win. Raises AdvisorError naming file and line of everything that is wrong, and for overlays that put
    an approach out of reach unless they say so.
    """
    pack = load_unchecked(*folders)
    problems = list(_out_of_reach(pack)) if len(pack.folders) > 1 else []
    if problems:
        raise AdvisorError(problems)
    return pack


def _out_of_reach(pack: RulePack) -> Iterator[Problem]:
    """Yield a problem for each approach that an overlay puts out of reach without saying so, at that overlay."""
    for approach in APPROACHES:
        if approach in pack.allow_unreachable or reached(pack, approach) is not False:
            continue
        marker = _blamed(pack, approach) / MARKER
        why = (
            "its intervention is gone"
            if not any(option.approach in (approach, *_halves(approach)) for option in pack.options)
            else f"none of the {len(shipped_library().cases)} published decisions leads there any more"
        )
        message = (
            f"with this overlay no answers lead to {approach} ({why}); "
            f"if that is meant, write `allow_unreachable: [{approach}]`"
        )
        yield Problem(message, str(marker), 1)


def _blamed(pack: RulePack, approach: Approach) -> Path:
    """Return the first overlay with which an approach is out of reach."""
    *before, last = pack.folders
    for number in range(2, len(before) + 1):
        try:
            pack_so_far = load_unchecked(before[:number])
        except AdvisorError:
            continue  # only a later overlay makes it whole
        if reached(pack_so_far, approach) is False:
            return before[number - 1]
    return last


def reached(pack: RulePack, approach: Approach) -> bool | None:
    """Return whether a pack advises this approach for some published decision; None without decisions to try.

    A plan does not count while the verdict is undecided, nor when every way of giving the open answers would rule it
    out. The decisions that really went this way are tried first, so that an approach within reach is found at once.
    """
    cases = shipped_library().cases
    if not cases:
        return None
    ordered = sorted(cases, key=lambda case: case.approach != approach)
    return any(_leads_to(pack, usable(case.facts, pack.questionnaire), approach) for case in ordered)


def _leads_to(pack: RulePack, facts: Facts, approach: Approach) -> bool:
    assessment = assess(pack, facts)
    choice = choose(pack, assessment)
    plan = choice.best
    if plan.approach != approach or decide(pack, facts, assessment, choice).verdict == "undecided":
        return False
    blocks = [block.condition for part in plan.parts for block in part.option.blocks]
    return all(_can_be_false(block, facts, pack.questionnaire) for block in blocks)


def _can_be_false(condition: Condition, facts: Facts, questionnaire: Questionnaire) -> bool:
    """Return whether some way of giving the open answers makes a condition false (True where there are very many)."""
    if condition.truth(facts) is False:
        return True
    steps = list(_steps(condition))
    values = {
        name: (*_answers(questionnaire.by_id[name]), *(value for fact, value in steps if fact == name))
        for name in sorted(facts_read(condition))
        if name not in facts
    }
    if math.prod(map(len, values.values())) > _MOST_COMBINATIONS:
        return True
    return any(
        condition.truth({**facts, **dict(zip(values, chosen, strict=True))}) is False
        for chosen in product(*values.values())
    )


def _answers(fact: Fact) -> tuple[FactValue, ...]:
    """Return the answers to try: all of them, for a number its ends."""
    if fact.kind == "number":
        return (fact.minimum, *(() if fact.maximum is None else (fact.maximum,)))
    return fact.option_ids or (False, True)


def _steps(condition: Condition) -> Iterator[tuple[str, float]]:
    """Yield the numbers at which a condition changes."""
    if isinstance(condition, Between):
        yield from ((condition.fact, end) for end in (condition.at_least, condition.below) if math.isfinite(end))
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.parts:
            yield from _steps(part)
    elif isinstance(condition, Not):
        yield from _steps(condition.part)


def approach_for(pack: RulePack, facts: Facts) -> Approach:
    """Return the approach of the best plan for answers, of which those that the pack does not ask are left out."""
    return choose(pack, assess(pack, usable(facts, pack.questionnaire))).best.approach


def verdict_for(pack: RulePack, facts: Facts) -> tuple[Verdict, Approach]:
    """Return what the rules alone decide on answers, and the approach of the best plan, as `approach_for` does."""
    known = usable(facts, pack.questionnaire)
    assessment = assess(pack, known)
    choice = choose(pack, assessment)
    return decide(pack, known, assessment, choice).verdict, choice.best.approach


def without_rule(pack: RulePack, rule: Rule) -> RulePack:
    """Return a pack in which one rule counts for nothing."""

    def kept(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(each for each in rules if each.id != rule.id)

    return pack.replaced(
        gaps=tuple(gap.replaced(rules=kept(gap.rules)) for gap in pack.gaps),
        options=tuple(option.replaced(rules=kept(option.rules)) for option in pack.options),
    )


def usable(facts: Facts, questionnaire: Questionnaire) -> dict[str, FactValue]:
    """Return the answers that a questionnaire takes; an overlay may ask less, or offer other options."""
    known = questionnaire.by_id
    return {name: value for name, value in facts.items() if name in known and check_value(known[name], value) is None}


def _halves(approach: Approach) -> tuple[str, ...]:
    return ("fine_tuning",) if approach == "rag_and_fine_tuning" else ()
