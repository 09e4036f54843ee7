"""`advisor cost serving`."""

from typing import Annotated

import typer

from advisor.cli.options import one_of
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def serving(
    params_b: Annotated[
        float | None, typer.Option(metavar="N", help="Size of the model in billions of parameters.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="A name that states the size, instead.")] = None,
    precision: Annotated[str | None, typer.Option(metavar="NAME", help="16bit, 8bit or 4bit; default 16bit.")] = None,
    gpu: Annotated[
        str | None, typer.Option(metavar="NAME", help="A GPU such as H100-80GB; default: the cheapest that fits.")
    ] = None,
    n_gpus: Annotated[
        int | None, typer.Option(metavar="N", help="GPUs of one replica; default: the fewest that fit.")
    ] = None,
    input_tokens: Annotated[
        float | None, typer.Option(metavar="N", help="Input tokens of a request; default 500.")
    ] = None,
    output_tokens: Annotated[
        float | None, typer.Option(metavar="N", help="Output tokens of a request; default 300.")
    ] = None,
    concurrency: Annotated[
        float | None, typer.Option(metavar="N", help="Requests in flight at most; default 64.")
    ] = None,
    requests_per_month: Annotated[
        float | None, typer.Option(metavar="N", help="Expected volume; default 10,000.")
    ] = None,
    utilization: Annotated[
        float | None, typer.Option(metavar="X", help="Mean load over peak capacity, 0 to 1.")
    ] = None,
    usd_per_gpu_hour: Annotated[float | None, typer.Option(metavar="USD", help="Your price of a GPU hour.")] = None,
    minimum_replicas: Annotated[int | None, typer.Option(metavar="N", help="Replicas kept running; default 1.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help="Text to read, or JSON.")] = "text",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
) -> None:
    """Say how fast GPUs serve a model, and at what price.

    \b
    Example:
      advisor cost serving --model Llama-3.1-8B --gpu L40S-48GB --requests-per-month 200000
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.cost.calculators import ServingInput, serving_cost
    from advisor.cost.calculators.common import checked

    form = one_of(form, ("text", "json"), "--format")
    given = {
        "params_b": params_b,
        "model": model,
        "precision": precision,
        "gpu": gpu,
        "n_gpus": n_gpus,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "concurrency": concurrency,
        "requests_per_month": requests_per_month,
        "utilization": utilization,
        "usd_per_gpu_hour": usd_per_gpu_hour,
        "minimum_replicas": minimum_replicas,
    }
    result = serving_cost(checked(ServingInput, given))
    write_result(result.model_dump_json(indent=2) if form == "json" else result.to_text(), output)
