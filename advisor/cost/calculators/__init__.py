"""Calculators that stand alone: training, serving, retrieval and prompting, each with typed inputs and outputs."""

from advisor.cost.calculators.prompting import PromptingCost, PromptingInput, prompting_cost
from advisor.cost.calculators.retrieval import RetrievalCost, RetrievalInput, retrieval_cost
from advisor.cost.calculators.serving import ServingCost, ServingInput, serving_cost
from advisor.cost.calculators.training import TrainingCost, TrainingInput, training_cost

__all__ = [
    "PromptingCost",
    "PromptingInput",
    "RetrievalCost",
    "RetrievalInput",
    "ServingCost",
    "ServingInput",
    "TrainingCost",
    "TrainingInput",
    "prompting_cost",
    "retrieval_cost",
    "serving_cost",
    "training_cost",
]
