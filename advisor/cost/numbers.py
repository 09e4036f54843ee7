"""The constants of the cost formulas, read from `rules/cost/*.yaml`: every one with its range, unit and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from advisor.cost.ranges import Range
from advisor.cost.reading import Folders, load_layered, rule_folders
from advisor.errors import AdvisorError, Problem, nearest

if TYPE_CHECKING:
    from advisor.documents import Document

TOPICS = ("training", "serving", "prompting", "retrieval", "gpus", "models", "people", "checks")


class Numbers:
    """The constants of one rules directory. A path such as `("mfu", "lora")` leads to a constant of a topic."""

    def __init__(self, topics: Mapping[str, Mapping[str, Any]]) -> None:
        self._topics = topics

    def at(self, topic: str, *path: str) -> Any:
        """Return what stands at a path. Raises AdvisorError with the nearest name when nothing does."""
        node: Any = self._topics[topic]
        for key in path:
            if not isinstance(node, Mapping) or key not in node:
                known = [str(k) for k in node] if isinstance(node, Mapping) else []
                where = f"rules/cost/{topic}.yaml"
                raise AdvisorError(Problem(f"no constant '{'.'.join(path)}'", where, None, nearest(key, known)))
            node = node[key]
        return node

    def range(self, topic: str, *path: str) -> Range:
        """Return a constant with its low and high end (equal to its value where it is exact)."""
        node = self.at(topic, *path)
        if "value" in node:
            return Range.exact(float(node["value"]))
        return Range(float(node["low"]), float(node["mid"]), float(node["high"]))

    def value(self, topic: str, *path: str) -> float:
        """Return the middle value of a constant."""
        return self.range(topic, *path).mid

    def all_constants(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield every constant with its dotted path, in the order of the files."""
        for topic, node in self._topics.items():
            for path, constant in _constants((), node):
                yield ".".join((topic, *path)), constant


def _constants(path: tuple[str, ...], node: Any) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if not isinstance(node, Mapping):
        return
    if "value" in node or "mid" in node:
        yield path, node
        return
    for key, child in node.items():
        yield from _constants((*path, str(key)), child)


def _problems(topic: str, document: Document) -> list[Problem]:
    problems = []
    for path, constant in _constants((), document.data):
        name = ".".join((topic, *path))
        if not constant.get("source"):
            problems.append(document.problem(f"constant '{name}' has no source", path))
        try:
            ends = [float(constant[k]) for k in (("value",) if "value" in constant else ("low", "mid", "high"))]
        except (KeyError, TypeError, ValueError):
            problems.append(document.problem(f"constant '{name}' needs 'value', or 'low', 'mid' and 'high'", path))
            continue
        if ends != sorted(ends) or ends[0] < 0:
            problems.append(document.problem(f"constant '{name}' must have 0 <= low <= mid <= high", path))
    return problems


@cache
def load_numbers(rules: Folders | None = None) -> Numbers:
    """Return the constants under `rules` (default: the shipped rules). Raises AdvisorError on a malformed constant."""
    topics: dict[str, Mapping[str, Any]] = {}
    problems: list[Problem] = []
    folders = rule_folders(rules)
    for topic in TOPICS:
        document = load_layered(folders, f"cost/{topic}.yaml")
        topics[topic] = document.data
        problems += _problems(topic, document)
    if problems:
        raise AdvisorError(problems)
    return Numbers(topics)
