"""All lines of one option: people, labels, training, retrieval, machines, requests, evaluation and re-training.

Amounts are USD. Each line is a formula over named quantities; whether those are ranges, numbers or arrays of draws, the
formula is the same. The amount of a line may depend on the volume (machines, a store with paid reads, the cache).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.cost.amounts import Amount, shortfall
from advisor.cost.estimate.hosting import hosting_lines
from advisor.cost.estimate.line import Amounts, Line
from advisor.cost.estimate.retrieval_lines import retrieval_lines
from advisor.cost.estimate.usage import usage_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.cost.estimate.options import Option
    from advisor.cost.estimate.setting import Setting


def lines_of(option: Option, setting: Setting, q: Amounts) -> tuple[Line, ...]:
    """Return every line of an option, in the order in which it is shown."""
    requests = (*usage_lines(option, setting, q), *retrieval_lines(option, setting, q))
    return (
        *_people(option, setting, q),
        *_labels(option, setting, q),
        *_tuning(option, setting, q),
        *requests,
        *hosting_lines(option, setting, q),
        *_evaluation(requests, setting, q),
    )


def _people(option: Option, setting: Setting, q: Amounts) -> Iterator[Line]:
    day = q["engineer_day_usd"] * q["count_people"]
    build, upkeep = _people_keys(option)
    source = setting.assumptions.all[build].source
    days = q[build]
    if option.stronger:
        days = days + q["build_days_stronger_model"]
    yield Line("people_build", "People: until the first release", "upfront", "people", days * day, source)
    months = q[upkeep[0]]
    for name in upkeep[1:]:
        months = months + q[name]
    yield Line(
        "people_upkeep", "People: upkeep", "monthly", "people", months * day, setting.assumptions.all[upkeep[0]].source
    )


def _people_keys(option: Option) -> tuple[str, tuple[str, ...]]:
    searches = option.retrieval or option.web_search
    if option.tuning and searches:
        return "build_days_rag_and_tuning", ("upkeep_days_rag", f"upkeep_days_{option.tuning}_tuning")
    if option.tuning:
        return f"build_days_{option.tuning}_tuning", (f"upkeep_days_{option.tuning}_tuning",)
    if searches:
        return "build_days_rag", ("upkeep_days_rag",)
    return "build_days_prompting", ("upkeep_days_prompting",)


def _labels(option: Option, setting: Setting, q: Amounts) -> Iterator[Line]:
    each = q["label_usd"] * q["label_quality"] * q["label_passes"]
    source = setting.assumptions.all["label_usd"].source
    if option.tuning:
        labels = _missing(q, setting, "training_examples", "labeled_examples") * each * q["count_labels"]
        yield Line("labels", "Labels for training", "upfront", "labels", labels, source)
    if option.tuning and option.preference:
        pairs = _missing(q, setting, "preference_pairs_needed", "preference_pairs")
        usd = pairs * q["preference_label_usd"] * q["label_quality"] * q["count_labels"]
        yield Line("preference_labels", "Preference pairs", "upfront", "labels", usd, source)
    if setting.facts.get("evaluation_set") is not True:
        cases = _missing(q, setting, "evaluation_examples", "test_examples")
        usd = cases * each * q["count_evaluation"]
        yield Line("evaluation_set", "Evaluation: labeled test cases", "upfront", "labels", usd, source)


def _missing(q: Amounts, setting: Setting, needed: str, available: str) -> Amount:
    """Return how many examples must still be made."""
    return shortfall(q[needed], setting.assumptions.number(available))


def _tuning(option: Option, setting: Setting, q: Amounts) -> Iterator[Line]:
    if not option.tuning:
        return
    if option.teacher and setting.stronger.prices:
        tokens = setting.stronger.prices.tokens
        example = q["input_tokens"] * (tokens.fresh / 1e6) + q["output_tokens"] * (tokens.output / 1e6)
        usd = example * q["training_examples"]
        yield Line("teacher", "Examples made by a stronger model", "upfront", "training", usd, setting.stronger.name)
    run, source = _run_usd(option, setting, q)
    if run is None:
        return
    yield Line("training", "Training, all runs", "upfront", "training", run * q["training_runs"], source)
    again = q["retrainings_per_year"] * (1 / 12) * q["count_retraining"]
    yield Line("retraining", "Re-training: runs", "monthly", "training", run * again, source)
    labels = q["training_examples"] * q["new_label_share"] * q["label_usd"] * q["label_quality"] * q["count_labels"]
    yield Line("retraining_labels", "Re-training: new labels", "monthly", "labels", labels * again, source)


def _run_usd(option: Option, setting: Setting, q: Amounts) -> tuple[Amount | None, str]:
    """Return USD of one training run and the origin of the price; None where no price is known."""
    prompt = q["instruction_tokens"] * q["tuned_prompt_share"]
    millions = (prompt + q["input_tokens"] + q["output_tokens"]) * q["training_examples"] * q["epochs"] * 1e-6
    if option.preference:
        millions = millions + q["preference_pairs_needed"] * (2e-6 * setting.example_tokens())
    if option.pretraining:
        millions = millions + q["corpus_tokens"] * 1e-6
    if option.tuning == "hosted":
        if setting.tuned.training is None:
            return None, setting.tuned.training_source
        price = q[setting.driver(f"training_usd:{setting.tuned.provider}", setting.tuned.training)]
        return millions * price, setting.tuned.training_source
    machine = setting.training(option)
    key = f"{option.method}:{machine.device}x{machine.n_gpus}"
    hours = millions * q[setting.driver(f"train_hours:{key}", machine.hours_per_mtok)]
    fixed = q[setting.driver("fixed_minutes", setting.numbers.range("training", "fixed_minutes"))]
    price = q[setting.driver(f"gpu_usd:{machine.device}", machine.usd_hour)]
    return (hours + fixed * (machine.n_gpus / 60)) * price * q[
        "gpu_overhead"
    ], f"{machine.n_gpus} x {machine.device}: {machine.source}"


def _evaluation(requests: tuple[Line, ...], setting: Setting, q: Amounts) -> Iterator[Line]:
    """Yield the monthly evaluation runs: each case is answered, and judged by the intended model."""
    cases = q["evaluations_per_month"] * q["evaluation_examples"] * q["count_evaluation"]
    each: Amount = 0.0
    for line in requests:
        if line.phase == "request" and line.at is None:
            each = each + line.amount
    if setting.intended.prices:
        tokens = setting.intended.prices.tokens
        each = each + (q["input_tokens"] + q["output_tokens"]) * (tokens.fresh / 1e6)
        each = each + q["output_tokens"] * (tokens.output / 1e6)
    yield Line("evaluation_runs", "Evaluation: runs", "monthly", "usage", cases * each, setting.intended.source)
