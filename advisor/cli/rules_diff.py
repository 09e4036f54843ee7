"""`advisor rules diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.options import RULES_HELP, one_of, rule_pack
from advisor.cli.output import OUTPUT_HELP, write_result
from advisor.cli.plain import PlainCommand, command_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.pack_diff import PackDiff

app = command_app()


@app.command(cls=PlainCommand, no_args_is_help=True)
def diff(
    folders: Annotated[
        list[str], typer.Argument(metavar="DIR...", help="Overlays, later ones over earlier ones, or a complete pack.")
    ],
    form: Annotated[
        str, typer.Option("--format", metavar="text|json", help="Text to read, or the same content as JSON.")
    ] = "text",
    rules: Annotated[
        list[str] | None,
        typer.Option(metavar="DIR", help=f"What to compare with; else the shipped rules. {RULES_HELP}"),
    ] = None,
    output: Annotated[str | None, typer.Option(metavar="PATH", help=OUTPUT_HELP)] = None,
) -> None:
    """Show what overlays change, in the rules and in the verdicts.

    Lists every rule, fact, price or other entry that is added, changed or taken out, with its old and new values, and
    every published decision on which the rules now give another verdict or point to another approach.

    \b
    Example:
      advisor rules diff our-rules/
    """  # noqa: D301 - the mark keeps the lines as they are
    from advisor.pack_diff import diff_packs

    form = one_of(form, ("text", "json"), "--format")
    found = diff_packs(rule_pack(rules), rule_pack([*(rules or ()), *folders]))
    if form == "json":
        import json

        write_result(json.dumps(found.as_data(), indent=2, ensure_ascii=False), output)
    else:
        from advisor.wording import inert

        write_result(inert("\n".join(_lines(found))), output)


def _lines(found: PackDiff) -> Iterator[str]:
    from advisor.wording import one_line

    counts = {what: sum(entry.what == what for entry in found.entries) for what in ("added", "changed", "removed")}
    yield f"Rules {found.old_hash} -> {found.new_hash}: " + ", ".join(f"{n} {what}" for what, n in counts.items())
    for entry in found.entries:
        place = f"  ({one_line(entry.place)})" if entry.place else ""
        yield f"  {entry.what} {entry.kind} {one_line(entry.id)}{place}"
        if entry.what == "removed":
            continue
        for key in entry.keys:
            if entry.what == "changed":
                yield f"    {key.key}: {one_line(key.old or 'nothing')} -> {one_line(key.new or 'nothing')}"
            else:
                yield f"    {key.key}: {one_line(key.new or '')}"
    yield ""
    yield f"Verdicts: {len(found.verdicts)} of {found.cases} published decisions get another verdict"
    for each in found.verdicts:
        old = _verdict(each.old_verdict, each.old, each.labelled)
        yield f"  {each.case}: {old} -> {_verdict(each.new_verdict, each.new, each.labelled)}"
    yield f"Best plans that agree with what was done: {found.agree_old} -> {found.agree_new} of {found.cases}"


def _verdict(verdict: str, approach: str, labelled: str) -> str:
    words = {"undecided": f"undecided, leaning to {approach}", "not_yet": f"not yet {approach}"}.get(verdict, approach)
    return f"{words} (what was done)" if approach == labelled else words
