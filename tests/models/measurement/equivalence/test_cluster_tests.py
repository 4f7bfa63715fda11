"""Differential functioning in organisations: against R, size in invented answers, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.equivalence.cluster_tests import Members, cluster_covariance, wald_test
from models.measurement.equivalence.differential import differential_functioning
from models.measurement.equivalence.ordinal_logit import CountedAnswers, fit_ordinal_logit, scores_of

ITEMS = ["E3", "E4", "E5", "A3", "A5"]


@pytest.mark.reference
def test_tests_that_allow_for_clusters_equal_a_sandwich_of_clm(reference):
    # R 4.2.2, ordinal 2022.11.16, numDeriv 2016.8-1.1, 2026-11-26: clm(factor(E4) ~ X, gradTol = 1e-12), X the centred
    # mean s of the other four, gender and their product; S = jacobian of the log likelihood of each response,
    # V = vcov %*% crossprod(rowsum(S, age)) %*% vcov * G / (G - 1), G = 63; W = b' solve(V_b) b; pf(W / q, q, G - 1)
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")
    found = differential_functioning(answers[ITEMS], answers["gender"], clusters=answers["age"])
    tests = {each.item: each for each in found.items}["E4"].clustered
    assert tests is not None
    assert [tests.uniform.statistic, tests.uniform.p_value] == pytest.approx(
        [0.263038655557930, 0.609862773475273], abs=1e-7
    )
    assert [tests.non_uniform.statistic, tests.non_uniform.p_value] == pytest.approx(
        [1.139197576667908, 0.289960390690315], abs=1e-7
    )
    assert [tests.both.statistic, tests.both.p_value] == pytest.approx([1.418756667176324, 0.495898677173708], abs=1e-7)
    assert [tests.both.df, tests.both.n_clusters] == [2, 63]


def of_organisations(effect, n_organisations=30, size=12, seed=20261126):
    """Three items; group by organisation, and organisations answer the first alike beyond what it measures."""
    random = np.random.default_rng(seed)
    organisation = np.repeat(np.arange(n_organisations), size)
    group = organisation % 2
    latent = 1.5 * random.normal(size=len(organisation))[:, None] + random.logistic(size=(len(organisation), 3))
    latent[:, 0] += random.normal(scale=1.0, size=n_organisations)[organisation] + effect * group
    codes = np.clip(np.round(latent) + 3, 1, 5).astype(int)
    return pd.DataFrame(codes, columns=["i1", "i2", "i3"]), pd.Series(group), pd.Series(organisation)


@pytest.mark.slow
def test_organisations_that_answer_alike_are_no_differential_functioning():
    # 400 draws of 30 organisations without a difference of groups, level .05: binomial standard error .011
    draws = 400
    likelihood, wald = np.empty(draws), np.empty(draws)
    for draw in range(draws):
        items, groups, organisations = of_organisations(0.0, seed=draw)
        first = differential_functioning(items, groups, clusters=organisations).items[0]
        assert first.clustered is not None
        likelihood[draw], wald[draw] = first.uniform.p_value, first.clustered.uniform.p_value
    assert (likelihood < 0.05).mean() > 0.2
    assert 0.025 < (wald < 0.05).mean() < 0.09


def test_a_difference_of_groups_of_organisations_is_found_all_the_same():
    items, groups, organisations = of_organisations(2.5, n_organisations=60)
    found = differential_functioning(items, groups, clusters=organisations).items[0]
    assert found.clustered is not None
    assert found.clustered.uniform.p_value < 1e-4
    assert found.is_flagged


def test_a_flag_needs_the_test_that_allows_for_organisations():
    flagged = 0
    for seed in range(12):
        items, groups, organisations = of_organisations(0.0, n_organisations=8, size=40, seed=seed)
        alone = differential_functioning(items, groups).items[0]
        beside = differential_functioning(items, groups, clusters=organisations).items[0]
        assert beside.both == alone.both
        assert not (beside.is_flagged and not alone.both.nagelkerke >= 0.035)
        flagged += alone.is_flagged - beside.is_flagged
    assert flagged > 0


def test_responses_that_are_their_own_cluster_give_the_sandwich_of_single_responses():
    random = np.random.default_rng(7)
    design, answers = random.normal(size=(300, 2)), random.integers(0, 4, 300)
    counted = CountedAnswers(answers.astype(np.intp), design, np.ones(300))
    fit = fit_ordinal_logit(counted)
    scores = scores_of(counted, fit)
    assert scores.sum(axis=0) == pytest.approx(np.zeros(scores.shape[1]), abs=1e-6)
    members = Members(np.arange(300), np.arange(300), 300)
    expected = fit.covariance @ (scores.T @ scores) @ fit.covariance
    assert cluster_covariance(counted, fit, members, "CR0") == pytest.approx(expected, rel=1e-10)
    assert cluster_covariance(counted, fit, members, "CR1") == pytest.approx(expected * 300 / 299, rel=1e-10)
    one = wald_test(fit, expected, 1, 300, "CR0")
    assert one.statistic == pytest.approx(fit.slopes[-1] ** 2 / expected[-1, -1])


def test_scores_are_the_slope_of_the_log_likelihood():
    random = np.random.default_rng(3)
    design, answers = random.normal(size=(1, 2)), np.array([1], dtype=np.intp)
    every = CountedAnswers(random.integers(0, 3, 200).astype(np.intp), random.normal(size=(200, 2)), np.ones(200))
    fit = fit_ordinal_logit(every)

    def log_chance(theta):
        edges = np.concatenate([[-np.inf], theta[:2], [np.inf]]) - design[0] @ theta[2:]
        upper, lower = (1 / (1 + np.exp(-edges[place])) for place in (2, 1))
        return np.log(upper - lower)

    theta, step = np.concatenate([fit.thresholds, fit.slopes]), 1e-6
    slopes = [(log_chance(theta + each) - log_chance(theta - each)) / (2 * step) for each in step * np.eye(4)]
    assert scores_of(CountedAnswers(answers, design, np.ones(1)), fit)[0] == pytest.approx(slopes, abs=1e-8)


@pytest.mark.parametrize("n_organisations", [1, 2], ids=["one organisation", "as many as slopes"])
def test_too_few_organisations_are_named_and_flag_nothing(n_organisations):
    items, groups, _ = of_organisations(3.0, n_organisations=20)
    organisations = pd.Series(np.arange(len(items)) % n_organisations)
    found = differential_functioning(items, groups, clusters=organisations)
    assert {each.reason for each in found.items} == {"few_organisations"}
    assert not any(each.is_flagged for each in found.items)
    assert all(each.clustered and np.isnan(each.clustered.both.p_value) for each in found.items)


def test_responses_without_an_organisation_are_left_out():
    items, groups, organisations = of_organisations(0.0)
    organisations = organisations.astype("Int64").where(organisations > 0)
    found = differential_functioning(items, groups, clusters=organisations)
    assert {each.n_obs for each in found.items} == {len(items) - 12}
