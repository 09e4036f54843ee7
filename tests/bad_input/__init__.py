"""Files that must be refused, each with what its error has to say; for the reader and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_MIB = 1024 * 1024

# What can't be written down in a YAML file: bytes, sizes and repetitions.
GENERATED: dict[str, bytes] = {
    "empty": b"",
    "only_blank": b" \n\n  \n",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "zip": b"PK\x03\x04\x14\x00\x00\x00",
    "nul": b"name: x\nfacts:\n  task: \x00\n",
    "escape_sequence": b"name: x\ndescription: \x1b[31mred\n",
    "latin_1": "name: x\ndescription: café\n".encode("latin-1"),
    "cut_off_character": "name: x\ndescription: €".encode()[:-1],
    "overlong_utf8": b"name: \xc0\xaf\n",
    "utf_16_le": b"\xff\xfe" + "name: x\n".encode("utf-16-le"),
    "utf_16_be": b"\xfe\xff" + "name: x\n".encode("utf-16-be"),
    "bom_then_error": b"\xef\xbb\xbfname: x\nfacts: {tsk: extraction}\n",
    "crlf_then_error": b"name: x\r\nfacts:\r\n  task: extractoin\r\n",
    "fifty_megabytes": b"name: x\ndescription: " + b"a" * (50 * _MIB),
    "just_too_large": b"name: x\ndescription: " + b"a" * _MIB,
    "deep_lists": b"name: x\nx-a: " + b"[" * 100_000,
    "deep_groups": b"name: x\nx-a: " + b"{a: " * 50_000,
    "deep_items": b"name: x\nx-a:\n  " + b"- " * 200_000,
    "deep_lines": b"name: x\n" + b"".join(b" " * n + b"x-a:\n" for n in range(400)),
    "deep_json": b'{"name": "x",\n "x-a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep_json_slightly": b'{"name": "x",\n"x-a": ' + b"[" * 25 + b"]" * 25 + b"}",
    "huge_whole_number": b"name: x\nfacts:\n  corpus_tokens: " + b"9" * 5000 + b"\n",
    "long_whole_number": b"name: x\nfacts:\n  corpus_tokens: " + b"9" * 200 + b"\n",
    "huge_json_number": b'{"name": "x", "facts":\n {"corpus_tokens": ' + b"9" * 5000 + b"}}",
    "many_unknown_facts": b"name: x\nfacts:\n" + b"".join(b"  fact_%d: 1\n" % n for n in range(20_000)),
    "endless_key": b"name: x\n" + b"k" * 500_000 + b": 1\n",
    "endless_json_key": b'{"name": "x",\n"' + b"k" * 500_000 + b'": 1}',
    "endless_option": b"name: x\nfacts:\n  task: " + b"k" * 500_000 + b"\n",
    "half_surrogate_yaml": b'name: x\ndescription: "\\ud800"\n',
}


@dataclass(frozen=True)
class BadInput:
    """One malformed file and what has to be said about it."""

    id: str
    file: str
    content: bytes
    says: tuple[str, ...]
    line: int | None
    suggests: str | None
    problems: int | None

    def write(self, folder: Path) -> Path:
        path = folder / self.file
        path.write_bytes(self.content)
        return path

    def check(self, shown: str, source: str) -> None:
        """Assert that an error shown to the user says what it has to."""
        for words in self.says:
            assert words in shown
        if self.line is not None:
            assert f"{source}:{self.line}: " in shown
        else:
            assert f"{source}: " in shown
        if self.suggests is not None:
            assert f"did you mean '{self.suggests}'?" in shown
        if self.problems is not None:
            assert len(shown.strip().splitlines()) == self.problems
        assert len(shown) < 20_000
        assert shown.isprintable() or all(line.isprintable() for line in shown.splitlines())


def load_cases() -> list[BadInput]:
    entries: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))
    return [
        BadInput(
            id=entry["id"],
            file=entry.get("file", "bad.yaml"),
            content=entry["text"].encode() if "text" in entry else GENERATED[entry["generated"]],
            says=tuple(entry["says"]),
            line=entry.get("line"),
            suggests=entry.get("suggests"),
            problems=entry.get("problems", 1),
        )
        for entry in entries
    ]


BAD_INPUTS = load_cases()
