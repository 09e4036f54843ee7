"""`advisor cost prompting`."""

from typing import Annotated

import typer

from advisor.cli.options import as_date, one_of
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def prompting(
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Provider such as openai, anthropic or google.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Model such as gpt-6-luna.")] = None,
    usd_in: Annotated[
        float | None, typer.Option(metavar="USD", help="Your price of a million input tokens, instead.")
    ] = None,
    usd_out: Annotated[float | None, typer.Option(metavar="USD", help="Your price of a million output tokens.")] = None,
    usd_cache_read: Annotated[
        float | None, typer.Option(metavar="USD", help="Your price of a million tokens read from the cache.")
    ] = None,
    usd_cache_write: Annotated[
        float | None, typer.Option(metavar="USD", help="Your price of a million tokens written to it.")
    ] = None,
    prompt_tokens: Annotated[
        float | None, typer.Option(metavar="N", help="Tokens that are the same in every request; default 1,500.")
    ] = None,
    input_tokens: Annotated[float | None, typer.Option(metavar="N", help="Tokens that differ; default 500.")] = None,
    output_tokens: Annotated[float | None, typer.Option(metavar="N", help="Output tokens; default 300.")] = None,
    hit_rate: Annotated[
        float | None,
        typer.Option(metavar="X", help="Share of requests that find the prompt in the cache; default 0.6."),
    ] = None,
    requests_per_month: Annotated[
        float | None, typer.Option(metavar="N", help="Expected volume; default 10,000.")
    ] = None,
    batch: Annotated[bool | None, typer.Option("--batch/--no-batch", help="Whether requests go into a batch.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="Day of the prices; default today.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help="Text to read, or JSON.")] = "text",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
) -> None:
    """Price a request to a hosted model, with caching and in a batch.

    \b
    Example:
      advisor cost prompting --provider anthropic --model claude-haiku-5-5 --prompt-tokens 4000
    """  # noqa: D301 - the mark keeps the lines as they are
    from datetime import date

    from advisor.cost.calculators import PromptingInput, prompting_cost
    from advisor.cost.calculators.common import checked

    form = one_of(form, ("text", "json"), "--format")
    own = {"input": usd_in, "output": usd_out, "cache_read": usd_cache_read, "cache_write": usd_cache_write}
    stated = {key: value for key, value in own.items() if value is not None}
    given = {
        "provider": provider,
        "model": model,
        "prompt_tokens": prompt_tokens,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "hit_rate": hit_rate,
        "requests_per_month": requests_per_month,
        "batch": batch,
        "as_of": date.today() if as_of is None else as_date(as_of, "--as-of"),
        "prices": stated or None,
    }
    result = prompting_cost(checked(PromptingInput, given))
    write_result(result.model_dump_json(indent=2) if form == "json" else result.to_text(), output)
