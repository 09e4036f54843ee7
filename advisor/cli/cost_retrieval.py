"""`advisor cost retrieval`."""

from typing import Annotated

import typer

from advisor.cli.options import as_date, one_of
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def retrieval(
    corpus_tokens: Annotated[float | None, typer.Option(metavar="N", help="Size of the documents in tokens.")] = None,
    words: Annotated[float | None, typer.Option(metavar="N", help="Size in English words, instead.")] = None,
    pages: Annotated[float | None, typer.Option(metavar="N", help="Size in pages, instead.")] = None,
    documents: Annotated[int | None, typer.Option(metavar="N", help="Number of documents; default 1.")] = None,
    chunk_tokens: Annotated[float | None, typer.Option(metavar="N", help="Tokens of a chunk; default 512.")] = None,
    overlap_tokens: Annotated[
        float | None, typer.Option(metavar="N", help="Tokens repeated of the chunk before; default 50.")
    ] = None,
    embedding_model: Annotated[str | None, typer.Option(metavar="NAME", help="Model that embeds the chunks.")] = None,
    dimensions: Annotated[float | None, typer.Option(metavar="N", help="Dimensions kept.")] = None,
    vector_store: Annotated[
        str | None, typer.Option(metavar="NAME", help="Store of the vectors; default pinecone.")
    ] = None,
    changed_share: Annotated[
        float | None, typer.Option(metavar="X", help="Share of the documents that changes in a month.")
    ] = None,
    requests_per_month: Annotated[
        float | None, typer.Option(metavar="N", help="Searches a month; default 10,000.")
    ] = None,
    chunks_in_prompt: Annotated[
        float | None, typer.Option(metavar="N", help="Chunks put into the prompt; default 8.")
    ] = None,
    query_tokens: Annotated[float | None, typer.Option(metavar="N", help="Tokens of a query; default 40.")] = None,
    reranker: Annotated[str | None, typer.Option(metavar="NAME", help="Model that reranks; default: none.")] = None,
    rerank_candidates: Annotated[
        float | None, typer.Option(metavar="N", help="Chunks reranked for a query; default 50.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Provider of the model that reads the chunks.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Model that reads the chunks.")] = None,
    contextual: Annotated[
        bool | None, typer.Option("--contextual/--no-contextual", help="Whether it writes a context for each chunk.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="Day of the prices; default today.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help="Text to read, or JSON.")] = "text",
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
) -> None:
    """Price building, holding and searching an index.

    \b
    Example:
      advisor cost retrieval --pages 5000 --provider openai --model gpt-6-luna --reranker rerank-v3.5
    """  # noqa: D301 - the mark keeps the lines as they are
    from datetime import date

    from advisor.cost.calculators import RetrievalInput, retrieval_cost
    from advisor.cost.calculators.common import checked

    form = one_of(form, ("text", "json"), "--format")
    given = {
        "corpus_tokens": corpus_tokens,
        "words": words,
        "pages": pages,
        "documents": documents,
        "chunk_tokens": chunk_tokens,
        "overlap_tokens": overlap_tokens,
        "embedding_model": embedding_model,
        "dimensions": dimensions,
        "vector_store": vector_store,
        "changed_share": changed_share,
        "requests_per_month": requests_per_month,
        "chunks_in_prompt": chunks_in_prompt,
        "query_tokens": query_tokens,
        "reranker": reranker,
        "rerank_candidates": rerank_candidates,
        "provider": provider,
        "model": model,
        "contextual": contextual,
        "as_of": date.today() if as_of is None else as_date(as_of, "--as-of"),
    }
    result = retrieval_cost(checked(RetrievalInput, given))
    write_result(result.model_dump_json(indent=2) if form == "json" else result.to_text(), output)
