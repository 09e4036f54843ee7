"""Decision records: complete to read, exact to read back, and checked again with what turned them."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import yaml
from typer.testing import CliRunner

from advisor import AdvisorError, advise, load_rules, load_use_case
from advisor.cli.program import app
from advisor.records import recheck_files, to_adr
from advisor.records.record import read_record
from advisor.records.state import differences, put_back, state_of, verdict_of
from advisor.rules import shipped_rules
from tests.test_overlays import overlay

if TYPE_CHECKING:
    from advisor import RulePack

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = sorted((ROOT / "examples").glob("*-*.yaml"))
PACK: Final = shipped_rules()
DAY: Final = date(2026, 11, 21)
NEWS: Final = ROOT / "examples" / "newsroom-fact-check.yaml"


def record(folder: Path, source: Path = NEWS, pack: RulePack = PACK) -> str:
    """Return the path of a record of an example."""
    use_case = load_use_case(source, pack.questionnaire)
    path = folder / f"{source.stem}.md"
    path.write_text(to_adr(use_case, advise(use_case, pack, as_of=DAY), pack), "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("day", "said"), [("soon", "expected a date or datetime, not 'soon'"), ("2026-11-32", "datetime, not '2026-11-32'")]
)
def test_a_day_that_is_none_is_told_without_the_parsers_words(day: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "decided.yaml"
    path.write_text(f"name: A\nfacts: {{}}\nx-decision: {{day: {day}, verdict: recommend, approach: rag}}\n", "utf-8")
    result = CliRunner().invoke(app, ["recheck", str(path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize("source", EXAMPLES[::4], ids=lambda path: path.stem)
def test_a_record_says_what_the_advice_says_and_stands(tmp_path: Path, source: Path) -> None:
    path = record(tmp_path, source)
    use_case = load_use_case(source, PACK.questionnaire)
    result = advise(use_case, PACK, as_of=DAY)
    read, _ = read_record(path)
    assert (read.decided.verdict, read.decided.approach) == (result.verdict, result.approach)
    assert read.use_case["facts"] == use_case.facts
    assert read.made_with is not None
    assert read.made_with.rules_hash == PACK.hash
    assert read.state == state_of(PACK, use_case.facts)
    (again,) = recheck_files([path], PACK, DAY).decisions
    assert not again.changed
    assert again.causes == ()


def test_a_record_names_the_cost_where_it_was_asked_for(tmp_path: Path) -> None:
    text = Path(record(tmp_path)).read_text("utf-8")
    assert re.search(r"because of the cost at the prices of that day: About [\d,]+ USD over 12 months", text)
    use_case = load_use_case(EXAMPLES[0], PACK.questionnaire)
    assert "because of the cost" not in to_adr(use_case, advise(use_case, PACK, as_of=DAY, cost=False), PACK)


def test_the_layout_is_madr(tmp_path: Path) -> None:
    text = Path(record(tmp_path)).read_text("utf-8")
    _, front, body = text.split("---\n", 2)
    assert {"status", "date", "decision-makers"} == {*yaml.safe_load(front)}
    headings = re.findall(r"^##? .+$", body, re.MULTILINE)
    assert headings[1:] == [
        "## Context and Problem Statement",
        "## Decision Drivers",
        "## Considered Options",
        "## Decision Outcome",
        "## Pros and Cons of the Options",
        "## More Information",
    ]
    assert 'Chosen option: "Retrieval (RAG)".' in body
    assert "### Consequences" in body
    assert "### Confirmation" in body


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("```yaml", "~~~yaml").replace("\n```\n", "\n~~~\n"),
        lambda text: text.replace("status: proposed", "status: accepted\nconsulted: [Eve]"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("```yaml\n", "```yaml title=record\n"),
    ],
)
def test_a_record_survives_editors(tmp_path: Path, edit: object) -> None:
    assert callable(edit)
    path = Path(record(tmp_path))
    path.write_bytes(edit(path.read_text("utf-8")).encode())
    assert not recheck_files([str(path)], PACK, DAY).changed


def test_what_turned_a_verdict_is_named_exactly(tmp_path: Path) -> None:
    path = record(tmp_path)
    rules = "rules:\n  - {id: knowledge-source-recent, weight: -6}\n  - {id: knowledge-citations, weight: 1.7}\n"
    pack = load_rules(
        overlay(
            tmp_path / "rules",
            {"gaps/knowledge.yaml": rules},
            "name: x\nallow_unreachable: [rag, rag_and_fine_tuning]\n",
        )
    )
    (found,) = recheck_files([path], pack, DAY).decisions
    assert found.changed
    effects = {cause.id: cause.effect for cause in found.causes}
    assert effects["knowledge-source-recent"] == "alone"
    assert effects["knowledge-citations"] == "together"
    assert "+1.27 -> -6" in found.causes[0].text


def test_an_old_state_can_be_put_back_whole(tmp_path: Path) -> None:
    files = {
        "gaps/knowledge.yaml": "prior: -4\nrules:\n  - {id: knowledge-citations, disabled: true}\n",
        "interventions/rag.yaml": "variants:\n  - {id: advanced, burden: {risk: 0.4}}\n",
        "gates.yaml": "gates:\n  - {id: evaluation-set, approaches: [fine_tuning]}\n",
        "settings.yaml": "temperature: 0.3\nthresholds: {answers: 9}\n",
    }
    pack = load_rules(overlay(tmp_path, files))
    for source in EXAMPLES[::3]:
        facts = load_use_case(source, PACK.questionnaire).facts
        old = state_of(PACK, facts)
        back = put_back(pack, old, differences(old, state_of(pack, facts)))
        assert verdict_of(back, facts) == verdict_of(PACK, facts)


def test_dates_and_prices_are_named(tmp_path: Path) -> None:
    use_case = load_use_case(ROOT / "examples" / "support-reply-drafts.yaml", PACK.questionnaire)
    use_case = use_case.model_copy(
        update={"facts": {**use_case.facts, "training_access": "provider_api", "deployment": "hosted_api"}}
    )
    path = tmp_path / "a.md"
    path.write_text(to_adr(use_case, advise(use_case, PACK, as_of=DAY), PACK), "utf-8")
    services = "rows:\n  - {item: fine_tuning, provider: together, as_of: 2026-11-15}\n"
    pack = load_rules(overlay(tmp_path / "rules", {"prices/services.yaml": services}))
    (found,) = recheck_files([str(path)], pack, date(2027, 6, 1)).decisions
    kinds = {cause.kind: cause for cause in found.causes}
    assert kinds["price"].id == "service"
    if any("openai-tuning" in name for name in read_record(str(path))[0].decided.notes or ()):
        assert "2027-01-06" in " ".join(cause.text for cause in found.causes)
    assert any("half a year old" in due for due in found.due)


def test_use_cases_and_results_count_as_records_too(tmp_path: Path) -> None:
    text = NEWS.read_text("utf-8")
    kept = tmp_path / "kept.yaml"
    kept.write_text(text + "x-decision: {day: 2026-11-20, verdict: recommend, approach: rag}\n", "utf-8")
    turned = tmp_path / "turned.yaml"
    turned.write_text(text + "x-decision: {verdict: recommend, approach: fine_tuning}\n", "utf-8")
    result = tmp_path / "result.json"
    use_case = load_use_case(NEWS, PACK.questionnaire)
    result.write_text(advise(use_case, PACK, as_of=DAY).model_dump_json(), "utf-8")
    found = recheck_files([str(kept), str(turned), str(result)], PACK, DAY).decisions
    assert [each.changed for each in found] == [False, True, False]
    assert found[1].line == len(text.splitlines()) + 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.md", "# Nothing here\n", "holds no recorded decision"),
        ("a.md", "```yaml\nadvisor_record: 1\n```\n", "a.md:2: use_case is missing"),
        ("a.md", "```yaml\nadvisor_record: 1\n```\n```yaml\nadvisor_record: 1\n```\n", "holds 2 recorded decisions"),
        ("a.md", "x\n\n```yaml\nadvisor_record: 1\nuse_case: [\n```\n", "a.md:"),
        ("a.yaml", "name: x\nfacts: {}\n", "holds no recorded decision"),
        ("a.yaml", "name: x\nx-decision: yes\n", "a.yaml:2: expected `verdict:`"),
        ("a.json", '{"provenance": {}, "answers": []}', "is not a complete result"),
        ("missing.md", None, "no such file"),
    ],
)
def test_what_cannot_be_read_exits_with_two(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(AdvisorError, match=re.escape(said)):
        recheck_files([str(path)], PACK, DAY)
    assert CliRunner().invoke(app, ["recheck", str(path)]).exit_code == 2


def test_the_commands(tmp_path: Path) -> None:
    path = str(tmp_path / "x.md")
    made = CliRunner().invoke(app, ["advise", str(NEWS), "--format", "adr", "--as-of", "2026-11-21", "--output", path])
    assert made.exit_code == 0, made.output
    for form in ("text", "markdown", "json", "github"):
        done = CliRunner().invoke(app, ["recheck", path, "--as-of", "2026-11-22", "--format", form])
        assert done.exit_code == 0, done.output
    changed = overlay(
        tmp_path / "rules",
        {"gaps/knowledge.yaml": "prior: -8\nrules:\n  - {id: knowledge-source-recent, weight: -4}\n"},
        "name: x\nallow_unreachable: [rag, rag_and_fine_tuning]\n",
    )
    done = CliRunner().invoke(app, ["recheck", path, "--rules", str(changed), "--format", "json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["decisions"][0]["changed"]


def test_twenty_records_within_a_second(tmp_path: Path) -> None:
    text = Path(record(tmp_path)).read_text("utf-8")
    paths = []
    for i in range(20):
        path = tmp_path / f"{i}.md"
        path.write_text(text, "utf-8")
        paths.append(str(path))
    start = time.process_time()
    recheck_files(paths, PACK, DAY)
    assert time.process_time() - start < 1
