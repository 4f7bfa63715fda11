"""How coefficients are to be read: their size, what could overturn them, and what this design would have seen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments, cluster_moments
from models.regression.columns import PRODUCT
from models.regression.inference import Uncertainty
from models.regression.least_squares import LeastSquares
from models.regression.reading.influence import influence_of_clusters
from models.regression.reading.of_coefficients import (
    COLUMNS,
    ReadCoefficients,
    Row,
    read_every_term,
    read_focal_term,
    spread_of,
)
from models.regression.reading.proportional_selection import can_tell_selection, movement, selection_ratio
from models.regression.reading.standardised import standardised_coefficients
from models.regression.wild_bootstrap import wild_cluster_bootstrap

FEW_CLUSTERS = 50
FEWEST_WITH_CONTROLS = 2


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
        tied, is_product = (f"{term}^", f"{term}[spline", f"{term}{PRODUCT}"), PRODUCT in term
        is_tied = any(each.startswith(tied) or f"{PRODUCT}{term}" in each for each in self.terms)
        return not (is_product or is_tied or "[" in term)


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
        - e_value (focal, no product): risk ratio that a confounder needs with regressor and outcome to explain the
          coefficient, in standard deviations of the outcome a unit, away; conf_low is that of the interval's nearer
          limit.
        - selection_ratio (focal, a number in no product or curve): Oster's delta, how strong selection on what was left
          out must be, over that on the other regressors, for a coefficient of nought, with 1.3 times the R2 found.
        - without_one_cluster (focal): the coefficient, between the lowest and the highest that leaving out one cluster
          gives; verdict ``look`` when one of them has another sign; absent where no cluster can be spared.
        - wild_bootstrap (focal, fewer than 50 clusters): p and interval of the wild cluster bootstrap.
    """
    read = _coefficients(fitted)
    rows = [*read_every_term(read)]
    for place, term in enumerate(fitted.terms):
        if term in focal:
            rows += read_focal_term(read, place, smallest)
            rows += _of_rows(fitted, place)
    if fitted.clusters is not None:
        moments = cluster_moments(fitted.solution, fitted.clusters)
        for place, term in enumerate(fitted.terms):
            if term in focal:
                rows += _of_clusters(fitted, place, moments, rng)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _coefficients(fitted: FittedModel) -> ReadCoefficients:
    solution, k = fitted.solution, len(fitted.terms)
    values = solution.coefficients[:k]
    return ReadCoefficients(
        terms=fitted.terms,
        values=values,
        classical_errors=np.sqrt(solution.sigma2 * np.diag(solution.bread)[:k]),
        standardised=standardised_coefficients(fitted.matrix, fitted.outcome, values, solution.weights),
        outcome_spread=spread_of(fitted.outcome, solution.weights),
        df_resid=solution.df_resid,
        uncertainty=fitted.uncertainty,
        confidence_level=fitted.confidence_level,
    )


def _of_rows(fitted: FittedModel, place: int) -> Iterator[Row]:
    term = fitted.terms[place]
    if fitted.solution.weights is None and fitted.is_alone(term) and len(fitted.terms) > FEWEST_WITH_CONTROLS:
        yield term, "selection_ratio", _selection_ratio(fitted, place), np.nan, np.nan, ""


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
