"""What an estimate assumes: the user's own values, else their answers, else documented defaults, with the origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from advisor.cost.assumption_table import assumption_table
from advisor.cost.hardware import device
from advisor.cost.ranges import Range
from advisor.errors import AdvisorError, Problem, nearest

if TYPE_CHECKING:
    from advisor.cost.numbers import Numbers
    from advisor.cost.prices import Prices
    from advisor.cost.reading import Folders

Origin = Literal["yours", "answer", "default"]


class Assumption(NamedTuple):
    """One assumption as it was used: a range (exact when all ends are equal) or a text, and where it comes from."""

    id: str
    about: str
    unit: str
    value: Range | str
    origin: Origin
    source: str
    default: Range | str


@dataclass
class Assumptions:
    """All assumptions of an estimate, and which of them were used."""

    all: dict[str, Assumption]
    used: dict[str, Assumption] = field(default_factory=dict)

    def range(self, name: str) -> Range:
        """Return a numeric assumption and remember that it was used."""
        value = self._use(name).value
        if not isinstance(value, Range):
            raise TypeError(f"assumption '{name}' is a text")
        return value

    def number(self, name: str) -> float:
        """Return the middle of a numeric assumption."""
        return self.range(name).mid

    def text(self, name: str) -> str:
        """Return a text assumption."""
        return str(self._use(name).value)

    def _use(self, name: str) -> Assumption:
        found = self.all[name]
        self.used.setdefault(name, found)
        return found


def resolve(
    stated: Mapping[str, Any], facts: Mapping[str, Any], prices: Prices, *, rules: Folders | None = None
) -> Assumptions:
    """Return every assumption. Raises AdvisorError for unknown names and values that can't be used, all at once."""
    table = assumption_table(rules)
    rows = [*table["numbers"], *table["prices"], *table["texts"]]
    names = [row["id"] for row in rows]
    problems = [
        Problem(f"unknown assumption '{name}'", "assumptions", None, nearest(name, names))
        for name in stated
        if name not in names
    ]
    found: dict[str, Assumption] = {}
    for row in rows:
        try:
            found[row["id"]] = _resolved(row, stated, facts, prices, table)
        except ValueError as error:
            problems.append(Problem(f"assumption '{row['id']}' {error}", "assumptions"))
    if problems:
        raise AdvisorError(problems)
    return Assumptions(found)


def check_names(assumptions: Assumptions, numbers: Numbers, prices: Prices, *, rules: Folders | None = None) -> None:
    """Raise AdvisorError where a stated text names a GPU or something with a price that there is not."""
    problems = []
    for row in assumption_table(rules)["texts"]:
        stated = assumptions.all[row["id"]]
        if "names" not in row or stated.origin != "yours" or stated.value == row["value"]:
            continue
        try:
            if row["names"] == "gpu":
                device(numbers, str(stated.value))
            else:
                prices.one(row["names"], str(stated.value))
        except AdvisorError as error:
            what = error.problems[0]
            problems.append(Problem(f"assumption '{row['id']}': {what.message}", "assumptions", None, what.suggestion))
    if problems:
        raise AdvisorError(problems)


def _resolved(
    row: Mapping[str, Any],
    stated: Mapping[str, Any],
    facts: Mapping[str, Any],
    prices: Prices,
    table: Mapping[str, Any],
) -> Assumption:
    default, source = _default(row, facts, prices, table)
    origin: Origin = "default"
    value: Range | str = default
    fact = str(row.get("fact", ""))
    if row["id"] in stated:
        value, origin, source = _stated(stated[row["id"]], row, default), "yours", "stated by you"
    elif fact in facts and isinstance(facts[fact], int | float) and not isinstance(facts[fact], bool):
        value, origin, source = Range.exact(max(0.0, float(facts[fact]))), "answer", "your answer"
    elif _by_answer(row, facts) is not None:
        origin, source = "answer", f"{source}, by your answers"
    return Assumption(row["id"], row["about"], row.get("unit", ""), value, origin, source, default)


def _default(
    row: Mapping[str, Any], facts: Mapping[str, Any], prices: Prices, table: Mapping[str, Any]
) -> tuple[Range | str, str]:
    if "kind" in row:
        item = row["item"]
        if row["id"] == "label_usd":
            item = next((k["item"] for k in table["label_kinds"] if _holds(k["when"], facts)), item)
        price = prices.one(row["kind"], item)
        return price.range, price.origin()
    if isinstance(row.get("value"), str):
        return row["value"], row["source"]
    by_answer = _by_answer(row, facts)
    if by_answer is not None:
        return by_answer, row["source"]
    if "value" in row:
        return Range.exact(float(row["value"])), row["source"]
    return Range(float(row["low"]), float(row["mid"]), float(row["high"])), row["source"]


def _by_answer(row: Mapping[str, Any], facts: Mapping[str, Any]) -> Range | None:
    """Return the default that a choice sets, such as the size of a model by its tier, or None."""
    value = row.get("values", {}).get(str(facts.get(str(row.get("by", "")))))
    return None if value is None else _read_range(value)


def _holds(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return all(facts.get(fact) == value for fact, value in condition.items())


def _stated(value: Any, row: Mapping[str, Any], default: Range | str) -> Range | str:
    """Return a value that a user states. Raises ValueError, with what was expected, when it can't be used."""
    if isinstance(default, str):
        if isinstance(value, bool):
            return "yes" if value else "no"
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"expects a text such as {default}, not {value!r}")
        return value.strip()
    found = _read_range(value)
    if found is None:
        raise ValueError(f"expects a number, [low, high] or [low, mid, high], not {value!r}")
    if not found.low >= row.get("minimum", 0) or not found.high <= row.get("maximum", 1e15):
        limits = f"at least {row.get('minimum', 0):g}" + (
            f" and at most {row['maximum']:g}" if "maximum" in row else ""
        )
        raise ValueError(f"must be {limits}, not {value!r}")
    return found


def _read_range(value: Any) -> Range | None:
    if isinstance(value, Mapping):
        value = [value.get("low"), value.get("mid"), value.get("high")]
    ends = value if isinstance(value, list | tuple) else [value]
    if not 1 <= len(ends) <= 3 or any(isinstance(e, bool) or not isinstance(e, int | float) for e in ends):
        return None
    low, high = float(ends[0]), float(ends[-1])
    mid = float(ends[1]) if len(ends) == 3 else ((low * high) ** 0.5 if low > 0 else (low + high) / 2)
    try:
        return Range(low, mid, high)
    except ValueError:
        return None


def parse_assumption(text: str) -> tuple[str, Any]:
    """Return name and value of `name=value`, where a value may be `1`, `1,2`, `1,2,3` or a text.

    Raises AdvisorError when there is no `=`.
    """
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise AdvisorError(Problem(f"expected name=value, not '{text}'", "--assume"))
    parts = [part.strip().replace("_", "") for part in value.split(",")]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return name.strip(), value.strip()
    return name.strip(), numbers[0] if len(numbers) == 1 else numbers
