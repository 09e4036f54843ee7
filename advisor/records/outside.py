"""What a decision rests on outside the rules: price files and services."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from advisor.cost.prices import load_prices
from advisor.cost.services import fine_tuning_at

if TYPE_CHECKING:
    from datetime import date

    from advisor.rules import RulePack
    from advisor.use_case import UseCase


def price_state(pack: RulePack, use_case: UseCase, day: date) -> tuple[dict[str, str], dict[str, str]]:
    """Return the newest date and a hash of every kind of price, and the state of fine-tuning at the named provider."""
    prices = load_prices(pack.cost_folders)
    kinds: dict[str, list[str]] = {}
    dates: dict[str, str] = {}
    for row in prices.rows:
        kinds.setdefault(row.kind, []).append(repr((row.item, row.provider, sorted(row.figures.items()), row.texts)))
        dates[row.kind] = max(dates.get(row.kind, ""), str(row.as_of or ""))
    found = {
        kind: f"{dates[kind] or 'undated'} {hashlib.sha256('|'.join(rows).encode()).hexdigest()[:8]}"
        for kind, rows in sorted(kinds.items())
    }
    provider = use_case.model.provider if use_case.model else None
    if provider is None:
        return found, {}
    service = fine_tuning_at(prices, provider, day)
    return found, {provider: "open" if service.open else service.reason.partition(". ")[0]}


def service_end(pack: RulePack, use_case: UseCase) -> date | None:
    """Return the day on which fine-tuning at the named provider ends, where it is known."""
    provider = use_case.model.provider if use_case.model else None
    if provider is None:
        return None
    return fine_tuning_at(load_prices(pack.cost_folders), provider, pack.as_of).ends
