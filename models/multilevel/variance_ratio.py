"""The likelihood of one variance ratio, of groups with a random intercept: its optimum from what groups add up to.

Inverse and determinant of each group's covariance depend on its rows through their number, sums and cross-products
alone, so that the likelihood costs the same for any number of rows, with groups of any sizes. Put here the search for
the ratio; not how rows are added up (``summed_rows``) nor what is estimated at the ratio (``problem``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.criterion import Method
from models.multilevel.identified import nothing_within
from models.regression.in_database.group_moments import GroupMoments

RATIOS = np.concatenate([[0.0], np.logspace(-8, 8, 97)])


def best_ratio(moments: GroupMoments, method: Method) -> float:
    """Return the ratio tau2 / sigma2 at which the (restricted) likelihood is highest.

    The profile is looked at on a grid from nought to 1e8, every valley of it is followed to where the derivative is
    nought, and the lowest one is taken; nought itself where the profile rises from there.

    Args:
        moments: Of unweighted rows, the intercept first and the outcome last; regressors of full rank.
        method: ``REML`` or ``ML``.

    Raises:
        ModelDataError: If nothing varies within groups beyond the regressors.

    References:
        Harville (1977), Journal of the American Statistical Association 72(358), 320-338. Bates et al. (2015), Journal
        of Statistical Software 67(1), section 3 (the profile). R: ``lme4::lmer(y ~ x + (1 | g), REML = )``.
    """
    profile = _Profile(moments, method)
    slopes = profile.slopes(RATIOS)
    valleys = np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
    if slopes[-1] < 0:
        raise nothing_within()
    candidates = [0.0] if slopes[0] >= 0 else []
    candidates += [profile.bottom(RATIOS[place], RATIOS[place + 1]) for place in valleys.tolist()]
    return candidates[0] if len(candidates) == 1 else min(candidates, key=profile.value)


class _Profile:
    """-2 log-likelihood as a function of the variance ratio tau2 / sigma2 = r, all else at its best.

    A(r) = W + sum_d B_d / (1 + d r), with W the cross-product within groups and B_d that of the means of groups of d
    rows, times d; f(r) = v log(2 pi e S(r) / v) + sum_d c_d log(1 + d r), plus log|A_xx| by REML, with S(r) the squares
    left of y given x in A(r), and v = n - k (REML) or n (ML).
    """

    def __init__(self, moments: GroupMoments, method: Method) -> None:
        self.within = moments.within
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

    def _solve(self, ratios: Vector) -> "_Solved":
        shrunk, k = 1 / (1 + np.outer(ratios, self.sizes)), self.k
        product = self.within + np.tensordot(shrunk, self.between, axes=1)
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
