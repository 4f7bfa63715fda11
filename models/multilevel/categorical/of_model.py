"""A categorical model with random intercepts in words → what every estimator of a categorical outcome hands on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.multilevel.categorical.components import component_of
from models.multilevel.categorical.crossed_intercepts import CrossedFit, components_of, fit_crossed_intercepts
from models.multilevel.categorical.population import PopulationModel
from models.multilevel.categorical.random_intercept import (
    LAPLACE,
    USUAL_POINTS,
    RandomInterceptFit,
    fit_random_intercept,
)
from models.multilevel.categorical.responses import BinomialRows, OrderedResponses
from models.multilevel.named_by_content import named_by_content
from models.regression.categorical.binary import refuse_other_outcomes
from models.regression.categorical.estimated import Estimated
from models.regression.categorical.estimators import Asked, ordered_rows, places_of_ordered, refuse_few_values
from models.regression.categorical.families import BinaryLink
from models.regression.categorical.predicted import Predicted
from models.regression.inference import Uncertainty
from models.sections.random_effects import RandomEffects
from models.spec import RegressionSpec

LINKS: dict[str, BinaryLink] = {"mixed_ordered_logit": "logit", "mixed_ordered_probit": "probit"}
EFFECT = "intercept"


def estimate_random_intercepts(spec: RegressionSpec, asked: Asked, rows: pd.DataFrame) -> Estimated:
    """Fit a logit or ordered model with random intercepts as its specification asks for it.

    One random intercept is integrated out by adaptive quadrature (11 points where the model names none), several by
    Laplace's approximation. Coefficients are effects within a group; average effects and predictions those in the
    population, random intercepts integrated out, with intervals by the delta method.

    Args:
        spec: The model, variant applied.
        asked: Its matrix and outcome.
        rows: The same n rows, with the columns of the groups.

    Returns:
        With the diagnostics, of each kind of groups where there are several:

        - latent_icc: variance between groups over itself and the latent variance within (pi^2 / 3, or 1 for probit).
        - n_groups of each kind of groups, and variance of its intercept, on the scale of the linear predictor.
        - variance_p of each: p-value that groups do not differ (equal parts of nought and chi-square with 1 df).
        - singular: variances that are nought; each of these by name, with a 1.
        - optimiser_disagreement: -2 log-likelihood of the worst of the searches above the one kept.
        - quadrature_change: largest change of a parameter by Laplace, in standard errors; or laplace_change, that by
          quadrature, where Laplace was asked for. Absent with several random intercepts.
        - log_likelihood, aic, bic: with all constants.

    Raises:
        SeparationError: If regressors foretell outcomes.
        ModelDataError: If the outcome is of another kind, groups are too few, or no maximum is reached.
    """
    values = [*asked.matrix.T[1:], asked.outcome]
    factors = pd.DataFrame({each.name: named_by_content(_named(each, rows), values) for each in spec.random_effects})
    responses, terms, places = _responses(spec, asked)
    if len(factors.columns) == 1:
        points = spec.quadrature_points or USUAL_POINTS
        one = fit_random_intercept(responses, factors.iloc[:, 0], terms, points)
        return _estimated(_Found(one, _of_one(one)), asked, places)
    several = fit_crossed_intercepts(responses, factors, terms)
    return _estimated(_Found(several, components_of(several)), asked, places)


@dataclass(frozen=True, eq=False)
class _Found:
    """A fit and its random intercepts: factor, n_groups, variance, icc, lr_p_value, is_nought."""

    fit: RandomInterceptFit | CrossedFit
    components: pd.DataFrame

    def diagnostics(self) -> dict[str, float]:
        fit, n_parameters = self.fit, len(self.fit.point)
        n, shares = float(fit.responses.counts().sum()), self.components.set_index("factor")["icc"].astype(float)
        nought = self.components.loc[self.components["is_nought"].astype(bool), "factor"]
        return {
            "latent_icc": float(shares.sum()),
            **({f"latent_icc of {group}": float(share) for group, share in shares.items()} if len(shares) > 1 else {}),
            **self._of_each("n_groups of {}", "n_groups"),
            **self._of_each(f"variance of {{}}: {EFFECT}", "variance"),
            **self._of_each(f"variance_p of {{}}: {EFFECT}", "lr_p_value"),
            "singular": float(len(nought)),
            **{f"at_bound of the variance of {EFFECT} between '{group}' is nought": 1.0 for group in nought},
            "optimiser_disagreement": 2 * fit.audit.disagreement,
            **_of_other_quadrature(fit),
            "log_likelihood": fit.log_likelihood,
            "aic": 2 * n_parameters - 2 * fit.log_likelihood,
            "bic": float(np.log(n)) * n_parameters - 2 * fit.log_likelihood,
        }

    def _of_each(self, name: str, column: str) -> dict[str, float]:
        values = self.components.set_index("factor")[column].astype(float)
        return {name.format(group): float(value) for group, value in values.items()}


def _named(words: RandomEffects, rows: pd.DataFrame) -> pd.Series:
    named = rows[words.columns[0]].astype(str)
    for column in words.columns[1:]:
        named = named + ":" + rows[column].astype(str)
    return named.rename(words.name)


def _responses(
    spec: RegressionSpec, asked: Asked
) -> tuple[BinomialRows | OrderedResponses, tuple[str, ...], dict[str, tuple[int, ...]]]:
    """Return the rows, the names of the parameters, and the places of each column's."""
    if spec.estimator not in LINKS:
        refuse_other_outcomes(asked.outcome)
        return BinomialRows(asked.matrix, asked.outcome, asked.weights), asked.columns, asked.own_places
    refuse_few_values(asked, spec.estimator)
    rows = ordered_rows(asked, LINKS[spec.estimator])
    return OrderedResponses(rows), rows.names(asked.columns[1:], asked.categories), places_of_ordered(asked, rows)


def _estimated(found: _Found, asked: Asked, places: dict[str, tuple[int, ...]]) -> Estimated:
    fit, p = found.fit, len(found.fit.coefficients)
    is_ordered = isinstance(fit.responses, OrderedResponses)
    fewest = int(found.components["n_groups"].min())
    return Estimated(
        terms=fit.terms,
        coefficients=fit.coefficients,
        uncertainty=Uncertainty(fit.covariance[:p, :p], np.full(p, np.inf), fewest),
        places=places,
        categories=asked.categories if is_ordered else ("",),
        model=_WithoutConstant(PopulationModel(fit)) if is_ordered else PopulationModel(fit),
        refitted=None,
        diagnostics=found.diagnostics(),
        covariance_of_margins=fit.covariance_of_margins,
    )


def _of_one(fit: RandomInterceptFit) -> pd.DataFrame:
    one = component_of(fit)
    return pd.DataFrame(
        {
            "factor": [fit.name],
            "n_groups": [fit.groups.n_groups],
            "variance": [one.variance],
            "icc": [one.icc],
            "lr_p_value": [one.lr_p_value],
            "is_nought": [one.is_nought],
        }
    )


def _of_other_quadrature(fit: RandomInterceptFit | CrossedFit) -> dict[str, float]:
    if isinstance(fit, CrossedFit):
        return {}
    is_laplace = fit.likelihood.n_points == LAPLACE
    return {"laplace_change" if is_laplace else "quadrature_change": fit.audit.largest_change}


@dataclass(frozen=True, eq=False)
class _WithoutConstant:
    """A model of an ordered outcome asked with matrices that begin with a constant, for which it has thresholds."""

    model: PopulationModel

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        return self.model.predicted(matrix[:, 1:], weights, offset)

    def expected(self, matrix: Matrix) -> Matrix:
        return self.model.expected(matrix[:, 1:])
