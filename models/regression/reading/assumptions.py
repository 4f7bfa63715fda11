"""Tests of what a linear regression takes for granted: its form, its residuals, and regressors that can be told apart.

Whether the data can carry the model at all is in ``models.regression.identification``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.least_squares import LeastSquares, solve_least_squares

MOST_FOR_SHAPIRO = 5000
FEWEST_FOR_SHAPIRO = 3


@dataclass(frozen=True)
class AssumptionTest:
    """A test of an assumption.

    Attributes:
        statistic: As the test's docstring says.
        df: Degrees of freedom, of the numerator for F; NaN when the test has none.
        df_resid: Degrees of freedom of the denominator; NaN without one.
        p_value: Small when the assumption is doubtful.
    """

    statistic: float
    df: float
    df_resid: float
    p_value: float


def reset_test(fit: LeastSquares, outcome: Vector, powers: Sequence[int] = (2, 3)) -> AssumptionTest:
    """Test whether powers of the fitted values explain more: F against a form that is not linear.

    The powers are of the fitted values around their mean: with the intercept and the fitted values among the columns
    they span the same, and where fitted values vary little beside their mean, rounding does not decide.

    Args:
        fit: An unweighted fit with an intercept, n rows.
        outcome: The n values that were fitted.
        powers: Of the fitted values, added together.

    Returns:
        Statistic and p-value are NaN where no more rows than added columns are left over.

    References:
        Ramsey (1969), Journal of the Royal Statistical Society B 31(2), 350-371. R: ``lmtest::resettest(m, power =
        2:3, type = "fitted")``.
    """
    from scipy.special import fdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    if fit.df_resid <= len(powers):
        return AssumptionTest(np.nan, len(powers), fit.df_resid - len(powers), np.nan)
    fitted = outcome - fit.residuals
    fitted = fitted - fitted.mean()
    added = np.column_stack([(fitted / np.abs(fitted).max()) ** power for power in powers])
    fuller = solve_least_squares(np.column_stack([fit.rows, added]), outcome)
    left, q = float(fuller.residuals @ fuller.residuals), len(powers)
    statistic = (float(fit.residuals @ fit.residuals) - left) / q / (left / fuller.df_resid)
    return AssumptionTest(statistic, q, fuller.df_resid, float(fdtrc(q, fuller.df_resid, statistic)))


def breusch_pagan_test(fit: LeastSquares) -> AssumptionTest:
    """Test whether residual variance goes with the regressors: n R2 of squared residuals, chi2 with k - 1 df (Koenker).

    References:
        Koenker (1981), Journal of Econometrics 17(1), 107-112. R: ``lmtest::bptest``.
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    squares = fit.residuals**2
    left = solve_least_squares(fit.rows, squares).residuals
    centred = squares - squares.mean()
    statistic = fit.n_obs * (1 - float(left @ left) / float(centred @ centred))
    df = fit.n_coefficients - 1
    return AssumptionTest(statistic, df, np.nan, float(chdtrc(df, statistic)))


def durbin_watson_test(fit: LeastSquares) -> AssumptionTest:
    """Test whether neighbouring residuals go together, in the order of the rows; two-sided by the normal.

    d = sum (e_i - e_(i-1))^2 / sum e^2 with mean P / (n - k) and variance 2 (Q - P E(d)) / ((n - k) (n - k + 2)),
    P = tr(AM), Q = tr((AM)^2), A the matrix of squared first differences, M = I - H.

    References:
        Durbin and Watson (1950), Biometrika 37(3-4), 409-428. R: ``lmtest::dwtest(m, exact = FALSE, alternative =
        "two.sided")``.
    """
    from scipy.stats import norm  # noqa: PLC0415

    n, df = fit.n_obs, fit.df_resid
    statistic = float((np.diff(fit.residuals) ** 2).sum() / (fit.residuals @ fit.residuals))
    moved = _second_differences(fit.rows)
    crossed = fit.rows.T @ moved @ fit.bread
    trace = 2 * (n - 1) - float(np.trace(crossed))
    square = 6 * n - 8 - 2 * float(np.trace(moved.T @ moved @ fit.bread)) + float(np.trace(crossed @ crossed))
    mean = trace / df
    variance = 2 * (square - trace * mean) / (df * (df + 2))
    return AssumptionTest(statistic, np.nan, np.nan, float(2 * norm.sf(abs(statistic - mean) / np.sqrt(variance))))


@dataclass(frozen=True)
class Normality:
    """How near residuals come to a normal distribution.

    Attributes:
        shapiro_w: Shapiro and Wilk's W; NaN beyond 5,000 values, where it is not defined.
        shapiro_p: Its p-value.
        skewness: Third moment over the 1.5th power of the second; nought for the normal.
        excess_kurtosis: Fourth moment over the square of the second, less 3.
        jarque_bera: n (skewness^2 + excess^2 / 4) / 6, chi2 with 2 df.
        jarque_bera_p: Its p-value.
    """

    shapiro_w: float
    shapiro_p: float
    skewness: float
    excess_kurtosis: float
    jarque_bera: float
    jarque_bera_p: float


def normality_of(residuals: Vector) -> Normality:
    """Measure and test the normality of n >= 3 residuals that are not all the same.

    References:
        Shapiro and Wilk (1965), Biometrika 52(3-4), 591-611; Royston (1995), AS R94. Jarque and Bera (1980), Economics
        Letters 6(3), 255-259. R: ``shapiro.test``, ``tseries::jarque.bera.test``.
    """
    from scipy.stats import shapiro  # noqa: PLC0415

    n = len(residuals)
    w = p = np.nan
    if FEWEST_FOR_SHAPIRO <= n <= MOST_FOR_SHAPIRO:
        w, p = np.asarray(shapiro(residuals), dtype=float).tolist()
    skewness, excess, p_value = moments_of(residuals)
    return Normality(w, p, skewness, excess, _jarque_bera(n, skewness, excess), p_value)


def moments_of(residuals: Vector) -> tuple[float, float, float]:
    """Return skewness, excess kurtosis and the p-value of Jarque and Bera, as ``normality_of`` defines them."""
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    centred = residuals - residuals.mean()
    variance = float((centred**2).mean())
    skewness = float((centred**3).mean()) / variance**1.5
    excess = float((centred**4).mean()) / variance**2 - 3
    return skewness, excess, float(chdtrc(2, _jarque_bera(len(residuals), skewness, excess)))


def _jarque_bera(n: int, skewness: float, excess: float) -> float:
    return n / 6 * (skewness**2 + excess**2 / 4)


def inflation_factors(covariance: Matrix, terms: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Return how much each term's correlation with the others inflates its variance: VIF, or that of several columns.

    det(R_11) det(R_22) / det(R), R the correlations of the coefficients besides the intercept, R_11 those of the term.

    Args:
        covariance: k x k of the coefficients; the classical one gives car's.
        terms: Each term → the places of its columns; the intercept in none.

    Returns:
        Each term → its factor, 1 or more; for a term of q columns compare the (2q)-th root with the root of a VIF.

    References:
        Fox and Monette (1992), Journal of the American Statistical Association 87(417), 178-183. R: ``car::vif``.
    """
    spreads = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(spreads, spreads)
    places = [place for columns in terms.values() for place in columns]
    whole = _log_det(correlations, places)
    return {
        term: float(
            np.exp(
                _log_det(correlations, columns)
                + _log_det(correlations, [place for place in places if place not in columns])
                - whole
            )
        )
        for term, columns in terms.items()
    }


def _log_det(correlations: Matrix, places: Sequence[int]) -> float:
    return float(np.linalg.slogdet(correlations[np.ix_(places, places)])[1]) if places else 0.0


def _second_differences(rows: Matrix) -> Matrix:
    """Return AX: at each row twice its values less its neighbours', at the ends once less the one neighbour's."""
    steps = np.diff(rows, axis=0)
    moved = np.zeros_like(rows)
    moved[:-1] -= steps
    moved[1:] += steps
    return moved
