"""Marginal likelihood of rows in groups: the random intercept integrated out by adaptive Gauss-Hermite quadrature.

One point is Laplace's approximation. The gradient is that of the approximation itself: modes and curvatures move with
the parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.estimates import Matrix, Vector
from models.multilevel.categorical.groups import Groups
from models.multilevel.categorical.modes import Conditional, find_modes
from models.multilevel.categorical.responses import MovedTerms, Responses


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The marginal likelihood at one point.

    Attributes:
        by_group: Log-likelihood of each group, G.
        modes: Mode of each group's u, G.
        curvatures: Minus the second derivative of its height there, G.
        row_slopes: Derivative of the log-likelihood in each side's predictors, n values each.
        sd_slopes: Derivative of each group's log-likelihood in the standard deviation, G.
    """

    by_group: Vector
    modes: Vector
    curvatures: Vector
    row_slopes: tuple[Vector, ...]
    sd_slopes: Vector

    @property
    def log_likelihood(self) -> float:
        """Sum over the groups."""
        return float(self.by_group.sum())


@dataclass(frozen=True, eq=False)
class MarginalLikelihood:
    """The log-likelihood of coefficients and standard deviation of the random intercepts.

    log int prod_i p(y_i | eta_i + s u) phi(u) du is taken as log(t sum_k w_k exp(h(m + t z_k) + z_k^2 / 2)), with h
    the integrand's logarithm less phi's constant, m its mode, t^2 = -1 / h''(m), and z_k, w_k points and weights for
    the standard normal. It is even in s, and at s = 0 that of the model without random intercepts.

    Attributes:
        responses: n rows, one group after the other.
        groups: G groups of them.
        n_points: Points of the quadrature; 1 for Laplace.

    References:
        Pinheiro and Bates (1995), Journal of Computational and Graphical Statistics 4(1), 12-35. R:
        ``lme4::glmer(nAGQ = )``, ``ordinal::clmm(nAGQ = )``.
    """

    responses: Responses
    groups: Groups
    n_points: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of groups."""
        return (self.groups.n_groups,)

    @cached_property
    def rule(self) -> tuple[Vector, Vector]:
        """Points and weights of the quadrature, summing to 1."""
        points, weights = np.polynomial.hermite_e.hermegauss(self.n_points)
        return points, weights / weights.sum()

    def at(self, point: Vector, start: Vector | None = None) -> Evaluated:
        """Evaluate the likelihood.

        Args:
            point: p coefficients and the standard deviation.
            start: G values of u to look for the modes from; None: nought.
        """
        coefficients, sd = point[:-1], float(point[-1])
        predictors = self.responses.predictors(coefficients)
        conditional = Conditional(self.responses, self.groups, predictors, self.responses.towards * sd)
        modes = find_modes(conditional, np.zeros(self.groups.n_groups) if start is None else start)
        terms = self.responses.moved(conditional.at(modes))
        curvatures = 1 - sd**2 * self.groups.sums(terms.second)
        return self._integrated(conditional, terms, modes, curvatures)

    def gradient(self, evaluated: Evaluated) -> Vector:
        """Return the derivatives in the p coefficients and the standard deviation."""
        sides = zip(self.responses.sides, evaluated.row_slopes, strict=True)
        return np.append(np.sum([slopes @ side for side, slopes in sides], axis=0), evaluated.sd_slopes.sum())

    def scores(self, evaluated: Evaluated) -> Matrix:
        """Return each group's derivatives, G x (p + 1)."""
        sides = zip(self.responses.sides, evaluated.row_slopes, strict=True)
        rows = np.sum([side * slopes[:, None] for side, slopes in sides], axis=0)
        return np.column_stack([self.groups.sums(rows), evaluated.sd_slopes])

    def _integrated(self, conditional: Conditional, terms: MovedTerms, modes: Vector, curvatures: Vector) -> Evaluated:
        """Sum over the points, and collect what moves with the parameters.

        With q the rows' log-likelihoods, q', q'' their derivatives in the shift, and shares the points' parts of the
        sum: d log L = sum shares dh + e dm + (1 + f) dt / t, where e = sum shares h'(u_k), f = t sum shares h'(u_k)
        z_k, dm = dh' / c and dt / t = (dh'' + h''' dm) / (2 c) with c = -h''.
        """
        points, weights = self.rule
        groups, scale, towards = self.groups, conditional.scale, self.responses.towards
        widths = curvatures**-0.5
        places = modes + widths * points[:, None]
        passed = [self.responses.heights(conditional.at(place)) for place in places]
        exponents = np.array([groups.sums(values) for values, _ in passed]) - places**2 / 2
        exponents += (points**2 / 2 + np.log(weights))[:, None]
        top = exponents.max(axis=0)
        parts = np.exp(exponents - top)
        totals = parts.sum(axis=0)
        shares = parts / totals
        slope_sums = np.array([groups.sums(np.sum(slopes, axis=0)) for _, slopes in passed])
        pulls = shares * (scale * slope_sums - places)
        stretch = (1 + widths * (points @ pulls)) / (2 * curvatures)
        per_mode = (pulls.sum(axis=0) + stretch * scale**3 * groups.sums(terms.third)) / curvatures
        row_slopes = tuple(
            groups.spread(scale * per_mode) * once
            + groups.spread(scale**2 * stretch) * twice
            + _averaged(groups, shares, [slopes[side] for _, slopes in passed])
            for side, (_, once, twice) in enumerate(terms.by_side)
        )
        first, second, third = (groups.sums(each) for each in (terms.first, terms.second, terms.third))
        sd_slopes = towards * (shares * places * slope_sums).sum(axis=0)
        sd_slopes += per_mode * (towards * first + towards * scale * modes * second)
        sd_slopes += stretch * (2 * towards * scale * second + towards * scale**2 * modes * third)
        return Evaluated(top + np.log(totals * widths), modes, curvatures, row_slopes, sd_slopes)


def _averaged(groups: Groups, shares: Matrix, slopes: Sequence[Vector]) -> Vector:
    """Average K times n slopes with K x G shares, n; point after point, which stays in the processor's cache."""
    total = np.zeros(len(groups.codes))
    for share, slope in zip(shares, slopes, strict=True):
        total += groups.spread(share) * slope
    return total
