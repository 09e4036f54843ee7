"""The fallback classifier: plain weights equal to scikit-learn's, guarded by a hash, quiet where rules are clear."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import UseCase, advise, load_rules
from advisor.approaches import APPROACHES
from advisor.classifier import (
    CHANGES_WEIGHTS,
    LinearModel,
    classifier_path,
    load_classifier,
    numbers_hash,
    shipped_classifier,
)
from advisor.compiled_classifier import compiled_classifier
from advisor.errors import AdvisorError
from advisor.fallback import mixed, one_of_two, opinion, reason_to_speak, within
from advisor.library import shipped_library
from advisor.patterns import found_words, plain_text
from advisor.scenarios import load_scenarios

if TYPE_CHECKING:
    from advisor.approaches import Approach
    from advisor.scenarios import Scenario

ROOT = Path(__file__).parents[1]
PACK = load_rules(ROOT / "rules")
EVEN: dict[Approach, float] = dict.fromkeys(APPROACHES, 0.2)


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    found = load_scenarios([ROOT / "examples" / "scenarios"], PACK.questionnaire)
    return [scenario for scenario in found if not scenario.set_aside]


# ------------------------------------------------------------------ weights


def test_plain_weights_equal_scikit_learn(scenarios: list[Scenario]) -> None:
    np = pytest.importorskip("numpy")
    linear = pytest.importorskip("sklearn.linear_model")
    from advisor.training.design import answer_names, labels, matrix, text_names

    made = json.loads(classifier_path().read_text(encoding="utf-8"))
    classifier = shipped_classifier()
    # The rules' part of the features differs in training (out of fold); here any fixed numbers do for both sides.
    rules = [0.4, 0.3, 0.15, 0.1, 0.05]
    answers = [classifier.features.of_case(s.facts, rules, s.description) for s in scenarios]
    text = [classifier.features.of_text(s.description) for s in scenarios]
    names = answer_names(scenarios, classifier.features, 4)
    for rows, columns, which in ((answers, names, "answers"), (text, text_names(classifier.features), "text")):
        from advisor.training.classifier import fit_linear

        strength = made["strengths"][which]
        ours = fit_linear(rows, labels(scenarios), columns, strength)
        theirs = linear.LogisticRegression(C=strength, max_iter=5000, tol=1e-9).fit(
            matrix(rows, columns), labels(scenarios)
        )
        expected = theirs.predict_proba(matrix(rows, columns))
        found = np.array([[p[a] for a in APPROACHES] for p in map(ours.probabilities, rows)])
        assert np.abs(found - expected).max() < 1e-6


def test_shipped_text_model_is_what_scikit_learn_fits(scenarios: list[Scenario]) -> None:
    pytest.importorskip("sklearn")
    from advisor.training.classifier import fit_linear
    from advisor.training.design import labels, text_names

    classifier = shipped_classifier()
    strength = json.loads(classifier_path().read_text(encoding="utf-8"))["strengths"]["text"]
    rows = [classifier.features.of_text(s.description) for s in scenarios]
    refitted = fit_linear(rows, labels(scenarios), text_names(classifier.features), strength)
    for row in rows:
        at_one = LinearModel(
            intercept=classifier.text.intercept, weights=classifier.text.weights, temperature=1.0
        ).probabilities(row)
        again = refitted.probabilities(row)
        assert all(abs(at_one[approach] - again[approach]) < 1e-6 for approach in APPROACHES)


def test_shipped_weights_belong_to_the_shipped_rules_scenarios_and_settings(scenarios: list[Scenario]) -> None:
    pytest.importorskip("sklearn")
    from advisor.training.index import scenarios_hash
    from advisor.training.train import settings_hash

    assert shipped_classifier().made_from == {
        "scenarios": scenarios_hash(scenarios),
        "cases": len(scenarios),
        "rules": numbers_hash(PACK),
        "settings": settings_hash(),
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"temperature":1', '"temperature":2', 1), "does not match its own hash"),
        (lambda text: text.replace("0.5", "0.6", 1), "does not match its own hash"),
        (lambda text: text.replace('"schema_version":1', '"schema_version":2'), "not a classifier of this version"),
        (lambda text: text[: len(text) // 2], "can't be read"),
        (lambda _: "[]", "not a classifier of this version"),
        (lambda _: "", "can't be read"),
    ],
)
def test_a_tampered_file_is_refused_with_one_error(change: object, said: str, tmp_path: Path) -> None:
    path = tmp_path / "classifier.json"
    assert callable(change)
    path.write_text(change(classifier_path().read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(AdvisorError) as error:
        load_classifier(path)
    assert len(error.value.problems) == 1
    assert said in str(error.value)
    assert str(path) in str(error.value)


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(AdvisorError, match="can't be read"):
        load_classifier(Path("no-such-file.json"))


# ------------------------------------------------------------------- speed


def test_the_compiled_classifier_says_the_same(scenarios: list[Scenario]) -> None:
    quick, plain = compiled_classifier(), shipped_classifier()
    for scenario in scenarios:
        for description in (None, scenario.description):
            same = pytest.approx(plain.of_case(scenario.facts, EVEN, description), abs=1e-12)
            assert quick.of_case(scenario.facts, EVEN, description) == same
        assert quick.of_text(scenario.description) == plain.of_text(scenario.description)


def test_hints_are_words_of_more_than_one_source(scenarios: list[Scenario]) -> None:
    """What a single case says would be learned by heart."""
    texts = [(scenario.group, plain_text(scenario.description)) for scenario in scenarios]
    for words in shipped_classifier().features.hints.values():
        for word in words:
            assert len({group for group, text in texts if found_words([word], text)}) >= 2, word


def test_advise_needs_no_training_library() -> None:
    program = (
        "import sys; from advisor import UseCase, advise; "
        "advise(UseCase(name='a', description='Answers questions about manuals.', facts={'task': 'agent'}));"
        "print([m for m in ('sklearn', 'scipy', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --------------------------------------------------------- where it speaks

probabilities = st.lists(st.floats(0.001, 1), min_size=5, max_size=5).map(
    lambda values: {approach: value / sum(values) for approach, value in zip(APPROACHES, values, strict=True)}
)


@given(probabilities, probabilities, st.floats(0, 1))
def test_a_blend_is_a_distribution_between_both(
    own: dict[Approach, float], rules: dict[Approach, float], share: float
) -> None:
    together = mixed(share, own, rules)
    assert sum(together.values()) == pytest.approx(1)
    for approach in APPROACHES:
        low, high = sorted((own[approach], rules[approach]))
        assert low - 1e-12 <= together[approach] <= high + 1e-12


@given(probabilities, probabilities, st.sampled_from(APPROACHES))
def test_a_blocked_approach_stays_at_zero(
    own: dict[Approach, float], rules: dict[Approach, float], blocked: Approach
) -> None:
    ruled = {**rules, blocked: 0.0}
    found = within(own, ruled)
    assert found[blocked] == 0
    assert sum(found.values()) == pytest.approx(1)


def test_it_is_silent_where_the_rules_are_clear() -> None:
    blend = shipped_classifier().blend
    clear: dict[Approach, float] = dict(zip(APPROACHES, (0.0, 0.98, 0.01, 0.01, 0.0), strict=True))
    assert reason_to_speak(blend, clear, 20) is None
    answered = shipped_library().cases[0].facts
    assert len(answered) >= blend.few
    assert opinion(shipped_classifier(), answered, clear, "A text.").together == clear
    assert reason_to_speak(blend, EVEN, 20) == "too_close"


def test_one_of_two_needs_two_that_stand_out_together() -> None:
    def given_(*values: float) -> dict[Approach, float]:
        return dict(zip(APPROACHES, values, strict=True))

    assert one_of_two(given_(0.45, 0.42, 0.05, 0.05, 0.03)) == ("prompting", "rag")
    assert one_of_two(given_(0.9, 0.05, 0.02, 0.02, 0.01)) == ()
    assert one_of_two(given_(0.3, 0.3, 0.2, 0.1, 0.1)) == ()


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_text_that_says_nothing_never_leads_to_changed_weights(text: str) -> None:
    features = shipped_classifier().features.of_text(text)
    if not features:
        found = shipped_classifier().of_text(text)
        assert max(found, key=lambda approach: found[approach]) not in CHANGES_WEIGHTS


@given(
    st.lists(st.floats(-1, 1), min_size=5, max_size=5),
    st.lists(st.floats(-1, 1), min_size=5, max_size=5),
)
def test_base_rates_alone_never_lead_to_changed_weights(intercept: list[float], unknown: list[float]) -> None:
    model = LinearModel(intercept=tuple(intercept), weights={"unknown:task": tuple(unknown)}, temperature=1.0)
    for features in ({}, {"unknown:task": 1.0}):
        found = model.supported(features)
        assert max(found, key=lambda approach: found[approach]) not in CHANGES_WEIGHTS
        assert sum(found.values()) == pytest.approx(1)


def test_what_speaks_for_changed_weights_counts() -> None:
    model = LinearModel(
        intercept=(0.0,) * 5, weights={"fact:style=distinctive": (0.0, 0.0, 2.0, 0.0, 0.0)}, temperature=1.0
    )
    found = model.supported({"fact:style=distinctive": 1.0})
    assert max(found, key=lambda approach: found[approach]) == "fine_tuning"


# -------------------------------------------------------------- in the advice


def test_a_description_alone_is_undecided_with_a_leaning() -> None:
    text = "An assistant answers employees' questions from the company's internal documentation, which changes weekly."
    result = advise(UseCase(name="text", description=text))
    assert (result.verdict, result.approach, result.leaning) == ("undecided", None, "rag")
    assert result.decided_by == "classifier"
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert max(result.probabilities, key=lambda approach: result.probabilities[approach]) == result.leaning
    assert result.classifier is not None
    assert result.classifier.spoke == "description_only"


def test_the_headline_is_the_most_probable_and_no_part_is_unpaid(scenarios: list[Scenario]) -> None:
    by_classifier = 0
    for scenario in scenarios[::4]:
        result = advise(UseCase(name=scenario.id, description=scenario.description, facts=scenario.facts))
        said = result.approach or result.leaning
        assert said == max(result.probabilities, key=lambda approach: result.probabilities[approach])
        for line in result.ledger:
            assert sum(line.by_gap.values()) >= line.burden - 1e-9
        by_classifier += result.decided_by == "classifier"
        for other in result.alternatives:
            assert not other.blocked or result.probabilities[other.approach] == 0
    assert by_classifier
