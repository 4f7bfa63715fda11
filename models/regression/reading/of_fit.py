"""How coefficients are to be read: their size, what could overturn them, and what this design would have seen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments, cluster_moments
from models.regression.design import INTERCEPT
from models.regression.inference import Uncertainty
from models.regression.least_squares import LeastSquares
from models.regression.reading.e_value import e_value_of_difference
from models.regression.reading.equivalence import equivalence_test
from models.regression.reading.influence import influence_of_clusters
from models.regression.reading.power import minimum_detectable_effect
from models.regression.reading.proportional_selection import can_tell_selection, movement, selection_ratio
from models.regression.reading.sensitivity import robustness_value
from models.regression.reading.standardised import partial_r2, standardised_coefficients
from models.regression.wild_bootstrap import wild_cluster_bootstrap

FEW_CLUSTERS = 50
FEWEST_WITH_CONTROLS = 2
COLUMNS = ("term", "reading", "value", "conf_low", "conf_high", "verdict")
Row = tuple[str, str, float, float, float, str]


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A least squares fit with what its readings need.

    Attributes:
        terms: Names of the k coefficients.
        matrix: n x k regressors as they are read, without weights: as they are where effects were taken out.
        outcome: n values, likewise.
        solution: The fit; its first k coefficients are those that are read.
        uncertainty: Covariance and degrees of freedom of the coefficients.
        clusters: Codes of the clusters, one way; None without clusters or with two ways.
        confidence_level: Of the intervals.
    """

    terms: tuple[str, ...]
    matrix: Matrix
    outcome: Vector
    solution: LeastSquares
    uncertainty: Uncertainty
    clusters: NDArray[np.intp] | None
    confidence_level: float

    def is_alone(self, term: str) -> bool:
        """Tell whether a term is a number that enters the model by itself only: in no product, power or category."""
        tied = (f"{term}^", f"{term}[spline", f"{term} x ")
        return "[" not in term and not any(each.startswith(tied) or f" x {term}" in each for each in self.terms)


def readings_of(
    fitted: FittedModel, focal: tuple[str, ...], smallest: float | None, rng: np.random.Generator
) -> pd.DataFrame:
    """Read the coefficients of a fit, the intercept left out.

    Args:
        fitted: The fit.
        focal: Terms of the focal regressor, which are read in full.
        smallest: Smallest effect of interest in units of the outcome; None when the model names none.
        rng: Source of the signs of the wild bootstrap, where they are drawn.

    Returns:
        One row a term and reading: term, reading, value, conf_low, conf_high, verdict (empty where there is none).

        - standardised: coefficient in standard deviations of outcome and regressor, with its interval.
        - partial_r2: share of the outcome's remaining variance that the regressor explains, from the classical t.
        - minimum_detectable: coefficient that this design shows with a probability of .8 at 1 - confidence level.
        - equivalence (focal): p of two one-sided tests against the smallest effect of interest, with the interval that
          they compare; verdict ``equivalent``, ``relevant`` or ``undecided``.
        - robustness_value (focal): partial R2 that an omitted variable needs with outcome and regressor to explain
          the coefficient away.
        - e_value (focal): risk ratio that a confounder needs with regressor and outcome to explain the coefficient, in
          standard deviations of the outcome a unit, away; conf_low is that of the interval's nearer limit.
        - selection_ratio (focal, a number in no product or curve): Oster's delta, how strong selection on what was left
          out must be, over that on the other regressors, for a coefficient of nought, with 1.3 times the R2 found.
        - without_one_cluster (focal): the coefficient, between the lowest and the highest that leaving out one cluster
          gives; verdict ``look`` when one of them has another sign; absent where no cluster can be spared.
        - wild_bootstrap (focal, fewer than 50 clusters): p and interval of the wild cluster bootstrap.
    """
    rows = [*_of_every_term(fitted)]
    for place, term in enumerate(fitted.terms):
        if term in focal:
            rows += _of_focal(fitted, place, smallest)
    if fitted.clusters is not None:
        moments = cluster_moments(fitted.solution, fitted.clusters)
        for place, term in enumerate(fitted.terms):
            if term in focal:
                rows += _of_clusters(fitted, place, moments, rng)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_every_term(fitted: FittedModel) -> Iterator[Row]:
    solution, level = fitted.solution, 1 - fitted.confidence_level
    k = len(fitted.terms)
    estimates, df = solution.coefficients[:k], fitted.uncertainty.df
    scaled = standardised_coefficients(fitted.matrix, fitted.outcome, estimates, solution.weights)
    reach = fitted.uncertainty.reach(fitted.confidence_level)
    classical = np.sqrt(solution.sigma2 * np.diag(solution.bread)[:k])
    shares = partial_r2(estimates / classical, solution.df_resid)
    for place, term in enumerate(fitted.terms):
        if term == INTERCEPT:
            continue
        ratio = scaled[place] / estimates[place] if estimates[place] else np.nan
        ends = sorted((scaled[place] - abs(ratio) * reach[place], scaled[place] + abs(ratio) * reach[place]))
        yield term, "standardised", float(scaled[place]), float(ends[0]), float(ends[1]), ""
        yield term, "partial_r2", float(shares[place]), np.nan, np.nan, ""
        seen = minimum_detectable_effect(float(fitted.uncertainty.errors[place]), float(df[place]), level=level)
        yield term, "minimum_detectable", seen, np.nan, np.nan, ""


def _of_focal(fitted: FittedModel, place: int, smallest: float | None) -> Iterator[Row]:
    term, solution = fitted.terms[place], fitted.solution
    estimate, error = float(solution.coefficients[place]), float(fitted.uncertainty.errors[place])
    if smallest is not None:
        level = 1 - fitted.confidence_level
        tested = equivalence_test(estimate, error, float(fitted.uncertainty.df[place]), smallest, level)
        yield term, "equivalence", tested.p_value, tested.conf_low, tested.conf_high, tested.reading
    classical = float(np.sqrt(solution.sigma2 * solution.bread[place, place]))
    yield term, "robustness_value", robustness_value(estimate / classical, solution.df_resid), np.nan, np.nan, ""
    spread = _spread(fitted.outcome, solution.weights)
    strength = e_value_of_difference(estimate / spread, error / spread)
    yield term, "e_value", strength.of_estimate, strength.of_limit, np.nan, ""
    if solution.weights is None and fitted.is_alone(term) and len(fitted.terms) > FEWEST_WITH_CONTROLS:
        yield term, "selection_ratio", _selection_ratio(fitted, place), np.nan, np.nan, ""


def _spread(outcome: Vector, weights: Vector | None) -> float:
    """Return the standard deviation (n - 1), weighted where there are weights."""
    if weights is None:
        return float(np.std(outcome, ddof=1))
    return float(np.sqrt(np.cov(outcome, aweights=weights)))


def _selection_ratio(fitted: FittedModel, place: int) -> float:
    """Return Oster's delta with 1.3 times the R2 found; NaN where the controls move nothing, or R2 is 1."""
    others = [each for each in range(1, len(fitted.terms)) if each != place]
    moved = movement(fitted.matrix[:, place], fitted.matrix[:, others], fitted.outcome)
    return selection_ratio(moved, moved.greatest_r2()) if can_tell_selection(moved, moved.greatest_r2()) else np.nan


def _of_clusters(fitted: FittedModel, place: int, moments: ClusterMoments, rng: np.random.Generator) -> Iterator[Row]:
    term, estimate = fitted.terms[place], float(fitted.solution.coefficients[place])
    left = influence_of_clusters(moments, fitted.solution.coefficients).coefficients[:, place]
    if np.isfinite(left).any():
        low, high = float(np.nanmin(left)), float(np.nanmax(left))
        turns = "look" if min(low, high) * estimate < 0 or max(low, high) * estimate < 0 else "ok"
        yield term, "without_one_cluster", estimate, low, high, turns
    if moments.n_clusters < FEW_CLUSTERS:
        drawn = wild_cluster_bootstrap(
            moments, fitted.solution.coefficients, place, rng, confidence_level=fitted.confidence_level
        )
        yield term, "wild_bootstrap", drawn.p_value, drawn.conf_low, drawn.conf_high, ""
