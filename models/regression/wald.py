"""Tests that several coefficients, or combinations of them, are nought at once; with few clusters, corrected for it."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.clustered import ClusterCovariance


@dataclass(frozen=True)
class WaldTest:
    """A test that q contrasts are nought.

    Attributes:
        statistic: F.
        df: q.
        df_resid: Degrees of freedom of the denominator; may be a fraction.
        p_value: Upper tail of F(df, df_resid).
    """

    statistic: float
    df: int
    df_resid: float
    p_value: float


def wald_test(coefficients: Vector, covariance: Matrix, contrasts: Matrix, df_resid: float) -> WaldTest:
    """Test ``contrasts @ coefficients == 0`` with F = b'C'(CVC')^-1Cb / q on q and ``df_resid`` degrees of freedom.

    Args:
        coefficients: k.
        covariance: k x k.
        contrasts: q x k of full row rank.
        df_resid: n - k, or clusters - 1.

    References:
        R: ``clubSandwich::Wald_test(test = "Naive-F")``, ``car::linearHypothesis``.
    """
    return _tested(_quadratic_form(coefficients, covariance, contrasts) / len(contrasts), len(contrasts), df_resid)


def corrected_wald_test(coefficients: Vector, covariance: ClusterCovariance, contrasts: Matrix) -> WaldTest:
    """Test ``contrasts @ coefficients == 0`` with the approximate Hotelling T2 of few clusters.

    F = (v - q + 1) / (v q) b'C'(CVC')^-1Cb on q and v - q + 1 degrees of freedom; v = q (q + 1) / sum of the
    variances of the elements of the standardised covariance (Zhang's), under errors that are independent and alike.

    Returns:
        The test; with v < q, F and p are NaN: so few clusters can say nothing about q contrasts at once.

    References:
        Tipton and Pustejovsky (2015), Journal of Educational and Behavioral Statistics 40(6), 604-634. R:
        ``clubSandwich::Wald_test(test = "HTZ")``.
    """
    q = len(contrasts)
    nu = q * (q + 1) / _variance_of_elements(covariance, contrasts)
    if nu <= q - 1:
        return WaldTest(np.nan, q, nu - q + 1, np.nan)
    form = _quadratic_form(coefficients, covariance.covariance, contrasts)
    return _tested((nu - q + 1) / (nu * q) * form, q, nu - q + 1)


def _quadratic_form(coefficients: Vector, covariance: Matrix, contrasts: Matrix) -> float:
    values = contrasts @ coefficients
    return float(values @ np.linalg.solve(contrasts @ covariance @ contrasts.T, values))


def _tested(statistic: float, q: int, df_resid: float) -> WaldTest:
    from scipy.special import fdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    return WaldTest(statistic, q, df_resid, float(fdtrc(q, df_resid, statistic)))


def _variance_of_elements(covariance: ClusterCovariance, contrasts: Matrix) -> float:
    """Return the sum over s, t of Var(D_st), D the standardised covariance of the contrasts.

    Var(D_st) = sum over g, h of P_ss P_tt + P_st P_ts, with P_st of clusters g, h as in ``satterthwaite_df``. The sum
    is the same for any contrasts that span these: each is put on the scale of its own variance first, so that units as
    far apart as a population and a share cost no digits.
    """
    bread = covariance.bread
    directions = contrasts @ bread
    own, parts = _of_clusters(covariance, directions)
    expected = own.sum(axis=2) - np.einsum("sga,ab,tgb->st", parts, bread, parts, optimize=True)
    scale = np.diag(expected) ** -0.5
    directions = directions * scale[:, None]
    values, vectors = np.linalg.eigh(expected * scale * scale[:, None])
    own, parts = _of_clusters(covariance, vectors @ np.diag(values**-0.5) @ vectors.T @ directions)
    shared = np.einsum("sga,ab,tgb->stg", parts, bread, parts, optimize=True)
    crossed = np.einsum("sga,tgb->stab", parts, parts, optimize=True) @ bread
    alike = np.einsum("ssg->sg", own), np.einsum("ssg->sg", shared)
    squares = alike[0] @ alike[0].T - alike[0] @ alike[1].T - alike[1] @ alike[0].T
    total = squares + np.einsum("stab,stba->st", crossed, crossed.transpose(1, 0, 2, 3))
    return float(total.sum() + _products_of_others(own, shared, crossed))


def _products_of_others(own: Matrix, shared: Matrix, crossed: Matrix) -> float:
    """Return the sum over s, t, g and h of P_st P_ts."""
    diagonal = (own**2 - 2 * own * shared).sum()
    return float(diagonal + np.einsum("stab,stba->", crossed, crossed))


def _of_clusters(covariance: ClusterCovariance, directions: Matrix) -> tuple[Matrix, Matrix]:
    """Return c_s'X'A^2Xc_t, q x q x G, and X'AXc_s, q x G x k, of every cluster."""
    own = np.einsum("sa,gab,tb->stg", directions, covariance.squared, directions, optimize=True)
    return own, np.einsum("gab,sb->sga", covariance.adjusted, directions, optimize=True)
