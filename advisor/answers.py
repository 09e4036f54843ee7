"""Answers to the questionnaire: which are valid, what a person meant, and how an answer reads."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from advisor.errors import AdvisorError, Problem
from advisor.validation import nearest_name
from advisor.wording import counted, format_number, kind_of, quoted

if TYPE_CHECKING:
    from advisor.facts import Fact, FactValue

_LARGEST: Final = 1e15  # beyond any real count; keeps products of a few answers exact and finite
_TRUE_WORDS: Final = ("yes", "y", "true", "on")
_FALSE_WORDS: Final = ("no", "n", "false", "off")


def check_value(fact: Fact, value: object) -> Problem | None:
    """Return what is wrong with an answer (without a place), or None when it is valid."""
    if fact.kind == "choice":
        return _check_choice(fact, value)
    if fact.kind == "flag":
        return _check_flag(fact, value)
    return _check_number(fact, value)


def _check_choice(fact: Fact, value: object) -> Problem | None:
    if isinstance(value, str) and value in fact.option_ids:
        return None
    message = f"{fact.id}: {_shown(value)} is no valid answer; expected one of {', '.join(fact.option_ids)}"
    return Problem(message, suggestion=_nearest_option(fact, value))


def _nearest_option(fact: Fact, value: object) -> str | None:
    """Return the option whose id, or else whose label, a text most likely stands for."""
    if not isinstance(value, str):
        return None
    by_id = nearest_name(re.sub(r"[\s-]+", "_", value.strip()), fact.option_ids)
    label = nearest_name(value, tuple(option.label for option in fact.options))
    return by_id or next((option.id for option in fact.options if option.label == label), None)


def _check_flag(fact: Fact, value: object) -> Problem | None:
    if isinstance(value, bool):
        return None
    meant = _flag_meant(value)
    return _not_a(fact, "true or false", value, None if meant is None else str(meant).lower())


def _not_a(fact: Fact, wanted: str, value: object, suggestion: str | None) -> Problem:
    """Return the problem of an answer of the wrong kind."""
    if value is not None and value == suggestion:  # right but for its quotes
        wanted, suggestion = f"{wanted} without quotes", None
    return Problem(f"{fact.id}: expected {wanted}, not {_shown(value)}", suggestion=suggestion)


def _flag_meant(value: object) -> bool | None:
    word = value.strip().lower() if isinstance(value, str) else value
    if word in _TRUE_WORDS or (word == 1 and not isinstance(word, float)):
        return True
    if word in _FALSE_WORDS or (word == 0 and not isinstance(word, float)):
        return False
    return None


def _check_number(fact: Fact, value: object) -> Problem | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        meant = _number_meant(fact, value) if isinstance(value, str) else None
        valid = meant is not None and _check_number(fact, meant) is None
        suggestion = _plain_number(meant) if valid and meant is not None else None
        return _not_a(fact, _expected_number(fact), value, suggestion)
    largest = _LARGEST if fact.maximum is None else fact.maximum
    if isinstance(value, float) and not math.isfinite(value):
        wanted = _expected_number(fact)
    elif value < fact.minimum:
        wanted = f"at least {format_number(fact.minimum)}"
    elif value > largest:
        wanted = f"at most {format_number(largest)}"
    elif fact.integer and value != int(value):
        wanted = "a whole number"
    else:
        return None
    return Problem(f"{fact.id}: expected {wanted}, not {quoted(value)}", suggestion=_as_share(fact, value))


def _as_share(fact: Fact, value: float) -> str | None:
    """Return the fraction that was meant where a percentage was given."""
    return _plain_number(value / 100) if _is_share(fact) and 1 < value <= 100 else None


def _is_share(fact: Fact) -> bool:
    return fact.unit is not None and fact.unit.startswith("fraction")


def _expected_number(fact: Fact) -> str:
    if _is_share(fact):
        return "a fraction from 0 to 1, such as 0.25"
    if fact.unit is not None and fact.unit.startswith("USD"):
        return f"an amount in {fact.unit}"
    return f"a number of {fact.unit}"


def _shown(value: object) -> str:
    return quoted(value) if value is None or isinstance(value, (str, int, float)) else kind_of(value)


def parse_value(fact: Fact, text: str, source: str = "") -> FactValue:
    """Return the answer in a person's words: an option's id or label, yes or no, or a number like 10k or 25%.

    Raises AdvisorError, placed at `source`, when the text is no valid answer.
    """
    value = _value_meant(fact, text.strip())
    problem = check_value(fact, text if value is None else value)
    if problem is not None:
        raise AdvisorError(Problem(problem.message, source, None, problem.suggestion))
    assert value is not None  # noqa: S101 - check_value accepts no answer of None
    return value


def _value_meant(fact: Fact, text: str) -> FactValue | None:
    if fact.kind == "flag":
        return _flag_meant(text)
    if fact.kind == "number":
        return _number_meant(fact, text)
    words = text.lower()
    identifier = re.sub(r"[\s-]+", "_", words)
    return next((o.id for o in fact.options if identifier == o.id or words == o.label.lower()), None)


_NUMBER_TEXT = re.compile(
    r"""\$?\s*(?P<digits>\d+(?:[,_]\d{3})*(?:\.\d+)?|\.\d+)(?P<power>[eE][+-]?\d{1,3})?\s*
    (?P<scale>[kK]|M|B|bn|thousand|million|billion|%)?\s*(?P<unit>[A-Za-z ]*)""",
    re.VERBOSE,
)
_SCALES: Final = {
    "k": 1e3,
    "K": 1e3,
    "thousand": 1e3,
    "M": 1e6,
    "million": 1e6,
    "B": 1e9,
    "bn": 1e9,
    "billion": 1e9,
}
_TIMES: Final = {
    "milliseconds": (("ms millisecond milliseconds", 1), ("s sec second seconds", 1e3), ("min minute minutes", 6e4)),
    "weeks": (("day days", 1 / 7), ("week weeks", 1), ("month months", 52 / 12), ("year years", 52)),
}
"""For units of time, the words that people use and how many of the unit each is."""


def _number_meant(fact: Fact, text: str) -> int | float | None:
    """Return the number in a text such as `10k`, `2 million tokens`, `$5,000`, `25%` or `2 s`."""
    found = _NUMBER_TEXT.fullmatch(text.strip())
    if found is None:
        return None
    factor = _unit_factor(fact, found["unit"].strip())
    if factor is None or (found["scale"] == "%" and not _is_share(fact)):
        return None
    digits = re.sub("[,_]", "", found["digits"]) + (found["power"] or "")
    scale = 0.01 if found["scale"] == "%" else _SCALES.get(found["scale"] or "", 1.0)
    # Rounded because 0.07 * 100 and the like leave dust in the last digits, and 2 months are no exact weeks.
    places = 9 if factor >= 1 and factor == int(factor) else 1
    return without_idle_decimals(round(float(digits) * scale * factor, places))


def _unit_factor(fact: Fact, unit: str) -> float | None:
    """Return the factor from this unit to the fact's own, or None where the unit is not one of the fact's."""
    own = fact.unit or ""
    if unit and own in _TIMES:
        return next((factor for words, factor in _TIMES[own] if unit.lower() in words.split()), None)
    return 1 if unit in ("", own, own.split(" ")[0], _singular(own)) else None


def without_idle_decimals(value: float) -> int | float:
    """Return a number as a whole one where it is whole."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain_number(value: float) -> str:
    """Return a number as it would be written in a file."""
    return str(without_idle_decimals(round(value, 9)))


# ---------------------------------------------------------------- answers in words


def answer_in_words(fact: Fact, value: FactValue) -> str:
    """Return a valid answer as it stands in a sentence: a label, yes or no, or a number with its unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return fact.option(value).label
    return _number_in_words(fact, value)


def _number_in_words(fact: Fact, value: float) -> str:
    unit = fact.unit or ""
    if _is_share(fact):
        return f"{format_number(round(value * 100, 6))}%"
    if unit.startswith("USD"):
        return f"${format_number(value)}" + (" a month" if "month" in unit else "")
    if unit == "milliseconds" and value >= 1000:
        return counted(value / 1000, "seconds", "second")
    return counted(value, unit, _singular(unit))


def _singular(unit: str) -> str:
    return unit[:-2] if unit.endswith("sses") else unit.removesuffix("s")
