"""`advisor cost ...`."""

from types import MappingProxyType

from advisor.cli.lazy import Lazy, LazyGroup
from advisor.cli.plain import command_app


class Cost(LazyGroup):
    """The commands about cost."""

    table = MappingProxyType(
        {
            "estimate": Lazy("advisor.cli.cost_estimate:app", "Price every option of a use case on one horizon."),
            "check": Lazy("advisor.cli.cost_check:app", "Compare the cost formulas with published figures."),
            "training": Lazy("advisor.cli.cost_training:app", "Say whether a training job fits, and what it costs."),
            "serving": Lazy("advisor.cli.cost_serving:app", "Say how fast GPUs serve a model, and at what price."),
            "retrieval": Lazy("advisor.cli.cost_retrieval:app", "Price building, holding and searching an index."),
            "prompting": Lazy(
                "advisor.cli.cost_prompting:app", "Price a request to a hosted model, with caching and in a batch."
            ),
        }
    )


app = command_app(Cost)
cost_app = app


@app.callback()
def cost() -> None:
    """Estimate what adapting a model costs.

    \b
    Examples:
      advisor cost estimate support.yaml
      advisor cost training --params-b 70 --method qlora --gpu A6000
    """  # noqa: D301 - the mark keeps the lines as they are
