"""The options that an estimate compares, and how a recommended plan becomes one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Tuning = Literal["hosted", "self_hosted"]
_TUNED = {
    "sft",
    "lora",
    "qlora",
    "full_fine_tuning",
    "dpo",
    "rlhf",
    "continued_pretraining",
    "distillation",
    "prompt_tuning",
}
_RETRIEVAL = {"rag", "web_search"}
_STRONGER = {"stronger_model", "specialised_model"}
PLAN = "recommended_plan"
INSTEAD = "without_training"
PLANS = (PLAN, INSTEAD)
"""Plans of this use case, which are combinations of the options that are always compared."""


_NAMES = {PLAN: "The recommended plan", INSTEAD: "The best plan without training"}


class Option(NamedTuple):
    """What an option consists of, as far as its cost depends on it."""

    id: str
    name: str
    retrieval: bool = False
    web_search: bool = False
    tuning: Tuning | None = None
    method: Literal["lora", "qlora", "full"] = "lora"
    preference: bool = False
    pretraining: bool = False
    teacher: bool = False
    stronger: bool = False
    few_shot: bool = False
    long_context: bool = False
    tools: bool = False


def standard_options(*, hosted_allowed: bool) -> tuple[Option, ...]:
    """Return the options that are always compared; without hosted models, both parts of the last run on own GPUs."""
    both: Tuning = "hosted" if hosted_allowed else "self_hosted"
    return (
        Option("prompting", "Prompting", few_shot=True),
        Option("rag", "Retrieval", retrieval=True),
        Option("fine_tuning_hosted", "Fine-tuning at a provider", tuning="hosted"),
        Option("fine_tuning_lora", "Own fine-tuning with LoRA", tuning="self_hosted", method="lora"),
        Option("fine_tuning_qlora", "Own fine-tuning with QLoRA", tuning="self_hosted", method="qlora"),
        Option("fine_tuning_full", "Own full fine-tuning", tuning="self_hosted", method="full"),
        Option("rag_and_fine_tuning", "Retrieval and fine-tuning", retrieval=True, tuning=both),
        Option("stronger_model", "A stronger model", stronger=True),
    )


def approach_of(option: str) -> str:
    """Return the approach that an option belongs to; the ways to tune are one approach."""
    return "fine_tuning" if option.startswith("fine_tuning") else option


def plan_option(
    techniques: Iterable[str], facts: Mapping[str, Any], *, hosted_allowed: bool, name: str = PLAN
) -> Option:
    """Return a plan as an option: its techniques decide what is paid for.

    Unknown techniques cost nothing of their own. Changed weights are hosted by a provider unless the model must run on
    own machines or the team trains on own GPUs.
    """
    chosen = set(techniques)
    option = Option(
        name,
        _NAMES[name],
        retrieval="rag" in chosen,
        web_search="web_search" in chosen,
        stronger=bool(chosen & _STRONGER),
        few_shot="few_shot" in chosen,
        long_context="long_context" in chosen,
        tools="tools" in chosen,
        preference=bool(chosen & {"dpo", "rlhf"}),
        pretraining="continued_pretraining" in chosen,
        teacher="distillation" in chosen,
    )
    if not chosen & _TUNED:
        return option
    own = not hosted_allowed or facts.get("training_access") == "own_gpus"
    method: Literal["lora", "qlora", "full"] = "lora"
    if "full_fine_tuning" in chosen:
        method = "full"
    elif "qlora" in chosen:
        method = "qlora"
    return option._replace(tuning="self_hosted" if own else "hosted", method=method)


def hosted_allowed(facts: Mapping[str, Any]) -> bool:
    """Return whether a hosted model may be used: not when the model must run on own machines or devices."""
    return facts.get("deployment") not in ("private_cloud", "on_premises", "on_device")
