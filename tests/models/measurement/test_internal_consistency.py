"""Alpha and omega: what leaves them unchanged, bootstrap intervals, where they are undefined and why."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.measurement.alpha_bootstrap import bootstrap_alpha
from models.measurement.answered_scale import answered_scale
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.internal_consistency import consistency, item_consistency
from models.measurement.omega import omega_total
from models.measurement.ordered_omega import ordered_reliability
from models.measurement.reliability import cronbach_alpha


def drawn(seed, n=60, k=4):
    generator = np.random.default_rng(seed)
    answers = 3 + generator.normal(size=(n, 1)) + generator.normal(size=(n, k))
    return pd.DataFrame(np.clip(np.round(answers), 1, 5), columns=list("abcdefgh")[:k])


answers_of = st.integers(0, 10_000).map(drawn)


@settings(max_examples=10)
@given(answers_of, st.integers(0, 1000))
def test_the_order_of_responses_and_items_changes_no_coefficient(answers, seed):
    generator = np.random.default_rng(seed)
    mixed = answers.iloc[generator.permutation(60), generator.permutation(4)]
    first, second = (answered_scale(each, "listwise").scale for each in (answers, mixed))
    assert first.alpha == pytest.approx(second.alpha)
    assert first.lambda_6 == pytest.approx(second.lambda_6)
    assert omega_total(answers).model_implied == pytest.approx(omega_total(mixed).model_implied, abs=1e-5)


@given(answers_of, st.floats(0.1, 9), st.floats(-5, 5))
def test_scale_and_shift_of_all_items_change_no_coefficient(answers, scale, shift):
    first, second = (answered_scale(each, "pairwise") for each in (answers, answers * scale + shift))
    assert first.scale.alpha == pytest.approx(second.scale.alpha)
    assert first.scale.std_error == pytest.approx(second.scale.std_error)
    assert first.items.item_rest_r == pytest.approx(second.items.item_rest_r)


@settings(max_examples=10)
@given(answers_of)
def test_turning_all_items_round_changes_no_coefficient(answers):
    assert answered_scale(6 - answers, "listwise").scale.alpha == pytest.approx(cronbach_alpha(answers).estimate)
    first, second = ordered_reliability(answers), ordered_reliability(6 - answers)
    assert first.omega_model == pytest.approx(second.omega_model, abs=1e-5)


@given(answers_of, st.integers(0, 3))
def test_what_an_item_adds_follows_from_the_others(answers, dropped):
    found = answered_scale(answers, "listwise")
    others = answers.drop(columns=answers.columns[dropped])
    assert found.items.alpha_if_dropped[dropped] == pytest.approx(cronbach_alpha(others).estimate)
    rest = others.sum(axis=1)
    assert found.items.item_rest_r[dropped] == pytest.approx(answers.iloc[:, dropped].corr(rest))
    assert found.items.item_total_r == pytest.approx(found.item_score_r)


def test_without_gaps_both_definitions_agree():
    answers = drawn(1)
    first, second = (answered_scale(answers, each) for each in ("listwise", "pairwise"))
    assert first.scale == second.scale
    assert (first.n_obs, second.n_obs) == (60, 60)


def test_pairwise_counts_who_answered_anything_and_listwise_who_answered_all():
    answers = drawn(2)
    answers.iloc[:10, 0] = np.nan
    answers.iloc[0] = np.nan
    listwise, pairwise = (answered_scale(answers, each) for each in ("listwise", "pairwise"))
    assert (listwise.n_obs, pairwise.n_obs) == (50, 59)
    assert pairwise.item_n_obs.tolist() == [50, 59, 59, 59]


@given(answers_of)
def test_the_bootstrap_interval_holds_alpha_and_repeats_with_its_seed(answers):
    codes = answers.to_numpy()
    low, high = bootstrap_alpha(codes, seed=5, replications=200)
    assert low < cronbach_alpha(codes).estimate < high
    assert bootstrap_alpha(codes, seed=5, replications=200) == (low, high)


def test_the_bootstrap_does_not_depend_on_how_many_sets_are_drawn_at_once(monkeypatch):
    codes = drawn(3).to_numpy()
    whole = bootstrap_alpha(codes, seed=5, replications=200)
    monkeypatch.setattr("models.measurement.alpha_bootstrap.MOST_CELLS", 500)
    assert bootstrap_alpha(codes, seed=5, replications=200) == pytest.approx(whole, abs=1e-12)


def test_the_bootstrap_of_many_normal_answers_is_feldts_interval():
    generator = np.random.default_rng(3)
    codes = generator.normal(size=(4000, 1)) + generator.normal(size=(4000, 5))
    exact = cronbach_alpha(codes)
    low, high = bootstrap_alpha(codes.round(1), seed=1)
    assert (low, high) == pytest.approx((exact.conf_low, exact.conf_high), abs=0.003)


def test_the_bootstrap_over_clusters_draws_them_whole():
    # The same clusters drawn, put under each other and handed to alpha: a second derivation
    codes, clusters = drawn(4).to_numpy(), pd.Series(np.repeat(list("abcdefgh"), [2, 5, 9, 4, 10, 12, 8, 10]))
    low, high = bootstrap_alpha(codes, seed=7, replications=300, clusters=clusters)
    draws = np.random.default_rng(7).multinomial(8, np.full(8, 1 / 8), size=300)
    members = [codes[(clusters == name).to_numpy()] for name in "abcdefgh"]
    alphas = [
        cronbach_alpha(np.concatenate([each for each, times in zip(members, row, strict=True) for _ in range(times)]))
        for row in draws
    ]
    wanted = np.quantile([each.estimate for each in alphas], [0.025, 0.975])
    assert (low, high) == pytest.approx(wanted, abs=1e-12)


def test_clusters_whose_answers_are_alike_widen_the_interval():
    once = drawn(8, n=40).to_numpy()
    codes, clusters = np.repeat(once, 5, axis=0), pd.Series(np.repeat(np.arange(40), 5))
    narrow, wide = bootstrap_alpha(codes, seed=1), bootstrap_alpha(codes, seed=1, clusters=clusters)
    alone = bootstrap_alpha(once, seed=1)
    assert wide[1] - wide[0] > 1.8 * (narrow[1] - narrow[0])
    assert wide == pytest.approx(alone, abs=0.02)


@given(answers_of, st.integers(0, 1000))
def test_names_of_clusters_change_no_interval(answers, seed):
    members = np.repeat(np.arange(12), 5)
    shuffled = np.random.default_rng(seed).permutation(100)[:12][members]
    first, second = (
        bootstrap_alpha(answers.to_numpy(), 3, 100, clusters=pd.Series(each)) for each in (members, shuffled)
    )
    assert first == second


def test_the_bootstrap_over_one_cluster_is_nan():
    assert np.isnan(bootstrap_alpha(drawn(1).to_numpy(), seed=1, clusters=pd.Series(["a"] * 60))).all()


@pytest.mark.parametrize(
    "codes", [np.ones((5, 3)), np.array([[1.0, 3.0], [3.0, 1.0]]), np.ones((1, 3)), np.ones((5, 1))]
)
def test_the_bootstrap_is_nan_without_an_alpha(codes):
    assert np.isnan(bootstrap_alpha(codes, seed=1)).all()


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"a": [1, 2, 3]}, "one_item"),
        ({"a": [1, None], "b": [None, 2]}, "one_response"),
        ({"a": [], "b": []}, "one_response"),
        ({"a": [1, 2, 3], "b": [2, 2, 2]}, "constant_item"),
        ({"a": [1, 2, 3], "b": [3, 2, 1]}, "constant_sum"),
        ({"a": [1, 2, 5], "b": [1, 2, 5]}, "dependent_items"),
    ],
)
def test_undefined_figures_bear_the_reason(answers, reason):
    found = answered_scale(pd.DataFrame(answers, dtype="Int16"), "pairwise")
    assert found.scale.reason == reason
    assert np.isnan(found.scale.lambda_6)
    assert np.isnan(found.scale.alpha) == (reason != "dependent_items")


def test_pairs_that_contradict_one_another_have_no_lambda_6():
    contradiction = np.array([[1.0, 0.9, 0.9], [0.9, 1.0, 0.1], [0.9, 0.1, 1.0]])
    found = consistency(contradiction, 50)
    assert (found.reason, np.isnan(found.lambda_6)) == ("dependent_items", True)
    assert np.isnan(item_consistency(contradiction).item_total_r_corrected).all()
    assert np.isfinite(item_consistency(contradiction).item_rest_r).all()


@pytest.mark.parametrize("estimate", [omega_total, ordered_reliability])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda answers: answers[["a", "b"]], "2 items .a, b.: omega needs at least 3"),
        (lambda answers: answers.assign(c=3), "c has the same answer everywhere"),
        (lambda answers: answers.assign(c=answers["a"]), "a and c have the same answers"),
        (lambda answers: answers.head(4), "4 responses for 4 items"),
        (lambda answers: answers.assign(c=np.nan), "0 responses for 4 items"),
    ],
    ids=["two items", "a constant item", "twins", "no more rows than items", "an item without answers"],
)
def test_answers_that_bear_no_omega_are_refused(estimate, change, message):
    with pytest.raises(FactorModelError, match=message):
        estimate(change(drawn(4)))


def test_a_heywood_case_is_named():
    # The first item is all that the others have in common, and less: its residual variance comes out negative
    generator = np.random.default_rng(8)
    common = generator.normal(size=(400, 1))
    codes = np.hstack(
        [common, 0.8 * common + 0.6 * generator.normal(size=(400, 1)), common + generator.normal(size=(400, 1))]
    )
    codes[:, 1:] -= 0.1 * (codes[:, 1:] - codes[:, 1:].mean(axis=0))[:, ::-1]
    found = omega_total(pd.DataFrame(codes, columns=["first", "second", "third"]))
    assert [each.name for each in found.problems] == ["negative_variance"]
    assert found.problems[0].about == "residual of first"


def test_a_category_never_used_changes_no_ordered_omega():
    answers = drawn(5, n=200)
    assert ordered_reliability(answers.replace(5, 7)).omega_model == pytest.approx(
        ordered_reliability(answers).omega_model
    )
