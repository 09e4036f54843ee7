"""Reading YAML text strictly: plain data, the line of every value, and one clear error for what is refused.

Plain words follow YAML 1.2: only `true` and `false` are flags, `010` and `1:30` are text, a date stays text.
What can hide or multiply content (anchors, aliases, tags, merges, repeated keys) is refused.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from advisor.errors import AdvisorError, Problem
from advisor.wording import quoted

_SUSPECT = re.compile(r"(?:^|[\s\[\]{},:])(?:[&*][0-9A-Za-z_-]|!(?:\s|$))", re.MULTILINE)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:_[0-9]{3})+)")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_STARTS: Final = frozenset("0123456789+-.")
_MAX_DIGITS: Final = 300  # a longer whole number would not fit a float
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_REFUSED_KEYS: Final = ("", "<<")

# Ours for what a node is without a tag; a tag that someone wrote stays on its node and is refused.
_PLAIN: Final = "plain"
_OTHER: Final = "other"
_UNTAGGED: Final = (_PLAIN, _OTHER)


class _TooDeepError(Exception):
    """Raised with a line inside the parser, which would otherwise recurse once for every level."""


class _Composing:
    """What our YAML loaders share: they limit the depth and tell plain scalars from everything else."""

    depth = 0
    max_depth = 0

    def descend_resolver(self, parent: yaml.Node | None, _index: object) -> None:
        """Count one level down; the parser calls this before it composes a node."""
        self.depth += 1
        if parent is not None and self.depth > self.max_depth + 1:
            raise _TooDeepError(_line(parent))

    def ascend_resolver(self) -> None:
        """Count one level up."""
        self.depth -= 1

    def resolve(self, kind: type[yaml.Node], _value: object, implicit: Any) -> str:
        """Return the name of a node's kind; never called for a node with a tag."""
        return _PLAIN if kind is yaml.ScalarNode and implicit[0] else _OTHER


class PythonLoader(_Composing, yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer):
    """Our YAML loader for a PyYAML that was built without libyaml."""

    def __init__(self, stream: str) -> None:
        yaml.reader.Reader.__init__(self, stream)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)
        yaml.composer.Composer.__init__(self)


_loader: type[Any] = PythonLoader
if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class CLoader(_Composing, CParser):
        """Our YAML loader on libyaml, several times faster."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)

    _loader = CLoader


def read_yaml(text: str, source: str, max_depth: int) -> tuple[Any, YamlLines]:
    """Return the data of a YAML text and the map of its lines; AdvisorError holds all that is refused."""
    try:
        if _SUSPECT.search(text):
            _refuse_sharing(text, source, max_depth)
        loader = _loader(text)
        loader.max_depth = max_depth
        root = loader.get_single_node()
    except _TooDeepError as error:
        message = f"nested deeper than {max_depth} levels"
        raise AdvisorError(Problem(message, source, error.args[0])) from None
    except yaml.YAMLError as error:
        raise AdvisorError(_syntax_problem(error, text, source)) from None
    if root is None:
        raise AdvisorError(Problem("the file is empty (it holds only comments)", source))
    problems: list[Problem] = []
    data = _data(root, problems, source)
    if problems:
        raise AdvisorError(problems)
    return data, YamlLines(root)


class YamlLines:
    """The lines of a YAML text, looked up in the nodes of the parser only when one is asked for."""

    __slots__ = ("_root",)

    def __init__(self, root: yaml.Node) -> None:
        self._root = root

    def line(self, path: tuple[str | int, ...]) -> int:
        """Return the line (from 1) of the key or item at `path`, or of its nearest enclosing part."""
        node, line = self._root, _line(self._root)
        for step in path:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == step), None)
                if pair is None:
                    break
                node, line = pair[1], _line(pair[0])
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = _line(node)
            else:
                break
        return line


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _data(node: Any, problems: list[Problem], source: str) -> Any:
    """Return the plain data of a node, adding what is refused in it to `problems`."""
    if node.tag == _PLAIN:
        word = node.value
        if word[:1] in _NUMBER_STARTS and word:
            return _number_or_word(node, problems, source)
        return _WORDS.get(word, word)
    if node.tag != _OTHER:
        problems.append(Problem(_tag_message(node.tag), source, _line(node)))
        return None
    kind = type(node)
    if kind is yaml.MappingNode:
        return _mapping(node, problems, source)
    if kind is yaml.SequenceNode:
        return [_data(item, problems, source) for item in node.value]
    return node.value


def _mapping(node: yaml.MappingNode, problems: list[Problem], source: str) -> dict[str, Any]:
    """Return a mapping whose keys are all plain text and all different."""
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if key_node.tag not in _UNTAGGED or type(key_node) is not yaml.ScalarNode or key in _REFUSED_KEYS:
            problems.append(_key_problem(key_node, source))
            continue
        if key in result:
            first = next(_line(other) for other, _ in node.value if other.value == key)
            message = f"the key {quoted(key)} is given twice (first in line {first})"
            problems.append(Problem(message, source, _line(key_node)))
        result[key] = _data(value_node, problems, source)
    return result


def _number_or_word(node: yaml.ScalarNode, problems: list[Problem], source: str) -> int | float | str | None:
    """Return the number that a plain word stands for, or the word itself where it is no number."""
    word = node.value
    if _WHOLE.fullmatch(word):
        if len(word) <= _MAX_DIGITS:
            return int(word)
    elif _DECIMAL.fullmatch(word):
        number = float(word)
        if number - number == 0:  # false for infinity
            return number
    elif not _NOT_FINITE.fullmatch(word):
        return str(word)
    problems.append(Problem(f"{quoted(word)} is not a usable number", source, _line(node)))
    return None


def _tag_message(tag: str) -> str:
    shown = tag.replace("tag:yaml.org,2002:", "!!")
    return f"the tag {quoted(shown)} is not allowed; write plain values (text that begins with '!' needs quotes)"


def _key_problem(node: Any, source: str) -> Problem:
    """Return what is wrong with a key that is not a plain name."""
    if not isinstance(node, yaml.ScalarNode):
        message = "a list or a group can't be a key (text that begins with '[' or '{' needs quotes)"
    elif node.tag not in _UNTAGGED:
        message = _tag_message(node.tag)
    elif node.value == "<<":
        message = "merging with '<<' is not allowed; write the values out"
    else:
        message = "a value without a key"
    return Problem(message, source, _line(node))


def _refuse_sharing(text: str, source: str, max_depth: int) -> None:
    """Refuse anchors, aliases and the bare tag '!', which the composed nodes don't show any more."""
    depth = 0
    for event in yaml.parse(text, Loader=_loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > max_depth + 1:
            raise _TooDeepError(_line(event))
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            message = f"the alias {quoted('*' + str(anchor))} is not allowed; write the value out"
            quotes = "*"
        elif anchor is not None:
            message, quotes = f"the anchor {quoted('&' + str(anchor))} is not allowed", "&"
        elif getattr(event, "tag", None) == "!":
            message, quotes = "the tag '!' is not allowed", "!"
        else:
            continue
        message = f"{message} (text that begins with '{quotes}' needs quotes)"
        raise AdvisorError(Problem(message, source, _line(event)))


# What the parsers say (libyaml, then PyYAML's own), and what a person can do about it.
_SECOND_DOCUMENT: Final = "a second document starts here with '---'; give one document to a file"
_SYNTAX: Final = (
    (
        "mapping values are not allowed",
        "unexpected ':' here; check the indentation, or put text that holds ': ' in quotes",
    ),
    ("expected a single document", _SECOND_DOCUMENT),
    ("another document", _SECOND_DOCUMENT),
    ("<document start>", "more text after the end of the document"),
    ("unexpected end of stream", "a quote is opened here and never closed"),
    ("',' or ']'", "a list is opened here with '[' and not closed, or a comma is missing in it"),
    ("',' or '}'", "a group is opened here with '{' and not closed, or a comma is missing in it"),
    ("cannot start any token", "text that begins with {character} must be in quotes"),
    ("alphabetic or numeric character", "text that begins with '*' or '&' must be in quotes"),
    ("expected '-' indicator", "a list item must begin with '- ' at the same indentation as the others"),
    ("expected key", "a `key: value` line was expected here; check the indentation"),
    ("could not find expected ':'", "a ':' is missing after a key, here or in the line above"),
    (
        "unknown escape character",
        "an unknown escape in double quotes; write two backslashes, or use single quotes",
    ),
    ("block sequence entries are not", "a list item can't begin here; put it on its own line, indented"),
    ("<block end>", "this line does not fit the lines above; check the indentation"),
)
_AT_THE_OPENING: Final = ("unexpected end of stream", "',' or ']'", "',' or '}'")


def _syntax_problem(error: yaml.YAMLError, text: str, source: str) -> Problem:
    """Return a parser's complaint in plain words, at the line where a person would put it right."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else None
    if line is not None and (tab := _tab_indentation(text, line)):
        return Problem("a tab is used as indentation; YAML allows only spaces there", source, tab)
    part, message = next(((part, message) for part, message in _SYNTAX if part in said), ("", said))
    opening = getattr(error, "context_mark", None)
    if part in _AT_THE_OPENING and opening:
        line = opening.line + 1
    message = message.replace("{character}", _character_at(text, mark))
    return Problem(f"not valid YAML: {message}", source, line)


def _tab_indentation(text: str, line: int) -> int | None:
    """Return the line, at or next to `line`, that is indented with a tab."""
    lines = text.splitlines()
    for number in (line, line + 1, line - 1):
        if 0 < number <= len(lines) and re.match(r" *(?:- *)*\t", lines[number - 1]):
            return number
    return None


def _character_at(text: str, mark: Any) -> str:
    """Return the character at a parser's mark, quoted."""
    lines = text.splitlines()
    if mark is None or mark.line >= len(lines) or mark.column >= len(lines[mark.line]):
        return "a special character"
    return quoted(lines[mark.line][mark.column])
