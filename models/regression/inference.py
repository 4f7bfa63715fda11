"""Coefficients and how sure they are → one labelled row a term, as every estimator hands back."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.clustered import ClusterCovariance


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """How sure k coefficients are.

    Attributes:
        covariance: k x k.
        df: Degrees of freedom of each coefficient's t distribution, k; infinite for the normal.
        n_clusters: Clusters; the fewer of two ways; None without clusters.
        n_decided: Coefficients that one cluster decides by itself; None where that is not looked for.
        is_mended: Whether negative eigenvalues of a two-way covariance were set to nought; None for all others.
        corrected: What corrects tests of combinations of coefficients, and gives them degrees of freedom, when clusters
            are few (CR2, CR3); None for all others.
    """

    covariance: Matrix
    df: Vector
    n_clusters: int | None = None
    n_decided: int | None = None
    is_mended: bool | None = None
    corrected: ClusterCovariance | None = None

    @property
    def errors(self) -> Vector:
        """Standard errors, k."""
        return np.sqrt(np.diag(self.covariance))

    def reach(self, confidence_level: float) -> Vector:
        """Return half the width of each coefficient's interval, k."""
        return self.errors * t_quantiles(confidence_level, self.df)

    def p_values(self, statistics: Vector) -> Vector:
        """Return the two-sided p-value of each coefficient's statistic, k."""
        return two_sided_p(statistics, self.df)


def t_quantiles(confidence_level: float, df: Vector) -> Vector:
    """Return how many standard errors two-sided intervals reach; q degrees of freedom, infinite for the normal."""
    from scipy import special  # noqa: PLC0415 - scipy.stats takes a second to import

    share, is_normal = (1 + confidence_level) / 2, np.isinf(df)
    return np.where(is_normal, special.ndtri(share), special.stdtrit(np.where(is_normal, 1.0, df), share))


def two_sided_p(statistics: Vector, df: Vector) -> Vector:
    """Return the two-sided p-values of q statistics; degrees of freedom infinite for the normal."""
    from scipy import special  # noqa: PLC0415

    tails = special.stdtr(np.where(np.isinf(df), 1.0, df), -np.abs(statistics))
    return 2 * np.where(np.isinf(df), special.ndtr(-np.abs(statistics)), tails)


def label_estimates(
    terms: tuple[str, ...], coefficients: Vector, uncertainty: Uncertainty, confidence_level: float
) -> pd.DataFrame:
    """Return one row a term: estimate, std_error, df (NaN for the normal), statistic, two-sided p_value and interval.

    Args:
        terms: Names of the k coefficients.
        coefficients: k.
        uncertainty: Their covariance and degrees of freedom.
        confidence_level: Of the intervals.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics: Vector = coefficients / uncertainty.errors
    reach = uncertainty.reach(confidence_level)
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": coefficients,
            "std_error": uncertainty.errors,
            "df": np.where(np.isinf(uncertainty.df), np.nan, uncertainty.df),
            "statistic": statistics,
            "p_value": uncertainty.p_values(statistics),
            "conf_low": coefficients - reach,
            "conf_high": coefficients + reach,
        }
    )
