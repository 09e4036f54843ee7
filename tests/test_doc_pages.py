"""The pages for people hold together: links lead somewhere, numbers are the engine's, and the guide's snippets work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from advisor.cost.prices import load_prices
from advisor.rule_tests import load_rule_tests, run_rule_test
from advisor.rules import load_rules, shipped_rules, shipped_rules_folder
from tests import doc_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS: Final = ROOT / "docs" / "decisions"
GLOSSARY: Final = (ROOT / "docs" / "glossary.md").read_text("utf-8")
GUIDE: Final = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _prose(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_what_exists(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in _anchors(found), target


def test_the_rules_page_shows_the_rules_as_they_are() -> None:
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert doc_blocks.made(text) == text, "run: python -m tests.doc_blocks"


@pytest.mark.parametrize("name", ["overlays.md", "review.md"])
def test_pages_show_the_output_as_it_is(name: str) -> None:
    text = (ROOT / "docs" / name).read_text("utf-8")
    assert doc_blocks.made(text) == text, "run: python -m tests.doc_blocks"


def test_the_rules_page_names_every_file() -> None:
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    root = shipped_rules_folder()
    names = {path.name for path in root.glob("*.yaml") if not path.name.endswith(".tests.yaml")}
    names |= {f"{path.name}/*.yaml" for path in root.iterdir() if path.is_dir() and path.name != "schema"}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_the_glossary_cites_sources_of_the_rules() -> None:
    links = dict(re.findall(r"^\[([a-z0-9-]+)\]: (\S+)$", GLOSSARY, re.MULTILINE))
    evidence = shipped_rules().evidence
    assert links == {source: evidence[source].url for source in links if source in evidence}
    cited = set(re.findall(r"\[([a-z0-9]+(?:-[a-z0-9]+)*-[a-z0-9]+)\](?![(:])", GLOSSARY))
    assert cited == set(links)


def test_every_decision_is_listed_once() -> None:
    listed = re.findall(r"^\| \[\d{4}\]\((\S+)\)", (DECISIONS / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == sorted(path.name for path in DECISIONS.glob("0*.md"))
    for number, name in enumerate(listed, start=1):
        assert (DECISIONS / name).read_text("utf-8").startswith(f"# {number}. ")
        assert name.startswith(f"{number:04}-")


def test_what_the_guide_adds_to_the_rules_is_valid(tmp_path: Path) -> None:
    root = tmp_path / "rules"
    shutil.copytree(shipped_rules_folder(), root)
    added = list(_snippets())
    for file, entry in added:
        path = tmp_path / file
        indented = "".join(f"  {line}\n" for line in entry.splitlines())
        path.write_text(path.read_text("utf-8") + indented, "utf-8")
    pack = load_rules(root)
    assert {"knowledge-many-sources"} <= set(pack.rules)
    assert {"doe-2026"} <= set(pack.evidence)
    assert {"glossary_exists"} <= set(pack.questionnaire.fact_ids)
    assert load_prices(root).find("reranker", "rerank-example")
    own = [test for test in load_rule_tests(pack, root / "gaps") if "knowledge-many-sources" in test.name]
    assert len(own) == 2
    assert [failure for test in own if (failure := run_rule_test(pack, test))] == []


def _snippets() -> Iterator[tuple[str, str]]:
    """Yield the file and the text of each entry that the guide shows."""
    yield from re.findall(r"```yaml\n# (rules/\S+)\n(.*?)```", GUIDE, re.DOTALL)
