"""Rubin's rules: estimates of completed sets of data, from any estimator, made into one.

Put here pooling of estimates one by one and of explained variance; not tests of several at once (``pooled_tests``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError

FEWEST_IMPUTATIONS = 2


@dataclass(frozen=True, eq=False)
class CompletedEstimates:
    """What an estimator found in one completed set.

    Attributes:
        terms: Names of the k estimates.
        estimates: k.
        covariance: k x k, of any kind: classical, robust, clustered.
        df_complete: Degrees of freedom that the estimates would have, were the set complete, one for all or k;
            infinite where normal.
    """

    terms: tuple[str, ...]
    estimates: Vector
    covariance: Matrix
    df_complete: float | Vector = np.inf


@dataclass(frozen=True, eq=False)
class PooledEstimates:
    """Estimates pooled over m completed sets, for k terms.

    Attributes:
        terms: Names.
        n_imputations: m.
        estimates: Means over the sets, k.
        within: Mean covariance of the sets, k x k.
        between: Covariance of the estimates over the sets, divisor m - 1, k x k.
        df_complete: Degrees of freedom, were the data complete: the smallest of the sets, k.
    """

    terms: tuple[str, ...]
    n_imputations: int
    estimates: Vector
    within: Matrix
    between: Matrix
    df_complete: Vector

    @property
    def covariance(self) -> Matrix:
        """Total covariance: within + (1 + 1/m) between, k x k."""
        return self.within + (1 + 1 / self.n_imputations) * self.between

    @property
    def relative_increase(self) -> Vector:
        """Relative increase of each variance that is due to missing values (riv), k."""
        return (1 + 1 / self.n_imputations) * np.diag(self.between) / np.diag(self.within)

    @property
    def share_due_to_missing(self) -> Vector:
        """Share of each total variance that is due to missing values (lambda), 0 to 1, k."""
        return self.relative_increase / (1 + self.relative_increase)

    @cached_property
    def df(self) -> Vector:
        """Degrees of freedom after Barnard and Rubin, k; those of complete data where the sets do not differ at all."""
        share = self.share_due_to_missing
        with np.errstate(divide="ignore"):
            of_imputations = (self.n_imputations - 1) / share**2
        is_finite = np.isfinite(self.df_complete)
        complete = np.where(is_finite, self.df_complete, 1.0)
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        both = np.where(share == 0, self.df_complete, 1 / (1 / of_imputations + 1 / observed))
        return np.where(is_finite, both, of_imputations)

    @property
    def fraction_missing(self) -> Vector:
        """Fraction of information that is missing (fmi), 0 to 1, k; 0 where the sets do not differ at all."""
        increase = self.relative_increase
        return np.where(increase == 0, 0.0, (increase + 2 / (self.df + 3)) / (1 + increase))

    @property
    def monte_carlo_error(self) -> Vector:
        """By how much each estimate would vary if all were imputed anew (standard deviation), k.

        References:
            White, Royston and Wood (2011), Statistics in Medicine 30(4), 377-399, section 7.3.
        """
        return np.sqrt(np.diag(self.between) / self.n_imputations)

    def table(self, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a term: as ``Fit.estimates``, then m, within, between, total, df_complete, riv, lambda, fmi.

        Args:
            confidence_level: Of the intervals, such as 0.95.
        """
        from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - scipy.stats takes a second to import

        total = np.diag(self.covariance)
        errors = np.sqrt(total)
        df = np.minimum(self.df, 1e10)
        reach = stdtrit(df, (1 + confidence_level) / 2) * errors
        return pd.DataFrame(
            {
                "term": list(self.terms),
                "estimate": self.estimates,
                "std_error": errors,
                "df": self.df,
                "statistic": self.estimates / errors,
                "p_value": 2 * stdtr(df, -np.abs(self.estimates / errors)),
                "conf_low": self.estimates - reach,
                "conf_high": self.estimates + reach,
                "m": self.n_imputations,
                "within": np.diag(self.within),
                "between": np.diag(self.between),
                "total": total,
                "df_complete": self.df_complete,
                "riv": self.relative_increase,
                "lambda": self.share_due_to_missing,
                "fmi": self.fraction_missing,
            }
        )


def pool_estimates(sets: Sequence[CompletedEstimates]) -> PooledEstimates:
    """Pool the estimates of completed sets by Rubin's rules with Barnard and Rubin's degrees of freedom.

    Args:
        sets: What one estimator found in each of m completed sets, in the order of the imputations.

    Raises:
        ModelDataError: If there are fewer than two sets, terms differ between them, or numbers are not finite.

    References:
        Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapter 3; Barnard and Rubin (1999), Biometrika
        86(4), 948-955. R: ``mice::pool``.
    """
    _refuse(sets)
    estimates = np.array([each.estimates for each in sets], dtype=float)
    return PooledEstimates(
        terms=tuple(sets[0].terms),
        n_imputations=len(sets),
        estimates=estimates[0] + (estimates - estimates[0]).mean(axis=0),
        within=sets[0].covariance + np.mean([each.covariance - sets[0].covariance for each in sets], axis=0),
        between=np.atleast_2d(np.cov(estimates - estimates[0], rowvar=False)),
        df_complete=np.min([np.broadcast_to(each.df_complete, len(each.estimates)) for each in sets], axis=0),
    )


def _refuse(sets: Sequence[CompletedEstimates]) -> None:
    if len(sets) < FEWEST_IMPUTATIONS:
        raise ModelDataError(
            f"{len(sets)} completed set; expected at least {FEWEST_IMPUTATIONS}, as the variance between sets tells "
            "what missing values cost; impute more often"
        )
    for number, each in enumerate(sets, start=1):
        if tuple(each.terms) != tuple(sets[0].terms):
            unlike = sorted(set(each.terms) ^ set(sets[0].terms))
            listed = ", ".join(f"'{term}'" for term in unlike) or "the same in another order"
            raise ModelDataError(
                f"completed set {number} has other terms than the first ({listed}); expected the same in every set; "
                "merge small categories before imputing, so that each is there in every set"
            )
        if not (
            np.isfinite(each.estimates).all() and np.isfinite(each.covariance).all() and np.all(each.df_complete > 0)
        ):
            raise ModelDataError(
                f"completed set {number} has estimates, variances or degrees of freedom that are not finite and "
                "positive; see why the model could not be fitted to that set before pooling"
            )


@dataclass(frozen=True)
class PooledExplained:
    """A pooled share of explained variance.

    Attributes:
        estimate: 0 to 1.
        conf_low: Lower bound at 95 %.
        conf_high: Upper bound.
        fraction_missing: Of Fisher's z.
    """

    estimate: float
    conf_low: float
    conf_high: float
    fraction_missing: float


def pool_explained(shares: Vector, n_obs: int, confidence_level: float = 0.95) -> PooledExplained:
    """Pool shares of explained variance (R2, or adjusted R2) by Fisher's z of their roots.

    Args:
        shares: R2 of each of m completed sets, 0 to below 1.
        n_obs: Rows of a set.
        confidence_level: Of the interval; its quantile is rounded to two decimals at 0.95, as in R.

    Raises:
        ModelDataError: If a share lies outside 0 to 1, as adjusted ones may, or there are fewer than two or four rows.

    References:
        Harel (2009), Journal of Applied Statistics 36(10), 1109-1118. R: ``mice::pool.r.squared``.
    """
    from scipy.special import ndtri  # noqa: PLC0415

    outside = (shares < 0) | (shares >= 1)
    if outside.any():
        raise ModelDataError(
            f"{int(outside.sum())} of {len(shares)} shares of explained variance lie outside 0 to 1 (least "
            f"{shares.min():.3g}); expected shares that have a root; pool R2 where the adjusted one is negative"
        )
    if n_obs < 4:  # noqa: PLR2004 - the variance of z is 1 / (n - 3)
        raise ModelDataError(f"{n_obs} rows in a completed set; expected at least 4 for the variance of Fisher's z")
    z = np.arctanh(np.sqrt(shares))
    variance = np.array([[1 / (n_obs - 3)]])
    pooled = pool_estimates([CompletedEstimates(("z",), np.array([value]), variance) for value in z])
    quantile = 1.96 if confidence_level == 0.95 else float(ndtri((1 + confidence_level) / 2))  # noqa: PLR2004
    reach = quantile * np.sqrt(pooled.covariance[0, 0])
    low, middle, high = (float(np.tanh(pooled.estimates[0] + way) ** 2) for way in (-reach, 0.0, reach))
    return PooledExplained(middle, low, high, float(pooled.fraction_missing[0]))
