"""Reviews: each kind of finding where it belongs, the answers behind it, several respondents, and exit codes."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from typer.testing import CliRunner

from advisor import AdvisorError
from advisor.cli.program import app
from advisor.review import review_files
from advisor.review.rules import review_rules
from advisor.rules import shipped_rules

if TYPE_CHECKING:
    from advisor.review import FileReview

ROOT: Final = Path(__file__).parents[1]
DAY: Final = date(2026, 11, 21)
PACK: Final = shipped_rules()
RETRIEVAL: Final = {
    "task": "question_answering",
    "knowledge_source": "private",
    "knowledge_per_request": "passages",
    "knowledge_change": "weekly",
    "fits_context": False,
    "citations_required": True,
    "evaluation_set": True,
    "prompting_result": "far_below",
    "main_failure": "missing_or_outdated_facts",
}
HOUSE_STYLE: Final[dict[str, Any]] = {
    "task": "content_writing",
    "knowledge_source": "general",
    "knowledge_per_request": "with_request",
    "criteria_writable": "only_by_example",
    "style": "distinctive",
    "main_failure": "wrong_manner",
    "prompting_result": "far_below",
    "prompting_effort": "optimised",
    "labeled_examples": 5000,
    "label_quality": "curated",
    "training_access": "provider_api",
    "requirements_change": "stable",
}


def write(folder: Path, file: str, **content: Any) -> str:
    path = folder / file
    path.write_text(yaml.safe_dump({"name": "Case", "as_of": "2026-11-20", **content}, sort_keys=False), "utf-8")
    return str(path)


def reviewed(folder: Path, **content: Any) -> FileReview:
    return review_files([write(folder, "case.yaml", **content)], PACK, DAY).reviews[0]


def kinds(review: FileReview) -> list[str]:
    return [finding.kind for finding in review.findings]


def test_a_proposal_that_fits_has_no_findings(tmp_path: Path) -> None:
    assert kinds(reviewed(tmp_path, proposed="rag", facts=RETRIEVAL)) == []


def test_a_contradicted_proposal_names_the_answers_it_rests_on(tmp_path: Path) -> None:
    review = reviewed(tmp_path, proposed="fine_tuning", facts=RETRIEVAL)
    finding = review.findings[0]
    assert (finding.kind, finding.level) == ("contradicted", "error")
    lines = Path(review.files[0]).read_text("utf-8").splitlines()
    assert lines[finding.line - 1] == "proposed: fine_tuning"
    assert finding.rests_on
    for answer in finding.rests_on:
        assert lines[answer.line - 1].strip().startswith(f"{answer.fact}:")
    assert "points ahead" in finding.text


def test_a_heavier_proposal_is_told_what_it_costs(tmp_path: Path) -> None:
    review = reviewed(tmp_path, proposed="rag_and_fine_tuning", facts=RETRIEVAL)
    assert "heavier" in kinds(review)
    assert review.findings[kinds(review).index("heavier")].level == "warning"


def test_a_ruled_out_proposal(tmp_path: Path) -> None:
    review = reviewed(tmp_path, proposed="fine_tuning", facts={**HOUSE_STYLE, "training_access": "none"})
    assert kinds(review)[0] == "ruled_out"
    assert [answer.fact for answer in review.findings[0].rests_on] == ["training_access"]


def test_missing_evidence_comes_with_its_experiment(tmp_path: Path) -> None:
    review = reviewed(tmp_path, proposed="fine_tuning", facts={**HOUSE_STYLE, "evaluation_set": False})
    finding = next(finding for finding in review.findings if finding.kind == "missing_evidence")
    assert [answer.fact for answer in finding.rests_on] == ["evaluation_set"]
    assert "100 cases" in finding.settle
    assert "unproven" in kinds(reviewed(tmp_path, proposed="fine_tuning", facts=HOUSE_STYLE))


@pytest.mark.parametrize(
    ("provider", "day", "kind"),
    [
        ("openai", DAY, "blocked_service"),
        ("openai", date(2027, 2, 1), "blocked_service"),
        ("openai", date(2026, 6, 1), "service_ends"),
        ("cohere", DAY, "blocked_service"),
        ("together", DAY, None),
    ],
)
def test_services(tmp_path: Path, provider: str, day: date, kind: str | None) -> None:
    model = {"provider": provider, "name": "some-model"}
    path = write(tmp_path, "case.yaml", proposed="fine_tuning", model=model, facts=HOUSE_STYLE)
    found = [kind for kind in kinds(review_files([path], PACK, day).reviews[0]) if "service" in kind]
    assert found == ([kind] if kind else [])
    own = {**HOUSE_STYLE, "training_access": "own_gpus"}
    path = write(tmp_path, "case.yaml", proposed="fine_tuning", model=model, facts=own)
    assert "blocked_service" not in kinds(review_files([path], PACK, day).reviews[0])


def test_budgets(tmp_path: Path) -> None:
    facts = {**RETRIEVAL, "requests_per_month": 100000, "upfront_budget_usd": 10, "monthly_budget_usd": 10_000_000}
    review = reviewed(tmp_path, proposed="rag", facts=facts)
    (finding,) = (finding for finding in review.findings if finding.kind == "over_budget")
    assert [answer.fact for answer in finding.rests_on] == ["upfront_budget_usd"]
    assert "over the budget of 10 USD" in finding.text


def test_age_and_missing_parts(tmp_path: Path) -> None:
    assert "stale" in kinds(reviewed(tmp_path, proposed="rag", facts=RETRIEVAL, as_of="2026-01-01"))
    path = tmp_path / "bare.yaml"
    path.write_text("name: Bare\nfacts: {task: review}\n", "utf-8")
    assert {"undated", "nothing_proposed", "undecided"} <= {*kinds(review_files([str(path)], PACK, DAY).reviews[0])}


def test_answers_in_conflict(tmp_path: Path) -> None:
    facts: dict[str, Any] = {**HOUSE_STYLE, "deployment": "on_device"}
    assert "answers_conflict" in kinds(reviewed(tmp_path, proposed="fine_tuning", facts=facts))


def test_respondents_are_merged_and_only_what_matters_is_a_finding(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", respondent="product", proposed="rag", facts=RETRIEVAL)
    other: dict[str, Any] = {
        "knowledge_change": "monthly",
        "knowledge_source": "general",
        "knowledge_per_request": "with_request",
        "citations_required": False,
        "main_failure": "wrong_reasoning",
    }
    second = write(tmp_path, "b.yaml", respondent="data", proposed="prompting", facts={**RETRIEVAL, **other})
    (review,) = review_files([first, second], PACK, DAY).reviews
    assert "proposals_differ" in kinds(review)
    disputed = [finding for finding in review.findings if finding.kind == "respondents_disagree"]
    assert disputed
    assert {answer.respondent for answer in disputed[0].rests_on} == {"product", "data"}
    assert "product says" in disputed[0].text
    assert {finding.rests_on[0].fact for finding in disputed}.isdisjoint(review.harmless)
    assert {*review.harmless} | {finding.rests_on[0].fact for finding in disputed} == {*other}
    small = write(tmp_path, "c.yaml", respondent="data", facts={"knowledge_change": "daily"})
    (review,) = review_files([first, small], PACK, DAY).reviews
    assert review.harmless == ("knowledge_change",)
    assert "1 of 1" in review.harmless_words


def test_files_without_respondents_stay_apart(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{i}.yaml", facts=RETRIEVAL) for i in range(2)]
    assert len(review_files(paths, PACK, DAY).reviews) == 2


def test_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{i}.yaml", facts={"tsk": "review"}) for i in range(2)]
    with pytest.raises(AdvisorError) as caught:
        review_files(paths, PACK, DAY)
    assert [problem.source for problem in caught.value.problems] == paths


@pytest.mark.parametrize(
    ("proposed", "options", "code"),
    [
        ("rag", [], 0),
        ("fine_tuning", [], 1),
        ("fine_tuning", ["--fail-on", "never"], 0),
        ("rag", ["--fail-on", "note"], 0),
        ("rag", ["--fail-on", "bad"], 2),
        ("rag", ["--format", "html"], 2),
    ],
)
def test_exit_codes(tmp_path: Path, proposed: str, options: list[str], code: int) -> None:
    path = write(tmp_path, "case.yaml", proposed=proposed, facts=RETRIEVAL)
    assert CliRunner().invoke(app, ["review", path, "--as-of", "2026-11-21", *options]).exit_code == code


def test_formats(tmp_path: Path) -> None:
    path = write(tmp_path, "case.yaml", proposed="fine_tuning", facts=RETRIEVAL)

    def run(form: str) -> str:
        return CliRunner().invoke(app, ["review", path, "--as-of", "2026-11-21", "--format", form]).stdout

    assert json.loads(run("json"))["reviews"][0]["findings"][0]["kind"] == "contradicted"
    assert run("github").startswith(f"::error file={path},line=3,title=The answers speak against the proposal::")
    assert "### Error: The answers speak against the proposal" in run("markdown")
    assert "settle it: " in run("text")


def test_every_finding_has_its_words_filled_in() -> None:
    rules = review_rules(PACK.folders)
    assert [entry.id for entry in rules.findings] == list(rules.by_id)


def test_twenty_files_within_a_second(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{i}.yaml", name=f"Case {i}", proposed="fine_tuning", facts=RETRIEVAL) for i in range(20)]
    best = min(_seconds(paths) for _ in range(3))
    assert best < 1


def _seconds(paths: list[str]) -> float:
    start = time.process_time()
    review_files(paths, PACK, DAY)
    return time.process_time() - start
