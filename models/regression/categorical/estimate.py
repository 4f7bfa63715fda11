"""A model of a categorical outcome in words → its estimates: which estimator, which covariance, which margins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.categorical import estimators
from models.regression.categorical.coded import misclassified_logit
from models.regression.categorical.effects import Changes
from models.regression.categorical.estimated import Estimated
from models.regression.categorical.estimators import Asked, ordered_rows
from models.regression.categorical.families import BinaryLink
from models.regression.categorical.intervals import Drawing, draws_of, show
from models.regression.categorical.penalised import firth_logit
from models.regression.categorical.proportional_odds import proportional_odds_p_values
from models.regression.coded_columns import outcome_columns
from models.regression.columns import Labels, columns_of
from models.regression.design import Design
from models.regression.identification import ModelDataError
from models.regression.joint_tests import joint_tests, places_of_regressors, regressor_groups
from models.regression.outcome import categories_of
from models.regression.profile import finite_numbers
from models.regression.stacked import stacked_of_scores
from models.sections.inference import (
    MARGINAL,
    MISCLASSIFIED,
    MIXED_CATEGORICAL,
    OF_COUNTS,
    OF_ORDERED_OUTCOMES,
    ORDERED,
)
from models.sections.regressors import Interaction, as_variable
from models.spec import RegressionSpec

LINKS: Mapping[str, BinaryLink] = {
    "logit": "logit",
    "probit": "probit",
    "ordered_logit": "logit",
    "ordered_probit": "probit",
}
WITHOUT_LINK: Mapping[str, Callable[[Asked], Estimated]] = {
    "multinomial": estimators.multinomial,
    "poisson": estimators.poisson,
    "negative_binomial": estimators.negative_binomial,
    MISCLASSIFIED: misclassified_logit,
}


@dataclass(frozen=True, eq=False)
class CategoricalEstimates:
    """A fitted model of a categorical outcome with all that is said of it.

    Attributes:
        found: Its parameters and how sure they are.
        diagnostics: Diagnostic → value.
        readings: One row a term and reading, the average effects of every variable.
        predictions: One row a way of holding the others, value of the focal regressor and category.
        joint_tests: Tests of several coefficients at once.
    """

    found: Estimated
    diagnostics: dict[str, float]
    readings: pd.DataFrame
    predictions: pd.DataFrame
    joint_tests: pd.DataFrame


def estimate_categorical(
    spec: RegressionSpec,
    design: Design,
    clusters: NDArray[np.intp] | None,
    labels: Labels,
    rng: np.random.Generator,
    fewest_beyond: int = 1,
) -> CategoricalEstimates:
    """Fit a model of a categorical outcome or of counts.

    Args:
        spec: The model, variant applied.
        design: What it is computed from.
        clusters: Codes of the clusters, 0 to G - 1; None without.
        labels: Variable → code → label, for the names of terms.
        rng: Source of the bootstrap's draws.
        fewest_beyond: How many more responses than parameters are asked for.

    Raises:
        ModelDataError: If the outcome is of another kind, regressors foretell it, parameters are too many, or no
            maximum is reached.
    """
    asked = _asked(spec, design, clusters, labels)
    groups = regressor_groups(spec, design.rows, design.profile, labels, list(map(str, design.matrix)))
    _refuse_too_many_parameters(asked, spec, fewest_beyond)
    found = _estimated(spec, asked, design, groups)
    if spec.estimator in ORDERED:
        found = replace(found, diagnostics={**found.diagnostics, **_proportional_odds(asked, spec, groups)})
    changes = Changes(spec, design, labels, asked.weights)
    units = np.arange(len(asked.outcome)) if clusters is None else clusters
    n_draws = 0 if _moves_weights(asked) else draws_of(spec.bootstrap_draws, len(asked.outcome))
    how = Drawing(units, n_draws, rng)
    effects, predictions = list(changes.average_effects()), list(changes.predictions())
    shown = show(found, effects, predictions, asked.weights, spec.confidence_level, how)
    tests = found.joint_tests
    if tests is None:
        tests = joint_tests(groups, found.places, found.coefficients, found.uncertainty)
    diagnostics = {**found.diagnostics, **_responses_per_parameter(asked, spec), **shown.diagnostics}
    return CategoricalEstimates(found, diagnostics, shown.readings, shown.predictions, tests)


def _moves_weights(asked: Asked) -> bool:
    """Tell whether weights were computed from the rows, so that rows drawn again would have others."""
    return asked.stacked is not None or (asked.sample is not None and bool(asked.sample.calibrations))


def _asked(spec: RegressionSpec, design: Design, clusters: NDArray[np.intp] | None, labels: Labels) -> Asked:
    one = design.rows.head(1)
    written_out = [each if isinstance(each, Interaction) else as_variable(each) for each in spec.by_threshold]
    released = [column for each in written_out for column in columns_of(each, one, labels, design.profile)]
    return Asked(
        outcome_name=spec.outcome,
        columns=tuple(str(column) for column in design.matrix),
        matrix=design.matrix.to_numpy(),
        outcome=design.outcome.to_numpy(),
        weights=np.ones(len(design.rows)) if design.weights is None else design.weights.to_numpy(),
        covariance=spec.covariance_used(),
        clusters=clusters,
        categories=categories_of(spec, design.rows, labels),
        released=tuple(released),
        confidence_level=spec.confidence_level,
        sample=design.sample,
        judged=_judged(spec, design),
        stacked=_stacked(spec, design),
    )


def _stacked(spec: RegressionSpec, design: Design) -> Callable[[Matrix, Matrix], tuple[Matrix, int | None]] | None:
    if design.silent is None or design.silent.weighted is None:
        return None
    about = {"answered": design.silent.rows, "weighted": design.silent.weighted}
    return partial(stacked_of_scores, **about, cluster=next(iter(spec.clusters()), None))


def _judged(spec: RegressionSpec, design: Design) -> tuple[Vector, Vector] | None:
    if spec.estimator != MISCLASSIFIED:
        return None
    given, coders = (finite_numbers(design.rows, column).to_numpy() for column in outcome_columns(spec))
    return given, coders


def _estimated(spec: RegressionSpec, asked: Asked, design: Design, groups: Mapping[str, Sequence[str]]) -> Estimated:
    if spec.estimator in (*MIXED_CATEGORICAL, *MARGINAL):
        return _of_rows_in_groups(spec, asked, design)
    if spec.estimator == "firth_logit":
        return firth_logit(asked, groups)
    if spec.estimator in WITHOUT_LINK:
        return WITHOUT_LINK[spec.estimator](asked)
    link = LINKS[spec.estimator]
    return estimators.ordered(asked, link) if spec.estimator in ORDERED else estimators.binary(asked, link)


def _of_rows_in_groups(spec: RegressionSpec, asked: Asked, design: Design) -> Estimated:
    if spec.estimator in MIXED_CATEGORICAL:
        from models.multilevel.categorical.of_model import estimate_random_intercepts  # noqa: PLC0415 - seldom needed

        return estimate_random_intercepts(spec, asked, design.rows)
    from models.multilevel.marginal.of_model import estimate_equations  # noqa: PLC0415 - seldom needed

    return estimate_equations(spec, asked, design)


def _proportional_odds(asked: Asked, spec: RegressionSpec, groups: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return the p-value that a regressor has one effect at all thresholds, of each and of all at once."""
    every = places_of_regressors(groups, asked.columns[1:])
    held = {name: tuple(places) for name, places in every.items() if not set(groups[name]) & set(asked.released)}
    rows = ordered_rows(asked, LINKS[spec.estimator])
    tested = proportional_odds_p_values(rows, held, asked.clusters, asked.stacked)
    overall = tested.pop("", None)
    found = {} if overall is None else {"proportional_odds_p": overall}
    return {**found, **{f"proportional_odds_p of {name}": value for name, value in tested.items()}}


def _responses_per_parameter(asked: Asked, spec: RegressionSpec) -> dict[str, float]:
    """Return responses in the least category, and how many there are a coefficient besides constants.

    Of an ordered outcome the effective number n - sum n_j^3 / n^2 counts (Harrell 2015, section 4.4).
    """
    if spec.estimator in (*OF_COUNTS, MISCLASSIFIED):
        return {}
    counts = np.unique(asked.outcome, return_counts=True)[1].astype(float)
    n, least = float(counts.sum()), float(counts.min())
    limiting = n - float((counts**3).sum()) / n**2 if spec.estimator in OF_ORDERED_OUTCOMES else least
    return {"least_outcome_n": least, "responses_per_coefficient": limiting / (len(asked.columns) - 1)}


def _refuse_too_many_parameters(asked: Asked, spec: RegressionSpec, fewest_beyond: int) -> None:
    n, k, last = len(asked.outcome), len(asked.columns), len(asked.categories) - 1
    n_parameters = k
    if spec.estimator == "multinomial":
        n_parameters = k * last
    if spec.estimator in OF_ORDERED_OUTCOMES:
        n_parameters = last + k - 1 + (last - 1) * len(asked.released)
    if n < n_parameters + fewest_beyond:
        raise ModelDataError(
            f"{n} complete responses for {n_parameters} parameters of {spec.estimator} ({last + 1} categories of "
            f"'{asked.outcome_name}'); expected at least {n_parameters + fewest_beyond}; merge categories of the "
            "outcome, take out regressors or widen the population"
        )
