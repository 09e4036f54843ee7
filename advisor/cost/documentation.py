"""The generated pages of `docs/cost`: how accurate the formulas are, and what is assumed, with sources.

Refresh them with `python -m advisor.cost.documentation`, from a checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.cost.assumption_table import assumption_table
from advisor.cost.check import check_figures
from advisor.cost.check.report import to_markdown
from advisor.cost.numbers import load_numbers
from advisor.cost.prices import load_prices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIGURES = "tests/cost/published_figures.yaml"

_ACCURACY = """# How accurate the cost formulas are

The formulas are compared with published figures: memory and GPU-hours of training, throughput of serving, sizes of
indexes, and prices of worked examples. The constants come from theory or from the sources named in `rules/cost`, not
from a fit to these figures. Some publications stand on both sides: the tables of Qwen, llm-foundry, the Llama model
cards and the vLLM reports gave ranges of constants and hold some of the figures, so that agreement with those says
less than agreement with the others. Estimates are given as low, middle and high; an 80 % interval should hold about
four of five figures.

## Where they are weak

On 69 figures of LitGPT, torchtune and Lambda that were entered only after the constants had been set, 74 % of the
estimates were within a factor of 1.5 and 80 % of the figures inside low to high. Expect that, rather than the table,
for a stack that is not in it. Two groups were worst, and both are left as they are:

- **Serving by plain PyTorch without compilation.** Published rates differ more than twofold for the same model and GPU,
  by how a loop launches its kernels, and sources seldom say which loop they used. One low constant would be wrong for
  compiled loops. The estimate stands between the two, and its range is wide.
- **Pretraining of small models on H100.** The hours on model cards imply 0.05 to 0.16 of the peak for 1B to 8B, since
  they count restarts, evaluation and distillation. llm-foundry measured 0.35 to 0.46 from 0.76B to 7B on 8 to 64 GPUs,
  so size alone explains little, and a factor that fits the cards would have no source. For planning by hours paid
  rather than hours computed, take the high end.

## The comparison

This page is the output of

```text
advisor cost check {figures}
```

"""

_ASSUMPTIONS = """# What cost estimates assume

An estimate names every assumption that it used. Change one in the use-case file under `assumptions:`, or with
`--assume name=value`, where a value is a number, `low,high` or `low,mid,high`. This page is generated from
`rules/cost/assumptions.yaml`, the constants in `rules/cost` and the prices in `rules/prices`.

"""


def accuracy_page(figures: Path) -> str:
    """Return the page with the comparison of the formulas with a file of published figures."""
    return _ACCURACY.format(figures=FIGURES) + to_markdown(check_figures(figures))


def assumptions_page() -> str:
    """Return the page with all assumptions, constants and the ages of the prices."""
    table = assumption_table()
    lines = [
        _ASSUMPTIONS + "## Assumptions",
        "",
        "| Name | What it is | Unit | Default | Source |",
        "|---|---|---|---|---|",
    ]
    rows = [*table["numbers"], *table["texts"]]
    lines += [_row(f"`{r['id']}`", r["about"], r.get("unit", ""), _value(r), r["source"]) for r in rows]
    lines += ["", "These come from the price table unless they are set:", ""]
    lines += ["| Name | What it is | Unit | Default | Source |", "|---|---|---|---|---|"]
    prices = load_prices()
    for row in table["prices"]:
        price = prices.one(row["kind"], row["item"])
        lines.append(_row(f"`{row['id']}`", row["about"], row["unit"], _value(price.figures), price.origin()))
    lines += ["", "## Constants of the formulas", "", "| Constant | Value | Unit | Source |", "|---|---|---|---|"]
    lines += [
        _row(f"`{path}`", _value(c), c.get("unit", ""), c["source"]) for path, c in load_numbers().all_constants()
    ]
    lines += ["", "## Prices", "", "| File | Rows | Verified | Warned about after |", "|---|---:|---:|---|"]
    lines += list(_price_files())
    return "\n".join(lines) + "\n"


def _price_files() -> Iterator[str]:
    rows = load_prices().rows
    for file in sorted({row.file for row in rows}):
        of_file = [row for row in rows if row.file == file]
        verified = sum(row.verified for row in of_file)
        name = "/".join(Path(file).parts[-2:])
        yield f"| `rules/{name}` | {len(of_file)} | {verified} | {of_file[0].max_age_days} days |"


def _value(row: Mapping[str, Any]) -> str:
    if "mid" in row:
        return f"{row['mid']:g} ({row['low']:g} to {row['high']:g})"
    value = row["value"]
    return f"{value:g}" if isinstance(value, int | float) else f"`{value}`"


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in cells) + " |"


def main() -> None:
    """Write both pages into a checkout."""
    root = Path(__file__).parent.parent.parent
    folder = root / "docs" / "cost"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "accuracy.md").write_text(accuracy_page(root / FIGURES), encoding="utf-8")
    (folder / "assumptions.md").write_text(assumptions_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
