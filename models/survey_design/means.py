"""Totals, ratios, means, proportions and means of domains. All but totals are ratios of two totals."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.regression.inference import t_quantiles
from models.survey_design.design import SurveyDesign
from models.survey_design.estimated import Estimated, Linearised, linearised_estimate, refuse_missing
from models.survey_design.stages import Codes


@dataclass(frozen=True, eq=False)
class Totals:
    """Weighted totals: sum of w y.

    Attributes:
        terms: Names of q outcomes.
        outcomes: n x q.

    References:
        Horvitz and Thompson (1952), Journal of the American Statistical Association 47, 663-685. R: ``svytotal``.
    """

    terms: tuple[str, ...]
    outcomes: Matrix
    n_beyond: int = 0

    def estimate(self, weights: Vector) -> Vector:
        """Return q totals."""
        return weights @ self._known(weights)

    def linearise(self, weights: Vector) -> Linearised:
        """Return q totals; the influence of a row is w y."""
        values = self._known(weights)
        return Linearised(weights @ values, weights[:, None] * values)

    def _known(self, weights: Vector) -> Matrix:
        refuse_missing(self.outcomes, weights, self.terms)
        return np.where(weights[:, None] > 0, self.outcomes, 0.0)


@dataclass(frozen=True, eq=False)
class Ratios:
    """Ratios of weighted totals: sum of w y over sum of w x.

    Attributes:
        terms: Names of q ratios.
        numerators: n x q values y.
        denominators: n x q values x, or n x 1 for all.

    References:
        Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 5.6. R: ``svyratio``, ``svymean``.
    """

    terms: tuple[str, ...]
    numerators: Matrix
    denominators: Matrix
    n_beyond: int = 0

    def estimate(self, weights: Vector) -> Vector:
        """Return q ratios."""
        upper, lower = self._known(weights)
        return (weights @ upper) / self._totals(weights @ lower)

    def linearise(self, weights: Vector) -> Linearised:
        """Return q ratios R; the influence of a row is w (y - R x) over the total of the denominator."""
        upper, lower = self._known(weights)
        total = self._totals(weights @ lower)
        values = (weights @ upper) / total
        return Linearised(values, weights[:, None] * (upper - lower * values) / total)

    def _known(self, weights: Vector) -> tuple[Matrix, Matrix]:
        lower = np.broadcast_to(self.denominators, self.numerators.shape)
        refuse_missing(self.numerators, weights, self.terms)
        refuse_missing(lower, weights, self.terms)
        is_in = weights[:, None] > 0
        return np.where(is_in, self.numerators, 0.0), np.where(is_in, lower, 0.0)

    def _totals(self, totals: Vector) -> Vector:
        if (totals == 0).any():
            raise ModelDataError(
                f"the denominator of '{self.terms[int(np.flatnonzero(totals == 0)[0])]}' adds up to 0, so the ratio is "
                "not defined; expected rows of the subpopulation that have it; widen the subpopulation or leave it out"
            )
        return totals


def means(terms: Sequence[str], outcomes: Matrix) -> Ratios:
    """Return weighted means of q outcomes, n x q; R: ``svymean``."""
    return Ratios(tuple(terms), np.asarray(outcomes, dtype=float), np.ones((len(outcomes), 1)))


def proportions(categories: Sequence[str], codes: Codes) -> Ratios:
    """Return the weighted share of each category.

    Args:
        categories: J names.
        codes: n places in ``categories``.
    """
    return means(categories, indicators(codes, len(categories)))


def domain_means(outcome: Vector, domains: Sequence[str], codes: Codes) -> Ratios:
    """Return the mean of an outcome in each domain; their covariance is among the estimates; R: ``svyby(covmat=TRUE)``.

    Args:
        outcome: n values.
        domains: D names.
        codes: n places in ``domains``.
    """
    is_in = indicators(codes, len(domains))
    return Ratios(tuple(domains), np.where(is_in > 0, np.asarray(outcome, dtype=float)[:, None], 0.0), is_in)


def indicators(codes: Codes, n_categories: int) -> Matrix:
    """Return n x J columns of 0 and 1, one a category."""
    return (np.asarray(codes)[:, None] == np.arange(n_categories)).astype(float)


def logit_intervals(shares: Estimated, confidence_level: float = 0.95) -> pd.DataFrame:
    """Return intervals of proportions that stay between 0 and 1: symmetric on the scale of log odds.

    expit(logit p +- t SE / (p (1 - p))).

    Returns:
        One row a term: estimate, std_error, conf_low, conf_high; the ends NaN where a share is 0 or 1.

    References:
        Korn and Graubard (1998), Survey Methodology 24(2), 193-201. R: ``svyciprop(method = "logit")``, converged.
    """
    from scipy.special import expit, logit  # noqa: PLC0415 - slow to import

    p, errors = shares.estimates, shares.std_errors
    reach = float(t_quantiles(confidence_level, np.array([shares.df]))[0])
    is_inside = (p > 0) & (p < 1)
    inner = np.where(is_inside, p, 0.5)
    half = np.where(is_inside, reach * errors / (inner * (1 - inner)), np.nan)
    centre = logit(inner)
    return pd.DataFrame(
        {
            "term": list(shares.terms),
            "estimate": p,
            "std_error": errors,
            "conf_low": expit(centre - half),
            "conf_high": expit(centre + half),
        }
    )


def mean_difference(design: SurveyDesign, outcome: Vector, is_second: NDArray[np.bool_]) -> Estimated:
    """Compare the means of two domains: second less first, with the t-test in its table.

    Args:
        design: n rows.
        outcome: n values.
        is_second: n; whether a row belongs to the second domain.

    Returns:
        One term, ``difference``; one degree of freedom fewer than the design's.

    References:
        R: ``survey::svyttest(outcome ~ group)``.
    """
    weights = design.domain_weights
    for name, own in (("first", weights[~is_second]), ("second", weights[is_second])):
        if not (own > 0).any():
            raise ModelDataError(f"the {name} of two domains has no row; expected some in both; compare other domains")
    pair = linearised_estimate(design, domain_means(outcome, ("first", "second"), is_second.astype(np.intp)))
    if pair.df <= 1:
        raise ModelDataError(
            f"{pair.n_clusters} clusters in {pair.n_strata} strata are too few to compare two means; expected two more "
            "clusters than strata at least"
        )
    found = pair.contrasts(("difference",), np.array([[-1.0, 1.0]]))
    return Estimated(
        found.terms,
        found.estimates,
        found.covariance,
        pair.df - 1,
        pair.n_obs,
        pair.n_clusters,
        pair.n_strata,
        pair.method,
    )
