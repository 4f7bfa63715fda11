"""Diagnostics of a linear regression: numbers that say when a person should look before believing.

A verdict of ``look`` is no error: it says which assumption or which response deserves attention.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.covariance import LEVERAGE_OF_ONE
from models.regression.design import INTERCEPT, Design
from models.regression.inference import Uncertainty
from models.regression.least_squares import LeastSquares
from models.regression.posed import Posed
from models.regression.reading.assumptions import breusch_pagan_test

LOOK_FROM = {
    "max_leverage": 0.9,
    "max_vif": 10.0,
    "condition_number": 30.0,
    "max_cooks_distance": 1.0,
    "decided_by_one_cluster": 1.0,
    "covariance_mended": 1.0,
    "n_alone": 1.0,
}
LOOK_BELOW = {
    "breusch_pagan_p": 0.05,
    "least_category_n": 10.0,
    "n_clusters": 40.0,
    "least_df": 4.0,
    "proportional_odds_p": 0.05,
    "overdispersion_p": 0.05,
    "hausman_p": 0.05,
    "context_p": 0.05,
}


def diagnose(design: Design, posed: Posed, uncertainty: Uncertainty) -> pd.DataFrame:
    """Compute the diagnostics of a least squares fit; with weights, of rows times the roots of their weights.

    Args:
        design: What was fitted: n responses, k coefficients.
        posed: What was solved; where effects were taken out or units averaged, of those rows.
        uncertainty: Covariance and degrees of freedom of the coefficients.

    Returns:
        One row a diagnostic: diagnostic, value, threshold (NaN when there is none), verdict (``ok``, ``look``;
        ``none`` without threshold or value). In order:

        - max_leverage: largest diagonal value of the hat matrix, 0 to 1.
        - max_vif: largest variance inflation factor, 1 / (1 - R^2 of a column on the others).
        - condition_number: of the columns scaled to unit length, intercept included (Belsley, Kuh and Welsch 1980).
        - breusch_pagan_p: p-value of Koenker's studentised test of constant variance; NaN without residual variation;
          absent where effects were taken out, which it does not know.
        - max_cooks_distance: with the classical variance; responses of leverage 1 have none.
        - n_parameters: coefficients, effects that were taken out included.
        - least_category_n: fewest responses with or without any 0/1 column; absent without such columns.
        - n_clusters: absent without clusters.
        - least_df: smallest degrees of freedom of a coefficient; absent without clusters. Below 4, a t test on
          Satterthwaite's degrees is not to be trusted (Pustejovsky and Tipton 2018).
        - decided_by_one_cluster: coefficients that one cluster decides by itself, whose standard errors are too small;
          absent without clusters or with two ways.
        - covariance_mended: 1 when negative eigenvalues of a two-way covariance were set to nought, else 0; only with
          two ways.
        - what the estimator tells of itself, such as r2_within; see ``models.regression.posed`` and ``panel.posed``.
        - n_responses: responses behind rows of organisations; absent where responses are the rows.
        - share_of_responses_used: of the population's rows, after leaving out missing values, 0 to 1.

    References:
        R: ``hatvalues``, ``car::vif``, ``lmtest::bptest``, ``cooks.distance``. Koenker (1981), Journal of Econometrics
        17(1), 107-112.
    """
    solution = posed.solution
    triangle = solution.factor
    values = {
        "max_leverage": float(solution.leverage.max()),
        "max_vif": float(_inflation_factors(solution, posed.terms).max()),
        "condition_number": float(np.linalg.cond(triangle / np.linalg.norm(triangle, axis=0))),
        **({"breusch_pagan_p": _unequal_variance(solution)} if posed.is_plain else {}),
        "max_cooks_distance": _largest_cooks_distance(solution),
        "n_parameters": float(solution.n_coefficients + solution.n_absorbed),
        **_counts(design),
        **_of_clusters(uncertainty),
        **posed.found,
        **({} if design.data is design.rows else {"n_responses": float(len(design.data))}),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    return _judged(values)


def diagnose_categorical(design: Design, found: dict[str, float], uncertainty: Uncertainty) -> pd.DataFrame:
    """Add to what a categorical model found of itself what holds for every design; columns as ``diagnose``.

    Args:
        design: What was fitted.
        found: Diagnostic → value:

            - mcfadden_r2: 1 - log-likelihood over that of a model without regressors.
            - proportional_odds_p: p-value of the likelihood-ratio test that every regressor has one coefficient at all
              thresholds (ordered).
            - overdispersion_p: p-value of Cameron and Trivedi's test (Poisson).
        uncertainty: Covariance and degrees of freedom of the parameters.
    """
    return _judged(
        {
            **found,
            "n_parameters": float(len(uncertainty.df)),
            **_counts(design),
            **_of_clusters(uncertainty),
            "share_of_responses_used": len(design.rows) / design.n_in_population,
        }
    )


def _judged(values: dict[str, float]) -> pd.DataFrame:
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


def _inflation_factors(solution: LeastSquares, terms: tuple[str, ...]) -> Vector:
    """Return the factor of every column but the intercept: its centred sum of squares times its (X'X)^-1 diagonal.

    Without an intercept, effects were taken out and columns are centred within their groups.
    """
    rows, first = solution.rows, 0
    if terms[0] == INTERCEPT:
        intercept, first = rows[:, 0], 1
        rows = rows - np.outer(intercept, intercept @ rows / (intercept @ intercept))
    return (np.diag(solution.bread) * (rows**2).sum(axis=0))[first : len(terms)]


def _unequal_variance(solution: LeastSquares) -> float:
    return np.nan if _fits_exactly(solution) else breusch_pagan_test(solution).p_value


def _fits_exactly(solution: LeastSquares) -> bool:
    outcome = solution.rows @ solution.coefficients + solution.residuals
    variation = float(((outcome - outcome.mean()) ** 2).sum())
    return float(solution.residuals @ solution.residuals) <= np.finfo(float).eps * variation


def _largest_cooks_distance(solution: LeastSquares) -> float:
    leverage = solution.leverage
    has_distance = leverage < LEVERAGE_OF_ONE
    if solution.sigma2 == 0 or not has_distance.any():
        return np.nan
    free = 1 - leverage[has_distance]
    largest = float((solution.residuals[has_distance] ** 2 * leverage[has_distance] / free**2).max())
    return largest / ((solution.n_coefficients + solution.n_absorbed) * solution.sigma2)


def _of_clusters(uncertainty: Uncertainty) -> dict[str, float]:
    if uncertainty.n_clusters is None:
        return {}
    found = {"n_clusters": float(uncertainty.n_clusters)}
    if np.isfinite(uncertainty.df).all():
        found["least_df"] = float(uncertainty.df.min())
    if uncertainty.n_decided is not None:
        found["decided_by_one_cluster"] = float(uncertainty.n_decided)
    if uncertainty.is_mended is not None:
        found["covariance_mended"] = float(uncertainty.is_mended)
    return found


def _counts(design: Design) -> dict[str, float]:
    found: dict[str, float] = {}
    others = design.matrix.iloc[:, 1:]
    indicators = others.loc[:, others.isin([0.0, 1.0]).all()]
    if not indicators.empty:
        ones = indicators.sum()
        found["least_category_n"] = float(min(ones.min(), (len(indicators) - ones).min()))
    return found
