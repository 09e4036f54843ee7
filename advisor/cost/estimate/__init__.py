"""One estimate for all options: what each costs to start, a month and a request, and what follows from it."""

from advisor.cost.estimate.build import estimate, estimated_saving, setting_of
from advisor.cost.estimate.request import EstimateRequest
from advisor.cost_result import CostEstimate

__all__ = ["CostEstimate", "EstimateRequest", "estimate", "estimated_saving", "setting_of"]
