"""Fitting the shipped weights, measuring how far they can be trusted, and writing them back into the rule files.

python -m advisor.training.weights            prints the three figures: refit, cross-validated, set aside
python -m advisor.training.weights --write    also writes the weights into rules/
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from advisor.approaches import APPROACHES
from advisor.documents import read_document
from advisor.rules import TESTS_SUFFIX, load_rules, shipped_rules_folder
from advisor.scenarios import load_scenarios
from advisor.training.arrays import case_arrays, pack_arrays, pack_parameters, score
from advisor.training.fit import Settings, fit, fittable
from advisor.training.folds import grouped_folds
from advisor.training.metrics import Figures, figures
from advisor.training.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.facts import FactValue
    from advisor.pack import RulePack
    from advisor.scenarios import Scenario
    from advisor.training.arrays import Floats, Ints, PackArrays, Parameters

FOLDS: Final = 5
REPEATS: Final = 3
FOUNDING_COPIES: Final = 2  # how often each founding case counts in the fit

_EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Case:
    """A case to fit on: answers, and the share of each approach (A,)."""

    facts: Mapping[str, FactValue]
    shares: Floats


class Workbench:
    """A rule pack as arrays with the experts' first numbers, ready to be fitted to cases."""

    def __init__(self, pack: RulePack) -> None:
        self.pack = pack
        self.arrays: PackArrays = pack_arrays(pack)
        self.first = judged_parameters(pack, self.arrays)
        self.guidance = founding_cases() * FOUNDING_COPIES + rules_of_thumb()

    @one_thread
    def fit(self, scenarios: Sequence[Scenario], settings: Settings | None = None) -> Parameters:
        """Return the parameters fitted to scenarios, with the founding cases and the rules of thumb beside them."""
        cases = [Case(s.facts, _only(s.approach)) for s in scenarios] + self.guidance
        free = fittable(self.arrays, [s.facts for s in scenarios])
        known = case_arrays(self.pack, self.arrays, [case.facts for case in cases])
        targets = np.array([case.shares for case in cases])
        return fit(self.arrays, self.first, known, targets, free, settings or Settings())

    @one_thread
    def probabilities(self, scenarios: Sequence[Scenario], numbers: Parameters) -> Floats:
        """Return the probabilities of the approaches (N, 5) from the scenarios' facts."""
        cases = case_arrays(self.pack, self.arrays, [s.facts for s in scenarios])
        return score(self.arrays, cases, numbers).probabilities


def judged_parameters(pack: RulePack, arrays: PackArrays) -> Parameters:
    """Return the experts' numbers from before any fit; what rules/judged.yaml does not hold is as the pack has it."""
    now = pack_parameters(pack, arrays)
    judged = read_document(shipped_rules_folder() / "judged.yaml").data

    def numbers(key: str, names: Sequence[str], present: Floats) -> Floats:
        return np.array([judged[key].get(name, value) for name, value in zip(names, present, strict=True)])

    options = [option.id for option in pack.options]
    return replace(
        now,
        weights=numbers("weights", [rule.id for rule in arrays.rules], now.weights),
        gap_priors=numbers("gap_priors", [gap.id for gap in pack.gaps], now.gap_priors),
        option_priors=numbers("option_priors", options, now.option_priors),
    )


def founding_cases() -> list[Case]:
    """Return the ten cases that the product's founding guidance gives an answer for."""
    document = read_document(_EXAMPLES / "founding" / "cases.yaml", top="list")
    return [Case(entry["facts"], _only(entry["approach"])) for entry in document.data]


def rules_of_thumb() -> list[Case]:
    """Return one expert's rules of thumb; what the named shares leave is spread over the other approaches."""
    document = read_document(_EXAMPLES / "founding" / "rules_of_thumb.yaml", top="list")
    return [Case(entry["facts"], _spread(entry["shares"])) for entry in document.data]


def _only(approach: str) -> Floats:
    return _spread({approach: 1.0})


def _spread(shares: Mapping[str, float]) -> Floats:
    others = len(APPROACHES) - len(shares)
    rest = (1 - sum(shares.values())) / others if others else 0.0
    return np.array([shares.get(approach, rest) for approach in APPROACHES])


def cross_validated(
    bench: Workbench, scenarios: Sequence[Scenario], settings: Settings | None = None, repeats: int = REPEATS
) -> list[Floats]:
    """Return out-of-fold probabilities (N, 5), one array for each repeat; groups are never split."""
    results = []
    for seed in range(repeats):
        probabilities = np.zeros((len(scenarios), len(APPROACHES)))
        for train, test in grouped_folds([s.group for s in scenarios], FOLDS, seed):
            numbers = bench.fit([scenarios[i] for i in train], settings)
            probabilities[test] = bench.probabilities([scenarios[i] for i in test], numbers)
            sys.stderr.write(".")
            sys.stderr.flush()
        results.append(probabilities)
    sys.stderr.write("\n")
    return results


def _labels(scenarios: Sequence[Scenario]) -> Ints:
    return np.array([APPROACHES.index(scenario.approach) for scenario in scenarios])


def report(bench: Workbench, scenarios: Sequence[Scenario]) -> str:
    """Return the three figures as Markdown: refit, cross-validated and set aside, and the last two in detail."""
    seen = [s for s in scenarios if not s.set_aside]
    aside = [s for s in scenarios if s.set_aside]
    numbers = bench.fit(seen)
    refit = figures(bench.probabilities(seen, numbers), _labels(seen))
    repeats = cross_validated(bench, seen)
    held_out = bench.probabilities(aside, numbers)
    rows = [
        ("refit (seen while fitting)", [refit]),
        (f"cross-validated by source, {REPEATS} x {FOLDS} folds", [figures(p, _labels(seen)) for p in repeats]),
        ("set aside by source", [figures(held_out, _labels(aside))]),
    ]
    unseen = [*seen, *aside]
    probabilities = np.concatenate([np.mean(repeats, axis=0), held_out])
    return "\n".join(
        [
            *_table("measured on", rows),
            "",
            *_breakdown("approach", [s.approach for s in unseen], unseen, probabilities),
            "",
            *_breakdown("kind of source", [s.source.kind for s in unseen], unseen, probabilities),
        ]
    )


def _breakdown(title: str, keys: Sequence[str], scenarios: Sequence[Scenario], probabilities: Floats) -> list[str]:
    """Return a table with a row for each key, over cross-validated and set-aside cases together."""
    names = np.array(keys)
    rows = []
    for key in sorted(set(keys)):
        own = np.flatnonzero(names == key)
        rows.append((key, [figures(probabilities[own], _labels([scenarios[int(i)] for i in own]))]))
    return _table(title, rows)


def _table(title: str, rows: Sequence[tuple[str, list[Figures]]]) -> list[str]:
    lines = [f"| {title} | cases | top-1 | top-2 | log loss | calibration error |", "|---|--:|--:|--:|--:|--:|"]
    for name, values in rows:
        means = np.mean([(v.top_1, v.top_2, v.log_loss, v.calibration_error) for v in values], axis=0)
        lines.append(f"| {name} | {values[0].cases} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")
    return lines


# ---------------------------------------------------------------- writing back


def write(pack: RulePack, arrays: PackArrays, numbers: Parameters, free: Sequence[bool], root: Path) -> None:
    """Write fitted weights, priors and burdens into the rule files, leaving everything else as it stands."""
    weights = {
        rule.id: (round(float(weight), 2), bool(is_free))
        for rule, weight, is_free in zip(arrays.rules, numbers.weights, free, strict=True)
    }
    for folder in ("gaps", "interventions"):
        for path in sorted((root / folder).glob("*.yaml")):
            if not path.name.endswith(TESTS_SUFFIX):
                path.write_text(_with_weights(path.read_text(encoding="utf-8"), weights), encoding="utf-8")
    for gap, prior in zip(pack.gaps, numbers.gap_priors, strict=True):
        path = root / "gaps" / f"{gap.id}.yaml"
        text = re.sub(r"(?m)^prior: .*$", f"prior: {prior:.2f}", path.read_text(encoding="utf-8"), count=1)
        path.write_text(text, encoding="utf-8")
    for option, prior in zip(pack.options, numbers.option_priors, strict=True):
        path = root / "interventions" / f"{option.intervention}.yaml"
        shared = pack.interventions[option.intervention].works.prior
        text = _with_variant_prior(path.read_text(encoding="utf-8"), option.variant, float(prior) - shared)
        path.write_text(text, encoding="utf-8")


def _with_weights(text: str, weights: dict[str, tuple[float, bool]]) -> str:
    """Return a rule file with its weights, and where each comes from, replaced."""
    lines = []
    rule = ""
    for line in text.splitlines():
        if found := re.match(r"\s*- id: (\S+)", line):
            rule = found[1]
        if rule in weights and re.match(r"\s*basis: ", line):
            continue
        if rule in weights and (found := re.match(r"(\s*)weight: ", line)):
            value, is_free = weights[rule]
            lines.append(f"{found[1]}weight: {value}")
            lines.append(f"{found[1]}basis: {'fitted' if is_free else 'judgement'}")
            continue
        lines.append(line)
    return "\n".join(lines) + "\n"


def _with_variant_prior(text: str, variant: str, prior: float) -> str:
    """Return an intervention file with the prior of one variant replaced."""
    start = text.index(f"  - id: {variant}\n", text.index("\nvariants:"))
    following = re.search(r"\n  - id: ", text[start + 1 :])
    end = start + 1 + following.start() if following else len(text)
    block = text[start:end]
    if re.search(r"\n    works:\n      prior: ", block):
        block = re.sub(r"(\n    works:\n      prior: ).*", rf"\g<1>{prior:.2f}", block, count=1)
    else:
        block = block.rstrip("\n") + f"\n    works:\n      prior: {prior:.2f}\n"
    return text[:start] + block + text[end:]


def main() -> None:
    """Print the figures and, when asked to, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m advisor.training.weights", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the fitted weights into the rule files")
    parser.add_argument("--scenarios", type=Path, default=_EXAMPLES / "scenarios")
    arguments = parser.parse_args()
    pack = load_rules()
    scenarios = load_scenarios([arguments.scenarios], pack.questionnaire)
    bench = Workbench(pack)
    if arguments.write:
        # What ships is fitted to all scenarios; the figures below come from fits that did not see what they measure.
        free = fittable(bench.arrays, [s.facts for s in scenarios])
        write(pack, bench.arrays, bench.fit(scenarios), [bool(f) for f in free], shipped_rules_folder())
    sys.stdout.write(report(bench, scenarios) + "\n")


if __name__ == "__main__":
    main()
