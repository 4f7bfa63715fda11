r"""Two outcomes on the same regressors, estimated together: coefficients, their differences, and the correlation.

With the same regressors in both equations seemingly unrelated regressions are least squares in each (Zellner 1962); the
covariance of both sets of coefficients is the cross-product of what rows or clusters add to either, so that a
difference of two coefficients has ``V_11 + V_22 - 2 V_12``, tested by t on the smaller of their degrees of freedom. A
correlation of standardised values z has influence ``z_1 z_2 - r (z_1^2 + z_2^2) / 2``, summed by cluster; its interval
is that of ``artanh r``.

References:
    Zellner (1962), JASA 57, 348-368; Weesie (1999), Stata Technical Bulletin 52 (``suest``). R: ``lm`` for each outcome
    with ``clubSandwich::vcovCR`` of the stacked rows.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.paths.equations import INTERCEPT as CONSTANT
from models.paths.equations import Equation, Equations, PathCovariance, Solved, rows_of, solve_equations
from models.paths.found import FoundPaths, Reading, path_term
from models.paths.mediation_rows import explained_share, plain_name, term_of
from models.regression.cluster_moments import grouped_sums
from models.regression.columns import column_of
from models.regression.design import INTERCEPT, Design
from models.regression.diagnostics import of_columns
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty, label_estimates, t_quantiles, two_sided_p
from models.regression.profile import finite_numbers
from models.sections.paths import Paths
from models.spec import RegressionSpec

OPPOSITE = "against_minus_one"
APART, NOT_APART = "apart", "not_apart"


@dataclass(frozen=True)
class Correlation:
    """A correlation with its error and interval.

    Attributes:
        value: -1 to 1.
        error: From the influence of rows or clusters.
        low: Lower end.
        high: Upper end.
    """

    value: float
    error: float
    low: float
    high: float


def estimate_two_outcomes(spec: RegressionSpec, design: Design) -> FoundPaths:
    """Estimate two outcomes together.

    Raises:
        ModelDataError: If the second outcome is the first or a regressor, or the data cannot carry an equation.
    """
    other = (spec.paths or Paths()).other()
    if other is None:
        raise ModelDataError("two_outcomes without a second one; expected paths: {other_outcome: …}; name it")
    first, second = plain_name(spec.outcome), plain_name(column_of(other))
    data = design.matrix.drop(columns=INTERCEPT).rename(columns=plain_name)
    if second in (first, *data):
        raise ModelDataError(
            f"'{second}' is both an outcome and something else in the model; expected another; name it"
        )
    regressors = tuple(str(each) for each in data)
    data = data.assign(**{first: design.outcome, second: finite_numbers(design.rows, column_of(other))})
    equations = Equations((Equation(first, regressors), Equation(second, regressors)))
    clusters = None if design.clusters.empty else design.clusters.iloc[:, 0]
    rows = rows_of(data, equations, clusters, design.weights)
    solved = solve_equations(equations, rows, cast("PathCovariance", spec.covariance_used()))
    level, values = spec.confidence_level, rows.of((first, second))
    residuals = values - _fitted(solved)
    raw, left = (_correlation(each, solved, level) for each in (values, residuals))
    told = f"{term_of(first)} ~ {term_of(second)}"
    df = solved.uncertainty.df
    return FoundPaths(
        estimates=pd.concat(
            [
                _differences(solved, tuple(plain_name(each) for each in design.focal), level),
                _correlation_rows({f"correlation: {told}": raw, f"correlation of residuals: {told}": left}),
                _paths(solved, level),
            ],
            ignore_index=True,
        ),
        diagnostics=_of_columns(rows.of(equations.equations[0].terms), rows.weights, regressors)
        | ({"least_df": float(df.min())} if np.isfinite(df).all() and rows.has_clusters else {}),
        n_obs=len(values),
        n_clusters=rows.n_clusters,
        n_parameters=len(solved.coefficients),
        r_squared=explained_share(values[:, 0], values[:, 0] - residuals[:, 0], rows.weights),
        readings=(_against_minus_one(f"correlation: {told}", raw, level),),
    )


def _paths(solved: Solved, confidence_level: float) -> pd.DataFrame:
    paths = solved.path_table(confidence_level)
    causes = paths["term"].replace(CONSTANT, INTERCEPT)
    named = [term_of(path_term(*pair)) for pair in zip(paths["equation"], causes, strict=True)]
    return paths.drop(columns="equation").assign(term=named)


def _fitted(solved: Solved) -> Matrix:
    k = len(solved.coefficients) // 2
    matrix = solved.rows.of(solved.equations.equations[0].terms)
    return matrix @ solved.coefficients.reshape(2, k).T


def _differences(solved: Solved, focal: tuple[str, ...], confidence_level: float) -> pd.DataFrame:
    """Return the coefficients of the focal regressor on the first outcome less those on the second."""
    first, second = solved.equations.equations
    contrasts = np.zeros((len(focal), len(solved.coefficients)))
    df = np.empty(len(focal))
    for row, term in enumerate(focal):
        places = [solved.equations.number(each.outcome, term) for each in (first, second)]
        contrasts[row, places] = 1.0, -1.0
        df[row] = solved.uncertainty.df[places].min()
    covariance = contrasts @ solved.uncertainty.covariance @ contrasts.T
    terms = tuple(f"difference: {term_of(each)}" for each in focal)
    return label_estimates(terms, contrasts @ solved.coefficients, Uncertainty(covariance, df), confidence_level)


def _correlation(values: Matrix, solved: Solved, confidence_level: float) -> Correlation:
    rows = solved.rows
    weights = np.ones(len(values)) if rows.weights is None else rows.weights / rows.weights.mean()
    centred = values - weights @ values / weights.sum()
    z = centred / np.sqrt(weights @ centred**2 / weights.sum())
    r = float(np.clip(weights @ (z[:, 0] * z[:, 1]) / weights.sum(), -1.0, 1.0))
    influence = weights * (z[:, 0] * z[:, 1] - r * (z**2).sum(axis=1) / 2) / weights.sum()
    added = grouped_sums(influence[:, None], rows.clusters)[:, 0] if rows.has_clusters else influence
    error = float(np.sqrt((added**2).sum() * len(added) / (len(added) - 1)))
    if abs(r) >= 1:
        return Correlation(r, error, r, r)
    reach = float(t_quantiles(confidence_level, np.array([np.inf]))[0]) * error / (1 - r**2)
    low, high = np.tanh(np.arctanh(r) + np.array([-reach, reach]))
    return Correlation(r, error, float(low), float(high))


def _correlation_rows(found: dict[str, Correlation]) -> pd.DataFrame:
    value, error = (np.array([getattr(each, name) for each in found.values()]) for name in ("value", "error"))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic: Vector = value / error
    return pd.DataFrame(
        {
            "term": list(found),
            "estimate": value,
            "std_error": error,
            "df": np.nan,
            "statistic": statistic,
            "p_value": two_sided_p(statistic, np.full(len(found), np.inf)),
            "conf_low": [each.low for each in found.values()],
            "conf_high": [each.high for each in found.values()],
        }
    )


def _against_minus_one(term: str, found: Correlation, confidence_level: float) -> Reading:
    """Tell whether two outcomes are more than opposite ends of one scale: whether 1 + r is surely above nought.

    The one-sided limit is that of r on its own scale, since ``artanh`` never reaches -1.
    """
    one_sided = float(t_quantiles(2 * confidence_level - 1, np.array([np.inf]))[0])
    is_apart = found.value - one_sided * found.error > -1
    return term, OPPOSITE, found.value, found.low, found.high, APART if is_apart else NOT_APART


def _of_columns(columns: Matrix, weights: Vector | None, regressors: tuple[str, ...]) -> dict[str, float]:
    scaled = columns if weights is None else columns * np.sqrt(weights)[:, None]
    orthonormal, triangle = np.linalg.qr(scaled)
    leverage = float((orthonormal**2).sum(axis=1).max())
    return {"max_leverage": leverage, **of_columns(np.asarray(triangle), (INTERCEPT, *regressors))}
