"""What every estimator of a survey design hands back, and the two ways to its covariance."""

# pyright: reportMissingTypeStubs=false

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.one_thread import on_one_thread
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty, label_estimates
from models.regression.wald import WaldTest, wald_test
from models.survey_design.design import SurveyDesign
from models.survey_design.linearisation import linearised_covariance

Method = Literal["linearised", "jackknife_1", "jackknife_n", "balanced", "bootstrap", "woodruff"]


@dataclass(frozen=True, eq=False)
class Linearised:
    """Estimates and what every row adds to their error.

    Attributes:
        estimates: q.
        influence: n x q; weight times derivative of the estimate in the row's weight; 0 for rows of weight 0.
    """

    estimates: Vector
    influence: Matrix


class Statistic(Protocol):
    """Something that is estimated from n weighted rows."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the q estimates."""
        ...

    @property
    def n_beyond(self) -> int:
        """Degrees of freedom it costs: coefficients of a regression less one, else 0."""
        ...

    def estimate(self, weights: Vector) -> Vector:
        """Return q estimates; rows of weight 0 do not count."""
        ...

    def linearise(self, weights: Vector) -> Linearised:
        """Return q estimates and their influence values."""
        ...


@dataclass(frozen=True, eq=False)
class Estimated:
    """Estimates of a survey design.

    Attributes:
        terms: Names of q estimates.
        estimates: q.
        covariance: q x q.
        df: Degrees of freedom of their t distribution.
        n_obs: Rows of the subpopulation.
        n_clusters: Units of the first stage in it.
        n_strata: Strata of the first stage in it.
        method: How the covariance was found.
    """

    terms: tuple[str, ...]
    estimates: Vector
    covariance: Matrix
    df: float
    n_obs: int
    n_clusters: int
    n_strata: int
    method: Method

    @property
    def std_errors(self) -> Vector:
        """Standard errors, q."""
        return np.sqrt(np.diag(self.covariance))

    def table(self, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a term: estimate, std_error, df, statistic, p_value, conf_low, conf_high.

        References:
            R: ``confint(..., df = degf(design))``, ``summary(svyglm(...))``.
        """
        sure = Uncertainty(self.covariance, np.full(len(self.terms), self.df))
        return label_estimates(self.terms, self.estimates, sure, confidence_level)

    def contrasts(self, names: Sequence[str], weights: Matrix) -> "Estimated":
        """Return m combinations of the estimates, such as differences of domains; R: ``survey::svycontrast``.

        Args:
            names: Of the combinations.
            weights: m x q.
        """
        covariance = weights @ self.covariance @ weights.T
        return replace(self, terms=tuple(names), estimates=weights @ self.estimates, covariance=covariance)

    def wald_test(self, terms: Sequence[str]) -> WaldTest:
        """Test that estimates are nought at once, by Wald's F on ``df``; R: ``survey::regTermTest(method = "Wald")``.

        Raises:
            ModelDataError: When a name is none of the terms, or more are tested than degrees of freedom are left.
        """
        unknown = [term for term in terms if term not in self.terms]
        if unknown:
            raise ModelDataError(f"'{unknown[0]}' is no term; expected some of {', '.join(self.terms)}")
        places = [self.terms.index(term) for term in terms]
        if len(places) > self.n_clusters - self.n_strata:
            raise ModelDataError(
                f"{len(places)} terms are tested at once with {self.n_clusters} clusters in {self.n_strata} strata, "
                f"whose covariance can carry {self.n_clusters - self.n_strata}; test fewer terms"
            )
        return wald_test(self.estimates, self.covariance, np.eye(len(self.terms))[places], self.df)


def linearised_estimate(design: SurveyDesign, statistic: Statistic) -> Estimated:
    """Estimate a statistic of the design's subpopulation, with its covariance by linearisation.

    Raises:
        ModelDataError: When the design has too few clusters, or the data cannot carry the statistic.
    """
    with on_one_thread():
        found = statistic.linearise(design.domain_weights)
        covariance = linearised_covariance(design, found.influence)
    return labelled(design, statistic, found.estimates, covariance, "linearised")


def labelled(
    design: SurveyDesign, statistic: Statistic, estimates: Vector, covariance: Matrix, method: Method
) -> Estimated:
    """Put estimates and covariance together with the design's degrees of freedom less what the statistic costs.

    Raises:
        ModelDataError: When none is left.
    """
    df = degrees_of_freedom(design, statistic.n_beyond)
    counts = (design.n_obs, design.n_clusters, design.n_strata)
    return Estimated(statistic.terms, estimates, covariance, df, *counts, method)


def degrees_of_freedom(design: SurveyDesign, n_beyond: int) -> float:
    """Return clusters less strata of the subpopulation less ``n_beyond``; ModelDataError when none is left."""
    df = design.df - n_beyond
    if df < 1:
        raise ModelDataError(
            f"{design.n_clusters} clusters in {design.n_strata} strata leave {df} degrees of freedom beside "
            f"{n_beyond + 1} estimates that go together; expected at least 1; take "
            "out regressors, or join strata that are alike"
        )
    return float(df)


def refuse_missing(values: Matrix, weights: Vector, names: Sequence[str]) -> None:
    """Raise ModelDataError when a column of n x q values is missing in rows whose weight is above 0."""
    n_missing = (~np.isfinite(values[weights > 0])).sum(axis=0)
    if n_missing.any():
        place = int(np.flatnonzero(n_missing)[0])
        raise ModelDataError(
            f"'{names[place]}' is missing in {n_missing[place]} of {int((weights > 0).sum())} rows of the "
            "subpopulation; expected none; narrow the subpopulation to rows that have it (design.domain), or impute it"
        )
