"""Everything that the lines of an estimate are computed from: assumptions, prices, models, machines, and the drivers.

A driver is a named uncertain quantity that several lines and options may share. `Setting.amounts()` gives them as
ranges; sampling gives them as arrays of draws, so that shared inputs get the same draw everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from advisor.cost.amounts import Amount
from advisor.cost.estimate.hardware_choice import Serving, Training, serving_choices, training_choice, undominated
from advisor.cost.estimate.models import HostedModel, TunedModel, resized, tuned_model

if TYPE_CHECKING:
    from datetime import date

    from advisor.cost.estimate.assumptions import Assumptions
    from advisor.cost.estimate.options import Option
    from advisor.cost.numbers import Numbers
    from advisor.cost.prices import Price, Prices
    from advisor.cost.prompting import TokenPrices
    from advisor.cost.ranges import Range


@dataclass
class Setting:
    """The inputs of one estimate. Building it resolves models and machines; nothing here depends on the volume."""

    facts: Mapping[str, Any]
    assumptions: Assumptions
    numbers: Numbers
    prices: Prices
    as_of: date
    intended: HostedModel
    stronger: HostedModel
    hosted_allowed: bool
    drivers: dict[str, Range] = field(default_factory=dict)
    few_machines: bool = False  # only the machines that are cheapest for some volume, which is faster for sampling
    _serving: dict[tuple[float, float, str], tuple[Serving, ...]] = field(default_factory=dict)
    _training: dict[tuple[float, str, float], Training] = field(default_factory=dict)

    def driver(self, name: str, value: Range) -> str:
        """Register an uncertain quantity under a name and return the name."""
        self.drivers.setdefault(name, value)
        return name

    def amounts(self) -> Mapping[str, Amount]:
        """Return all assumptions and drivers as ranges."""
        return Drivers(self)

    @property
    def on_device(self) -> bool:
        """Whether the model runs on the users' devices, which have no price here."""
        return self.facts.get("deployment") == "on_device"

    # ------------------------------------------------------------------ models
    def input_tokens_of(self, option: Option) -> float:
        """Return the middle of the input tokens of one request, which decides the price tier."""
        number = self.assumptions.number
        tokens = number("instruction_tokens") * (number("tuned_prompt_share") if option.tuning else 1.0)
        tokens += number("input_tokens")
        if option.few_shot and not option.tuning:
            tokens += number("few_shot_tokens")
        if option.retrieval:
            tokens += number("chunks_in_prompt") * number("chunk_tokens")
        if option.long_context:
            tokens += min(number("long_context_tokens"), number("corpus_tokens"))
        return tokens

    def model_of(self, option: Option) -> HostedModel:
        """Return the hosted model that an untuned option calls."""
        return self.stronger if option.stronger else self.intended

    def token_prices(self, option: Option) -> TokenPrices | None:
        """Return the token prices that an option pays, None where it pays for machines instead or has no price."""
        if option.tuning == "self_hosted" or (not self.hosted_allowed and not option.tuning):
            return None
        if option.tuning == "hosted":
            return self.tuned.tokens
        model, size = self.model_of(option), self.input_tokens_of(option)
        sized = resized(model, size, self.as_of)
        if sized is None:
            return None
        share = self.assumptions.number("batch_share")
        batch = resized(model, size, self.as_of, batch=True) if share else None
        return HostedModel(model.name, sized).tokens(share, batch if batch and batch.batch else None)

    @cached_property
    def tuned(self) -> TunedModel:
        """Hosted fine-tuning at the assumed provider."""
        return tuned_model(
            self.prices,
            self.assumptions.text("tuning_provider"),
            self.as_of,
            self.assumptions.number("tuned_params_b"),
            model=self.intended.prices.model if self.intended.prices else "",
            customer=self.assumptions.text("tuning_customer") == "yes",
        )

    # ------------------------------------------------------------------ machines
    def served_parameters(self, option: Option) -> float:
        """Return the parameters of the open model that an option serves on own GPUs."""
        untuned = "stronger_params_b" if option.stronger else "served_params_b"
        return self.assumptions.number("tuned_params_b" if option.tuning else untuned) * 1e9

    def serving(self, option: Option) -> tuple[Serving, ...]:
        """Return the ways to serve an option on own GPUs."""
        found = self.serving_on(option, self.assumptions.text("serving_gpu"))
        return undominated(found) if self.few_machines else found

    def serving_on(self, option: Option, gpu: str) -> tuple[Serving, ...]:
        """Return the ways to serve an option on one kind of GPU (`auto`: on any)."""
        key = (self.served_parameters(option), self.input_tokens_of(option), gpu)
        if key not in self._serving:
            out = max(1.0, self.assumptions.number("output_tokens"))
            self._serving[key] = serving_choices(self.numbers, self.prices, key[0], key[1], out, gpu=gpu)
        return self._serving[key]

    def training(self, option: Option) -> Training:
        """Return the GPUs on which an option's model is trained."""
        sequence = max(128.0, min(8192.0, self.example_tokens()))
        gpu = self.assumptions.text("training_gpu")
        key = (self.served_parameters(option), option.method, sequence)
        if key not in self._training:
            self._training[key] = training_choice(self.numbers, self.prices, *key, gpu=gpu)
        return self._training[key]

    def example_tokens(self) -> float:
        """Return the middle of the tokens of one training example: what is left of the prompt, input and output."""
        number = self.assumptions.number
        prompt = number("instruction_tokens") * number("tuned_prompt_share")
        return prompt + number("input_tokens") + number("output_tokens")

    # ------------------------------------------------------------------ retrieval
    def embedding(self) -> tuple[float, float, str]:
        """Return USD per million tokens and dimensions of the embedding model, and the origin of the price."""
        row = self.prices.one("embedding", self.assumptions.text("embedding_model"))
        return row.figure(), row.figures.get("dims", 1024.0), row.origin()

    def store(self) -> Price:
        """Return the price row of the vector store."""
        return self.prices.one("vector_store", self.assumptions.text("vector_store"))

    def reranker(self) -> Price:
        """Return the price row of the reranker."""
        return self.prices.one("reranker", self.assumptions.text("reranker"))


class Drivers(Mapping[str, Amount]):
    """Assumptions and registered drivers by name, as ranges."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def __getitem__(self, name: str) -> Amount:
        if name in self._setting.drivers:
            return self._setting.drivers[name]
        return self._setting.assumptions.range(name)

    def __iter__(self) -> Any:
        return iter({**self._setting.drivers, **self._setting.assumptions.all})

    def __len__(self) -> int:
        return len({**self._setting.drivers, **self._setting.assumptions.all})
