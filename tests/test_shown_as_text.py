"""Records, reviews and diffs stay safe: names, descriptions and overlays are shown as text and never interpreted."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from advisor import UseCase, advise, load_rules
from advisor.errors import AdvisorError
from advisor.records import recheck_files, to_adr
from advisor.records import text as recheck_text
from advisor.review import FileReview, Finding, RestsOn, Review
from advisor.review import text as review_text
from advisor.rules import RulePack, shipped_rules
from advisor.rules import load_rules as load_unchecked
from advisor.wording import HIDDEN
from tests.test_overlays import overlay
from tests.test_report_escape import ANY_TEXT, HOSTILE
from tests.test_review import RETRIEVAL

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.recommendation import Recommendation

PACK: Final = shipped_rules()
DAY: Final = date(2026, 11, 21)
ALLOWED: Final = [text for text in HOSTILE if not HIDDEN.search(text)]
MARKDOWN: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What a use case may hold: its reader refuses control characters.
FREE: Final = ANY_TEXT.map(lambda text: HIDDEN.sub("", text).strip()[:150]).filter(bool)
TERMINAL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def kinds(markdown: str) -> list[tuple[str, str]]:
    """Return what Markdown makes of a text: the kind and the tag of each block and of each piece of inline text."""
    plain = ("text", "inline", "softbreak", "text_special", "html_entity")
    tokens = [each for token in MARKDOWN.parse(markdown) for each in (token, *(token.children or ()))]
    return [(each.type, each.tag) for each in tokens if each.type not in plain]


def body(adr: str) -> str:
    """Return the part of a record that people read: without front matter and without the data."""
    return adr.split("---\n", 2)[2].rpartition("\n\n`")[0]


@cache
def shape() -> list[tuple[str, str]]:
    use_case = UseCase(name="Case", description="What it is", respondent="team", facts=RETRIEVAL)
    return kinds(body(to_adr(use_case, advised(), PACK)))


@cache
def advised() -> Recommendation:
    return advise(UseCase(name="Case", description="What it is", facts=RETRIEVAL), PACK, as_of=DAY)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=FREE, description=FREE, respondent=FREE)
def test_a_record_keeps_its_shape_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, description: str, respondent: str
) -> None:
    use_case = UseCase(name=name, description=description, respondent=respondent, facts=RETRIEVAL)
    result = advised().model_copy(update={"name": use_case.name, "description": description})
    text = to_adr(use_case, result, PACK)
    assert kinds(body(text)) == shape()
    assert not TERMINAL.search(text)
    path = tmp_path_factory.mktemp("fuzz") / "a.md"
    path.write_text(text, "utf-8")
    (found,) = recheck_files([str(path)], PACK, DAY).decisions
    assert not found.changed
    assert found.name == use_case.name


def review_of(text: str) -> Review:
    answer = RestsOn(fact="task", short=text, value=text, words=text, respondent=text, file=text, line=3)
    finding = Finding(
        kind="contradicted", level="error", title=text, text=text, settle=text, rests_on=(answer,), file=text, line=2
    )
    one = FileReview(
        name=text,
        files=(text,),
        proposed="rag",
        verdict="recommend",
        approach="rag",
        approach_name=text,
        findings=(finding,),
        harmless=(),
        harmless_words=text,
    )
    return Review(as_of=DAY, rules_version="x", rules_hash="x", reviews=(one,))


@settings(max_examples=150, deadline=None)
@given(text=st.sampled_from(HOSTILE) | ANY_TEXT.filter(lambda text: bool(text.strip())))
def test_a_review_keeps_its_shape(text: str) -> None:
    found = review_of(text)
    assert kinds(review_text.to_markdown(found)) == kinds(review_text.to_markdown(review_of("x")))
    plain = review_text.to_text(found)
    assert not TERMINAL.search(plain)
    assert len(plain.splitlines()) == len(review_text.to_text(review_of("x")).splitlines())
    (line,) = review_text.to_github(found).split("\n")
    assert re.fullmatch(r"::error file=[^,:]*,line=2,title=[^,:]*::.*", line)
    assert not TERMINAL.search(line)


@settings(max_examples=60, deadline=None)
@given(text=st.sampled_from(HOSTILE) | ANY_TEXT)
def test_a_recheck_keeps_its_shape(text: str) -> None:
    from advisor.records.recheck import Cause, Recheck, Rechecked

    def made(said: str) -> Recheck:
        cause = Cause(kind="rule", id=said, text=said, effect="alone")
        one = Rechecked(
            file=said, line=1, name=said, decided_on=DAY, old_verdict="recommend", old_approach="rag",
            new_verdict="recommend", new_approach="prompting", changed=True, causes=(cause,), due=(said,),
        )  # fmt: skip
        return Recheck(as_of=DAY, rules_version="x", rules_hash="x", decisions=(one,))

    text = text if text.strip() else "x"
    assert kinds(recheck_text.to_markdown(made(text))) == kinds(recheck_text.to_markdown(made("x")))
    assert not TERMINAL.search(recheck_text.to_text(made(text)))
    assert len(recheck_text.to_github(made(text)).split("\n")) == 1


@pytest.mark.parametrize("hostile", [" ".join(ALLOWED[i::5]) for i in range(5)] + [ALLOWED[0]])
def test_an_overlays_words_are_shown_and_not_run(tmp_path: Path, hostile: str) -> None:
    said = json.dumps(f"Say {hostile} so.")
    files = {
        "notes.yaml": f"notes:\n  - {{id: house, when: {{task: [question_answering]}}, text: {said}}}\n",
        "gaps/knowledge.yaml": f"name: {said}\nrules:\n  - {{id: knowledge-citations, because: {said}}}\n",
        "settings.yaml": f"approaches:\n  - {{id: rag, name: {said}, headline: {said}}}\n",
    }
    pack = loaded(overlay(tmp_path / "hostile", files))
    use_case = UseCase(name="Case", description="What it is", respondent="team", facts=RETRIEVAL)
    plain = overlay(tmp_path / "plain", {name: text.replace(said, "Say so.") for name, text in files.items()})
    expected = loaded(plain)
    assert expected is not None
    if pack is None:
        assert "{" in hostile
        return
    adr = to_adr(use_case, advise(use_case, pack, as_of=DAY), pack)
    assert kinds(body(adr)) == kinds(body(to_adr(use_case, advise(use_case, expected, as_of=DAY), expected)))


def loaded(folder: Path) -> RulePack | None:
    """Return a pack, or None where a brace in a reason names no fact, which is refused."""
    try:
        return load_unchecked(folder)
    except AdvisorError:
        return None


@pytest.mark.parametrize(
    "text", ["{headline.__class__}: {because}", "{because!r}", "{nothing}", "{", "{because:>99999999}"]
)
def test_wording_can_hold_only_the_placeholders_that_are_filled_in(tmp_path: Path, text: str) -> None:
    with pytest.raises(AdvisorError) as caught:
        load_rules(overlay(tmp_path, {"wording.yaml": f"recommend: {json.dumps(text)}\n"}))
    (problem,) = caught.value.problems
    assert (problem.source, problem.line) == (str(tmp_path / "wording.yaml"), 1)


def test_review_sentences_fill_in_names_alone(tmp_path: Path) -> None:
    from advisor.review import review_files
    from tests.test_review import write

    files = {"review.yaml": "findings:\n  - {id: contradicted, text: '{proposed.__class__} {proposed}'}\n"}
    pack = load_rules(overlay(tmp_path / "rules", files))
    path = write(tmp_path, "a.yaml", proposed="fine_tuning", facts=RETRIEVAL)
    assert review_files([path], pack, DAY).reviews[0].findings[0].text == "{proposed.__class__} Fine-tuning"


def hostile_overlay(folder: Path, said: str) -> Path:
    """Return an overlay that says something wherever an overlay may say anything."""
    text = json.dumps(f"Say {said} so.")
    rule = f"{{id: house, when: {{knowledge_change: [live]}}, weight: 0.5, because: {text}}}"
    files = {
        "gaps/knowledge.yaml": f"name: {text}\nabout: {text}\nrules:\n  - {rule}\n",
        "facts.yaml": f"facts:\n  - {{id: citations_required, short: {text}, question: {text}, help: {text}}}\n",
        "evidence.yaml": f"evidence:\n  - {{id: ovadia-2023, finding: {text}, reference: {text}}}\n",
        "notes.yaml": f"notes:\n  - {{id: house-note, first: true, when: {{task: [review]}}, text: {text}}}\n",
        "interventions/rag.yaml": f"name: {text}\nabout: {text}\n",
        "settings.yaml": f"approaches:\n  - {{id: rag, name: {text}, headline: {text}}}\n",
        "prices/services.yaml": f"rows:\n  - {{item: fine_tuning, provider: google, about: {text}, source: {text}}}\n",
        "verdicts/ours.yaml": (
            f"verdicts:\n  - {{id: fails, facts: {{task: review}}, approach: rag, why: {text}}}\n"
            f"  - {{id: known, facts: {{task: review}}, approach: rag, known_wrong: {text}}}\n"
            f"  - {{id: passes, facts: {{task: review}}, verdict: undecided, known_wrong: {text}}}\n"
        ),
    }
    return overlay(folder, files)


COMMANDS: Final = (
    ("rules", "check", "OVERLAY"),
    ("rules", "diff", "OVERLAY"),
    ("rules", "test", "--rules", "OVERLAY"),
    *(("rules", "show", name, "--rules", "OVERLAY") for name in ("house", "citations_required", "ovadia-2023", "rag")),
    ("rules", "coverage", "--rules", "OVERLAY"),
    ("advise", "CASE", "--rules", "OVERLAY", "--no-cost"),
    ("advise", "CASE", "--rules", "OVERLAY", "--no-cost", "--format", "adr"),
    ("sweep", "CASE", "--vary", "citations_required=true,false", "--rules", "OVERLAY"),
    ("review", "CASE", "--rules", "OVERLAY"),
    ("review", "CASE", "--rules", "OVERLAY", "--format", "github"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: "-".join(command[:3]))
@pytest.mark.parametrize(
    "hostile", ["::error::x", *(" ".join(ALLOWED[i::4]) for i in range(4)), "%0A::error::x\n::error file=a::b"]
)
def test_no_command_lets_an_overlays_words_act(tmp_path: Path, command: tuple[str, ...], hostile: str) -> None:
    from typer.testing import CliRunner

    from advisor.cli.program import app

    case = tmp_path / "case.yaml"
    case.write_text(
        f"name: {json.dumps(hostile[:200].strip())}\ndescription: {json.dumps(hostile)}\nproposed: prompting\nfacts:\n"
        + "".join(f"  {fact}: {json.dumps(value)}\n" for fact, value in RETRIEVAL.items()),
        "utf-8",
    )
    places = {"OVERLAY": str(hostile_overlay(tmp_path / "o", hostile)), "CASE": str(case)}
    result = CliRunner().invoke(app, [places.get(word, word) for word in command], prog_name="advisor")
    assert result.exit_code in (0, 1), result.output
    assert not TERMINAL.search(result.output)
    commands = [line for line in result.output.splitlines() if line.lstrip().startswith("::")]
    assert all(re.match(r"::(error|warning|notice) file=[^,:]*,line=\d+,title=[^,:]*::", line) for line in commands)
    assert not commands or "github" in command
