"""From use-case files to findings: the answers, the proposal and the recommendation held against one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.advice import advise
from advisor.brief import advise_briefly
from advisor.explain import inside
from advisor.review.checks import Check, all_checks
from advisor.review.files import read_cases, subjects
from advisor.review.result import FileReview, Finding, RestsOn, Review
from advisor.review.rules import LEVELS, filled, review_rules, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from advisor.conditions import Facts
    from advisor.recommendation import Recommendation
    from advisor.review.files import Subject
    from advisor.review.rules import ReviewFile
    from advisor.rules import RulePack


def review_files(paths: Iterable[str], pack: RulePack, day: date) -> Review:
    """Return the review of use-case files on a day.

    Files of one use case by different respondents are reviewed as one. Raises AdvisorError naming file and line of all
    that is wrong with them.
    """
    rules = review_rules(pack.folders)
    cases = read_cases(paths, pack.questionnaire)
    found = subjects(cases, pack, day, rules.limits.combinations)
    return Review(
        as_of=day,
        rules_version=pack.version,
        rules_hash=pack.hash,
        reviews=tuple(review_one(subject, pack, rules, day) for subject in found),
    )


def review_one(subject: Subject, pack: RulePack, rules: ReviewFile, day: date) -> FileReview:
    """Return the findings about one use case, the most serious first."""
    result = advise_briefly(subject.use_case, pack, day)
    if result.verdict == "undecided":  # only then are the next questions wanted, which take long to find
        result = advise(subject.use_case, pack, as_of=day, cost=False)
    order = list(rules.by_id)
    findings = [_finding(check, subject, pack, rules) for check in all_checks(subject, result, pack, rules, day)]
    findings.sort(key=lambda finding: (LEVELS.index(finding.level), order.index(finding.kind)))
    harmless = tuple(each.fact for each in subject.disagreements if not each.matters)
    shorts = ", ".join(inside(pack.questionnaire.by_id[fact].short) for fact in harmless)
    counts = {"count": len(harmless), "all": len(subject.disagreements), "facts": shorts}
    return FileReview(
        name=subject.use_case.name,
        files=tuple(case.document.source for case in subject.cases),
        proposed=subject.use_case.proposed,
        verdict=result.verdict,
        approach=result.approach,
        approach_name=_outcome_name(result, pack),
        findings=tuple(findings),
        harmless=harmless,
        harmless_words=filled(rules.words.agreed, counts) if harmless else "",
    )


def _outcome_name(result: Recommendation, pack: RulePack) -> str:
    approach = result.approach or result.leaning
    return pack.approaches[approach].name if approach else ""


def _finding(check: Check, subject: Subject, pack: RulePack, rules: ReviewFile) -> Finding:
    """Return a check's result in words, with its place: the key it is about in the first file that has it."""
    entry = rules.by_id[check.kind]
    rests_on = tuple(item for fact in check.facts for item in _rests_on(fact, subject, pack))
    file, line = _place(check, subject, rests_on)
    return Finding(
        kind=check.kind,
        level=entry.level,
        title=entry.title,
        text=sentence(entry.text, check.values),
        settle=sentence(entry.settle, check.values),
        rests_on=rests_on,
        file=file,
        line=line,
    )


def _rests_on(fact_id: str, subject: Subject, pack: RulePack) -> list[RestsOn]:
    from advisor.answers import answer_in_words

    fact = pack.questionnaire.by_id[fact_id]
    facts: Facts
    found = []
    for case in subject.giving(fact_id):
        facts = case.use_case.facts
        found.append(
            RestsOn(
                fact=fact_id,
                short=fact.short,
                value=facts[fact_id],
                words=answer_in_words(fact, facts[fact_id]),
                respondent=case.use_case.respondent,
                file=case.document.source,
                line=case.line("facts", fact_id),
            )
        )
    return found


def _place(check: Check, subject: Subject, rests_on: tuple[RestsOn, ...]) -> tuple[str, int]:
    if check.key:
        case = next((case for case in subject.cases if check.key[0] in case.document.data), subject.cases[0])
        return case.document.source, case.line(*check.key)
    if rests_on:
        return rests_on[0].file, rests_on[0].line
    return subject.cases[0].document.source, 1
