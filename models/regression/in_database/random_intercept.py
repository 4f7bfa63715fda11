"""A linear mixed model with one random intercept, by (restricted) maximum likelihood, from what groups add up to.

y = Xb + u_g + e, Var(u) = tau2, Var(e) = sigma2. Inverse and determinant of each group's covariance depend on its rows
through their number, sums and cross-products alone, so that the likelihood costs the same for any number of rows, with
groups of any sizes. Put here the likelihood of one variance ratio and its optimum; not how rows are added up
(``group_moments``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError, refuse_few, refuse_few_clusters
from models.regression.in_database.group_moments import GroupMoments
from models.regression.inference import Uncertainty, label_estimates
from models.triangles import inverse_of_triangle

Method = Literal["REML", "ML"]
RATIOS = np.concatenate([[0.0], np.logspace(-8, 8, 97)])
NO_VARIATION = 1e-12


@dataclass(frozen=True, eq=False)
class RandomIntercept:
    """A fitted model with k coefficients.

    Attributes:
        method: ``REML`` or ``ML``.
        terms: Names of the k coefficients.
        coefficients: k, in units of the outcome.
        covariance: k x k, of generalised least squares at the variances found; R: ``vcov(lmer(...))``.
        tau2: Variance between groups; exactly nought when the fit is singular.
        sigma2: Residual variance.
        criterion: -2 log-likelihood (restricted by REML); R: ``lme4::REMLcrit``, ``deviance``.
        n_obs: Rows.
        n_groups: Groups.
    """

    method: Method
    terms: tuple[str, ...]
    coefficients: Vector
    covariance: Matrix
    tau2: float
    sigma2: float
    criterion: float
    n_obs: int
    n_groups: int

    @property
    def is_singular(self) -> bool:
        """Whether the best variance between groups is nought, on the edge of what is possible."""
        return self.tau2 == 0

    @property
    def log_likelihood(self) -> float:
        """Logarithm of the likelihood, restricted by REML."""
        return -self.criterion / 2

    @property
    def intraclass_correlation(self) -> float:
        """Share of the variance that lies between groups, given the regressors."""
        return self.tau2 / (self.tau2 + self.sigma2)

    def estimates(self, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a term, tests and intervals by the normal distribution."""
        uncertainty = Uncertainty(self.covariance, np.full(len(self.terms), np.inf), self.n_groups)
        return label_estimates(self.terms, self.coefficients, uncertainty, confidence_level)


def fit_random_intercept(moments: GroupMoments, terms: tuple[str, ...], method: Method = "REML") -> RandomIntercept:
    """Fit by the (restricted) likelihood, profiled to the ratio of the variances.

    The profile is looked at on a grid from nought to 1e8, every valley of it is followed to where the derivative is
    nought, and the lowest one is taken; nought itself where the profile rises from there.

    Args:
        moments: Of unweighted rows, the intercept first; regressors of full rank.
        terms: Names of the k regressors.
        method: ``REML`` or ``ML``.

    Raises:
        ModelDataError: If there are fewer than two groups, no group has two rows, or nothing varies within groups.

    References:
        Harville (1977), Journal of the American Statistical Association 72(358), 320-338. Bates et al. (2015), Journal
        of Statistical Software 67(1), section 3 (the profile). R: ``lme4::lmer(y ~ x + (1 | g), REML = )``.
    """
    _refuse(moments)
    profile = _Profile(moments, method)
    slopes = profile.slopes(RATIOS)
    valleys = np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
    if slopes[-1] < 0:
        raise _nothing_within()
    candidates = [0.0] if slopes[0] >= 0 else []
    candidates += [profile.bottom(RATIOS[place], RATIOS[place + 1]) for place in valleys.tolist()]
    return profile.fitted(min(candidates, key=profile.value), terms)


def _refuse(moments: GroupMoments) -> None:
    k, n = len(moments.sums) - 1, moments.n_obs
    refuse_few(n, k)
    refuse_few_clusters("the random intercept", moments.n_groups, n)
    if n == moments.n_groups:
        raise ModelDataError(
            f"each of {moments.n_groups} groups has one response, so that differences between groups cannot be told "
            "from those between responses; expected groups with two or more; use a regression without random intercept"
        )
    if moments.within[-1, -1] <= NO_VARIATION * moments.product[-1, -1]:
        raise _nothing_within()


def _nothing_within() -> ModelDataError:
    return ModelDataError(
        "the outcome does not vary within groups beyond what the regressors say; expected responses of a group to "
        "differ; use a regression of the groups"
    )


class _Profile:
    """-2 log-likelihood as a function of the variance ratio tau2 / sigma2 = r, all else at its best.

    A(r) = W + sum_d B_d / (1 + d r), with W the cross-product within groups and B_d that of the means of groups of d
    rows, times d; f(r) = v log(2 pi e S(r) / v) + sum_d c_d log(1 + d r), plus log|A_xx| by REML, with S(r) the squares
    left of y given x in A(r), and v = n - k (REML) or n (ML).
    """

    def __init__(self, moments: GroupMoments, method: Method) -> None:
        self.moments = moments
        self.method: Method = method
        self.k = len(moments.sums) - 1
        self.free = moments.n_obs - (self.k if method == "REML" else 0)
        self.sizes, of_group, counts = np.unique(moments.sizes, return_inverse=True, return_counts=True)
        self.counts = counts.astype(float)
        scaled = (moments.sums / np.sqrt(moments.sizes))[:, np.argsort(of_group, kind="stable")]
        pieces = np.split(scaled, np.cumsum(counts)[:-1], axis=1)
        self.between = np.stack([piece @ piece.T for piece in pieces])

    def value(self, ratio: float) -> float:
        """Return f without its constant."""
        solved = self._solve(np.array([ratio]))
        found = self.free * np.log(solved.squares[0]) + float(self.counts @ np.log1p(self.sizes * ratio))
        if self.method == "REML":
            found += float(np.linalg.slogdet(solved.product[0])[1])
        return float(found)

    def slopes(self, ratios: Vector) -> Vector:
        """Return the derivative of f at each of r ratios."""
        solved, shrunk = self._solve(ratios), 1 / (1 + np.outer(ratios, self.sizes))
        change = -np.tensordot(self.sizes * shrunk**2, self.between, axes=1)
        left = np.concatenate([-solved.coefficients, np.ones((len(ratios), 1))], axis=1)
        falls = np.einsum("ra,rab,rb->r", left, change, left)
        found = self.free * falls / solved.squares + shrunk @ (self.counts * self.sizes)
        if self.method == "REML":
            inner = change[:, : self.k, : self.k]
            found += np.einsum("rab,rba->r", np.linalg.inv(solved.product), inner)
        return found

    def bottom(self, below: float, above: float) -> float:
        """Return where f is lowest between a ratio where it falls and one where it rises."""
        from scipy.optimize import brentq  # noqa: PLC0415

        def slope(ratio: float) -> float:
            return float(self.slopes(np.array([ratio]))[0])

        return float(cast("float", brentq(slope, below, above, xtol=1e-300)))

    def fitted(self, ratio: float, terms: tuple[str, ...]) -> RandomIntercept:
        """Return the fit at a ratio, in units of the outcome and of the regressors as they are."""
        solved, standard, k = self._solve(np.array([ratio])), self.moments.standard, self.k
        of_outcome = float(standard.scales[k])
        units = standard.raw(has_intercept=True)
        if self.moments.whitening is not None:
            units = inverse_of_triangle(self.moments.whitening.T) @ units
        triangle = np.asarray(np.linalg.cholesky(solved.product[0]), dtype=float).T
        back = inverse_of_triangle(triangle @ units)
        sigma2 = of_outcome**2 * float(solved.squares[0]) / self.free
        coefficients = of_outcome * inverse_of_triangle(units) @ solved.coefficients[0]
        coefficients[0] += standard.shifts[k]
        constant = self.free * (1 + np.log(2 * np.pi * of_outcome**2 / self.free))
        if self.method == "REML":
            constant += 2 * float(np.log(np.abs(np.diag(units))).sum())
        return RandomIntercept(
            method=self.method,
            terms=terms,
            coefficients=coefficients,
            covariance=sigma2 * back @ back.T,
            tau2=ratio * sigma2,
            sigma2=sigma2,
            criterion=float(self.value(ratio) + constant),
            n_obs=self.moments.n_obs,
            n_groups=self.moments.n_groups,
        )

    def _solve(self, ratios: Vector) -> "_Solved":
        shrunk, k = 1 / (1 + np.outer(ratios, self.sizes)), self.k
        product = self.moments.within + np.tensordot(shrunk, self.between, axes=1)
        lengths = np.sqrt(np.einsum("raa->ra", product))
        scaled = product / (lengths[:, :, None] * lengths[:, None, :])
        coefficients = np.linalg.solve(scaled[:, :k, :k], scaled[:, :k, k:])[:, :, 0]
        share = 1 - np.einsum("ra,ra->r", scaled[:, :k, k], coefficients)
        return _Solved(product[:, :k, :k], coefficients * lengths[:, k:] / lengths[:, :k], share * product[:, k, k])


@dataclass(frozen=True, eq=False)
class _Solved:
    """At each of r ratios: A_xx (r x k x k), coefficients (r x k), squares left of the outcome (r)."""

    product: NDArray[np.float64]
    coefficients: Matrix
    squares: Vector
