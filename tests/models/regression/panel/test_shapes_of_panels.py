"""Slopes, curves and surfaces of panel fits: those of plain regressions on the same transformed rows."""

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from models.regression.moderation.combinations import Coefficients, combine
from models.regression.moderation.response_surface import FEATURES, LINES, surface_lines, surface_shape
from models.spec import RegressionSpec

PERSON = {"unit": "respondent"}
PRODUCT = {"interaction": ("trust", "workload")}
SURFACE = {"surface": {"self_report": "trust", "other_report": "workload", "scale": (1, 5)}}
MODERATED = ("trust", "workload", PRODUCT)


def model_of(**said):
    given = {
        "name": "strain",
        "kind": "regression",
        "title": {"en": "Strain"},
        "estimand": "e",
        "outcome": "strain",
        "focal": "trust",
        "regressors": MODERATED,
        "panel": PERSON,
        "covariance": "classical",
        "cluster": None,
    }
    return RegressionSpec.model_validate(given | said)


@pytest.fixture(scope="module")
def people():
    """150 people in three waves; what they differ in goes with trust."""
    rng = np.random.default_rng(11)
    person, wave = np.repeat(np.arange(150), 3), np.tile([1, 2, 3], 150)
    own = rng.normal(size=150)[person]
    trust = 3 + 0.6 * own + rng.normal(scale=0.7, size=450)
    workload = 3 + 0.3 * own + rng.normal(scale=0.8, size=450)
    strain = 2 - 0.5 * trust + 0.4 * workload + 0.2 * trust * workload + own + rng.normal(scale=0.5, size=450)
    return pd.DataFrame(
        {
            "response_id": [f"r{place:04d}" for place in range(450)],
            "respondent_key": [f"p{each:03d}" for each in person],
            "wave": [f"w{each}" for each in wave],
            "wave_number": wave,
            "respondent_group": "A",
            "trust": trust,
            "workload": workload,
            "strain": strain,
        }
    )


def means(rows: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    return pd.DataFrame(values).groupby(rows["respondent_key"].to_numpy()).transform("mean").to_numpy()


def plain(outcome: np.ndarray, matrix: np.ndarray, df: int) -> Coefficients:
    """Return least squares of transformed rows: (X'X)^-1 X'y, s2 (X'X)^-1."""
    bread = np.linalg.inv(matrix.T @ matrix)
    found = bread @ matrix.T @ outcome
    return Coefficients(found, bread * np.sum((outcome - matrix @ found) ** 2) / df, float(df))


def regressors(rows: pd.DataFrame) -> np.ndarray:
    return np.column_stack([rows["trust"], rows["workload"], rows["trust"] * rows["workload"]])


def transformed(rows: pd.DataFrame, estimator: str, theta: np.ndarray) -> tuple[Coefficients, int]:
    """Return a plain regression whose coefficients after the intercept are those of a panel estimator, and its k."""
    x, y = regressors(rows), rows[["strain"]].to_numpy()
    if estimator == "within":
        return plain((y - means(rows, y))[:, 0], x - means(rows, x), len(y) - 150 - 3), 0
    columns = np.column_stack([np.ones(len(y)), x, *([means(rows, x)] if estimator == "within_between" else [])])
    share = theta[:, None]
    matrix = columns - share * means(rows, columns)
    return plain((y - share * means(rows, y))[:, 0], matrix, len(y) - matrix.shape[1]), 1


def fitted_to(rows: pd.DataFrame, estimator: str, **said):
    fit = fit_regression(model_of(estimator=estimator, **said), rows)
    share = dict(zip(fit.diagnostics["diagnostic"], fit.diagnostics["value"], strict=True)).get("largest_share", 0.0)
    return fit, np.full(len(rows), share)


@pytest.mark.parametrize("estimator", ["within", "random_effects", "within_between"])
def test_slopes_of_a_panel_are_those_of_the_transformed_rows(people, estimator):
    fit, theta = fitted_to(people, estimator)
    coefficients, first = transformed(people, estimator, theta)
    at = people["workload"].mean() + np.array([-1, 0, 1]) * people["workload"].std()
    weights = np.zeros((3, len(coefficients.estimates)))
    weights[:, first], weights[:, first + 2] = 1, at
    expected = combine(coefficients, weights)
    slopes = fit.shapes.slopes
    assert list(slopes["value"]) == pytest.approx(list(at), abs=1e-12)
    assert list(slopes["estimate"]) == pytest.approx(list(expected.estimate), abs=1e-9)
    assert list(slopes["std_error"]) == pytest.approx(list(expected.std_error), rel=1e-8)
    assert list(slopes["conf_low"]) == pytest.approx(list(expected.conf_low), abs=1e-8)


def test_curves_of_a_within_between_fit_hold_the_units_means_at_their_mean(people):
    bent = {"variable": "trust", "polynomial": 2}
    fit, theta = fitted_to(people, "within_between", focal=bent, regressors=(bent, "workload"))
    x = np.column_stack([people["trust"], people["trust"] ** 2, people["workload"]])
    columns = np.column_stack([np.ones(450), x, means(people, x)])
    share = theta[:, None]
    y = people[["strain"]].to_numpy()
    matrix = columns - share * means(people, columns)
    coefficients = plain((y - share * means(people, y))[:, 0], matrix, 450 - 7)
    assert list(fit.estimates["estimate"]) == pytest.approx(list(coefficients.estimates), abs=1e-8)
    curve = fit.shapes.curves.query("curve == 'outcome' and over == 'trust'")
    values = curve["value"].to_numpy()
    held = np.tile(columns.mean(axis=0), (len(values), 1))
    held[:, 1], held[:, 2] = values, values**2
    expected = combine(coefficients, held)
    assert set(curve["unit"]) == {"outcome"}
    assert list(curve["estimate"]) == pytest.approx(list(expected.estimate), abs=1e-7)
    assert list(curve["std_error"]) == pytest.approx(list(expected.std_error), rel=1e-6)
    assert people["strain"].min() < curve["estimate"].min() < curve["estimate"].max() < people["strain"].max()


@pytest.mark.parametrize("estimator", ["within", "random_effects", "within_between"])
def test_the_surface_of_a_panel_is_that_of_the_transformed_rows(people, estimator):
    fit, theta = fitted_to(people, estimator, regressors=(SURFACE,))
    a, b = (people[name].to_numpy() - 3 for name in ("trust", "workload"))
    x = np.column_stack([a, b, a**2, a * b, b**2])
    y, share = people[["strain"]].to_numpy(), theta[:, None]
    if estimator == "within":
        matrix, outcome = x - means(people, x), (y - means(people, y))[:, 0]
        coefficients, first = plain(outcome, matrix, 450 - 150 - 5), 0
    else:
        columns = np.column_stack([np.ones(450), x, *([means(people, x)] if estimator == "within_between" else [])])
        matrix = columns - share * means(people, columns)
        coefficients, first = plain((y - share * means(people, y))[:, 0], matrix, 450 - columns.shape[1]), 1
    places = tuple(range(first, first + 5))
    found = fit.shapes.surface.set_index("feature")
    for expected, names in (
        (surface_lines(coefficients, places), LINES),
        (surface_shape(coefficients, places).features, FEATURES),
    ):
        assert list(found.loc[list(names), "estimate"]) == pytest.approx(list(expected.estimate), rel=1e-6, abs=1e-8)
        assert list(found.loc[list(names), "std_error"]) == pytest.approx(list(expected.std_error), rel=1e-6)


def test_a_surface_is_the_same_with_and_without_the_place_of_its_level(people):
    a, b = (people[name].to_numpy() - 3 for name in ("trust", "workload"))
    columns = np.column_stack([np.ones(450), a, b, a**2, a * b, b**2])
    coefficients = plain(people["strain"].to_numpy(), columns, 444)
    for six, five in (
        (surface_lines(coefficients), surface_lines(coefficients, (1, 2, 3, 4, 5))),
        (surface_shape(coefficients).features, surface_shape(coefficients, (1, 2, 3, 4, 5)).features),
    ):
        assert list(six.estimate) == list(five.estimate)
        assert list(six.std_error) == list(five.std_error)
