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

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.missing_data.imputations import Imputations
from models.missing_data.pooling import CompletedEstimates, pool_estimates
from models.paths.equations import INTERCEPT as CONSTANT
from models.paths.equations import Equation, Equations, PathCovariance, Solved, rows_of, solve_equations
from models.paths.found import FoundPaths, Reading, path_term
from models.paths.mediation_rows import explained_share, plain_name, term_of
from models.regression.cluster_moments import grouped_sums
from models.regression.columns import column_of
from models.regression.design import INTERCEPT, Design
from models.regression.diagnostics import of_columns
from models.regression.found import diagnostics_of_pooled
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
        df: Degrees of freedom; infinite where normal.
    """

    value: float
    error: float
    low: float
    high: float
    df: float = np.inf


@dataclass(frozen=True, eq=False)
class _Both:
    """Both equations, estimated from one set of rows: n x 2 outcomes, and the regressors."""

    solved: Solved
    outcomes: Matrix
    regressors: tuple[str, ...]

    @property
    def residuals(self) -> Matrix:
        k = len(self.solved.coefficients) // 2
        matrix = self.solved.rows.of(self.solved.equations.equations[0].terms)
        return self.outcomes - matrix @ self.solved.coefficients.reshape(2, k).T

    @property
    def explained(self) -> float:
        """Share of the first outcome's variance."""
        first = self.outcomes[:, 0]
        return explained_share(first, first - self.residuals[:, 0], self.solved.rows.weights)


def estimate_two_outcomes(
    spec: RegressionSpec, sets: Sequence[Design], imputations: Imputations | None = None
) -> FoundPaths:
    """Estimate two outcomes together.

    Coefficients, their differences and Fisher's z of the correlations of completed sets are pooled by Rubin's rules.

    Args:
        spec: The model, variant applied.
        sets: What it is computed from; of imputed values one completed set an imputation.
        imputations: The imputations behind the sets, where they were drawn here.

    Raises:
        ModelDataError: If the second outcome is the first or a regressor, or the data cannot carry an equation.
    """
    every, level = [_both(spec, each) for each in sets], spec.confidence_level
    rows, focal = every[0].solved.rows, tuple(plain_name(each) for each in sets[0].focal)
    told = " ~ ".join(term_of(each.outcome) for each in every[0].solved.equations.equations)
    raw = pooled_correlation([_correlation(each.outcomes, each.solved, level) for each in every], level)
    left = pooled_correlation([_correlation(each.residuals, each.solved, level) for each in every], level)
    estimates, of_pooled = _coefficients([_with_differences(each.solved, focal) for each in every], level, imputations)
    of_columns = [_of_columns(each, rows.weights) for each in every]
    df = estimates["df"].iloc[len(focal) :]
    return FoundPaths(
        estimates=pd.concat(
            [
                estimates.iloc[: len(focal)],
                _correlation_rows({f"correlation: {told}": raw, f"correlation of residuals: {told}": left}),
                estimates.iloc[len(focal) :],
            ],
            ignore_index=True,
        ),
        diagnostics={name: float(np.mean([each[name] for each in of_columns])) for name in of_columns[0]}
        | ({"least_df": float(df.min())} if np.isfinite(df).all() and rows.has_clusters else {})
        | of_pooled,
        n_obs=len(every[0].outcomes),
        n_clusters=rows.n_clusters,
        n_parameters=len(every[0].solved.coefficients),
        r_squared=float(np.mean([each.explained for each in every])),
        readings=(_against_minus_one(f"correlation: {told}", raw, level),),
    )


def _both(spec: RegressionSpec, design: Design) -> _Both:
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
    return _Both(solved, rows.of((first, second)), regressors)


def _with_differences(solved: Solved, focal: tuple[str, ...]) -> CompletedEstimates:
    """Return the coefficients of the focal regressor on the first outcome less those on the second, then all."""
    first, second = solved.equations.equations
    k = len(solved.coefficients)
    contrasts = np.zeros((len(focal), k))
    df = np.empty(len(focal))
    for row, term in enumerate(focal):
        places = [solved.equations.number(each.outcome, term) for each in (first, second)]
        contrasts[row, places] = 1.0, -1.0
        df[row] = solved.uncertainty.df[places].min()
    causes = [(outcome, INTERCEPT if term == CONSTANT else term) for outcome, term in solved.equations.terms]
    terms = (*(f"difference: {term_of(each)}" for each in focal), *(term_of(path_term(*pair)) for pair in causes))
    both = np.vstack([contrasts, np.eye(k)])
    covariance = both @ solved.uncertainty.covariance @ both.T
    return CompletedEstimates(terms, both @ solved.coefficients, covariance, np.r_[df, solved.uncertainty.df])


def _coefficients(
    sets: Sequence[CompletedEstimates], confidence_level: float, imputations: Imputations | None
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return one row a term, and what is told of completed sets where there are several."""
    if len(sets) == 1:
        (one,) = sets
        sure = Uncertainty(one.covariance, np.asarray(one.df_complete, dtype=float))
        return label_estimates(one.terms, one.estimates, sure, confidence_level), {}
    pooled = pool_estimates(sets)
    sure = Uncertainty(pooled.covariance, pooled.df)
    told = diagnostics_of_pooled(pooled, imputations)
    return label_estimates(pooled.terms, pooled.estimates, sure, confidence_level), told


def pooled_correlation(sets: Sequence[Correlation], confidence_level: float) -> Correlation:
    """Pool a correlation of completed sets by Rubin's rules on Fisher's scale.

    Args:
        sets: One a set; a single one stays as it is.
        confidence_level: Of the interval.

    Raises:
        ModelDataError: If the correlation is 1 or -1 in a set.
    """
    if len(sets) == 1:
        return sets[0]
    values, errors = np.array([each.value for each in sets]), np.array([each.error for each in sets])
    if (np.abs(values) >= 1).any():
        raise ModelDataError("the two outcomes are one in a completed set; expected two; leave one of them out")
    within = (errors / (1 - values**2)) ** 2
    pooled = pool_estimates(
        [CompletedEstimates(("z",), np.array([z]), np.array([[own]]), np.inf)
         for z, own in zip(np.arctanh(values), within, strict=True)]
    )  # fmt: skip
    middle, error = float(pooled.estimates[0]), float(np.sqrt(pooled.covariance[0, 0]))
    reach = float(t_quantiles(confidence_level, pooled.df)[0]) * error
    r = float(np.tanh(middle))
    low, high = np.tanh(middle + np.array([-reach, reach]))
    return Correlation(r, error * (1 - r**2), float(low), float(high), float(pooled.df[0]))


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
            "df": [each.df if np.isfinite(each.df) else np.nan for each in found.values()],
            "statistic": statistic,
            "p_value": two_sided_p(statistic, np.array([each.df for each in found.values()])),
            "conf_low": [each.low for each in found.values()],
            "conf_high": [each.high for each in found.values()],
        }
    )


def _against_minus_one(term: str, found: Correlation, confidence_level: float) -> Reading:
    """Tell whether two outcomes are more than opposite ends of one scale: whether 1 + r is surely above nought.

    The one-sided limit is that of r on its own scale, since ``artanh`` never reaches -1.
    """
    one_sided = float(t_quantiles(2 * confidence_level - 1, np.array([found.df]))[0])
    is_apart = found.value - one_sided * found.error > -1
    return term, OPPOSITE, found.value, found.low, found.high, APART if is_apart else NOT_APART


def _of_columns(both: _Both, weights: Vector | None) -> dict[str, float]:
    columns = both.solved.rows.of(both.solved.equations.equations[0].terms)
    scaled = columns if weights is None else columns * np.sqrt(weights)[:, None]
    orthonormal, triangle = np.linalg.qr(scaled)
    leverage = float((orthonormal**2).sum(axis=1).max())
    return {"max_leverage": leverage, **of_columns(np.asarray(triangle), (INTERCEPT, *both.regressors))}
