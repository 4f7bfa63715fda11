"""Predictions with the random intercept integrated out, and average effects from them."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from models.multilevel.categorical.crossed_intercepts import fit_crossed_intercepts
from models.multilevel.categorical.population import PopulationModel
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.cumulative_links import LINKS
from models.regression.categorical.generalised import observed
from models.regression.categorical.margins import Averaging, average_difference, average_slope, delta_intervals
from tests.models.multilevel.categorical.answered_in_groups import (
    KINDS,
    NAMES,
    binary,
    drawn,
    fitted,
    matrix,
    study,
)


def regressors(kind, table):
    return matrix(table) if kind == "logit" else matrix(table)[:, 1:]


def moved(fit, by):
    """Return the fit with other parameters."""
    coefficients, sd = (fit.point + by)[:-1], float((fit.point + by)[-1])
    return type(fit)(**{**vars(fit), "coefficients": coefficients, "sd": sd})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sd", [0.5, 1.0, 4.0, 12.0])
def test_predictions_are_integrals_over_the_intercept(kind, sd):
    fit = study(kind, 1)
    model = PopulationModel(moved(fit, np.append(np.zeros(len(fit.coefficients)), sd - fit.sd)))
    row = regressors(kind, drawn(1))[:1]
    link = LINKS["probit" if "probit" in kind else "logit"]
    beyond = np.array([-700.0])

    def integrated(predictor):
        def integrand(effect):
            return link.share(beyond, np.array([predictor + sd * effect]))[0] * norm.pdf(effect)

        return quad(integrand, -9, 9, epsabs=1e-13, limit=300, points=[-predictor / sd])[0]

    found = model.expected(row)[0]
    if kind == "logit":
        assert found[0] == pytest.approx(integrated(float(row[0] @ fit.coefficients)), abs=1e-9)
        return
    cuts = [integrated(float(cut - row[0] @ fit.coefficients[3:])) for cut in fit.coefficients[:3]]
    np.testing.assert_allclose(found, np.diff([0, *cuts, 1]), atol=1e-9)


def test_with_probit_they_are_closed():
    fit = study("ordered probit", 1)
    rows = regressors("ordered probit", drawn(1))
    cuts = norm.cdf((fit.coefficients[:3] - (rows @ fit.coefficients[3:])[:, None]) / np.sqrt(1 + fit.sd**2))
    expected = np.diff(np.column_stack([np.zeros(240), cuts, np.ones(240)]), axis=1)
    np.testing.assert_allclose(PopulationModel(fit).expected(rows), expected, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_their_derivatives_are_those_of_the_means(kind):
    fit, weights = study(kind, 1), np.linspace(1, 2, 240)
    rows = regressors(kind, drawn(1))
    found = PopulationModel(fit).predicted(rows, weights)
    for place, unit in enumerate(np.eye(len(fit.point))):
        high, low = (PopulationModel(moved(fit, by * 1e-5 * unit)).predicted(rows, weights).means for by in (1, -1))
        np.testing.assert_allclose(found.slopes[:, place], (high - low) / 2e-5, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(found.means, np.average(PopulationModel(fit).expected(rows), axis=0, weights=weights))


@pytest.mark.parametrize("kind", KINDS)
def test_average_effects_are_smaller_in_the_population_than_within_a_group(kind):
    table = drawn(1)
    fit, over = study(kind, 1), Averaging(np.ones(240))
    rows = regressors(kind, table)
    place = rows.shape[1] - 2

    def redesigned(values):
        changed = rows.copy()
        changed[:, place] = values
        return changed

    unconditional = average_slope(PopulationModel(fit), redesigned, rows[:, place], over)
    within = PopulationModel(moved(fit, np.append(np.zeros(len(fit.coefficients)), -fit.sd)))
    typical = average_slope(within, redesigned, rows[:, place], over)
    assert np.abs(unconditional.means[-1]) < np.abs(typical.means[-1])
    low, high = rows.copy(), rows.copy()
    low[:, -1], high[:, -1] = 0.0, 1.0
    change = average_difference(PopulationModel(fit), low, high, over)
    names = [""] if kind == "logit" else list("1234")
    intervals = delta_intervals(change, fit.covariance_of_margins, names)
    assert (intervals["std_error"] > 0).all()
    if kind != "logit":
        assert change.means.sum() == pytest.approx(0, abs=1e-12)


def test_without_variance_average_effects_are_those_of_the_plain_model():
    table = drawn(11, 240, 12, sd=0.0)
    table["firm"] = (table["latent"].rank().astype(int) - 1) % 12
    mixed, crossed = fitted("logit", table), fit_crossed_intercepts(binary(table), table[["firm"]], NAMES)
    plain = fit_binary(observed(matrix(table), table["agree"].to_numpy()), NAMES)
    low, high = matrix(table), matrix(table)
    low[:, -1], high[:, -1] = 0.0, 1.0
    over = Averaging(np.ones(240))
    expected = delta_intervals(average_difference(plain, low, high, over), plain.covariance, [""])
    for fit in (mixed, crossed):
        assert fit.sds == 0
        change = average_difference(PopulationModel(fit), low, high, over)
        found = delta_intervals(change, fit.covariance_of_margins, [""])
        np.testing.assert_allclose(found.iloc[:, 1:].astype(float), expected.iloc[:, 1:].astype(float), rtol=1e-9)


def test_an_offset_is_refused():
    fit = study("logit", 1)
    with pytest.raises(ValueError, match="has no offset"):
        PopulationModel(fit).predicted(matrix(drawn(1)), np.ones(240), np.ones(240))
