"""`advisor rules check`."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import one_of
from advisor.cli.output import write_result
from advisor.cli.plain import PlainCommand, command_app

app = command_app()


@app.command(cls=PlainCommand)
def check(
    folders: Annotated[
        list[str] | None,
        typer.Argument(metavar="DIR...", help="A rule pack, or overlays; the shipped pack by default."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="text|json", help="Text to read, or the same content as JSON.")
    ] = "text",
) -> None:
    """Find what is wrong with a rule pack or an overlay.

    Names that stand for nothing; conditions that never or always hold; rules, facts and parts that change nothing;
    advice that nothing reaches; duplicates and entries in the shadow of others; blocks that leave nothing open;
    directions that some answers break; reasons that mention what is not known; sources that are unused, old, undated or
    contradicted from one side only; bounds that do not meet; rules without tests.

    Exit code 1 when there is an error; warnings alone leave it at 0.

    \b
    Examples:
      advisor rules check
      advisor rules check our-rules --format json
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.checking.findings import errors_in, to_json, to_text
    from advisor.checking.layered import check_folders
    from advisor.rules import shipped_rules_folder

    form = one_of(form, ("text", "json"), "--format")
    checked = check_folders([Path(folder) for folder in folders or ()] or [shipped_rules_folder()])
    if form == "json":
        write_result(to_json(checked.findings, checked.counts), None)
    else:
        looked_at = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in checked.counts.items())
        write_result(to_text(checked.findings, looked_at or "the pack can't be loaded"), None)
    if errors_in(checked.findings):
        raise typer.Exit(1)
