"""How a variable enters a model: centred, standardised, bent; and the same from rows as from counted patterns."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.regression.design import build_design, lay_out, uses_of
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.profile import profile_of
from models.sections.regressors import Interaction, Variable
from models.terms import scales_in_terms

TRUST = "trust"


def matrix_of(*regressors, analysis=None):
    return build_design(model_of(*regressors), invented_analysis() if analysis is None else analysis, {}).matrix


def test_a_centred_variable_has_mean_nought_and_the_same_slope():
    centred = Variable(variable=TRUST, centre="grand_mean")
    matrix = matrix_of(centred, "workload")
    assert matrix[TRUST].mean() == pytest.approx(0, abs=1e-12)
    first, second = (
        fit_regression(model_of(each, "workload"), invented_analysis()).estimates.set_index("term")["estimate"]
        for each in (TRUST, centred)
    )
    assert second[TRUST] == pytest.approx(first[TRUST], rel=1e-10)
    assert second["intercept"] != pytest.approx(first["intercept"], rel=1e-3)


def test_a_standardised_variable_has_the_slope_of_one_standard_deviation():
    standardised = Variable(variable=TRUST, standardise=True)
    first, second = (
        fit_regression(model_of(each, "workload"), invented_analysis()).estimates.set_index("term")["estimate"]
        for each in (TRUST, standardised)
    )
    assert second[TRUST] == pytest.approx(first[TRUST] * invented_analysis()[TRUST].std(), rel=1e-10)


def test_centring_is_at_the_mean_of_the_responses_used():
    analysis = invented_analysis()
    analysis.loc[:9, "strain"] = pd.NA
    matrix = matrix_of(Variable(variable=TRUST, centre="grand_mean"), analysis=analysis)
    assert len(matrix) == 50
    assert matrix[TRUST].mean() == pytest.approx(0, abs=1e-12)


def test_a_polynomial_enters_with_every_power_and_in_products():
    curve = Variable(variable=TRUST, polynomial=3)
    matrix = matrix_of(curve, "workload", Interaction(interaction=(curve, "workload")))
    assert list(matrix)[1:] == [
        *("trust", "trust^2", "trust^3", "workload"),
        *("trust x workload", "trust^2 x workload", "trust^3 x workload"),
    ]
    np.testing.assert_allclose(matrix["trust^3"], matrix["trust"] ** 3)
    np.testing.assert_allclose(matrix["trust^2 x workload"], matrix["trust"] ** 2 * matrix["workload"])
    assert scales_in_terms(matrix, ["trust", "workload"]) == ["trust", "workload"]


def test_a_spline_is_that_of_hmisc():
    # R 4.2.2, Hmisc 4.8-0: rcspline.eval(x, nk = 4, inclx = TRUE, norm = 2), run 2026-11-26
    values = [1, 1.2, 1.4, 1.6, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.2, 3.4, 3.8, 4, 4.4, 4.6, 5, 5.2, 6, 7]
    analysis = invented_analysis(n=20).assign(trust=pd.Series(values, dtype="Float64"))
    matrix = matrix_of(Variable(variable=TRUST, spline=4), analysis=analysis)
    assert list(matrix)[1:] == ["trust", "trust[spline 2]", "trust[spline 3]"]
    expected = {
        0: [1, 0, 0],
        6: [2.4, 0.00946745562130177, 0],
        13: [4, 1.18227441841615, 0.46897827672854],
        19: [7, 7.5735, 4.10325443786983],
    }
    for row, numbers in expected.items():
        assert matrix.iloc[row, 1:].tolist() == pytest.approx(numbers, abs=1e-12)


def test_beyond_its_outer_knots_a_spline_is_straight():
    spline = Variable(variable=TRUST, spline=5)
    model, rows = model_of(spline), invented_analysis()
    profile = profile_of(uses_of(model), rows)
    far = pd.DataFrame({TRUST: np.array([10.0, 11.0, 12.0, -10.0, -11.0, -12.0])})
    bends = np.diff(lay_out(model, far, {}, profile).to_numpy()[:, 1:].reshape(2, 3, -1), n=2, axis=1)
    np.testing.assert_allclose(bends, 0, atol=1e-9)


def test_too_few_values_for_a_spline_are_refused():
    analysis = invented_analysis()
    analysis["trust"] = pd.Series([1.0, 2.0] * 30, dtype="Float64")
    with pytest.raises(ModelDataError, match="too few different values for a spline with 4 knots"):
        matrix_of(Variable(variable=TRUST, spline=4), analysis=analysis)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"use": "category", "standardise": True}, "a category cannot be centred, standardised or bent"),
        ({"use": "category", "spline": 3}, "a category cannot be centred, standardised or bent"),
        ({"spline": 3, "polynomial": 2}, "a spline is of the number as it is"),
        ({"spline": 2}, "greater than or equal to 3"),
        ({"polynomial": 5}, "less than or equal to 4"),
    ],
    ids=["standardised category", "bent category", "bent twice", "two knots", "fifth power"],
)
def test_what_makes_no_sense_is_refused(said, message):
    with pytest.raises(ValidationError, match=message):
        Variable(variable=TRUST, **said)


def profile_or_refusal(model, *rows):
    """Return what is known of rows, or in which words two knots on one value are refused."""
    try:
        return profile_of(uses_of(model), *rows)
    except ModelDataError as error:
        return str(error)


@example(129658272, 5)
@given(st.integers(0, 2**31), st.sampled_from([3, 4, 5]))
def test_counted_patterns_have_the_profile_of_their_responses(seed, n_knots):
    rng = np.random.default_rng(seed)
    patterns = pd.DataFrame({"trust": rng.normal(size=12), "workload": rng.integers(1, 6, 12).astype(float)})
    counts = rng.integers(1, 30, 12)
    model = model_of(
        Variable(variable="trust", spline=n_knots),
        Variable(variable="workload", standardise=True),
        Variable(variable="workload", use="category"),
    )
    whole, counted = (
        profile_or_refusal(model, *known)
        for known in (
            (patterns.loc[np.repeat(np.arange(12), counts)].reset_index(drop=True),),
            (patterns, counts.astype(float)),
        )
    )
    if isinstance(whole, str) or isinstance(counted, str):
        assert whole == counted
        return
    assert (counted.n_rows, counted.codes) == (whole.n_rows, whole.codes)
    assert counted.means == pytest.approx(whole.means, rel=1e-12)
    assert counted.deviations == pytest.approx(whole.deviations, rel=1e-12)
    np.testing.assert_allclose(counted.knots["trust", n_knots], whole.knots["trust", n_knots], rtol=1e-12)


def test_a_single_response_has_no_deviation():
    one = pd.DataFrame({"trust": [2.0]})
    found = profile_of({"trust": [Variable(variable="trust", standardise=True)]}, one)
    assert found.means == {"trust": 2.0}
    assert np.isnan(found.deviations["trust"])
