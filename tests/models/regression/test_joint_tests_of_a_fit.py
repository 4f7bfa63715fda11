"""Tests of several coefficients at once, in every fit: R's numbers, and what few clusters cannot say.

R 4.2.2 on answers.csv, run 2026-11-26: f <- lm(hours ~ z + I(z^2) + I(z^3) + lead + role + lead:role), z the
standardised age;
clubSandwich 0.5.8 Wald_test(constrain_zero(...), vcovCR(f, team, "CR2"), "HTZ") and (..., "CR1S", "Naive-F");
car 3.1-1 linearHypothesis(f, ..., vcov. = sandwich::vcovHC(f, "HC3")); chi-squares by solve(vcov(multinom(...))).
"""

import numpy as np
import pytest

from models.regression.fit import fit_regression
from tests.models.regression.categorical.words import LABELS, ROLE, answers_analysed, asked

CURVE = {"variable": "age", "polynomial": 3, "standardise": True}
BENT = [CURVE, "lead", ROLE, {"interaction": ["lead", ROLE]}]
AHT, HC3, NAIVE = (
    {"covariance": None, "cluster": "organisation_id"},
    {"covariance": "HC3"},
    {"covariance": "CR1S", "cluster": "organisation_id"},
)


def joint_of(estimator, outcome, **changes):
    return fit_regression(asked(estimator, outcome, **changes), answers_analysed(), LABELS).joint_tests.set_index(
        "regressor"
    )


@pytest.mark.parametrize(
    ("said", "regressor", "method", "expected"),
    [
        (AHT, "age", "AHT", [0.792914405831945, 3, 2.507148202574723, 0.584293314660916]),
        (AHT, "age: beyond a straight line", "AHT", [0.690251199127161, 2, 3.000409073423495, 0.566748483722582]),
        (AHT, "role", "AHT", [0.0131350319544421, 2, 3.9063647553218894, 0.9869942524402104]),
        (AHT, "lead x role", "AHT", [0.293033288636231, 2, 5.615738650457256, 0.756744523133188]),
        (HC3, "role", "F", [0.0117195659840687, 2, 63, 0.9883509948341962]),
        (HC3, "whole model", "F", [0.905886830771609, 8, 63, 0.517420425567845]),
        (NAIVE, "role", "F", [0.0194016776793843, 2, 8, 0.9808313249548233]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_joint_tests_of_a_linear_model_are_rs(said, regressor, method, expected):
    found = joint_of("linear", "hours", focal=CURVE, regressors=BENT, **said).loc[regressor]
    assert found["method"] == method
    figures = found[["statistic", "df_num", "df_denom", "p_value"]].astype(float)
    np.testing.assert_allclose(figures, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("estimator", "outcome", "said", "regressor", "expected"),
    [
        ("logit", "agree", AHT, "role", [6.3468706262251091, 2, 5.7841884085410049, 0.0347693219124135]),
        ("logit", "agree", HC3, "role", [4.306424768179549, 2, np.nan, 0.116110566299279]),
        ("multinomial", "choice", {}, "age", [3.904015035525246, 2, np.nan, 0.141988740360222]),
        ("multinomial", "choice", {}, "role", [10.5105025330287347, 4, np.nan, 0.0326526274630763]),
        ("multinomial", "choice", {}, "whole model", [12.890490855982048, 8, np.nan, 0.115673431445572]),
    ],
)
def test_joint_tests_of_a_categorical_model_are_rs(estimator, outcome, said, regressor, expected):
    found = joint_of(estimator, outcome, **said).loc[regressor]
    figures = found[["statistic", "df_num", "df_denom", "p_value"]].astype(float)
    np.testing.assert_allclose(figures, expected, rtol=2e-5)


def test_one_coefficient_alone_is_tested_as_in_its_row():
    fit = fit_regression(asked("linear", "hours", regressors=["age"], **AHT), answers_analysed())
    whole, row = fit.joint_tests.iloc[-1], fit.estimates.iloc[1]
    np.testing.assert_allclose(
        [whole["statistic"], whole["df_denom"], whole["p_value"]], [row["statistic"] ** 2, row["df"], row["p_value"]]
    )


def test_nine_clusters_cannot_say_anything_of_eight_coefficients_at_once():
    """R: NA, with -1.0076 degrees of freedom."""
    whole = joint_of("linear", "hours", focal=CURVE, regressors=BENT, **AHT).loc["whole model"]
    assert np.isnan(whole["statistic"])
    assert np.isnan(whole["p_value"])
    assert whole["df_denom"] < 0


def test_more_coefficients_than_clusters_can_tell_apart_have_no_test():
    table = answers_analysed().assign(organisation_id=lambda each: [f"half{place % 3}" for place in range(len(each))])
    found = fit_regression(asked("multinomial", "choice", covariance="CR1S", cluster="organisation_id"), table)
    whole = found.joint_tests.iloc[-1]
    assert np.isnan(whole["statistic"])
    assert np.isnan(whole["p_value"])
    assert whole["df_num"] == 8
