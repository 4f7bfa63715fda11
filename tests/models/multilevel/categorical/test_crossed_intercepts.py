"""Random intercepts of several factors by Laplace: no results of R are stored, so that dense matrices prove them."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.multilevel.categorical.components import component_of, predicted_intercepts
from models.multilevel.categorical.crossed_groups import put_in_crossed_groups
from models.multilevel.categorical.crossed_intercepts import (
    components_of,
    crossed_predicted_intercepts,
    fit_crossed_intercepts,
)
from models.multilevel.categorical.crossed_likelihood import CrossedLikelihood
from models.multilevel.categorical.population import PopulationModel
from models.multilevel.categorical.random_intercept import fit_random_intercept
from models.regression.identification import ModelDataError
from tests.models.multilevel.categorical.answered_in_groups import KINDS, NAMES, drawn, matrix

POINTS = {
    "logit": [0.1, 0.4, -0.3],
    "ordered logit": [-1, 0.1, 1.3, 0.4, -0.3],
    "ordered probit": [-1, 0, 1, 0.3, -0.2],
}


def rated(seed, n=400, raters_sd=0.7):
    """Draw answers of people in firms about topics; teams lie in firms."""
    rng = np.random.default_rng(seed)
    table = drawn(seed, n, 20)
    table["topic"] = rng.permutation(np.arange(n) % 8)
    table["team"] = [f"{firm}.{team}" for firm, team in zip(table["firm"], rng.integers(0, 3, n), strict=True)]
    table["latent"] += raters_sd * rng.normal(size=8)[table["topic"]]
    table["agree"] = (table["latent"] > 0.2).astype(float)
    table["level"] = np.digitize(table["latent"], [-1.2, 0.1, 1.5])
    return table


def likelihood_of(kind, table, factors):
    return CrossedLikelihood(*put_in_crossed_groups(KINDS[kind][0](table), table[factors]))


def fitted(kind, table, factors):
    return fit_crossed_intercepts(KINDS[kind][0](table), table[factors], KINDS[kind][1])


@cache
def study(kind="logit", factors=("firm", "topic")):
    return fitted(kind, rated(1), list(factors))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factors", [["firm"], ["firm", "topic"], ["firm", "team", "topic"]])
def test_the_likelihood_is_laplaces_and_its_gradient_its_own(kind, factors):
    table = rated(2, 120)
    likelihood = likelihood_of(kind, table, factors)
    rows, groups = likelihood.responses, likelihood.groups
    sds = np.array([0.8, 0.5, 1.1])[: len(factors)]
    point = np.append(POINTS[kind], sds)
    evaluated = likelihood.at(point)
    places = zip(groups.codes, groups.sizes, sds, strict=True)
    columns = np.hstack([sd * (codes[:, None] == np.arange(size)) for codes, size, sd in places])

    def moved(effects):
        shift = rows.towards * columns @ effects
        return tuple(each + shift for each in rows.predictors(np.array(POINTS[kind])))

    slopes = rows.towards * columns.T @ rows.moved(moved(evaluated.modes)).first - evaluated.modes
    np.testing.assert_allclose(slopes, 0, atol=1e-9)
    curvature = np.eye(columns.shape[1]) - (columns.T * rows.moved(moved(evaluated.modes)).second) @ columns
    height = rows.heights(moved(evaluated.modes))[0].sum() - evaluated.modes @ evaluated.modes / 2
    expected = height - np.linalg.slogdet(curvature)[1] / 2
    assert evaluated.log_likelihood == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(evaluated.variances, np.diag(np.linalg.inv(curvature)), rtol=1e-9)
    step = 1e-4
    around = [
        [likelihood.at(point + by * step * unit).log_likelihood for by in (-2, -1, 1, 2)] for unit in np.eye(len(point))
    ]
    differences = np.array(around) @ np.array([1, -8, 8, -1]) / (12 * step)
    np.testing.assert_allclose(evaluated.gradient, differences, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_one_factor_is_a_random_intercept_by_laplace(kind):
    table = rated(1)
    crossed = study(kind, ("firm",))
    single = fit_random_intercept(KINDS[kind][0](table), table["firm"], KINDS[kind][1], 1)
    np.testing.assert_allclose(crossed.point, single.point, rtol=1e-7)
    np.testing.assert_allclose(crossed.covariance, single.covariance, rtol=1e-5, atol=1e-9)
    assert crossed.log_likelihood == pytest.approx(single.log_likelihood, rel=1e-12)
    ours, theirs = components_of(crossed).iloc[0], component_of(single)
    for name in ("variance", "sd_error", "sd_low", "sd_high", "icc", "lr_statistic", "lr_p_value"):
        assert ours[name] == pytest.approx(getattr(theirs, name), rel=1e-5), name
    found, known = crossed_predicted_intercepts(crossed), predicted_intercepts(single)
    np.testing.assert_allclose(found["intercept"], known["intercept"], rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(found["conditional_sd"], known["conditional_sd"], rtol=1e-5)


@pytest.mark.parametrize("factors", [("firm", "topic"), ("firm", "team")])
def test_searches_agree_and_each_variance_is_tested_against_the_model_without_it(factors):
    fit = study("logit", factors)
    table = rated(1)
    assert fit.groups.names[0] == ("team" if "team" in factors else "firm")
    assert fit.audit.disagreement < 1e-4
    components = components_of(fit).set_index("factor")
    for left_out, kept in (factors, factors[::-1]):
        other = fit_random_intercept(KINDS["logit"][0](table), table[kept], NAMES, 1)
        expected = 2 * (fit.log_likelihood - other.log_likelihood)
        assert components.loc[left_out, "lr_statistic"] == pytest.approx(max(expected, 0), abs=1e-6)
    assert components["icc"].sum() < 1


def test_a_variance_of_nought_is_named_and_leaves_the_others_as_they_are():
    table = rated(3)
    table["noise"] = (table["latent"].rank().astype(int) - 1) % 10
    fit, single = fitted("logit", table, ["firm", "noise"]), fitted("logit", table, ["firm"])
    components = components_of(fit).set_index("factor")
    assert components["is_nought"].to_dict() == {"firm": False, "noise": True}
    assert components.loc["noise", ["variance", "icc", "lr_statistic"]].tolist() == [0, 0, 0]
    assert components.loc["noise", "lr_p_value"] == 1
    assert np.isnan(components.loc["noise", ["sd_error", "sd_low", "sd_high"]].astype(float)).all()
    np.testing.assert_allclose(fit.point[:-1], single.point, rtol=1e-7)
    np.testing.assert_allclose(fit.covariance[:-1, :-1], single.covariance, rtol=1e-5, atol=1e-9)
    none = fitted("logit", table, ["noise"])
    np.testing.assert_array_equal(none.coefficients, none.plain.coefficients)
    assert components_of(none)["is_nought"].tolist() == [True]


@pytest.mark.parametrize("kind", ["logit", "ordered probit"])
def test_predictions_integrate_all_random_intercepts_out(kind):
    fit = study(kind)
    rows = matrix(rated(1))[:, (0 if kind == "logit" else 1) :]
    found = PopulationModel(fit).predicted(rows, np.ones(400))
    together = replace(fit, sds=np.array([np.hypot(*fit.sds), 0.0]))
    np.testing.assert_allclose(PopulationModel(together).predicted(rows, np.ones(400)).means, found.means, rtol=1e-12)
    for place, unit in enumerate(np.eye(len(fit.point))):
        high, low = (
            PopulationModel(replace(fit, coefficients=moved[:-2], sds=moved[-2:])).predicted(rows, np.ones(400)).means
            for moved in (fit.point + 1e-5 * unit, fit.point - 1e-5 * unit)
        )
        np.testing.assert_allclose(found.slopes[:, place], (high - low) / 2e-5, rtol=1e-5, atol=1e-8)


@given(seed=st.integers(0, 1000))
@settings(max_examples=2)
def test_neither_the_order_of_rows_nor_of_factors_changes_a_bit(seed):
    shuffled = rated(1).sample(frac=1, random_state=seed)
    shuffled["topic"] = shuffled["topic"].to_numpy()
    again = fitted("logit", shuffled.reset_index(drop=True), ["topic", "firm"])
    np.testing.assert_array_equal(again.point, study().point)
    np.testing.assert_array_equal(again.covariance, study().covariance)


def test_other_names_of_groups_change_nothing():
    renamed = rated(1).assign(topic=lambda each: [f"t{(3 * code) % 8}" for code in each["topic"]])
    again = fitted("logit", renamed, ["firm", "topic"])
    np.testing.assert_allclose(again.point, study().point, rtol=1e-7)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda t: t.assign(topic=t["topic"] % 4), "4 groups of 'topic': too few"),
        (lambda t: t.assign(topic=[f"x{firm}" for firm in t["firm"]]), "make the same 20 groups"),
        (lambda t: t.assign(topic=t["topic"].where(t.index > 4)), "5 of 400 responses have no 'topic'"),
        (lambda t: t.assign(topic=range(400)), "each of the 400 groups of 'topic' has one response"),
        (lambda t: t.assign(lead=2 * t["age"]), "the coefficients cannot be told apart"),
        (lambda t: t.assign(lead=t["agree"]), "foretold by 'lead'"),
    ],
)
def test_data_that_cannot_carry_several_random_intercepts_are_refused(changed, words):
    with pytest.raises(ModelDataError, match=words):
        fitted("logit", changed(rated(4)), ["firm", "topic"])


def test_too_many_pairs_of_groups_are_refused():
    n = 20_000
    table = pd.DataFrame({"age": np.linspace(-1, 1, n), "lead": np.arange(n) % 2.0, "agree": np.arange(n) % 7 % 2.0})
    table["firm"], table["topic"] = np.arange(n) // 2 % 8_000, np.arange(n) // 3 % 6_000
    with pytest.raises(ModelDataError, match="48,000,000 pairs of groups"):
        fitted("logit", table, ["firm", "topic"])
