"""Degrees of freedom of a mixed model's coefficients by Satterthwaite's approximation."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.mixed_model import MixedEstimates
from models.multilevel.optimise import hessian_of
from models.triangles import inverse_of_triangle

FLAT = 1e-8
LIKE = 1e-8
FEWEST_DF = 2


@dataclass(frozen=True, eq=False)
class FTest:
    """A test of q linear combinations of coefficients at once.

    Attributes:
        statistic: F.
        df: q.
        df_resid: Denominator degrees of freedom.
        p_value: Upper tail.
    """

    statistic: float
    df: int
    df_resid: float
    p_value: float


@dataclass(frozen=True, eq=False)
class Satterthwaite:
    """How a covariance of coefficients varies with the variance parameters.

    Attributes:
        covariance: p x p.
        derivatives: (t + 1) x p x p, of the covariance in each relative Cholesky parameter and sigma.
        of_parameters: (t + 1) x (t + 1), twice the inverse Hessian of -2 log-likelihood: covariance of the parameters.
    """

    covariance: Matrix
    derivatives: NDArray[np.float64]
    of_parameters: Matrix

    def df(self, contrasts: Matrix) -> Vector:
        """Return 2 v^2 / (g'Ag) of each of q contrasts (q x p), v its variance and g the variance's derivative."""
        variances = np.einsum("qa,ab,qb->q", contrasts, self.covariance, contrasts)
        slopes = np.einsum("qa,tab,qb->qt", contrasts, self.derivatives, contrasts)
        spread = np.einsum("qt,ts,qs->q", slopes, self.of_parameters, slopes)
        return np.asarray(2 * variances**2 / spread)

    def test(self, contrasts: Matrix, coefficients: Vector) -> FTest:
        """Test that q contrasts of full rank (q x p) of the coefficients are nought.

        The contrasts are turned to be uncorrelated, each with degrees of freedom of its own, and F has those that give
        it the mean of their squares.

        References:
            Fai and Cornelius (1996), Journal of Statistical Computation and Simulation 54(4), 363-378. R:
            ``lmerTest::contestMD(model, L)``.
        """
        from scipy.special import fdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

        vectors = np.linalg.eigh(contrasts @ self.covariance @ contrasts.T)[1]
        turned = vectors.T @ contrasts
        q, df_resid = len(contrasts), _joined(self.df(turned))
        statistic = wald_statistic(contrasts, self.covariance, coefficients) / q
        return FTest(statistic, q, df_resid, float(fdtrc(q, df_resid, statistic)))


def wald_statistic(contrasts: Matrix, covariance: Matrix, coefficients: Vector) -> float:
    """Return b'L'(LVL')^-1Lb of q contrasts (q x p), each first brought to a variance of 1: units differ widely.

    Args:
        contrasts: L, of full rank.
        covariance: V, p x p.
        coefficients: b, p.
    """
    product = contrasts @ covariance @ contrasts.T
    lengths = np.sqrt(np.diag(product))
    standardised = contrasts @ coefficients / lengths
    return float(standardised @ np.linalg.solve(product / np.outer(lengths, lengths), standardised))


def satterthwaite(model: MixedEstimates) -> Satterthwaite:
    """Differentiate the covariance of the coefficients, and the criterion twice, in theta and sigma.

    References:
        Kuznetsova, Brockhoff and Christensen (2017), Journal of Statistical Software 82(13), section 3. Satterthwaite
        (1946), Biometrics Bulletin 2(6), 110-114. R: ``lmerTest::lmer``, ``summary(ddf = "Satterthwaite")``.
    """
    covariance = model.covariance
    of_theta = _derivatives(model)
    derivatives = np.concatenate([of_theta, 2 * covariance[None] / np.sqrt(model.solved.sigma2)])
    return Satterthwaite(covariance, derivatives, 2 * _inverse(_hessian(model)))


def _derivatives(model: MixedEstimates) -> NDArray[np.float64]:
    """Return V X'H^-1Z dOmega Z'H^-1X V / sigma2 of each parameter of theta, in units of the coefficients."""
    back = inverse_of_triangle(model.problem.triangle)
    scale, solved = model.problem.scale, model.solved
    found: list[Matrix] = []
    parts = zip(model.problem.factors, solved.triangles, solved.of_groups, strict=True)
    for factor, triangle, (_, to_fixed) in parts:
        towards = to_fixed[:, :, :-1] @ solved.bread @ back.T
        products = np.einsum("gap,gbr->abpr", towards, towards, optimize=True)
        for column in range(factor.n_effects):
            for row in np.flatnonzero(factor.is_free[:, column]):
                change = np.zeros_like(triangle)
                change[row] = triangle[:, column]
                found.append(np.einsum("ab,abpr->pr", change + change.T, products))
    return scale**2 * solved.sigma2 * np.stack(found)


def _hessian(model: MixedEstimates) -> Matrix:
    """Return second derivatives of -2 log-likelihood in theta and sigma, outcome in units of its scale."""
    solved, problem = model.solved, model.problem
    sigma, t = float(np.sqrt(solved.sigma2)), len(solved.theta)
    found = np.empty((t + 1, t + 1))
    found[:t, :t] = hessian_of(problem, solved.theta, solved.sigma2)
    of_squares = solved.sigma2 * (solved.gradient_at(solved.sigma2) - solved.gradient_at(np.inf))
    found[:t, t] = found[t, :t] = -2 * of_squares / sigma**3
    found[t, t] = 6 * solved.squares / sigma**4 - 2 * solved.free / sigma**2
    return found


def _inverse(hessian: Matrix) -> Matrix:
    """Invert along the directions in which the criterion rises; flat ones, as at bounds, tell nothing."""
    values, vectors = np.linalg.eigh(hessian)
    rises = values > FLAT * values[-1]
    return (vectors[:, rises] / values[rises]) @ vectors[:, rises].T


def _joined(df: Vector) -> float:
    if len(df) == 1 or np.ptp(df) < LIKE * df.max():
        return float(df.mean())
    if (df <= FEWEST_DF).any():
        return float(FEWEST_DF)
    total = float((df / (df - 2)).sum())
    return 2 * total / (total - len(df))
