"""Building an estimate: the setting, every option, the break-even points, and the budgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from advisor.cost.api_prices import library_version
from advisor.cost.assumption_table import assumption_table
from advisor.cost.estimate.assumptions import Assumption, Assumptions, check_names, resolve
from advisor.cost.estimate.budget import budget_checks
from advisor.cost.estimate.compare import break_evens, cheapest_of, first_sentence, last_overtaken
from advisor.cost.estimate.curves import Curve, Middles, curve_of
from advisor.cost.estimate.lines import lines_of
from advisor.cost.estimate.models import intended_model, stronger_model
from advisor.cost.estimate.options import INSTEAD, PLAN, Option, hosted_allowed, plan_option, standard_options
from advisor.cost.estimate.saving import saving_of
from advisor.cost.estimate.setting import Setting
from advisor.cost.estimate.summary import summary_of
from advisor.cost.estimate.totals import combined, cost_lines
from advisor.cost.numbers import load_numbers
from advisor.cost.prices import load_prices
from advisor.cost.services import months_left
from advisor.cost_result import AssumptionUsed, CostEstimate, CostLine, Money, OptionCost, Saving
from advisor.errors import AdvisorError
from advisor.wording import format_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.cost.estimate.line import Line
    from advisor.cost.estimate.request import EstimateRequest
    from advisor.cost.prices import Price
    from advisor.cost.ranges import Range
    from advisor.cost.reading import Folders


@dataclass(frozen=True)
class Priced:
    """An option with its result, and its total as a function of the volume when it could be priced."""

    option: Option
    cost: OptionCost
    curve: Curve | None


def estimate(request: EstimateRequest, *, rules: Folders | None = None, draws: int = 0, seed: int = 1) -> CostEstimate:
    """Return the cost of all options on one horizon; with `draws`, also probabilities and intervals by sampling.

    Uses no clock and no network. Raises AdvisorError for unknown assumptions and, when strict, for an unknown model.
    """
    setting = setting_of(request, rules=rules)
    options = options_of(request)
    volume = setting.assumptions.number("requests_per_month")
    priced = [priced_option(option, setting, volume) for option in options]
    costs = tuple(each.cost for each in priced)
    cheapest = cheapest_of(costs)
    curves = {each.option.id: each.curve for each in priced if each.curve is not None}
    comparisons = break_evens(costs, curves, cheapest, volume)
    below = last_overtaken(costs, curves, cheapest, volume)
    recommended = PLAN if any(option.id == PLAN for option in options) else None
    sampling = None
    warnings = _warnings(setting, costs)
    if draws and cheapest:
        try:
            from advisor.cost.estimate.sampling import sampled
        except ModuleNotFoundError:
            warnings = (*warnings, "probabilities need numpy, which is not installed: only ranges are given")
        else:
            sampling, comparisons = sampled(setting, options, priced, cheapest, comparisons, draws=draws, seed=seed)
    table = assumption_table(rules)
    horizon = setting.assumptions.number("horizon_months")
    assumed = setting.assumptions.all["requests_per_month"].origin == "default"
    budgets = budget_checks(costs, request.facts, recommended or cheapest, request.ranking)
    saving = None if setting.on_device else saving_of(costs, curves, volume, horizon)
    return CostEstimate(
        as_of=request.as_of,
        horizon_months=horizon,
        requests_per_month=volume,
        sentence=first_sentence(costs, cheapest, comparisons, below, volume, horizon, assumed=assumed),
        summary=summary_of(costs, recommended, budgets, saving),
        cheapest=cheapest,
        recommended=recommended,
        saving=saving,
        options=costs,
        break_even=comparisons,
        overtaken=below,
        budgets=budgets,
        assumptions=tuple(_shown(each) for each in setting.assumptions.used.values()),
        unpriced=(*table["never_priced"], *dict.fromkeys(u for cost in costs for u in cost.unpriced)),
        warnings=warnings,
        sources=_sources(costs),
        price_dates=_price_dates(setting, costs),
        sampling=sampling,
    )


def estimated_saving(request: EstimateRequest, *, rules: Folders | None = None) -> Saving | None:
    """Return what `estimate` says of the saving that pays for the plan, pricing nothing but the two plans for it."""
    setting = setting_of(request, rules=rules)
    if setting.on_device:
        return None
    number = setting.assumptions.number
    volume, horizon = number("requests_per_month"), number("horizon_months")
    priced = [priced_option(option, setting, volume) for option in _plans_of(request)]
    curves = {each.option.id: each.curve for each in priced if each.curve is not None}
    return saving_of([each.cost for each in priced], curves, volume, horizon)


def setting_of(request: EstimateRequest, *, rules: Folders | None = None) -> Setting:
    """Return what the lines are computed from. Raises AdvisorError for unknown assumptions and, when strict, models."""
    numbers, prices, table = load_numbers(rules), load_prices(rules), assumption_table(rules)
    assumptions = resolve(request.assumptions, request.facts, prices, rules=rules)
    check_names(assumptions, numbers, prices, rules=rules)
    intended = intended_model(
        table,
        request.facts,
        request.as_of,
        provider=request.provider,
        name=request.model,
        own=request.own_prices,
        strict=request.strict,
    )
    return Setting(
        facts=request.facts,
        assumptions=assumptions,
        numbers=numbers,
        prices=prices,
        as_of=request.as_of,
        intended=intended,
        stronger=stronger_model(table, intended, request.as_of),
        hosted_allowed=hosted_allowed(request.facts),
    )


def options_of(request: EstimateRequest) -> tuple[Option, ...]:
    """Return the options to compare, the plans of the use case first."""
    return (*_plans_of(request), *standard_options(hosted_allowed=hosted_allowed(request.facts)))


def _plans_of(request: EstimateRequest) -> tuple[Option, ...]:
    """Return the plan, and the one that would be best if nothing promised a saving."""
    plans = {PLAN: request.techniques if request.approach or request.techniques else None, INSTEAD: request.instead}
    return tuple(
        plan_option(techniques, request.facts, hosted_allowed=hosted_allowed(request.facts), name=name)
        for name, techniques in plans.items()
        if techniques is not None
    )


def priced_option(option: Option, setting: Setting, volume: float) -> Priced:
    """Return the cost of one option; blocked or unpriced with the reason where it can't be had or priced."""
    horizon = setting.assumptions.number("horizon_months")
    blocked = _blocked(option, setting)
    if blocked:
        return Priced(option, _without(option, "blocked", blocked, horizon), None)
    try:
        lines = lines_of(option, setting, setting.amounts())
        middles = lines_of(option, setting, Middles(setting.amounts()))
    except AdvisorError as error:
        return Priced(option, _without(option, "unpriced", str(error), horizon), None)
    missing = _missing_price(option, setting)
    if missing:
        return Priced(option, _without(option, "unpriced", missing, horizon), None)
    months, flags = _life(option, setting, horizon)
    requests = setting.assumptions.range("volume_spread") * setting.assumptions.range("requests_per_month")
    shown = cost_lines(lines, volume, requests, months)
    cost = _summed(option, lines, shown, months, flags, _unpriced(option, setting))
    return Priced(option, cost, curve_of(middles, months, 1.0 * setting.assumptions.number("volume_spread")))


def _summed(
    option: Option,
    lines: tuple[Line, ...],
    shown: tuple[CostLine, ...],
    months: float,
    flags: tuple[str, ...],
    unpriced: tuple[str, ...],
) -> OptionCost:
    def total(phases: tuple[str, ...], of: str, digits: int = 2) -> Money:
        chosen = [(line, show) for line, show in zip(lines, shown, strict=True) if line.phase in phases]
        parts: list[Money] = [show.amount if of == "amount" else show.total for _, show in chosen]
        return combined([line for line, _ in chosen], parts, digits)

    running = total(("monthly", "request"), "total")
    return OptionCost(
        id=option.id,
        name=option.name,
        status="priced",
        months=months,
        upfront=total(("upfront",), "amount"),
        monthly=total(("monthly",), "amount"),
        per_request=total(("request",), "amount", 8),
        total=total(("upfront", "monthly", "request"), "total"),
        running=Money(
            low=round(running.low / months, 2), mid=round(running.mid / months, 2), high=round(running.high / months, 2)
        )
        if months
        else None,
        lines=shown,
        flags=flags,
        unpriced=unpriced,
    )


def _without(option: Option, status: Literal["blocked", "unpriced"], reason: str, months: float) -> OptionCost:
    return OptionCost(id=option.id, name=option.name, status=status, reason=reason, months=months)


def _blocked(option: Option, setting: Setting) -> str:
    """Return why an option can't be had, or nothing."""
    if option.tuning == "hosted" and not setting.hosted_allowed:
        return "the model must run where you control it, so that no provider can tune and host it"
    if option.tuning == "hosted" and not setting.tuned.availability.open:
        return f"fine-tuning at {setting.tuned.provider}: {setting.tuned.availability.reason}"
    if option.tuning and setting.facts.get("training_access") == "none":
        return "weights can't be changed, as you answered"
    if option.stronger and setting.facts.get("can_upgrade_model") is False:
        return "the model can't be changed, as you answered"
    if option.tuning == "hosted" and months_left(setting.as_of, setting.tuned.ends, 1e9) <= 0:
        return f"the base model of {setting.tuned.provider} ended on {setting.tuned.ends}"
    return ""


def _missing_price(option: Option, setting: Setting) -> str:
    if option.tuning == "hosted" and setting.tuned.training is None:
        return setting.tuned.training_source
    if not option.tuning and setting.hosted_allowed and setting.model_of(option).prices is None:
        return setting.model_of(option).reason
    return ""


def _life(option: Option, setting: Setting, horizon: float) -> tuple[float, tuple[str, ...]]:
    """Return for how many months an option can be used, and a flag when that is less than the horizon."""
    if option.tuning != "hosted" or setting.tuned.ends is None:
        return horizon, ()
    months = months_left(setting.as_of, setting.tuned.ends, horizon)
    if months >= horizon:
        return horizon, ()
    text = f"the base of the tuned model ends on {setting.tuned.ends}: costed for the {months:.1f} months that remain"
    return months, (text,)


def _unpriced(option: Option, setting: Setting) -> tuple[str, ...]:
    found = []
    if setting.on_device:
        found.append("the devices on which the model runs")
    if option.tools:
        found.append("the systems that the tools call")
    if option.retrieval and setting.facts.get("access_control") is True:
        found.append("carrying the access rights of documents into the index")
    return tuple(found)


def _warnings(setting: Setting, costs: Iterable[OptionCost]) -> tuple[str, ...]:
    rows = _rows_used(setting, costs)
    notes = [f"{cost.name}: {flag}" for cost in costs for flag in cost.flags]
    models = [note for model in (setting.intended, setting.stronger) if model.prices for note in model.prices.notes]
    return (*notes, *models, *setting.prices.stale(setting.as_of, iter(rows)))


def _rows_used(setting: Setting, costs: Iterable[OptionCost]) -> list[Price]:
    """Return the dated prices on which lines rest; a line may name several."""
    used = {line.source for cost in costs for line in cost.lines}
    return [row for row in setting.prices.rows if any(row.origin() in source for source in used)]


def _price_dates(setting: Setting, costs: Iterable[OptionCost]) -> dict[str, str]:
    """Return from when the prices are that were used: those of the package, and the oldest of each other kind."""
    dates = {}
    models = [model.prices for model in (setting.intended, setting.stronger) if model.prices]
    if any(prices.provider != "own" for prices in models):
        dates[f"genai-prices {library_version()}"] = str(setting.as_of)
    for row in sorted(_rows_used(setting, costs), key=lambda row: (row.kind, str(row.as_of or ""))):
        if row.as_of is not None:
            dates.setdefault(row.kind.replace("_", " "), str(row.as_of))
    return dates


def _sources(costs: Iterable[OptionCost]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.source for cost in costs for line in cost.lines if line.source))


def _shown(each: Assumption) -> AssumptionUsed:
    value, default = each.value, each.default
    words = default if isinstance(default, str) else _words(default)
    low, mid, high = (None, None, None) if isinstance(value, str) else (value.low, value.mid, value.high)
    return AssumptionUsed(
        id=each.id,
        about=each.about,
        unit=each.unit,
        low=low,
        mid=mid,
        high=high,
        text=value if isinstance(value, str) else None,
        origin=each.origin,
        source=each.source,
        default=words,
    )


def _words(value: Range) -> str:
    low, mid, high = (format_number(end) for end in (value.low, value.mid, value.high))
    return mid if value.low == value.high else f"{mid} ({low} to {high})"


__all__ = ["Assumptions", "Priced", "estimate", "options_of", "priced_option", "setting_of"]
