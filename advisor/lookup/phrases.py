"""Weights, answers and directions in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from advisor.wording import counted, format_number

if TYPE_CHECKING:
    from advisor.facts import Direction, Fact


def weight_in_words(weight: float) -> str:
    """Return a weight in log-odds with what it does to the odds."""
    if not weight:
        return "0 (it counts for nothing)"
    does = "multiplies" if weight > 0 else "divides"
    return f"{weight:+g} (log-odds; {does} the odds by {math.exp(abs(weight)):.1f})"


def answers_in_words(fact: Fact) -> tuple[str, ...]:
    """Return the answers that a fact takes, one by one, or the kind of number."""
    if fact.kind == "choice":
        return tuple(f"{option.id}: {option.label}. {option.about}" for option in fact.options)
    if fact.kind == "flag":
        return ("true: yes", "false: no")
    most = "" if fact.maximum is None else f" to {format_number(fact.maximum)}"
    whole = "whole number" if fact.integer else "number"
    return (f"a {whole} of {fact.unit}, from {format_number(fact.minimum)}{most}",)


def direction_in_words(fact: Fact, direction: Direction) -> str:
    """Return one direction that the rules keep, in words."""
    if direction.order is not None:
        along = "along " + ", ".join("yes" if s is True else "no" if s is False else s for s in direction.order)
    elif fact.kind == "number":
        start = "" if direction.start is None else f" from {counted(direction.start, fact.unit or '', fact.unit or '')}"
        along = f"as the number grows{start}"
    else:
        along = "along the answers as listed"
    never = "falls" if direction.lead == "rises" else "rises"
    return f"what speaks for {direction.intervention} never {never} {along}"
