"""Overlays: they add, change and take out entries of every kind, say where they are wrong, and hide no approach."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from typer.testing import CliRunner

from advisor import AdvisorError, UseCase, advise, load_rules
from advisor.cli.program import app
from advisor.cost.prices import load_prices
from advisor.pack_diff import diff_packs
from advisor.rules import shipped_rules, shipped_rules_folder

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED: Final = shipped_rules()


def overlay(folder: Path, files: dict[str, str], mark: str = "name: House rules\n") -> Path:
    """Return a folder with an overlay in it."""
    for name, text in {"overlay.yaml": mark, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    """Return what is said about an overlay, with paths relative to it."""
    with pytest.raises(AdvisorError) as caught:
        load_rules(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_an_empty_overlay_changes_nothing(tmp_path: Path) -> None:
    pack = load_rules(overlay(tmp_path, {}))
    assert pack.rules == SHIPPED.rules
    assert pack.hash == SHIPPED.hash
    assert not diff_packs(SHIPPED, pack).entries


def test_rules_are_added_changed_and_taken_out(tmp_path: Path) -> None:
    text = """\
rules:
  - id: knowledge-source-private
    weight: 1.5
  - {id: knowledge-source-niche, disabled: true}
  - id: house-live-facts
    when: {knowledge_change: [live]}
    weight: 1.0
    because: Facts change {knowledge_change}.
"""
    pack = load_rules(overlay(tmp_path, {"gaps/knowledge.yaml": text}))
    old, new = SHIPPED.rules["knowledge-source-private"], pack.rules["knowledge-source-private"]
    assert (new.weight, new.because, new.evidence) == (1.5, old.because, old.evidence)
    assert (new.source, new.line) == (str(tmp_path / "gaps" / "knowledge.yaml"), 2)
    assert "knowledge-source-niche" not in pack.rules
    assert pack.rules["house-live-facts"].line == 5
    assert pack.hash != SHIPPED.hash


def test_every_kind_of_entry_can_be_changed(tmp_path: Path) -> None:
    files = {
        "facts.yaml": "facts:\n  - {id: style, short: the house style}\n",
        "evidence.yaml": "evidence:\n  - {id: ovadia-2023, grade: opinion}\n",
        "techniques.yaml": (
            "techniques:\n  - {id: lora, name: Adapters}\n"
            "choices:\n  - id: prompt-parts\n    options:\n"
            "      - {id: house-part, before: core-parts, name: House part, because: Our house asks for it.}\n"
        ),
        "gates.yaml": "gates:\n  - {id: evaluation-set, approaches: [fine_tuning, rag_and_fine_tuning]}\n",
        "notes.yaml": (
            "notes:\n  - {id: search-box-first, disabled: true}\n"
            "  - {id: house, when: {task: [review]}, text: Ask us.}\n"
        ),
        "contradictions.yaml": "contradictions:\n  - {id: device-too-small-for-model, disabled: true}\n",
        "stages.yaml": (
            "stages:\n  - {id: house-stage, part: rag, title: Ask us, effort: a day, steps: [Ask us.], "
            "exit: Said yes., stop: Said no.}\n"
        ),
        "interventions/rag.yaml": "variants:\n  - id: advanced\n    burden: {risk: 0.2}\n",
        "settings.yaml": "thresholds: {answers: 5}\n",
        "wording.yaml": 'and_because: "; also "\n',
        "prices/services.yaml": "rows:\n  - {item: fine_tuning, provider: google, status: withdrawn}\n",
        "cost/people.yaml": "label_passes: {high: 3}\n",
    }
    variant = SHIPPED.interventions["rag"].variants[-1]
    files["interventions/rag.yaml"] = f"variants:\n  - id: {variant.id}\n    burden: {{risk: 0.2}}\n"
    pack = load_rules(overlay(tmp_path, files))
    assert pack.questionnaire.by_id["style"].short == "the house style"
    assert pack.evidence["ovadia-2023"].grade == "opinion"
    assert pack.techniques["lora"].name == "Adapters"
    choice = next(choice for choice, _ in pack.choices if choice.id == "prompt-parts")
    assert [option.id for option in choice.options][:2] == ["house-part", "core-parts"]
    gate = next(when.entry for when in pack.gates if when.entry.id == "evaluation-set")
    assert gate.approaches == ("fine_tuning", "rag_and_fine_tuning")
    notes = [when.entry.id for when in pack.notes]
    assert "house" in notes
    assert "search-box-first" not in notes
    assert "device-too-small-for-model" not in [when.entry.id for when in pack.contradictions]
    assert "house-stage" in [when.entry.id for when in pack.stages]
    changed = next(v for v in pack.interventions["rag"].variants if v.id == variant.id)
    assert changed.burden == variant.burden.model_copy(update={"risk": 0.2})
    assert pack.thresholds == SHIPPED.thresholds.model_copy(update={"answers": 5})
    assert pack.wording.and_because == "; also "
    row = load_prices(pack.folders).one("service", "fine_tuning", provider="google")
    assert (row.texts["status"], row.line) == ("withdrawn", 2)
    kinds = {entry.kind for entry in diff_packs(SHIPPED, pack).entries}
    assert {"fact", "source", "technique", "option", "gate", "note", "stage", "variant", "price", "file"} <= kinds


def test_later_overlays_win(tmp_path: Path) -> None:
    text = "rules:\n  - {{id: knowledge-source-private, weight: {}}}\n"
    first = overlay(tmp_path / "a", {"gaps/knowledge.yaml": text.format(1.5)})
    second = overlay(tmp_path / "b", {"gaps/knowledge.yaml": text.format(2.5)})
    assert load_rules(first, second).rules["knowledge-source-private"].weight == 2.5
    assert load_rules([second, first]).rules["knowledge-source-private"].weight == 1.5
    assert load_rules(shipped_rules_folder(), first).rules["knowledge-source-private"].weight == 1.5
    with pytest.raises(AdvisorError, match="only the first folder"):
        load_rules(first, shipped_rules_folder())


def test_what_only_named_a_removed_entry_goes_with_it(tmp_path: Path) -> None:
    files = {
        "evidence.yaml": "evidence:\n  - {id: ovadia-2023, disabled: true}\n",
        "techniques.yaml": "techniques:\n  - {id: web_search, disabled: true}\n",
        "interventions/tools.yaml": "disabled: true\n",
    }
    pack = load_rules(overlay(tmp_path, files))
    assert not [rule.id for rule in pack.rules.values() if "ovadia-2023" in (*rule.evidence, *rule.against)]
    picks = [option for choice, _ in pack.choices for option in choice.options]
    assert not [option.id for option in picks if "web_search" in option.techniques]
    assert "tools" not in pack.interventions
    assert not [choice.id for choice, _ in pack.choices if choice.part == "tools"]
    assert advise(UseCase(name="x", facts={"task": "review"}), pack, as_of=date(2026, 11, 21))


def test_a_new_intervention_needs_no_list(tmp_path: Path) -> None:
    text = """\
id: checklist
name: A checklist
weight_class: light
approach: prompting
about: A person works through a list.
variants:
  - id: checklist
    name: A checklist
    about: A person works through a list.
    closes: {behavior: 0.1}
    burden: {build: 0.01}
"""
    pack = load_rules(overlay(tmp_path, {"interventions/checklist.yaml": text}))
    assert list(pack.interventions)[-1] == "checklist"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gaps/knowledge.yaml", "rules:\n  - id: knowledge-source-niche\n    weight: 99\n", "gaps/knowledge.yaml:3: "),
        ("gaps/knowledge.yaml", "prior: -2\npriro: 3\n", "gaps/knowledge.yaml:2: unknown key 'priro'"),
        ("gaps/knowledge.yaml", "rules:\n  - {id: new-one, weight: 1}\n", "gaps/knowledge.yaml:2: rules.34.when is"),
        (
            "gaps/knowledge.yaml",
            "rules:\n\n  - id: knowledge-source-recent\n    when: {knowledge_sorce: [private]}\n",
            "gaps/knowledge.yaml:4: ",
        ),
        (
            "gaps/knowledge.yaml",
            "rules:\n\n  - id: knowledge-source-recent\n    when: {task: [review]}\n",
            "gaps/knowledge.yaml:3: the reason mentions {knowledge_source}",
        ),
        ("gaps/knowledge.yaml", "rules:\n  - {weight: 1}\n", "gaps/knowledge.yaml:2: expected an entry with its `id`"),
        ("gaps/knowledge.yaml", "rules:\n  - {id: knowledge-x, disabled: true}\n", "gaps/knowledge.yaml:2: nothing"),
        ("gaps/knowledge.yaml", "rules:\n  - {id: x-1, after: nothing}\n", "gaps/knowledge.yaml:2: after: no entry"),
        ("gaps/other.yaml", "id: knowledge\n", "gaps/other.yaml:1: 'knowledge' is described in another file"),
        ("gaps/other.yaml", "disabled: true\n", "gaps/other.yaml:1: there is no gaps/other.yaml to disable"),
        ("facts.yaml", "facts:\n  - {id: style, disabled: true}\n", "facts.yaml:2: 'style' is taken out here, but "),
        ("fact.yaml", "facts: []\n", "fact.yaml:1: the rules have no file 'fact.yaml'; did you mean 'facts.yaml'?"),
        ("notes.yaml", "notes:\n  - {id: new, when: {tsk: [review]}, text: Ask.}\n", "notes.yaml:2: "),
        ("overlay.yaml", "name: x\nallow_unreachable: [tuning]\n", "overlay.yaml:2: "),
        (
            "gaps/knowledge.yaml",
            "rules:\n  - {id: tools-code, when: {task: [review]}, weight: 1, because: It is so.}\n",
            "gaps/knowledge.yaml:2: the rule id 'tools-code' is used twice, first in ",
        ),
        ("gaps/knowledge.yaml", "rules:\n  - id: a\n   weight: 3\n", "gaps/knowledge.yaml:3: not valid YAML"),
        ("gaps/knowledge.yaml", "- a\n", "gaps/knowledge.yaml:1: expected `key: value` lines"),
        ("gaps/knowledge.yaml", "", "gaps/knowledge.yaml: the file is empty"),
        ("gaps/knowledge.yaml", "rules: {id: x, weight: 2}\n", "gaps/knowledge.yaml:1: rules: expected a "),
        ("gaps/knowledge.yaml", "rules:\n  - {id: knowledge-citations, against: [x]}\n", "gaps/knowledge.yaml:2: no "),
        ("settings.yaml", "temperature: -1\n", "settings.yaml:1: temperature: expected greater than 0"),
        ("settings.yaml", "approaches:\n\n  - {id: rag, disabled: true}\n", "settings.yaml:3: 'rag' is taken out here"),
        ("settings.yaml", "gaps: [knowledge]\n", "overlay.yaml:1: with this overlay, "),
        ("settings.yaml", "thresholds: {answers: 99}\n", "overlay.yaml:1: with this overlay no answers lead"),
        ("interventions/rag.yaml", "variants:\n  - {id: basic, burden: {risk: -1}}\n", "interventions/rag.yaml:2: "),
        ("evidence.yaml", "evidence:\n  - {id: ovadia-2023, grade: great}\n", "evidence.yaml:2: evidence.0.grade: "),
        ("wording.yaml", "and_because: 3\n", "wording.yaml:1: and_because: expected a string"),
        ("facts.yml", "facts: []\n", "facts.yml:1: the rules have no file 'facts.yml'; did you mean 'facts.yaml'?"),
    ],
)  # fmt: skip
def test_errors_name_the_overlays_own_file_and_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    found = problems(overlay(tmp_path, {name: text}))
    said = said.replace("34", str(len(SHIPPED.gaps[0].rules)))
    assert any(problem.startswith(said) for problem in found), found
    assert all(not problem.startswith(str(shipped_rules_folder())) for problem in found), found


def test_the_overlay_that_does_it_is_named_among_several(tmp_path: Path) -> None:
    first = overlay(tmp_path / "a", {"gaps/knowledge.yaml": "name: What it must know\n"})
    guilty = overlay(tmp_path / "b", {"interventions/fine_tuning.yaml": "disabled: true\n"})
    last = overlay(tmp_path / "c", {})
    for folders in ([first, guilty, last], [guilty, first, last], [first, last, guilty]):
        with pytest.raises(AdvisorError) as caught:
            load_rules(folders)
        assert {(each.source, each.line) for each in caught.value.problems} == {(str(guilty / "overlay.yaml"), 1)}


def test_a_part_goes_with_all_that_speaks_of_it(tmp_path: Path) -> None:
    meant = "name: No training\nallow_unreachable: [fine_tuning, rag_and_fine_tuning]\n"
    files = {
        "interventions/fine_tuning.yaml": "disabled: true\n",
        "interventions/rag.yaml": "variants:\n  - {id: advanced, disabled: true}\n",
    }
    pack = load_rules(overlay(tmp_path, files, meant))
    gone = ("fine_tuning", "rag.advanced")
    stages = [when.entry.part for when in pack.stages]
    choices = [choice.part for choice, _ in pack.choices]
    assert not [part for part in (*stages, *choices) if part.startswith(gone)]
    assert not [when.entry.id for when in pack.notes if "fine_tuning" in when.entry.parts]
    assert not [fact.id for fact in pack.questionnaire.facts for way in fact.monotone if way.intervention == gone[0]]
    assert "lora" not in pack.techniques
    assert "rag" in pack.techniques


@pytest.mark.parametrize(
    ("name", "text", "lost"),
    [
        ("interventions/fine_tuning.yaml", "disabled: true\n", ["fine_tuning", "rag_and_fine_tuning"]),
        (
            "interventions/stronger_model.yaml",
            "blocks:\n  - {id: never, when: {any: [{can_upgrade_model: true}, {can_upgrade_model: false}, "
            "{not: {all: [{can_upgrade_model: true}, {can_upgrade_model: false}]}}]}, because: Not here.}\n",
            ["stronger_model"],
        ),
    ],
)
def test_an_approach_out_of_reach_is_refused_unless_it_is_meant(
    tmp_path: Path, name: str, text: str, lost: list[str]
) -> None:
    found = problems(overlay(tmp_path, {name: text}))
    assert [f"no answers lead to {approach} " in said for approach, said in zip(lost, found, strict=True)]
    assert all(said.startswith("overlay.yaml:1: ") for said in found)
    meant = f"name: House rules\nallow_unreachable: [{', '.join(lost)}]\n"
    pack = load_rules(overlay(tmp_path, {name: text}, meant))
    assert pack.allow_unreachable == {*lost}


def test_the_diff_places_each_change_where_the_overlay_says_it(tmp_path: Path) -> None:
    files = {
        "wording.yaml": '# ours\nand_because: "; also "\n',
        "settings.yaml": "temperature: 0.2\nthresholds:\n  margin: 0.1\n",
        "gaps/knowledge.yaml": "rules:\n  - {id: knowledge-citations, disabled: true}\n",
    }
    folder = overlay(tmp_path, files)
    found = {(each.what, each.id, each.place) for each in diff_packs(SHIPPED, load_rules(folder)).entries}
    assert found == {
        ("changed", "wording.yaml", f"{folder}/wording.yaml:2"),
        ("changed", "settings.yaml", f"{folder}/settings.yaml:1"),
        ("removed", "knowledge-citations", f"{folder}/gaps/knowledge.yaml:2"),
    }


def test_a_verdict_that_changes_without_its_approach_is_shown(tmp_path: Path) -> None:
    found = diff_packs(SHIPPED, load_rules(overlay(tmp_path, {"settings.yaml": "thresholds: {margin: 0.1}\n"})))
    assert found.verdicts
    assert {(each.old == each.new, each.new_verdict) for each in found.verdicts} == {(True, "undecided")}
    assert found.agree_old == found.agree_new


def test_the_command_shows_rules_and_verdicts(tmp_path: Path) -> None:
    text = "rules:\n  - {id: knowledge-source-private, weight: 3.0}\n"
    folder = str(overlay(tmp_path, {"gaps/knowledge.yaml": text}))
    result = CliRunner().invoke(app, ["rules", "diff", folder])
    assert result.exit_code == 0, result.output
    assert "0 added, 1 changed, 0 removed" in result.stdout
    assert "weight: 0.66 -> 3.0" in result.stdout
    assert "published decisions get another verdict" in result.stdout
    assert CliRunner().invoke(app, ["rules", "show", "knowledge-source-private", "--rules", folder]).exit_code == 0
