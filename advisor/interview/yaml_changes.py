"""Setting and taking out single entries in the text of a YAML file, with all other characters left alone.

Each way of writing here may fail on a layout that it does not foresee: the caller reads every result again, and
takes only one that says exactly what was wanted.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import FactValue
    from advisor.interview.changes import Change

Pair: TypeAlias = tuple[yaml.ScalarNode, yaml.Node]

_LONGEST_LINE: Final = 110
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NOT_TEXT: Final = ("true", "false", "null")
_loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def yaml_with(text: str, change: Change) -> Iterator[str]:
    """Yield the text with a change, written in different ways; the caller takes the first that reads right."""
    root = yaml.compose(text, Loader=_loader)
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 - it was read as a use case before
    if change.section is None:
        yield from _with_top_entry(text, root, change.key, change.value)
        return
    section = _pair(root, change.section)
    if change.value is None:
        if section is not None and isinstance(section[1], yaml.MappingNode):
            yield from _without_entry(text, root, section, change.key)
    elif section is not None and isinstance(section[1], yaml.MappingNode) and section[1].value:
        yield from _with_entry(text, section[1], change.key, change.value)
    elif section is not None and not root.flow_style:
        yield _opened(text, section, change.key, change.value)
    else:
        inner = f"{{{change.key}: {_scalar(change.value)}}}"
        if section is not None:
            yield _with_value(text, section, inner)
        elif root.flow_style:
            yield from _inserted(text, root, f"{change.section}: {inner}")
        else:
            newline = _line_end(text)
            entry = f"{change.section}:{newline}  {change.key}: {_scalar(change.value)}"
            yield f"{text.rstrip()}{newline}{entry}{newline}"
            yield from _inserted(text, root, entry)


def _pair(mapping: yaml.MappingNode, key: str) -> Pair | None:
    return next((pair for pair in mapping.value if pair[0].value == key), None)


def _with_entry(text: str, mapping: yaml.MappingNode, key: str, value: FactValue | None) -> Iterator[str]:
    """Yield the text with one entry of a mapping set."""
    pair = _pair(mapping, key)
    scalar = "null" if value is None else _scalar(value)
    if pair is not None:
        yield _with_value(text, pair, scalar)
    else:
        yield from _inserted(text, mapping, f"{key}: {scalar}")


def _with_top_entry(text: str, root: yaml.MappingNode, key: str, value: FactValue | None) -> Iterator[str]:
    """Yield the text with an entry at the top level set; a new one stands before all others."""
    ways = list(_with_entry(text, root, key, value))
    yield from reversed(ways)


def _scalar(value: FactValue) -> str:
    """Return an answer as it is written in YAML."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


# ---------------------------------------------------------------- an entry that is there


def _with_value(text: str, pair: Pair, scalar: str) -> str:
    """Return the text with another value behind a key; a comment behind it stays, in its column where that fits."""
    key, value = pair
    end = key.end_mark.index
    colon = text.find(":", end)
    if colon < 0 or text[end:colon].strip():
        return f"{text[:end]}: {scalar}{text[end:]}"  # a key alone, as in {task}
    head = text[: colon + 1]
    start, stop = max(value.start_mark.index, colon + 1), _content_end(text, value)
    if stop <= start:
        rest = text[colon + 1 :]
        return head + _aligned(f" {scalar}" if scalar else "", rest, 0)
    between = text[colon + 1 : start].strip()
    if between.startswith("#"):  # a comment between the key and a value that begins on a later line
        return f"{head} {scalar} {between}{text[stop:]}"
    old = text[colon + 1 : stop]
    return head + _aligned(f" {scalar}" if scalar else "", text[stop:], len(old) if "\n" not in old else 0)


def _aligned(new: str, rest: str, old_width: int) -> str:
    """Return a new value with what follows, moved so that a comment on the same line keeps its column."""
    spaces = re.match(r"( +)#", rest)
    if spaces is None:
        return new + rest
    width = max(len(spaces[1]) + old_width - len(new), min(len(spaces[1]), 2))
    return new + " " * width + rest[len(spaces[1]) :]


def _content_end(text: str, node: yaml.Node) -> int:
    """Return where a value's own characters end: the parser counts what follows a block as part of it."""
    if isinstance(node, yaml.ScalarNode):
        stop = node.end_mark.index
        if node.style in ("|", ">"):
            return len(text[:stop].rstrip())
        return stop if node.value or node.style else max(node.start_mark.index, len(text[:stop].rstrip(" ")))
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _pair_end(text, last) if isinstance(last, tuple) else _content_end(text, last)


def _pair_end(text: str, pair: Pair) -> int:
    """Return where the characters of an entry end, its colon included."""
    end = max(pair[0].end_mark.index, _content_end(text, pair[1]))
    colon = re.compile(r"\s*:").match(text, pair[0].end_mark.index)
    return max(end, colon.end()) if colon else end


# ---------------------------------------------------------------- a new entry


def _inserted(text: str, mapping: yaml.MappingNode, entry: str) -> Iterator[str]:
    """Yield the text with a new entry in a mapping that has entries: behind the last, or before the first."""
    first, last = mapping.value[0][0], mapping.value[-1]
    end = _pair_end(text, last)
    if mapping.flow_style:
        line = text.rfind("\n", 0, end) + 1
        full = end - line + len(entry) > _LONGEST_LINE
        gap = _line_end(text) + " " * first.start_mark.column if full else " "
        yield f"{text[:end]},{gap}{entry}{text[end:]}"
        return
    newline = _line_end(text)
    indent = " " * first.start_mark.column
    entry = entry.replace(newline, newline + indent)
    line_stop = text.find("\n", end)
    behind = len(text) if line_stop < 0 else line_stop - (text[line_stop - 1] == "\r")
    yield f"{text[:behind]}{newline}{indent}{entry}{text[behind:]}"
    start = first.start_mark.index
    yield f"{text[:start]}{entry}{newline}{indent}{text[start:]}"


def _opened(text: str, section: Pair, key: str, value: FactValue) -> str:
    """Return the text with the first entry of a section that is there but empty."""
    text = _with_value(text, section, "")
    stop = text.find("\n", section[0].end_mark.index)
    end = len(text) if stop < 0 else stop - (text[stop - 1] == "\r")
    indent = " " * (section[0].start_mark.column + 2)
    return f"{text[:end].rstrip(' ')}{_line_end(text)}{indent}{key}: {_scalar(value)}{text[end:]}"


# ---------------------------------------------------------------- an entry less


def _without_entry(text: str, root: yaml.MappingNode, section: Pair, key: str) -> Iterator[str]:
    """Yield the text without one entry of a section, and without the section when that leaves it bare."""
    mapping = section[1]
    assert isinstance(mapping, yaml.MappingNode)  # noqa: S101 - by the caller
    pair = _pair(mapping, key)
    if pair is None:
        return
    if len(mapping.value) == 1 and section[0].value != "facts":
        yield from _cut(text, root, section)
    yield from _cut(text, mapping, pair)
    yield _with_value(text, pair, "null" if mapping.flow_style else "")


def _cut(text: str, mapping: yaml.MappingNode, pair: Pair) -> Iterator[str]:
    """Yield the text without an entry, unless a comment stands in it, beside it or above it."""
    start, end = pair[0].start_mark.index, _pair_end(text, pair)
    if mapping.flow_style:
        yield from _cut_from_flow(text, mapping, pair)
        return
    line_start = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    line_stop = len(text) if stop < 0 else stop + 1
    above = text[:line_start].rstrip("\n").rpartition("\n")[2].strip()
    if text[line_start:start].strip() or "#" in text[start:line_stop] or above.startswith("#"):
        return
    yield text[:line_start] + text[line_stop:]


def _cut_from_flow(text: str, mapping: yaml.MappingNode, pair: Pair) -> Iterator[str]:
    """Yield the text without an entry between braces, with the comma that parted it from its neighbor."""
    position = mapping.value.index(pair)
    start, end = pair[0].start_mark.index, _pair_end(text, pair)
    if position > 0:
        start = _pair_end(text, mapping.value[position - 1])
    elif len(mapping.value) > 1:
        end = mapping.value[1][0].start_mark.index
    if "#" not in text[start:end]:
        yield text[:start] + text[end:]
