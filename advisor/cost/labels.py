"""Cost of labels and of people's time.

Units: USD, examples, days. Prices: `rules/prices/labour.yaml` (assumptions, except where a source is given).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.cost.ranges import Range


def labels_usd(
    examples: float, usd_per_example: Range, *, passes: Range | float = 1.0, quality: Range | float = 1.0
) -> Range:
    """Return USD: `examples x passes x price x quality`, where quality covers guidelines, pilot and rejected labels."""
    return usd_per_example * passes * quality * examples


def demonstrations_usd(examples: float, minutes_each: Range, usd_per_hour: Range) -> Range:
    """Return USD for examples written by staff: `examples x minutes / 60 x hourly rate`."""
    return minutes_each * usd_per_hour * (examples / 60)


def missing_examples(needed: float, available: float) -> float:
    """Return how many examples must still be made."""
    return max(0.0, needed - available)


def people_usd(days: Range, usd_per_day: Range) -> Range:
    """Return USD for people's days."""
    return days * usd_per_day
