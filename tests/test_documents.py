"""Reading YAML and JSON: the data, where its parts stand, and that nothing but AdvisorError comes out."""

from __future__ import annotations

import io
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advisor import yaml_text
from advisor.documents import Document, read_document, read_standard_input
from advisor.errors import AdvisorError

LOADERS = (yaml_text._loader, yaml_text.PythonLoader)


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def _each_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "_loader", request.param)


def read(text: str | bytes, source: str = "x.yaml") -> Document:
    return read_document(None, text, source)


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True), ("True", True), ("FALSE", False), ("yes", "yes"), ("no", "no"), ("on", "on"),
        ("y", "y"), ("null", None), ("~", None), ("", None), ("none", "none"), ("nan", "nan"), ("=", "="),
        ("12", 12), ("-3", -3), ("+3", 3), ("0", 0), ("1_000", 1000), ("12_000_000", 12_000_000),
        ("1_0", "1_0"), ("010", "010"), ("0o10", "0o10"), ("0x1F", "0x1F"), ("1:30", "1:30"),
        ("1:30:00", "1:30:00"), ("10k", "10k"), ("10,000", "10,000"), ("1.2.3", "1.2.3"), (".", "."),
        ("0.25", 0.25), (".5", 0.5), ("1.", 1.0), ("1e6", 1e6), ("-2.5E-3", -0.0025), ("-", [None]),
        ("2026-11-20", "2026-11-20"), ("'12'", "12"), ('"true"', "true"), ("a # comment", "a"),
        ("|\n  two\n  lines", "two\nlines"), (">-\n  one\n  line", "one line"), ("R&D * 2!", "R&D * 2!"),
        ("'*a'", "*a"), ("'!x'", "!x"), ("[a, 1, {b: c}]", ["a", 1, {"b": "c"}]),
    ],
)  # fmt: skip
def test_plain_words_follow_yaml_1_2(word: str, value: object) -> None:
    got = read(f"key: {word}" if word != "-" else "key:\n  -").data["key"]
    assert got == value
    assert type(got) is type(value)


@pytest.mark.usefixtures("_each_loader")
def test_keys_are_text_whatever_they_look_like() -> None:
    assert read("1: a\ntrue: b\n2026-11-20: c").data == {"1": "a", "true": "b", "2026-11-20": "c"}


TEXT = """\
# a comment
name: x
facts:
  task: review
  nested: {a: 1,
           b: [10,
               20]}
items:
  - id: one

  - id: two
    when:
      any:
        - {x: 1}
        - y: 2
"""
PLACES = [
    ((), 2), (("name",), 2), (("facts",), 3), (("facts", "task"), 4), (("facts", "nested", "b"), 6),
    (("facts", "nested", "b", 1), 7), (("items", 1), 11), (("items", 1, "when", "any", 1, "y"), 15),
    (("facts", "missing"), 3), (("items", 9), 8), (("name", "deeper"), 2), (("items", "id"), 8),
    (("nothing",), 2),
]  # fmt: skip


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize(("path", "line"), PLACES)
def test_lines_of_yaml(path: tuple[str | int, ...], line: int) -> None:
    document = read(TEXT)
    assert document.line(path) == line
    assert str(document.problem("wrong", path, "right")) == f"x.yaml:{line}: wrong; did you mean 'right'?"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1), (("name",), 2), (("facts",), 3), (("facts", "task"), 4), (("facts", "list", 0), 5),
        (("facts", "list", 1, "a"), 6), (("facts", "list", 1, "b"), 6), (("facts", "list", 2), 7),
        (("last",), 9), (("facts", "list", 7), 5), (("",), 10),
    ],
)  # fmt: skip
def test_lines_of_json(path: tuple[str | int, ...], line: int) -> None:
    text = (
        '{\n\t"name": "a \\"quoted\\" {[,:",\n"facts": {\n"task": "review",\n"list": [1,\n{"a": {}, "b": []},'
        '\nnull\n]},\n"last": true,\n"": 1}'
    )
    assert read(text, "x.json").line(path) == line


def test_json_is_read_as_json() -> None:
    data = {
        "tab": "a\tb",
        "emoji": "\U0001f600",
        "slash": "a/b",
        "e": 1e6,
        "n": None,
        "list": [True, -0.5, {}],
    }
    text = json.dumps(data, indent="\t").replace("a/b", "a\\/b")
    for source in ("x.json", "X.JSON", "standard input", "x.yaml"):
        assert read(text, source).data == data


def test_a_yaml_group_may_look_like_json() -> None:
    assert read("{name: x, facts: {task: review}}").data == {"name": "x", "facts": {"task": "review"}}
    assert read('{"name": "x",}').data == {"name": "x"}
    with pytest.raises(AdvisorError, match="not valid JSON"):
        read('{"name": "x",}', "x.json")


def test_windows_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\r\nfacts:\r\n  task: review\r\n")
    document = read_document(path)
    assert document.data == {"name": "x", "facts": {"task": "review"}}
    assert document.line(("facts", "task")) == 3
    assert read(b'\xef\xbb\xbf{"name": "x"}', "x.json").data == {"name": "x"}


@pytest.mark.parametrize("source", ["x.yaml", "x.json"])
def test_twenty_levels_are_enough_and_allowed(source: str) -> None:
    def nested(levels: int) -> str:
        return '{"a": ' * levels + "1" + "}" * levels

    read(nested(20), source)
    with pytest.raises(AdvisorError, match="deeper than 20"):
        read(nested(21), source)


def test_the_top_may_be_a_list_where_that_is_wanted() -> None:
    assert read_document(None, "- a\n- b", "x.yaml", top="list").data == ["a", "b"]
    with pytest.raises(AdvisorError, match=r"x.yaml:1: expected a list .* a group"):
        read_document(None, "a: b", "x.yaml", top="list")


def test_a_larger_limit_can_be_given() -> None:
    text = "a: " + "b" * 2_000_000
    assert len(read_document(None, text, limit=3_000_000).data["a"]) == 2_000_000
    with pytest.raises(AdvisorError, match="input: larger than 1 MiB"):
        read_document(None, text)
    with pytest.raises(AdvisorError, match="larger than 10 bytes"):
        read_document(None, text, limit=10)


# ---------------------------------------------------------------- files that can't be opened


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match=r"none\.yaml: no such file"):
        read_document(tmp_path / "none.yaml")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="this is a folder"):
        read_document(tmp_path)


def test_file_as_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a: b")
    with pytest.raises(AdvisorError, match="can't be read"):
        read_document(tmp_path / "x" / "y.yaml")


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b"])
def test_impossible_names(name: str) -> None:
    with pytest.raises(AdvisorError, match="can't be read"):
        read_document(Path(name))


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: b")
    path.chmod(0)
    if os.access(path, os.R_OK):  # an administrator may read everything

        def refuse(*_args: object, **_kwargs: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AdvisorError, match="no permission"):
        read_document(path)


def test_no_input_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="path or a text"):
        read_document(None)


def test_standard_input_is_read_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x" * 100)))
    assert len(read_standard_input(limit=10)) == 11


# ---------------------------------------------------------------- nothing but AdvisorError

PIECES = st.sampled_from(
    ["a", "name", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\t", " ", "[", "]", "{", "}", ",", "&a ",
     "*a", "!", "!!str ", "!!python/name:os ", "'", '"', "|", ">", "#", "%", "@", "`", "? ", "<<", "---\n",
     "...\n", "1", ".nan", "1e999", "null", "true", "\\", "\\u0000", "\\ud800", "\ufeff", "\x85", "\u2028",
     "\r", "\r\n", "é", "\0", "%YAML 1.2\n", "=", "~", "NaN", '"a": ', '{"a": ', "[" * 30, "{a: " * 30,
     "- " * 30, "9" * 400, "task", "facts:\n  "]
)  # fmt: skip
MESSY = st.lists(PIECES, max_size=40).map("".join)


def check_problems(error: AdvisorError, source: str) -> None:
    assert error.problems
    assert all(problem.source == source and problem.line != 0 for problem in error.problems)


def comes_through(text: str | bytes, source: str) -> None:
    try:
        document = read(text, source)
    except AdvisorError as error:
        check_problems(error, source)
    else:
        assert isinstance(document.data, dict)
        json.dumps(document.data, allow_nan=False)
        assert document.line(tuple(document.data)[:1]) >= 1


@pytest.mark.parametrize("source", ["x.yaml", "x.json"])
@given(raw=st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes(raw: bytes, source: str) -> None:
    comes_through(raw, source)


@pytest.mark.parametrize("source", ["x.yaml", "x.json"])
@given(text=st.text(st.characters(), max_size=200))
@example(text="\ud800")
@settings(deadline=None)
def test_any_text(text: str, source: str) -> None:
    comes_through(text, source)


@pytest.mark.parametrize("source", ["x.yaml", "x.json"])
@pytest.mark.parametrize("loader", LOADERS)
def test_any_pieces_of_yaml_and_json(source: str, loader: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "_loader", loader)

    @given(text=MESSY)
    @settings(deadline=None, max_examples=400)
    def messy(text: str) -> None:
        comes_through(text, source)

    messy()


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Co", "Cs"]), min_size=1, max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | WORDS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(data=st.dictionaries(WORDS.filter(lambda key: key != "<<"), VALUES, min_size=1, max_size=5))
@settings(deadline=None)
def test_what_others_write_is_read_back(data: dict[str, Any]) -> None:
    def without_merges(value: Any) -> bool:
        if isinstance(value, dict):
            return "<<" not in value and all(map(without_merges, value.values()))
        return not isinstance(value, list) or all(map(without_merges, value))

    if not without_merges(data):
        return
    for indent in (None, 2):
        assert same(read(json.dumps(data, indent=indent), "x.json").data, data)
    assert same(read(json.dumps(data, ensure_ascii=False), "x.json").data, data)


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right)
    return bool(left == right)


@given(data=st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), VALUES, min_size=1, max_size=5))
@settings(deadline=None)
def test_yaml_that_pyyaml_writes_is_read_back(data: dict[str, Any]) -> None:
    """PyYAML quotes more words than YAML 1.2 asks for, so all that it writes has one meaning here too."""

    class Quoting(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
            return True

    Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
    text = yaml.dump(data, Dumper=Quoting, allow_unicode=True)
    if any(key in text for key in ('""', "<<")):
        return
    assert read(text).data == data
