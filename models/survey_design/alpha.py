"""Cronbach's alpha of a survey design, with a standard error by linearisation."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.reliability import FEWEST_ITEMS, alpha_of
from models.regression.identification import ModelDataError
from models.survey_design.estimated import Linearised, refuse_missing


@dataclass(frozen=True, eq=False)
class Alpha:
    """Alpha of the weighted covariances of items.

    Attributes:
        items: Names of k items.
        answers: n x k, reverse-scored items turned round.

    References:
        Cronbach (1951), Psychometrika 16, 297-334. R: ``survey::svycralpha`` (which gives no standard error).
    """

    items: tuple[str, ...]
    answers: Matrix
    terms: tuple[str, ...] = ("alpha",)
    n_beyond: int = 0

    def estimate(self, weights: Vector) -> Vector:
        """Return alpha."""
        own, centred = self._centred(weights)
        return np.array([self._alpha((centred * own[:, None]).T @ centred)])

    def linearise(self, weights: Vector) -> Linearised:
        """Return alpha; the influence of a row follows from those of the sum's variance S and the items' variances T.

        alpha = k / (k - 1) (1 - T / S), so d alpha = k / (k - 1) (T dS / S - dT) / S.
        """
        own, centred = self._centred(weights)
        alpha = self._alpha((centred * own[:, None]).T @ centred)
        squares, of_sum = (centred**2).sum(axis=1), centred.sum(axis=1) ** 2
        items, total = float(own @ squares), float(own @ of_sum)
        k = len(self.items)
        slopes = k / (k - 1) * ((of_sum - total) * items / total - (squares - items)) / total
        return Linearised(np.array([alpha]), (own * slopes)[:, None])

    def _centred(self, weights: Vector) -> tuple[Vector, Matrix]:
        """Return weights that add up to 1, and answers less their weighted means, nought in rows of weight 0."""
        refuse_missing(self.answers, weights, self.items)
        own = weights / weights.sum()
        values = np.where(weights[:, None] > 0, self.answers, 0.0)
        return own, np.where(weights[:, None] > 0, values - own @ values, 0.0)

    def _alpha(self, covariance: Matrix) -> float:
        found = alpha_of(covariance)
        if np.isnan(found):
            raise ModelDataError(
                f"alpha of {len(self.items)} items is not defined; expected at least {FEWEST_ITEMS} items whose sum "
                "varies; add items or widen the subpopulation"
            )
        return found
