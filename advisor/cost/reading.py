"""Where the cost rules lie, and one place through which their YAML is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from advisor.errors import AdvisorError, Problem

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """The content of a YAML file, its name for messages, and the lines of its nodes."""

    data: Any
    source: str
    text: str

    def line_of(self, *path: str | int) -> int | None:
        """Return the 1-based line of the node at `path`, or of its nearest parent that exists."""
        node = yaml.compose(self.text, Loader=_Loader)
        if node is None:
            return None
        line = node.start_mark.line + 1
        for key in path:
            child = _child(node, key)
            if child is None:
                break
            node, line = child
        return line


def _child(node: yaml.Node, key: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item, item.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value, name.start_mark.line + 1
    return None


def rules_directory(rules: Path | None = None) -> Path:
    """Return the directory of the rules: the given one, the one in the package, or the one beside it in a checkout."""
    if rules is not None:
        return rules
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load(path: Path) -> Document:
    """Read a YAML file. Raises AdvisorError, with the line, when it can't be read or is not a mapping or a list."""
    source = path.name if not path.is_absolute() else "/".join(path.parts[-3:])
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  (a safe loader)
    except OSError as error:
        raise AdvisorError(Problem(f"can't be read: {error.strerror}", source)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise AdvisorError(Problem(f"not valid YAML: {getattr(error, 'problem', error)}", source, line)) from error
    if not isinstance(data, dict | list):
        raise AdvisorError(Problem("must hold a mapping or a list", source))
    return Document(data, source, text)
