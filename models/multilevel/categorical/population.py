"""Predictions averaged over the random intercept: what an unknown group of the population is expected to answer.

Put here what margins are made of (``models.regression.categorical.margins`` takes it as a model); coefficients tell
effects within a group, these tell effects in the population.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from models.estimates import Matrix, Vector
from models.multilevel.categorical.responses import OrderedResponses, Responses
from models.regression.categorical.cumulative_links import INFINITE, LINKS, CumulativeLink, OrderedLink
from models.regression.categorical.predicted import Predicted

REACH = 9.0
LARGEST_STEP = 0.5
STEP_TIMES_SD = 0.75


class MixedFit(Protocol):
    """A fit with one or several random intercepts."""

    @property
    def responses(self) -> Responses:
        """What it was fitted to."""
        ...

    @property
    def coefficients(self) -> Vector:
        """P coefficients."""
        ...

    @property
    def sds(self) -> Vector:
        """Standard deviations of F random intercepts."""
        ...


@dataclass(frozen=True, eq=False)
class PopulationModel:
    """A fit that predicts, the random intercepts integrated out.

    E F(eta + s u) over standard normal u, s^2 the sum of the variances, by the trapezoidal rule with steps of at most
    0.75 / s, exact to about 1e-11; where all variances are nought, F(eta). Derivatives are in the p coefficients and
    the standard deviations.

    Their covariance is ``covariance_of_margins`` of the fit.

    Attributes:
        fit: The fit (``RandomInterceptFit``, ``CrossedFit``).

    References:
        Pavlou, Ambler, Seaman and Omar (2015), BMC Medical Research Methodology 15, 59. R: ``marginaleffects::
        avg_predictions(re.form = NA)`` does not integrate; ``GLMMadaptive::marginal_coefs`` does.
    """

    fit: MixedFit

    @cached_property
    def sd(self) -> float:
        """Standard deviation of the sum of the random intercepts."""
        return float(np.linalg.norm(self.fit.sds))

    @cached_property
    def rule(self) -> tuple[Vector, Vector]:
        """Points and weights for the standard normal."""
        if self.sd == 0:
            return np.zeros(1), np.ones(1)
        step = min(LARGEST_STEP, STEP_TIMES_SD / self.sd)
        last = int(np.ceil(REACH / step))
        points = step * np.arange(-last, last + 1, dtype=float)
        weights: Vector = np.exp(-(points**2) / 2)
        return points, np.asarray(weights / weights.sum(), dtype=float)

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        """Return the weighted mean prediction over m rows: a share of ones, or of each category; and its derivatives.

        Args:
            matrix: m x k regressors, with a constant for logit, without one for ordered outcomes.
            weights: m weights.
            offset: Not allowed.

        Raises:
            ValueError: If an offset is given.
        """
        if offset is not None:
            raise ValueError("a model with random intercepts has no offset; leave it out")
        shares = weights / weights.sum()
        slopes = [self._slopes(cut, shares) for cut in self._cuts(matrix)]
        means = shares @ self.expected(matrix)
        if not isinstance(self.fit.responses, OrderedResponses):
            return Predicted(means, slopes[0][None, :])
        ends = np.zeros((1, len(slopes[0])))
        return Predicted(means, np.diff(np.r_[ends, np.array(slopes), ends], axis=0))

    def expected(self, matrix: Matrix) -> Matrix:
        """Return the prediction of each of m rows, m x 1 for logit, m x J for ordered outcomes."""
        shares = [self._integrated(cut @ self.fit.coefficients, self._distribution) for cut in self._cuts(matrix)]
        if not isinstance(self.fit.responses, OrderedResponses):
            return shares[0][:, None]
        ends = np.zeros(len(matrix)), np.ones(len(matrix))
        return np.column_stack([high - low for low, high in pairwise([ends[0], *shares, ends[1]])])

    @property
    def _link(self) -> CumulativeLink:
        responses = self.fit.responses
        name: OrderedLink = responses.rows.link if isinstance(responses, OrderedResponses) else "logit"
        return LINKS[name]

    def _distribution(self, value: Matrix) -> Matrix:
        return self._link.share(np.full_like(value, -INFINITE), value)

    def _cuts(self, matrix: Matrix) -> list[Matrix]:
        """Return the derivatives of the predictors, m x p each; one, or one a threshold."""
        responses = self.fit.responses
        if isinstance(responses, OrderedResponses):
            return [responses.rows.cut_rows(matrix, cut) for cut in range(responses.rows.n_thresholds)]
        return [matrix]

    def _slopes(self, rows: Matrix, shares: Vector) -> Vector:
        predictor = rows @ self.fit.coefficients
        slopes = shares * self._integrated(predictor, self._link.density)
        bends = shares * self._integrated(predictor, self._link.density_slope)
        return np.append(slopes @ rows, self.fit.sds * bends.sum())

    def _integrated(self, predictor: Vector, of: Callable[[Matrix], Matrix]) -> Vector:
        points, weights = self.rule
        return np.sum(
            [weight * of(predictor + self.sd * at) for at, weight in zip(points, weights, strict=True)], axis=0
        )
