"""A model of a categorical outcome in words → its estimates: which estimator, which covariance, which margins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.clustered_glm import reduced_bias_covariance
from models.regression.categorical.counts import fit_poisson
from models.regression.categorical.dispersion import overdispersion_test
from models.regression.categorical.families import BinaryLink
from models.regression.categorical.generalised import GeneralisedFit, observed
from models.regression.categorical.margins import Averaging, average_difference, average_slope, delta_intervals
from models.regression.categorical.ordered import OrderedFit, OrderedRows, fit_ordered
from models.regression.categorical.predicted import Model, Predicted
from models.regression.categorical.proportional_odds import proportional_odds_tests
from models.regression.categorical.score_covariance import (
    Robust,
    RobustClustered,
    clustered_covariance,
    robust_covariance,
)
from models.regression.columns import Labels, column_of
from models.regression.design import Design, lay_out
from models.regression.heteroskedastic import Heteroskedastic, heteroskedastic_covariance
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty
from models.sections.inference import Covariance, Estimator
from models.sections.regressors import Variable
from models.spec import RegressionSpec

LINKS: dict[Estimator, BinaryLink] = {
    "logit": "logit",
    "probit": "probit",
    "ordered_logit": "logit",
    "ordered_probit": "probit",
}
FEWEST_CATEGORIES = 3


@dataclass(frozen=True, eq=False)
class CategoricalEstimates:
    """A fitted model of a categorical outcome.

    Attributes:
        terms: Names of the p parameters: thresholds first where the outcome is ordered.
        coefficients: p.
        uncertainty: Of the parameters.
        diagnostics: Diagnostic → value: mcfadden_r2; proportional_odds_p or overdispersion_p.
        readings: One row a term and reading, the average effects of every variable.
    """

    terms: tuple[str, ...]
    coefficients: Vector
    uncertainty: Uncertainty
    diagnostics: dict[str, float]
    readings: pd.DataFrame


def estimate_categorical(
    spec: RegressionSpec, design: Design, clusters: NDArray[np.intp] | None, labels: Labels
) -> CategoricalEstimates:
    """Fit a logit, probit, ordered logit or probit, or Poisson regression.

    Args:
        spec: The model, variant applied.
        design: What it is computed from.
        clusters: Codes of the clusters, 0 to G - 1; None without.
        labels: Variable → code → label, for the names of terms.

    Raises:
        ModelDataError: If the outcome is of another kind, regressors foretell it, or no maximum is reached.
    """
    weights = np.ones(len(design.rows)) if design.weights is None else design.weights.to_numpy()
    columns = tuple(str(column) for column in design.matrix)
    if spec.estimator in ("ordered_logit", "ordered_probit"):
        return _ordered(spec, design, clusters, labels, weights)
    rows = observed(design.matrix.to_numpy(), design.outcome.to_numpy(), weights)
    nothing = observed(design.matrix.to_numpy()[:, :1], design.outcome.to_numpy(), weights)
    if spec.estimator == "poisson":
        fit, alone = fit_poisson(rows, columns), fit_poisson(nothing, columns[:1])
        found = {"overdispersion_p": overdispersion_test(fit).p_value}
    else:
        link = LINKS[spec.estimator]
        fit, alone, found = fit_binary(rows, columns, link), fit_binary(nothing, columns[:1], link), {}
    uncertainty = _of_generalised(fit, spec.covariance_used(), clusters)
    margins = _Margins(spec, design, labels, uncertainty.covariance, weights)
    found = {"mcfadden_r2": 1 - fit.log_likelihood / alone.log_likelihood, **found}
    readings = margins.table(fit, ("",))
    return CategoricalEstimates(columns, fit.coefficients, uncertainty, found, readings)


def _ordered(
    spec: RegressionSpec, design: Design, clusters: NDArray[np.intp] | None, labels: Labels, weights: Vector
) -> CategoricalEstimates:
    codes, places = np.unique(design.outcome.to_numpy(), return_inverse=True)
    if len(codes) < FEWEST_CATEGORIES:
        raise ModelDataError(
            f"the outcome '{spec.outcome}' takes {len(codes)} values among the {len(places)} responses used; expected "
            f"at least {FEWEST_CATEGORIES} for {spec.estimator}; use estimator logit, or choose another outcome"
        )
    columns = tuple(str(column) for column in design.matrix)[1:]
    rows = OrderedRows(design.matrix.to_numpy()[:, 1:], places.astype(np.intp), weights, link=LINKS[spec.estimator])
    categories = [f"{code:g}" for code in codes]
    terms = rows.names(columns, categories)
    fit = fit_ordered(rows, terms)
    nothing = OrderedRows(np.empty((len(places), 0)), rows.categories, weights, link=rows.link)
    alone = fit_ordered(nothing, nothing.names((), categories))
    uncertainty = _of_ordered(fit, spec.covariance_used(), clusters)
    tests = proportional_odds_tests(rows, {column: (place,) for place, column in enumerate(columns)})
    found = {
        "mcfadden_r2": 1 - fit.log_likelihood / alone.log_likelihood,
        "proportional_odds_p": tests[-1].p_value,
    }
    margins = _Margins(spec, design, labels, uncertainty.covariance, weights)
    readings = margins.table(_WithoutConstant(fit), tuple(f" on {category}" for category in categories))
    return CategoricalEstimates(terms, fit.coefficients, uncertainty, found, readings)


def _of_generalised(fit: GeneralisedFit, kind: Covariance, clusters: NDArray[np.intp] | None) -> Uncertainty:
    k = len(fit.coefficients)
    normal: Vector = np.full(k, np.inf)
    if clusters is None:
        if kind == "classical":
            return Uncertainty(fit.covariance, normal)
        return Uncertainty(heteroskedastic_covariance(fit.working, cast("Heteroskedastic", kind)), normal)
    n_clusters = int(clusters.max()) + 1
    if kind == "CR2":
        found = reduced_bias_covariance(fit, clusters)
        return Uncertainty(found.covariance, found.satterthwaite_df(np.eye(k)), n_clusters)
    covariance = clustered_covariance(fit.covariance, fit.scores, clusters, cast("RobustClustered", kind))
    return Uncertainty(covariance, normal, n_clusters)


def _of_ordered(fit: OrderedFit, kind: Covariance, clusters: NDArray[np.intp] | None) -> Uncertainty:
    normal: Vector = np.full(len(fit.coefficients), np.inf)
    if clusters is not None:
        covariance = clustered_covariance(fit.covariance, fit.scores, clusters, cast("RobustClustered", kind))
        return Uncertainty(covariance, normal, int(clusters.max()) + 1)
    if kind == "classical":
        return Uncertainty(fit.covariance, normal)
    return Uncertainty(robust_covariance(fit.covariance, fit.scores, cast("Robust", kind)), normal)


@dataclass(frozen=True, eq=False)
class _WithoutConstant:
    """An ordered fit asked with matrices that begin with a constant, for which it has thresholds."""

    fit: OrderedFit

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        return self.fit.predicted(matrix[:, 1:], weights, offset)


@dataclass(frozen=True, eq=False)
class _Margins:
    """Average effects of the variables of a model on probabilities or numbers, all columns moved that they enter."""

    spec: RegressionSpec
    design: Design
    labels: Labels
    covariance: Matrix
    weights: Vector

    def table(self, model: Model, outcomes: tuple[str, ...]) -> pd.DataFrame:
        rows: list[dict[str, Any]] = []
        for variable in dict.fromkeys(self.spec.variables()):
            for term, margins in self._of(variable, model):
                found = delta_intervals(margins, self.covariance, outcomes, self.spec.confidence_level)
                rows += [
                    {
                        "term": term,
                        "reading": f"average_effect{each.category}",
                        "value": each.estimate,
                        "conf_low": each.conf_low,
                        "conf_high": each.conf_high,
                        "verdict": "",
                    }
                    for each in found.itertuples()
                ]
        return pd.DataFrame(rows)

    def _of(self, variable: Variable, model: Model) -> Iterator[tuple[str, Predicted]]:
        column, over = column_of(variable), Averaging(self.weights)
        if variable.use != "category":
            values: Vector = np.asarray(self.design.rows[column], dtype=float)
            yield column, average_slope(model, lambda moved: self._redesign(column, moved), values, over)
            return
        terms = [
            str(term) for term in self.design.matrix if str(term).startswith(f"{column}[") and " x " not in str(term)
        ]
        is_one = self.design.matrix[terms].to_numpy() == 1
        low = self._redesign(column, self._code_where(column, ~is_one.any(axis=1)))
        for place, term in enumerate(terms):
            high = self._redesign(column, self._code_where(column, is_one[:, place]))
            yield term, average_difference(model, low, high, over)

    def _redesign(self, column: str, values: Any) -> Matrix:  # noqa: ANN401 - a code of any kind, or numbers
        changed = self.design.rows.copy()
        changed[column] = values
        return lay_out(self.spec, changed, self.labels, self.design.profile).to_numpy()

    def _code_where(self, column: str, is_there: NDArray[np.bool_]) -> Any:  # noqa: ANN401
        return self.design.rows.loc[is_there, column].iloc[0]
