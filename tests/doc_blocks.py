"""The parts of README.md and docs/rules.md that the program makes. `python -m tests.doc_blocks` writes them anew.

A made part stands between `<!-- made: NAME ARGUMENT... -->` and `<!-- end -->`. With `--accuracy` the table of accuracy
is measured and written too, which takes minutes.
"""

from __future__ import annotations

import argparse
import math
import re
from contextlib import chdir
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from advisor.advice import advise
from advisor.assess import Assessment, assess
from advisor.compiled import logistic
from advisor.conditions import facts_read
from advisor.plans import Choice, choose, payments
from advisor.rules import RulePack, shipped_rules
from advisor.use_case import UseCase, load_use_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.plans import Plan
    from advisor.rules import Rule

ROOT: Final = Path(__file__).parents[1]
_GUIDES: Final = ("rules.md", "overlays.md", "review.md", "portfolio.md")
PAGES: Final = (ROOT / "README.md", *(ROOT / "docs" / name for name in _GUIDES))
REPOSITORY: Final = ROOT / "examples" / "repository"
_SHOWN: Final = 0.0005  # what would be printed as 0.000 is left out
_BLOCK: Final = re.compile(r"(<!-- made: (?P<call>[^\n]*?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)


def made(text: str, *, accuracy: bool = False) -> str:
    """Return a page with its made parts as they are now; the table of accuracy only when asked for."""

    def block(found: re.Match[str]) -> str:
        name, *arguments = found["call"].split()
        if name == "accuracy" and not accuracy:
            return found[0]
        return f"{found[1]}\n{MAKERS[name](*arguments).strip()}\n\n{found[4]}"

    return _BLOCK.sub(block, text)


def body(text: str, name: str) -> str:
    """Return what stands in the made part of a name."""
    (found,) = [match for match in _BLOCK.finditer(text) if match["call"].split()[0] == name]
    return found["body"].strip()


# ---------------------------------------------------------------- README


def report(example: str) -> str:
    """Return the report of an example, as a quotation, up to the line that says how sure it is."""
    text = advise(_case(example)).to_markdown()
    lines = text[: text.index("\n", text.index("**How sure:**"))].splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines)


def accuracy_table() -> str:
    """Return the first table of `python -m advisor.training.weights`."""
    from advisor.scenarios import load_scenarios
    from advisor.training.weights import Workbench
    from advisor.training.weights import report as measured

    pack = shipped_rules()
    scenarios = load_scenarios([ROOT / "examples" / "scenarios"], pack.questionnaire)
    return measured(Workbench(pack), scenarios).split("\n\n")[0]


# ---------------------------------------------------------------- docs/rules.md


def entry(file: str, entry_id: str) -> str:
    """Return one entry of a rule file, as it is written there."""
    lines = (ROOT / "rules" / file).read_text("utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if re.match(rf"\s*- (\{{)?id: {re.escape(entry_id)}\b(?!-)", line))
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (lines[end].startswith(" " * (indent + 1)) or not lines[end]):
        end += 1
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return _fenced("yaml", [f"# rules/{file}", *dedent("\n".join(lines[start:end])).splitlines()])


def test(file: str, rule_id: str) -> str:
    """Return the tests of one rule, as they are written beside it."""
    lines = (ROOT / "rules" / file).read_text("utf-8").splitlines()
    return _fenced("yaml", [f"# rules/{file}", *(line.strip() for line in lines if f"{{rule: {rule_id}," in line)])


def gap(example: str, gap_id: str) -> str:
    """Return how the severity of one gap comes about."""
    pack, assessment, _ = _decision(example)
    score = next(score for score in assessment.gaps if score.gap.id == gap_id)
    before = logistic(score.gap.prior)
    total = math.fsum(rule.weight for rule in score.contributions)
    after = logistic(score.gap.prior + total)
    steps = [
        ("severity with no evidence", f"logistic({score.gap.prior:.2f}) = {before:.3f}"),
        ("severity", f"logistic({score.gap.prior + total:.2f}) = {after:.3f}"),
        ("excess", f"({after:.3f} - {before:.3f}) / (1 - {before:.3f}) = {score.excess:.3f}"),
    ]
    column = _sum(pack, _case(example), score.gap.prior, score.contributions)
    return _fenced("text", [*column, "", *_aligned(steps)])


def gaps(example: str) -> str:
    """Return the table of all gaps."""
    _, assessment, _ = _decision(example)
    lines = ["| Gap | Prior | Sum of weights | Severity | Excess |", "| :-- | --: | --: | --: | --: |"]
    for score in assessment.gaps:
        total = math.fsum(rule.weight for rule in score.contributions)
        severity = "unknown" if score.severity is None else f"{score.severity:.3f}"
        why = " (settled)" if score.settled else ""
        lines.append(
            f"| {score.gap.name} | {score.gap.prior:.2f} | {total:+.2f} | {severity} | {score.excess:.3f}{why} |"
        )
    return "\n".join(lines)


def works(example: str, intervention: str) -> str:
    """Return how well one part of the recommended plan should work, and which share of each gap it then closes."""
    pack, assessment, choice = _decision(example)
    score = next(part for part in choice.best.parts if part.option.intervention == intervention)
    total = score.option.prior + math.fsum(rule.weight for rule in score.contributions)
    steps = [("works", f"logistic({total:.2f}) = {score.works:.3f}")]
    steps += [
        (f"closes of {gap_.gap.id}", f"{share:.2f} x {score.works:.3f} = {share * score.works:.3f}")
        for gap_, share in zip(assessment.gaps, score.option.closes, strict=True)
        if share
    ]
    parts = " + ".join(f"{value:g} {name}" for name, value in score.option.burden_parts.items() if value)
    steps.append(("burden", f"{parts} = {score.option.burden:.3f}"))
    column = _sum(pack, _case(example), score.option.prior, score.contributions)
    return _fenced("text", [score.option.id, *column, "", *_aligned(steps)])


def plans(example: str) -> str:
    """Return the best plan of each approach, and the arithmetic of its loss and probability."""
    pack, assessment, choice = _decision(example)
    names = [score.gap.id for score in assessment.gaps]
    lines = [
        "| Approach | Best plan | Left open | Burden | Loss | Probability |",
        "| :-- | :-- | :-- | --: | --: | --: |",
    ]
    for plan in choice.ranked:
        parts = ", ".join(f"`{part}`" for part in plan.part_ids) or "a plain prompt"
        open_ = [(name, value) for name, value in zip(names, plan.residual, strict=True) if value >= _SHOWN]
        cells = (
            pack.approaches[plan.approach].name,
            parts,
            ", ".join(f"{name} {value:.3f}" for name, value in open_),
            f"{plan.burden:.3f}",
            f"{plan.loss:.3f}",
            f"{choice.probabilities[plan.approach]:.3f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", _fenced("text", _aligned(_arithmetic(pack, assessment, choice)))])


def payers(example: str) -> str:
    """Return what each part of the recommended plan earns, less its burden."""
    _, assessment, choice = _decision(example)
    lines = ["| Taken out | Loss without it | Rises by | Paid by |", "| :-- | --: | --: | :-- |"]
    for payment in payments(assessment, choice.best):
        by_gap = {score.gap.id: value for score, value in zip(assessment.gaps, payment.by_gap, strict=True)}
        payer = max(by_gap, key=lambda name: by_gap[name])
        without = choice.best.loss + payment.total
        lines.append(
            f"| `{payment.part.option.id}` | {without:.3f} | {payment.total:.3f} | "
            f"{payer}: {by_gap[payer]:.3f} more open, burden {payment.burden:.3f} saved |"
        )
    return "\n".join(lines)


def _arithmetic(pack: RulePack, assessment: Assessment, choice: Choice) -> list[tuple[str, str]]:
    """Return the loss of the best plan and its probability, step by step."""
    best, second = choice.ranked[:2]
    steps = []
    for i, score in enumerate(assessment.gaps):
        if best.residual[i] >= _SHOWN:
            shares = [part.option.closes[i] * part.works for part in best.parts if part.option.closes[i]]
            left = "".join(f" x (1 - {share:.3f})" for share in shares)
            steps.append((f"{score.gap.id} left open", f"{score.excess:.3f}{left} = {best.residual[i]:.3f}"))
    steps.append(("loss", f"{math.fsum(best.residual):.3f} left open + {best.burden:.3f} burden = {best.loss:.3f}"))
    behind = f"exp(-({second.loss:.3f} - {best.loss:.3f}) / {pack.temperature:g})"
    steps.append(("the second, against 1", f"{behind} = {_relative(best, second, pack):.3f}"))
    whole = math.fsum(_relative(best, plan, pack) for plan in choice.plans.values())
    share = f"(1 - {pack.surprise:g}) x 1 / {whole:.3f} + {pack.surprise:g} / {len(choice.plans)}"
    steps.append(("probability", f"{share} = {choice.probabilities[best.approach]:.3f}"))
    return steps


def _relative(best: Plan, plan: Plan, pack: RulePack) -> float:
    return math.exp((best.loss - plan.loss) / pack.temperature)


def _sum(pack: RulePack, case: UseCase, prior: float, rules: tuple[Rule, ...]) -> list[str]:
    """Return a column of weights with the rule of each, and their sum."""
    known = case.facts
    rows = [f"{prior:+6.2f}  prior"]
    width = max((len(rule.id) for rule in rules), default=0) + 2
    for rule in sorted(rules, key=lambda rule: -abs(rule.weight)):
        read = [fact for fact in pack.questionnaire.fact_ids if fact in facts_read(rule.condition) and fact in known]
        answers = ", ".join(f"{fact}: {_plain(known[fact])}" for fact in read)
        rows.append(f"{rule.weight:+6.2f}  {rule.id:<{width}}{answers}")
    total = prior + math.fsum(rule.weight for rule in rules)
    return [*rows, f"{total:+6.2f}  together"]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:,}" if isinstance(value, int) else str(value)


def _aligned(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows) + 2
    return [f"{name:<{width}}{text}" for name, text in rows]


def _fenced(language: str, lines: list[str]) -> str:
    return "\n".join([f"```{language}", *lines, "```"])


def _case(example: str) -> UseCase:
    return load_use_case(ROOT / "examples" / f"{example}.yaml", shipped_rules().questionnaire)


@cache
def _decision(example: str) -> tuple[RulePack, Assessment, Choice]:
    pack = shipped_rules()
    assessment = assess(pack, _case(example).facts)
    return pack, assessment, choose(pack, assessment)


# ---------------------------------------------------------------- docs/overlays.md and docs/review.md


def run(*words: str) -> str:
    """Return a command and what it prints in the example repository, files named by patterns written out."""
    with chdir(REPOSITORY):
        given = [str(path) for word in words for path in (sorted(Path().glob(word)) if "*" in word else [word])]
        printed = _printed(given)
    return f"```console\n$ advisor {' '.join(words)}\n{printed}\n```"


# ---------------------------------------------------------------- docs/portfolio.md


def quoted(*words: str) -> str:
    """Return a command, and as a quotation the Markdown that it prints in a folder that holds the files it names."""
    with TemporaryDirectory() as folder, chdir(folder):
        for name in (word for word in words if (ROOT / word).is_file()):
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, name)
        lines = _printed([*words]).splitlines()
    return "\n".join(["```sh", f"advisor {' '.join(words)}", "```", "", *(f"> {line}".rstrip() for line in lines)])


def _printed(words: list[str]) -> str:
    from typer.testing import CliRunner

    from advisor.cli.program import app

    return CliRunner().invoke(app, words).output.rstrip()


def shown(file: str) -> str:
    """Return a file of the example repository."""
    text = (REPOSITORY / file).read_text("utf-8").rstrip()
    return f"`{file}`:\n\n```yaml\n{text}\n```"


MAKERS: Final[dict[str, Callable[..., str]]] = {
    "accuracy": accuracy_table,
    "entry": entry,
    "gap": gap,
    "gaps": gaps,
    "payers": payers,
    "plans": plans,
    "quoted": quoted,
    "report": report,
    "run": run,
    "shown": shown,
    "test": test,
    "works": works,
}


def main() -> None:
    """Write the pages anew."""
    parser = argparse.ArgumentParser(prog="python -m tests.doc_blocks", description=__doc__)
    parser.add_argument("--accuracy", action="store_true", help="measure the accuracy too (minutes)")
    arguments = parser.parse_args()
    for page in PAGES:
        page.write_text(made(page.read_text("utf-8"), accuracy=arguments.accuracy), "utf-8")


if __name__ == "__main__":
    main()
