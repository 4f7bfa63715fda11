"""Diagnostics of a linear regression: numbers that say when a person should look before believing.

A verdict of ``look`` is no error: it says which assumption or which response deserves attention.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.covariance import LEVERAGE_OF_ONE
from models.regression.design import Design

LOOK_FROM = {
    "max_leverage": 0.9,
    "max_vif": 10.0,
    "condition_number": 30.0,
    "max_cooks_distance": 1.0,
}
LOOK_BELOW = {"breusch_pagan_p": 0.05, "least_category_n": 10.0, "n_clusters": 40.0}


def diagnose(design: Design, residuals: Vector) -> pd.DataFrame:
    """Compute the diagnostics of an ordinary least squares fit.

    Args:
        design: What was fitted: n responses, k coefficients.
        residuals: n residuals.

    Returns:
        One row a diagnostic: diagnostic, value, threshold (NaN when there is none), verdict (``ok``, ``look``;
        ``none`` without threshold or value). In order:

        - max_leverage: largest diagonal value of the hat matrix, 0 to 1.
        - max_vif: largest variance inflation factor, 1 / (1 - R^2 of a column on the others).
        - condition_number: of the columns scaled to unit length, intercept included (Belsley, Kuh and Welsch 1980).
        - breusch_pagan_p: p-value of Koenker's studentised test of constant variance; NaN without residual variation.
        - max_cooks_distance: with the classical variance; responses of leverage 1 have none.
        - n_parameters: coefficients.
        - least_category_n: fewest responses with or without any 0/1 column; absent without such columns.
        - n_clusters: absent without clusters.
        - share_of_responses_used: of the population, after leaving out missing values, 0 to 1.

    References:
        R: ``hatvalues``, ``car::vif``, ``lmtest::bptest``, ``cooks.distance``. Koenker (1981), Journal of Econometrics
        17(1), 107-112.
    """
    matrix = design.matrix.to_numpy()
    basis, triangle = np.linalg.qr(matrix)
    leverage = (basis**2).sum(axis=1)
    values = {
        "max_leverage": float(leverage.max()),
        "max_vif": float(_inflation_factors(matrix, triangle).max()),
        "condition_number": float(np.linalg.cond(triangle / np.linalg.norm(triangle, axis=0))),
        "breusch_pagan_p": _breusch_pagan_p(matrix, residuals, design.outcome.to_numpy()),
        "max_cooks_distance": _largest_cooks_distance(leverage, residuals, matrix.shape[1]),
        "n_parameters": float(matrix.shape[1]),
        **_counts(design),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    thresholds = {**LOOK_FROM, **LOOK_BELOW}
    return pd.DataFrame(
        {
            "diagnostic": list(values),
            "value": list(values.values()),
            "threshold": [thresholds.get(name, np.nan) for name in values],
            "verdict": [_verdict(name, value) for name, value in values.items()],
        }
    )


def _verdict(name: str, value: float) -> str:
    if np.isnan(value) or name not in {**LOOK_FROM, **LOOK_BELOW}:
        return "none"
    needs_a_look = value < LOOK_BELOW[name] if name in LOOK_BELOW else value >= LOOK_FROM[name]
    return "look" if needs_a_look else "ok"


def _inflation_factors(matrix: Matrix, triangle: Matrix) -> Vector:
    """Return the factor of every column but the intercept: its centred sum of squares times its (X'X)^-1 diagonal."""
    inverse = np.linalg.solve(triangle, np.eye(len(triangle)))
    return ((inverse**2).sum(axis=1) * ((matrix - matrix.mean(axis=0)) ** 2).sum(axis=0))[1:]


def _breusch_pagan_p(matrix: Matrix, residuals: Vector, outcome: Vector) -> float:
    from statsmodels.stats.diagnostic import het_breuschpagan  # noqa: PLC0415

    if _fits_exactly(residuals, outcome):
        return np.nan
    return float(het_breuschpagan(residuals, matrix)[1])


def _fits_exactly(residuals: Vector, outcome: Vector) -> bool:
    return float(residuals @ residuals) <= np.finfo(float).eps * float(((outcome - outcome.mean()) ** 2).sum())


def _largest_cooks_distance(leverage: Vector, residuals: Vector, n_parameters: int) -> float:
    variance = float(residuals @ residuals) / (len(residuals) - n_parameters)
    has_distance = leverage < LEVERAGE_OF_ONE
    if variance == 0 or not has_distance.any():
        return np.nan
    free = 1 - leverage[has_distance]
    return float((residuals[has_distance] ** 2 * leverage[has_distance] / free**2).max()) / (n_parameters * variance)


def _counts(design: Design) -> dict[str, float]:
    found: dict[str, float] = {}
    others = design.matrix.iloc[:, 1:]
    indicators = others.loc[:, others.isin([0.0, 1.0]).all()]
    if not indicators.empty:
        ones = indicators.sum()
        found["least_category_n"] = float(min(ones.min(), (len(indicators) - ones).min()))
    if design.clusters is not None:
        found["n_clusters"] = float(design.clusters.nunique())
    return found
