"""The whole advisor on labelled scenarios: as shipped, or refitted in grouped cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from advisor.approaches import APPROACHES
from advisor.assess import assess
from advisor.classifier import shipped_classifier
from advisor.cues import propose
from advisor.errors import AdvisorError, Problem
from advisor.fallback import opinion
from advisor.plans import choose
from advisor.scenarios import load_scenarios
from advisor.training.baselines import five_gaps, majority, regression, words_alone
from advisor.training.classifier import Recipe, assembled, check_enough, fit_classifier, rules_out_of_fold
from advisor.training.design import labels, read_settings
from advisor.training.folds import grouped_folds
from advisor.training.train import Progress
from advisor.training.weights import FOLDS, Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from advisor.classifier import Classifier
    from advisor.pack import RulePack
    from advisor.scenarios import Scenario
    from advisor.training.arrays import Floats, Ints

TOGETHER: Final = "rules and classifier together"
RULES: Final = "rules alone"
CLASSIFIER: Final = "classifier alone"
DESCRIPTION: Final = "description alone"
ACCEPTED: Final = "description with its proposed answers accepted"
WORDS: Final = "description alone, plain regression on its words"
REGRESSION: Final = "plain regression on the answers"
MAJORITY: Final = "commonest approach"
FIVE_GAPS: Final = "bare table of five gaps"
ORDER: Final = (TOGETHER, RULES, CLASSIFIER, REGRESSION, FIVE_GAPS, MAJORITY, DESCRIPTION, ACCEPTED, WORDS)


class Evaluation(NamedTuple):
    """Probabilities (repeats of (N, 5)) by who gave them, for scenarios with their labels; `spoke` (N,) is a share."""

    scenarios: tuple[Scenario, ...]
    labels: Ints
    probabilities: dict[str, list[Floats]]
    spoke: Floats
    method: str


def measured(paths: Sequence[Path], pack: RulePack, part: str, repeats: int) -> Evaluation:
    """Return the evaluation of a part (`all`, `learned`, `set-aside`) of the scenarios in files; 0 repeats: as shipped.

    Raises AdvisorError for bad files and when nothing is left to measure.
    """
    scenarios = load_scenarios(paths, pack.questionnaire)
    learned = tuple(s for s in scenarios if not s.set_aside)
    chosen = {"all": scenarios, "learned": learned, "set-aside": tuple(s for s in scenarios if s.set_aside)}[part]
    if not chosen:
        raise AdvisorError(Problem(f"no scenario belongs to the part '{part}'", ", ".join(map(str, paths))))
    if part == "set-aside":
        return held_out(learned, chosen, pack)
    return cross_validated(chosen, pack, repeats) if repeats else as_shipped(chosen, pack)


def held_out(train: Sequence[Scenario], test: Sequence[Scenario], pack: RulePack) -> Evaluation:
    """Return what rules, classifier and baselines that are fitted to some scenarios say about others.

    The shipped weights are no use for that: they are fitted to all published scenarios once everything is measured.
    """
    check_enough(train)
    found, spoke = _fold(Workbench(pack), Recipe(*read_settings()), list(train), list(test))
    probabilities: dict[str, list[Floats]] = {name: [found[name]] for name in ORDER}
    method = f"set aside by source, all fitted and chosen on the other {len(train)} cases"
    return Evaluation(tuple(test), labels(test), probabilities, spoke, method)


def as_shipped(scenarios: Sequence[Scenario], pack: RulePack) -> Evaluation:
    """Return what the shipped rules and classifier say, beside the one baseline that needs no fitting."""

    def ruled(cases: Sequence[Scenario]) -> Floats:
        return np.array([_shipped_rules(pack, s.facts) for s in cases])

    found, spoke = _predictions(shipped_classifier(), scenarios, ruled, pack)
    found[FIVE_GAPS] = five_gaps(pack, scenarios)
    probabilities: dict[str, list[Floats]] = {name: [found[name]] for name in ORDER if name in found}
    return Evaluation(tuple(scenarios), labels(scenarios), probabilities, spoke, "as shipped")


def cross_validated(scenarios: Sequence[Scenario], pack: RulePack, repeats: int) -> Evaluation:
    """Return out-of-fold probabilities; rules, classifier and baselines are fitted in each training part."""
    check_enough(scenarios)
    bench, recipe = Workbench(pack), Recipe(*read_settings())
    step = Progress("parts held out", repeats * FOLDS)
    collected: dict[str, list[Floats]] = {name: [] for name in ORDER}
    spoke = np.zeros(len(scenarios))
    for seed in range(repeats):
        whole = {name: np.zeros((len(scenarios), len(APPROACHES))) for name in ORDER}
        for train, test in grouped_folds([s.group for s in scenarios], FOLDS, seed):
            seen, unseen = [scenarios[i] for i in train], [scenarios[i] for i in test]
            found, asked = _fold(bench, recipe, seen, unseen)
            spoke[test] += asked / repeats
            for name in ORDER:
                whole[name][test] = found[name]
            step()
        for name in ORDER:
            collected[name].append(whole[name])
    method = f"cross-validated by source, {repeats} x {FOLDS} folds, all fitted and chosen inside each training part"
    return Evaluation(tuple(scenarios), labels(scenarios), collected, spoke, method)


def _fold(
    bench: Workbench, recipe: Recipe, seen: list[Scenario], unseen: list[Scenario]
) -> tuple[dict[str, Floats], Floats]:
    stacked = rules_out_of_fold(bench, seen, lambda: None)
    classifier = assembled(fit_classifier(seen, stacked, recipe))
    numbers = bench.fit(seen)
    found, asked = _predictions(classifier, unseen, lambda cases: bench.probabilities(cases, numbers), bench.pack)
    found |= _fitted_baselines(seen, unseen, recipe)
    found[FIVE_GAPS] = five_gaps(bench.pack, unseen)
    return found, asked


def _fitted_baselines(train: Sequence[Scenario], test: Sequence[Scenario], recipe: Recipe) -> dict[str, Floats]:
    return {
        MAJORITY: majority(train, test),
        REGRESSION: regression(train, test, recipe),
        WORDS: words_alone(train, test, recipe),
    }


def _predictions(
    classifier: Classifier,
    scenarios: Sequence[Scenario],
    ruled: Callable[[Sequence[Scenario]], Floats],
    pack: RulePack,
) -> tuple[dict[str, Floats], Floats]:
    """Return the probabilities of each way to answer, and for which cases the classifier spoke."""
    names = (TOGETHER, RULES, CLASSIFIER, DESCRIPTION, ACCEPTED)
    found = {name: np.zeros((len(scenarios), len(APPROACHES))) for name in names}
    spoke = np.zeros(len(scenarios))
    accepted = [_proposed(pack, s) for s in scenarios]
    nothing = dict.fromkeys(APPROACHES, 1 / len(APPROACHES))
    for i, (scenario, by_rules, by_proposals) in enumerate(
        zip(scenarios, ruled(scenarios), ruled(accepted), strict=True)
    ):
        own = dict(zip(APPROACHES, map(float, by_rules), strict=True))
        said = opinion(classifier, scenario.facts, own, scenario.description)
        alone = opinion(classifier, {}, nothing, scenario.description)
        proposed = dict(zip(APPROACHES, map(float, by_proposals), strict=True))
        with_proposals = opinion(classifier, accepted[i].facts, proposed, scenario.description)
        spoke[i] = said.spoke is not None
        for name, row in zip(
            names, (said.together, said.rules, said.own, alone.together, with_proposals.together), strict=True
        ):
            found[name][i] = [row[approach] for approach in APPROACHES]
    return found, spoke


def _proposed(pack: RulePack, scenario: Scenario) -> Scenario:
    """Return a scenario as it is known when all that is given is its description, and its proposals are accepted."""
    facts = {p.fact: p.value for p in propose(pack.cues, scenario.description, {}, pack.questionnaire)}
    return scenario.model_copy(update={"facts": facts})


def _shipped_rules(pack: RulePack, facts: dict[str, str | bool | int | float]) -> list[float]:
    probabilities = choose(pack, assess(pack, facts)).probabilities
    return [probabilities[approach] for approach in APPROACHES]
