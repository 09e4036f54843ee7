"""`advisor cost training`."""

from typing import Annotated

import typer

from advisor.cli.options import one_of
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def training(
    params_b: Annotated[
        float | None, typer.Option(metavar="N", help="Size of the model in billions of parameters.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="A name that states the size, instead.")] = None,
    method: Annotated[
        str | None, typer.Option(metavar="METHOD", help="full, lora, qlora, lora_dpo and the like; default lora.")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(metavar="NAME", help="bf16, mixed_bf16, pure_bf16, nf4, int8.")
    ] = None,
    optimizer: Annotated[
        str | None, typer.Option(metavar="NAME", help="adamw, 8bit_adamw, paged_8bit_adamw, adafactor.")
    ] = None,
    parallelism: Annotated[str | None, typer.Option(metavar="NAME", help="zero1, zero2, zero3, fsdp, ddp.")] = None,
    examples: Annotated[float | None, typer.Option(metavar="N", help="Training examples; default 1,000.")] = None,
    tokens_per_example: Annotated[
        float | None, typer.Option(metavar="N", help="Tokens of one example; default 512.")
    ] = None,
    epochs: Annotated[float | None, typer.Option(metavar="N", help="Passes over the examples; default 3.")] = None,
    tokens: Annotated[
        float | None, typer.Option(metavar="N", help="Tokens of all passes, instead of examples.")
    ] = None,
    sequence: Annotated[float | None, typer.Option(metavar="N", help="Tokens of one sequence in memory.")] = None,
    micro_batch: Annotated[
        float | None, typer.Option(metavar="N", help="Sequences at once on a GPU; default 1.")
    ] = None,
    checkpointing: Annotated[
        bool | None, typer.Option("--checkpointing/--no-checkpointing", help="Whether activations are recomputed.")
    ] = None,
    chunked_loss: Annotated[
        bool | None, typer.Option("--chunked-loss/--no-chunked-loss", help="Whether the loss is computed in chunks.")
    ] = None,
    packed: Annotated[bool | None, typer.Option("--packed/--no-packed", help="Whether examples are packed.")] = None,
    gpu: Annotated[
        str | None, typer.Option(metavar="NAME", help="A GPU such as A100-80GB; default: the cheapest that fits.")
    ] = None,
    n_gpus: Annotated[
        int | None, typer.Option(metavar="N", help="Number of GPUs; default: the fewest that fit.")
    ] = None,
    usd_per_gpu_hour: Annotated[float | None, typer.Option(metavar="USD", help="Your price of a GPU hour.")] = None,
    runs: Annotated[float | None, typer.Option(metavar="N", help="Runs until the one that is kept; default 1.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help="Text to read, or JSON.")] = "text",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
) -> None:
    """Say whether a training job fits, and what it costs.

    \b
    Example:
      advisor cost training --params-b 70 --method qlora --gpu A6000-48GB
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.cost.calculators import TrainingInput, training_cost
    from advisor.cost.calculators.common import checked

    form = one_of(form, ("text", "json"), "--format")
    given = {
        "params_b": params_b,
        "model": model,
        "method": method,
        "precision": precision,
        "optimizer": optimizer,
        "parallelism": parallelism,
        "examples": examples,
        "tokens_per_example": tokens_per_example,
        "epochs": epochs,
        "tokens": tokens,
        "sequence": sequence,
        "micro_batch": micro_batch,
        "checkpointing": checkpointing,
        "chunked_loss": chunked_loss,
        "packed": packed,
        "gpu": gpu,
        "n_gpus": n_gpus,
        "usd_per_gpu_hour": usd_per_gpu_hour,
        "runs": runs,
    }
    result = training_cost(checked(TrainingInput, given))
    write_result(result.model_dump_json(indent=2) if form == "json" else result.to_text(), output)
