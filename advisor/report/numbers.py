"""Numbers as a report shows them."""

from __future__ import annotations

from typing import Final

from advisor.explain import percent

_SURE: Final = 0.995
MINUS: Final = "\N{MINUS SIGN}"


def probability(value: float) -> str:
    """Return a probability as a percentage that never claims certainty: over 99%, under 1%; 0% only for exactly 0."""
    if value >= _SURE:
        return "over 99%"
    return "under 1%" if 0 < value < 1 - _SURE else percent(value)


def signed_weight(weight: float) -> str:
    """Return a weight of evidence with its sign, such as +2.1, with a true minus sign."""
    return f"{MINUS if weight < 0 else '+'}{abs(weight):.1f}"


def severity(value: float) -> str:
    """Return a severity from 0 to 1 with two decimals."""
    return f"{value:.2f}"
