"""Estimators of categorical outcomes by their name in a model: each fitted, with its covariance and its own checks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.clustered_glm import reduced_bias_covariance
from models.regression.categorical.counts import fit_negative_binomial, fit_poisson, joint_objective
from models.regression.categorical.dispersion import overdispersion_test
from models.regression.categorical.estimated import Estimated, climb_again, refuse_alike
from models.regression.categorical.families import BinaryLink, NegativeBinomial
from models.regression.categorical.generalised import GeneralisedFit, Observed, objective_of, observed
from models.regression.categorical.maximise import maximise
from models.regression.categorical.multinomial import MultinomialRows, fit_multinomial, multinomial_objective
from models.regression.categorical.ordered import OrderedFit, OrderedRows, fit_ordered, ordered_objective
from models.regression.categorical.predicted import Model, Predicted
from models.regression.categorical.score_covariance import (
    Robust,
    RobustClustered,
    clustered_covariance,
    robust_covariance,
)
from models.regression.heteroskedastic import Heteroskedastic, heteroskedastic_covariance
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty
from models.regression.sampled import sampled_uncertainty
from models.sections.inference import Covariance
from models.survey_design.design import SurveyDesign

FEWEST_ORDERED = 3
FEWEST_UNORDERED = 3


@dataclass(frozen=True, eq=False)
class Asked:
    """What an estimator is asked to fit; n rows in the same order.

    Attributes:
        outcome_name: Name of the outcome, for messages.
        columns: Names of the k columns, the intercept first.
        matrix: n x k.
        outcome: n values; places of categories where they have no order.
        weights: n.
        covariance: Name of the covariance.
        clusters: Codes of the clusters, 0 to G - 1; None without.
        categories: Categories of the outcome in words, in order.
        released: Columns with an effect of their own at every threshold.
        confidence_level: Of intervals.
        sample: How rows came into the sample; None where the model has no design.
        stacked: Inverse information and weighted scores → covariance and clusters, where weights are of response.
        judged: How many coders saw the outcome, and how many judged, n each; None where it was not coded.
    """

    outcome_name: str
    columns: tuple[str, ...]
    matrix: Matrix
    outcome: Vector
    weights: Vector
    covariance: Covariance
    clusters: NDArray[np.intp] | None
    categories: tuple[str, ...]
    released: tuple[str, ...]
    confidence_level: float
    sample: SurveyDesign | None = None
    judged: tuple[Vector, Vector] | None = None
    stacked: Callable[[Matrix, Matrix], tuple[Matrix, int | None]] | None = None

    @property
    def rows(self) -> Observed:
        """Rows of a generalised linear model."""
        return observed(self.matrix, self.outcome, self.weights)

    @property
    def rows_without_regressors(self) -> Observed:
        """The same with the intercept alone."""
        return observed(self.matrix[:, :1], self.outcome, self.weights)

    @property
    def own_places(self) -> dict[str, tuple[int, ...]]:
        """Each column → the place of its one parameter, where there is one a column."""
        return {column: (place,) for place, column in enumerate(self.columns)}


def binary(asked: Asked, link: BinaryLink) -> Estimated:
    """Fit a logit or probit."""
    fit = fit_binary(asked.rows, asked.columns, link)
    alone = fit_binary(asked.rows_without_regressors, asked.columns[:1], link)
    return _generalised(asked, fit, {"mcfadden_r2": 1 - fit.log_likelihood / alone.log_likelihood})


def poisson(asked: Asked) -> Estimated:
    """Fit a Poisson regression, with the test that counts vary more than it expects."""
    fit = fit_poisson(asked.rows, asked.columns)
    alone = fit_poisson(asked.rows_without_regressors, asked.columns[:1])
    tested = overdispersion_test(fit)
    found = {
        "mcfadden_r2": 1 - fit.log_likelihood / alone.log_likelihood,
        "overdispersion_p": tested.p_value,
        "dispersion": tested.dispersion,
    }
    return _generalised(asked, fit, found)


def negative_binomial(asked: Asked) -> Estimated:
    """Fit a negative binomial regression; its size is among the diagnostics."""
    fit = fit_negative_binomial(asked.rows, asked.columns)
    alone = fit_negative_binomial(asked.rows_without_regressors, asked.columns[:1])
    start = np.r_[fit.generalised.coefficients, np.log(fit.size)]

    def refitted(times: NDArray[np.intp]) -> Model:
        drawn = replace(asked.rows, weights=asked.weights * times)
        refuse_alike(drawn.matrix, drawn.weights)
        maximum = maximise(joint_objective(drawn), start)
        if not maximum.has_converged:
            raise ModelDataError("the rows drawn have no maximum of the likelihood: they vary no more than Poisson's")
        family = NegativeBinomial(float(np.exp(maximum.point[-1])))
        return GeneralisedFit(family, drawn, maximum.point[:-1], maximum.value, maximum.n_iterations)

    found = {
        "mcfadden_r2": 1 - fit.log_likelihood / alone.log_likelihood,
        "size": fit.size,
        "size_std_error": fit.size_std_error,
    }
    return replace(_generalised(asked, fit.generalised, found), refitted=refitted)


def ordered(asked: Asked, link: BinaryLink) -> Estimated:
    """Fit an ordered logit or probit, some columns with an effect of their own at every threshold."""
    refuse_few_values(asked, f"ordered_{link}")
    rows = ordered_rows(asked, link)
    terms = rows.names(asked.columns[1:], asked.categories)
    fit = fit_ordered(rows, terms)
    nothing = OrderedRows(np.empty((len(asked.outcome), 0)), rows.categories, asked.weights, link=link)
    alone = fit_ordered(nothing, nothing.names((), asked.categories))

    def refitted(times: NDArray[np.intp]) -> Model:
        drawn = replace(rows, weights=asked.weights * times)
        return _WithoutConstant(replace(fit, coefficients=climb_again(ordered_objective(drawn), fit.coefficients)))

    return Estimated(
        terms=terms,
        coefficients=fit.coefficients,
        uncertainty=of_scores(asked, fit.covariance, fit.scores),
        places=places_of_ordered(asked, rows),
        categories=asked.categories,
        model=_WithoutConstant(fit),
        refitted=refitted,
        diagnostics={"mcfadden_r2": 1 - fit.log_likelihood / alone.log_likelihood},
    )


def refuse_few_values(asked: Asked, estimator: str) -> None:
    """Raise ModelDataError when an outcome has too few values to be ordered."""
    if len(asked.categories) < FEWEST_ORDERED:
        other = "mixed_logit" if estimator.startswith("mixed") else estimator.replace("ordered_", "")
        raise ModelDataError(
            f"the outcome '{asked.outcome_name}' takes {len(asked.categories)} values among the {len(asked.outcome)} "
            f"responses used; expected at least {FEWEST_ORDERED} for {estimator}; use estimator {other}, or choose "
            "another outcome"
        )


def ordered_rows(asked: Asked, link: BinaryLink) -> OrderedRows:
    """Return the rows of an ordered regression, whose matrix has no constant."""
    places = np.unique(asked.outcome, return_inverse=True)[1].astype(np.intp)
    released = tuple(place for place, column in enumerate(asked.columns[1:]) if column in asked.released)
    return OrderedRows(asked.matrix[:, 1:], places, asked.weights, released, link)


def multinomial(asked: Asked) -> Estimated:
    """Fit a multinomial logit; terms are named ``category: column``."""
    if len(asked.categories) < FEWEST_UNORDERED:
        raise ModelDataError(
            f"the outcome '{asked.outcome_name}' has {len(asked.categories)} categories among the {len(asked.outcome)} "
            f"responses used; expected at least {FEWEST_UNORDERED} for multinomial; use estimator logit of 0 and 1, or "
            "choose another outcome"
        )
    rows = MultinomialRows(asked.matrix, asked.outcome.astype(np.intp), asked.weights)
    terms = rows.names(asked.columns, asked.categories)
    fit = fit_multinomial(rows, terms)
    nothing = replace(rows, matrix=asked.matrix[:, :1])
    alone = fit_multinomial(nothing, nothing.names(asked.columns[:1], asked.categories))
    k, others = len(asked.columns), range(rows.n_others)

    def refitted(times: NDArray[np.intp]) -> Model:
        drawn = replace(rows, weights=asked.weights * times)
        return replace(fit, coefficients=climb_again(multinomial_objective(drawn), fit.coefficients))

    return Estimated(
        terms=terms,
        coefficients=fit.coefficients,
        uncertainty=of_scores(asked, fit.covariance, fit.scores),
        places={column: tuple(other * k + place for other in others) for place, column in enumerate(asked.columns)},
        categories=asked.categories,
        model=fit,
        refitted=refitted,
        diagnostics={"mcfadden_r2": 1 - fit.log_likelihood / alone.log_likelihood},
    )


def _generalised(asked: Asked, fit: GeneralisedFit, diagnostics: dict[str, float]) -> Estimated:
    def refitted(times: NDArray[np.intp]) -> Model:
        drawn = replace(asked.rows, weights=asked.weights * times)
        return replace(fit, coefficients=climb_again(objective_of(fit.family, drawn), fit.coefficients))

    return Estimated(
        terms=asked.columns,
        coefficients=fit.coefficients,
        uncertainty=_of_generalised(asked, fit),
        places=asked.own_places,
        categories=("",),
        model=fit,
        refitted=refitted,
        diagnostics=diagnostics,
    )


def _of_generalised(asked: Asked, fit: GeneralisedFit) -> Uncertainty:
    kind, k = asked.covariance, len(fit.coefficients)
    if asked.sample is not None:
        return sampled_uncertainty(asked.sample, fit.scores @ fit.covariance)
    normal: Vector = np.full(k, np.inf)
    if asked.stacked is not None:
        covariance, n_of_them = asked.stacked(fit.observed_covariance, fit.scores)
        return Uncertainty(covariance, normal, n_of_them)
    if asked.clusters is None:
        if kind == "classical":
            return Uncertainty(fit.covariance, normal)
        return Uncertainty(heteroskedastic_covariance(fit.working, cast("Heteroskedastic", kind)), normal)
    n_clusters = int(asked.clusters.max()) + 1
    if kind == "CR2":
        found = reduced_bias_covariance(fit, asked.clusters)
        return Uncertainty(found.covariance, found.satterthwaite_df(np.eye(k)), n_clusters, corrected=found)
    covariance = clustered_covariance(fit.covariance, fit.scores, asked.clusters, cast("RobustClustered", kind))
    return Uncertainty(covariance, normal, n_clusters)


def of_scores(asked: Asked, bread: Matrix, scores: Matrix) -> Uncertainty:
    """Return how sure parameters are of which the scores of the rows are known."""
    if asked.sample is not None:
        return sampled_uncertainty(asked.sample, scores @ bread)
    normal: Vector = np.full(len(bread), np.inf)
    if asked.stacked is not None:
        covariance, n_of_them = asked.stacked(bread, scores)
        return Uncertainty(covariance, normal, n_of_them)
    if asked.clusters is not None:
        covariance = clustered_covariance(bread, scores, asked.clusters, cast("RobustClustered", asked.covariance))
        return Uncertainty(covariance, normal, int(asked.clusters.max()) + 1)
    if asked.covariance == "classical":
        return Uncertainty(bread, normal)
    return Uncertainty(robust_covariance(bread, scores, cast("Robust", asked.covariance)), normal)


def places_of_ordered(asked: Asked, rows: OrderedRows) -> dict[str, tuple[int, ...]]:
    """Return each column → the places of its parameters; the constant's are the thresholds."""
    cuts, kept = range(rows.n_thresholds), rows.kept
    after = rows.n_thresholds + len(kept)
    found = {asked.columns[0]: tuple(cuts)}
    for place, column in enumerate(asked.columns[1:]):
        if place in rows.released:
            at = rows.released.index(place)
            found[column] = tuple(after + cut * len(rows.released) + at for cut in cuts)
        else:
            found[column] = (rows.n_thresholds + kept.index(place),)
    return found


@dataclass(frozen=True, eq=False)
class _WithoutConstant:
    """An ordered fit asked with matrices that begin with a constant, for which it has thresholds."""

    fit: OrderedFit

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        return self.fit.predicted(matrix[:, 1:], weights, offset)

    def expected(self, matrix: Matrix) -> Matrix:
        return self.fit.expected(matrix[:, 1:])
