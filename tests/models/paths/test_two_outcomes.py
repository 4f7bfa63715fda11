"""Two outcomes together: the difference of coefficients is the coefficient of the difference; correlations and -1."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec

FIGURES = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]


def spec_of(**said: object) -> RegressionSpec:
    given = {
        "name": "both",
        "kind": "regression",
        "title": {"en": "Both"},
        "estimand": "Difference of differences",
        "estimator": "two_outcomes",
        "outcome": "told",
        "focal": "frame",
        "regressors": ["frame", "age", {"variable": "sector", "use": "category"}],
        "paths": {"other_outcome": "seen"},
        "cluster": "organisation_id",
    }
    return RegressionSpec.model_validate_json(json.dumps(given | said))


def rows_of(seed: int, n: int = 200, correlation: float = -0.4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    errors = rng.normal(size=(n, 2)) @ np.linalg.cholesky([[1, correlation], [correlation, 1]]).T
    organisation, frame = rng.integers(0, 20, n), rng.normal(size=n)
    told, seen = errors.T + rng.normal(0, 0.5, (20, 2))[organisation].T
    told = told + 0.5 * frame
    return pd.DataFrame(
        {
            "response_id": [f"r{place:04d}" for place in range(n)],
            "organisation_id": [f"o{code:02d}" for code in organisation],
            "frame": frame,
            "age": rng.normal(size=n),
            "sector": rng.integers(1, 4, n),
            "analysis_weight": rng.uniform(0.5, 2, n),
            "told": told,
            "seen": seen,
            "lead": told - seen,
        }
    )


WAYS = [{"covariance": kind} for kind in ("CR0", "CR1S", "CR2", "CR3")]
WAYS += [{"covariance": kind, "cluster": None} for kind in ("HC0", "HC2", "HC3")]
WAYS += [{"weights": "analysis_weight"}]


@pytest.mark.parametrize("way", WAYS)
def test_a_difference_of_coefficients_is_the_coefficient_of_the_difference(way: dict[str, object]) -> None:
    both = fit_regression(spec_of(**way), rows_of(1)).estimates.set_index("term")
    lead = spec_of(**way, estimator="linear", outcome="lead", paths=None)
    expected = fit_regression(lead, rows_of(1)).estimates.set_index("term")
    np.testing.assert_allclose(
        both.loc["difference: frame", FIGURES].astype(float), expected.loc["frame", FIGURES].astype(float), rtol=1e-9
    )


@pytest.mark.parametrize("outcome", ["told", "seen"])
def test_each_equation_is_its_regression(outcome: str) -> None:
    both = fit_regression(spec_of(), rows_of(2)).estimates.set_index("term")
    alone = fit_regression(spec_of(estimator="linear", outcome=outcome, paths=None), rows_of(2)).estimates
    own = both.loc[[f"{outcome} <- {term}" for term in alone["term"]], FIGURES]
    np.testing.assert_allclose(own.to_numpy(float), alone[FIGURES].to_numpy(float), rtol=1e-9)


def test_a_correlation_has_the_error_of_the_normal_distribution_in_large_samples() -> None:
    rows = rows_of(3, n=200_000)
    spec = spec_of(cluster=None, covariance="HC3", regressors=["frame"])
    fit = fit_regression(spec, rows).estimates.set_index("term").loc["correlation of residuals: told ~ seen"]
    (r,) = np.corrcoef(*(rows[name] - np.polyval(np.polyfit(rows["frame"], rows[name], 1), rows["frame"])
                         for name in ("told", "seen")))[0, 1:]  # fmt: skip
    assert fit["estimate"] == pytest.approx(r, abs=1e-12)
    assert fit["std_error"] == pytest.approx((1 - r**2) / np.sqrt(len(rows)), rel=0.02)


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(0.1, 10), shift=st.floats(-5, 5), seed=st.integers(0, 99))
def test_a_correlation_knows_no_unit(scale: float, shift: float, seed: int) -> None:
    rows = rows_of(seed, n=80)
    moved = rows.assign(seen=scale * rows["seen"] + shift)
    first, second = (fit_regression(spec_of(), each).estimates.set_index("term") for each in (rows, moved))
    for term in ("correlation: told ~ seen", "correlation of residuals: told ~ seen"):
        np.testing.assert_allclose(second.loc[term, FIGURES[:2]], first.loc[term, FIGURES[:2]], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        (rows_of(4), "apart"),
        (rows_of(4).assign(seen=lambda each: 6 - each["told"]), "not_apart"),
    ],
)
def test_opposite_ends_of_one_scale_are_told_from_two_outcomes(rows: pd.DataFrame, verdict: str) -> None:
    reading = fit_regression(spec_of(), rows).readings.iloc[0]
    assert (reading["reading"], reading["verdict"]) == ("against_minus_one", verdict)


def test_a_second_outcome_that_is_in_the_model_already_is_refused() -> None:
    with pytest.raises(ModelDataError, match="'age' is both an outcome and something else"):
        fit_regression(spec_of(paths={"other_outcome": "age"}), rows_of(5))
