"""Means of organisations with their reliability: against R, and what must hold of shrinking."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.aggregation.evidence import scores_by_group
from models.measurement.aggregation.intraclass import intraclass_correlation, variance_table
from models.measurement.aggregation.organisation_means import (
    VarianceComponents,
    organisation_means,
    variance_components,
)


@pytest.mark.reference
def test_restricted_likelihood_of_army_companies_equals_lme(reference):
    # R 4.2.2, nlme 3.1.162, multilevel 2.7, 2026-11-26: l is lme(LEAD ~ 1, random = ~ 1 | COMPID, lq2002,
    # control = lmeControl(opt = "optim", tolerance = 1e-14)); its getVarCov, sigma^2, fixef, vcov, coef and gmeanrel
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    names, table = scores_by_group(companies["LEAD"], companies["COMPID"])
    components = variance_components(table, "reml")
    found = organisation_means(table, components)
    assert names[:4].tolist() == [2, 3, 4, 5]
    assert [components.between, components.within] == pytest.approx([0.0743466267479573, 0.615137515190941], abs=1e-8)
    assert components.overall_mean == pytest.approx(3.04220688124555, abs=1e-8)
    assert components.overall_error == pytest.approx(0.0442692514450337, abs=1e-8)
    expected = [2.92349964611555, 2.96554583534371, 2.77447835826337, 2.88181470239572]
    assert found.latent_mean[:4].tolist() == pytest.approx(expected, abs=1e-7)
    expected = [0.743634652038187, 0.817247673510528, 0.84469109810495, 0.87515581092859]
    assert found.reliability[:4].tolist() == pytest.approx(expected, abs=1e-7)


@pytest.mark.reference
def test_reliability_of_means_of_unequal_size_equals_gmeanrel(reference):
    # R 4.2.2, multilevel 2.7, 2026-11-26: gmeanrel(lme(HRS ~ 1, random = ~ 1 | GRP, bhr2000, control =
    # lmeControl(opt = "optim", tolerance = 1e-14))): $ICC, head($MeanRel, 4), its mean and smallest
    soldiers = pd.read_csv(reference / "oracles/data/bhr2000.csv")
    _, table = scores_by_group(soldiers["HRS"], soldiers["GRP"])
    components = variance_components(table, "reml")
    found = organisation_means(table, components).reliability
    shared = components.between / (components.between + components.within)
    assert shared == pytest.approx(0.177543993664395, abs=1e-7)
    first = [0.927200509182266, 0.906665682506762, 0.947138199394294, 0.848774311350668]
    assert found[:4].tolist() == pytest.approx(first, abs=1e-7)
    assert [found.mean(), found.min()] == pytest.approx([0.895504722928942, 0.633291827655853], abs=1e-7)


def test_means_of_many_are_more_reliable_and_of_one_size_have_icc_2():
    # By hand: m .1 / (1 + (m - 1) .1) of 10 and 40 members
    groups = np.repeat([0, 1], [10, 40])
    table = variance_table(np.random.default_rng(4).normal(size=50), groups)
    found = organisation_means(table, VarianceComponents("moments", 0.1, 0.9, 0.0, 0.1))
    assert found.reliability.tolist() == pytest.approx([1 / 1.9, 4 / 4.9])
    groups = np.repeat(np.arange(20), 6)
    random = np.random.default_rng(4)
    equal = variance_table(random.normal(size=20)[groups] + random.normal(size=120), groups)
    found = organisation_means(equal, variance_components(equal, "moments"))
    assert found.reliability == pytest.approx(np.full(20, intraclass_correlation(equal).icc_2))


def test_moments_and_restricted_likelihood_agree_for_organisations_of_one_size():
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(12), 5)
    table = variance_table(random.normal(size=60) + random.normal(size=12)[groups], groups)
    moments, restricted = (variance_components(table, method) for method in ("moments", "reml"))
    assert moments.between > 0
    assert [restricted.between, restricted.within] == pytest.approx([moments.between, moments.within], rel=1e-9)


def test_latent_means_and_errors_solve_henderson_s_equations():
    random = np.random.default_rng(3)
    groups = np.repeat(np.arange(6), [2, 3, 3, 5, 8, 20])
    scores = random.normal(size=len(groups)) + random.normal(size=6)[groups]
    table = variance_table(scores, groups)
    components = variance_components(table, "reml")
    found = organisation_means(table, components)
    design = np.column_stack([np.ones(len(groups)), np.eye(6)[groups]])
    left = design.T @ design / components.within + np.diag([0.0, *[1 / components.between] * 6])
    solved = np.linalg.solve(left, design.T @ scores / components.within)
    level = np.column_stack([np.ones(6), np.eye(6)])
    errors = np.sqrt(np.diagonal(level @ np.linalg.inv(left) @ level.T))
    assert components.between > 0
    assert found.latent_mean.tolist() == pytest.approx((level @ solved).tolist(), abs=1e-10)
    assert found.latent_error.tolist() == pytest.approx(errors.tolist(), abs=1e-10)


@pytest.mark.slow
def test_latent_means_miss_by_their_standard_errors():
    random = np.random.default_rng(20261126)
    sizes = np.tile([3, 5, 10, 40], 15)
    groups = np.repeat(np.arange(60), sizes)
    misses = []
    for _ in range(500):
        truth = random.normal(3, np.sqrt(0.2), 60)
        table = variance_table(truth[groups] + random.normal(0, np.sqrt(0.8), len(groups)), groups)
        found = organisation_means(table, variance_components(table, "reml"))
        misses.append((found.latent_mean - truth) / found.latent_error)
    # The error does not know that T and S are estimated: a little above 1 is expected.
    assert np.sqrt(np.mean(np.square(misses))) == pytest.approx(1.0, abs=0.04)


@pytest.mark.parametrize("method", ["moments", "reml"])
@pytest.mark.parametrize(
    ("scores", "groups", "reason"),
    [
        ([1, 2, 3], [0, 0, 0], "one_group"),
        ([1, 2, 3], [0, 1, 2], "groups_of_one"),
        ([1, 1, 2, 2], [0, 0, 1, 1], "none_within"),
        ([1, 3, 1, 3], [0, 0, 1, 1], "none_between"),
    ],
    ids=["one organisation", "one member each", "alike within", "alike between"],
)
def test_variances_that_cannot_be_told_say_why(method, scores, groups, reason):
    table = variance_table(np.array(scores, dtype=float), np.array(groups, dtype=np.intp))
    components = variance_components(table, method)
    found = organisation_means(table, components)
    assert components.reason == reason
    if reason == "none_between":
        assert (components.between, found.latent_mean.tolist()) == (0.0, [2.0, 2.0])
    else:
        assert np.isnan(found.latent_mean).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from(["moments", "reml"]))
def test_a_shrunk_mean_lies_between_the_plain_one_and_the_overall_one(seed, method):
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(7), random.integers(2, 15, 7))
    table = variance_table(random.normal(size=len(groups)) + random.normal(size=7)[groups], groups)
    components = variance_components(table, method)
    found = organisation_means(table, components)
    assert ((found.reliability >= 0) & (found.reliability <= 1)).all()
    assert (np.abs(found.latent_mean - components.overall_mean) <= np.abs(table.means - components.overall_mean)).all()
    assert (found.latent_error <= found.std_error + components.overall_error).all()
    assert (np.diff(found.reliability[np.argsort(table.sizes, kind="stable")]) >= 0).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 50), st.floats(-50, 50))
def test_latent_means_move_with_the_scale(seed, unit, zero):
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(7), random.integers(2, 15, 7))
    scores = random.normal(size=len(groups)) + random.normal(size=7)[groups]
    tables = [variance_table(each, groups) for each in (scores, zero + unit * scores)]
    first, other = (organisation_means(each, variance_components(each, "reml")) for each in tables)
    assert other.latent_mean.tolist() == pytest.approx((zero + unit * first.latent_mean).tolist(), rel=1e-6, abs=1e-6)
    assert other.latent_error.tolist() == pytest.approx((unit * first.latent_error).tolist(), rel=1e-5)
