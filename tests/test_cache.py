"""What is kept is right or not used: never stale, never from someone else, and never an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from advisor import cache_folder, rule_cache
from advisor.plain_objects import from_text, to_text
from advisor.rules import load_rules
from advisor.shipped import shipped_rules_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

PACK = load_rules()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(cache_folder.SETTING, str(tmp_path / "cache"))
    cache_folder.turn_on()
    yield tmp_path / "cache"
    cache_folder.turn_off()


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("rules-*"))


def test_the_kept_pack_is_the_pack_that_is_read(folder: Path) -> None:
    first = rule_cache.cached_rules()
    again = rule_cache.cached_rules()
    assert len(entries(folder)) == 1
    assert again == first == PACK
    assert again is not first
    shared = [rule for option in again.options for rule in option.rules]
    assert len({id(rule) for rule in shared}) == len({rule.id for rule in shared})


def test_a_changed_rule_file_makes_another_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(shipped_rules_folder(), rules)
    monkeypatch.setattr(rule_cache, "shipped_rules_folder", lambda: rules)
    names = [rule_cache._name()]
    settings = rules / "settings.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "# a word more\n", encoding="utf-8")
    names.append(rule_cache._name())
    (rules / "gaps" / "other.yaml").write_text("id: other\n", encoding="utf-8")
    names.append(rule_cache._name())
    assert len({*names}) == 3


def test_the_name_of_an_entry_holds_every_module_that_reads_rules() -> None:
    show = "import sys; from advisor.rules import shipped_rules; shipped_rules(); print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run((sys.executable, "-c", show), env=environment, capture_output=True, check=True, text=True)
    loaded = {name.removeprefix("advisor.") for name in done.stdout.split() if name.startswith("advisor.")}
    read = {name.removesuffix("/__init__").replace("/", ".") for name in rule_cache.READERS}
    assert loaded - read <= {"cache_folder"}  # which keeps a pack and decides nothing about it


@pytest.mark.parametrize("damage", [b"", b"{}", b"x" * 64 + b"\n{}"])
def test_a_damaged_entry_is_not_used(folder: Path, damage: bytes) -> None:
    rule_cache.cached_rules()
    (entry,) = entries(folder)
    whole = entry.read_bytes()
    entry.write_bytes(damage or whole[:-1])
    assert rule_cache.cached_rules() == PACK
    assert entry.read_bytes() == whole


def test_a_well_sealed_entry_of_another_shape_is_not_used(folder: Path) -> None:
    rule_cache.cached_rules()
    (entry,) = entries(folder)
    cache_folder.keep(entry.name, b'{"classes": [["os.system", ["command"]]], "objects": [[0, "x"]], "top": [0, 0]}')
    assert rule_cache.cached_rules() == PACK


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have other owners here")
def test_a_folder_that_others_can_write_into_is_not_used(folder: Path) -> None:
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    assert rule_cache.cached_rules() == PACK
    assert entries(folder) == []


def test_where_nothing_can_be_kept_everything_still_works(folder: Path) -> None:
    folder.write_text("a file, not a folder", encoding="utf-8")
    assert rule_cache.cached_rules() == PACK


def test_only_so_many_entries_are_kept(folder: Path) -> None:
    for number in range(cache_folder._MOST_KEPT + 5):
        cache_folder.keep(f"entry-{number}", b"content")
    assert len([*folder.iterdir()]) == cache_folder._MOST_KEPT
    assert cache_folder.kept(f"entry-{number}") == b"content"


def test_a_library_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache_folder.SETTING, str(tmp_path / "cache"))
    rule_cache.cached_rules()
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("setting", ["off"])
def test_it_can_be_turned_off(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache_folder.SETTING, setting)
    cache_folder.turn_on()
    assert not cache_folder.is_on()


def test_only_named_classes_are_written_and_made() -> None:
    with pytest.raises(TypeError):
        to_text(PACK, [])
    text = to_text(PACK.thresholds, [type(PACK.thresholds)])
    assert from_text(text, [type(PACK.thresholds)]) == PACK.thresholds
    with pytest.raises(KeyError):
        from_text(text, [])
