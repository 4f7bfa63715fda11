"""Regressions: a model in words and the analysis table in, a labelled fit out."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from instruments.spec_file import closest
from models.estimates import PREDICTION_COLUMNS, Fit
from models.missing_data.imputations import Imputations
from models.one_thread import on_one_thread
from models.regression.calibrated_sample import build_calibrated_design
from models.regression.categorical.confounding import e_value_readings
from models.regression.categorical.estimate import estimate_categorical
from models.regression.columns import Labels, column_of
from models.regression.comparing.asked import needs_rows_beside
from models.regression.comparing.of_fit import comparisons_of
from models.regression.delta_adjusted import with_deltas
from models.regression.design import Design, build_design
from models.regression.diagnostics import diagnose, diagnose_categorical, judged
from models.regression.equal_effects import equal_effects
from models.regression.fit_task import FitTask
from models.regression.focal_columns import followed_terms
from models.regression.found import Found, pool_found
from models.regression.found_in_groups import found_corrected, found_marginal, found_mixed
from models.regression.identification import ModelDataError, refuse_decided_by_clusters
from models.regression.imputed_rows import ImputedRows, Shift, complete_rows, impute_rows
from models.regression.inference import label_estimates
from models.regression.joint_tests import joint_tests, places_of_regressors, regressor_groups, tested_together
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.fitted import FittedDesign
from models.regression.moderation.observed import ObservedRows
from models.regression.moderation.of_fit import products_not_covered, shapes_of
from models.regression.panel.posed import OF_MEANS, pose_panel
from models.regression.posed import codes_of, pose
from models.regression.reading.of_coefficients import COLUMNS
from models.regression.reading.of_fit import FittedModel, readings_of
from models.regression.selected_outcome import with_selection
from models.regression.uncertain import uncertainty_of, weighted_in
from models.sections.imputation import imputation_of
from models.sections.inference import FIGURES, LEAST_SQUARES, PATHS
from models.sections.regressors import focal_variable
from models.spec import RegressionSpec

NO_LABELS: Labels = MappingProxyType({})


def fit_regression(
    spec: RegressionSpec,
    analysis: pd.DataFrame,
    labels: Labels = NO_LABELS,
    variant: str = "main",
    fewest_beyond: int = 1,
    seed: int = 0,
) -> Fit:
    """Fit a regression to the responses that its specification selects.

    Rows are sorted and linear algebra runs on one thread, so the same responses in any order give the same bits.

    Args:
        spec: The model with its variants.
        analysis: ``core.analysis``: one row an analysed response, missing as NA.
        labels: Variable → code → label, for the names of terms.
        variant: Name of a variant of the model; ``main`` is the model itself.
        fewest_beyond: How many more responses than coefficients are asked for.
        seed: Of what is drawn: signs of a wild bootstrap, rows behind bootstrap intervals. Estimates draw nothing.

    Returns:
        Coefficients with p-values and intervals at the model's confidence level: in units of the outcome where it is
        linear, log odds (logit), probits, or logarithms of counts (Poisson); then the readings hold average effects
        in probabilities or counts.

    Raises:
        ModelDataError: If the data cannot carry the model, or it has no such variant.

    References:
        ``models.regression.covariance`` names formula, degrees of freedom and R call of each covariance.
    """
    fitted = apply_variant(spec, variant)
    request = imputation_of(fitted.missing)
    with on_one_thread():
        if request is not None:
            asked = FitTask(spec, labels, variant, fewest_beyond, seed)

            def completed(shift: Shift | None = None) -> Fit:
                return _fit_completed(fitted, impute_rows(fitted, analysis, request, seed, shift), asked)

            return with_deltas(completed(), fitted, completed)
        is_calibrated = fitted.design is not None and fitted.design.is_calibrated
        build = build_calibrated_design if is_calibrated else build_design
        design = build(fitted, analysis, labels, fewest_beyond)
        if fitted.estimator in PATHS:
            return _paths(fitted, variant, (design,), seed, fewest_beyond)
        if fitted.estimator in FIGURES:
            return _figures(fitted, variant, design, labels, seed)
        made = _made(fitted, variant, design, labels, _found(fitted, design, labels, seed, fewest_beyond))
        return with_selection(made, fitted, design, labels)


def fit_imputed(task: FitTask, analysis: pd.DataFrame, values: pd.DataFrame) -> Fit:
    """Fit a regression to responses whose missing values were imputed before, and pool.

    Args:
        task: What is asked, of a model that imputes missing values.
        analysis: As of ``fit_regression``.
        values: What was imputed, as of ``models.regression.imputed_rows.ImputedRows.values``.

    Returns:
        As ``fit_regression``, without the diagnostic of chains, which nobody saw, and readings of deltas.

    Raises:
        ModelDataError: If the data cannot carry the model, it imputes nothing, or it has no such variant.
    """
    fitted = apply_variant(task.spec, task.variant)
    request = imputation_of(fitted.missing)
    if request is None:
        raise ModelDataError(f"model '{fitted.name}' imputes nothing, but imputed values were given; leave them out")
    with on_one_thread():
        return _fit_completed(fitted, complete_rows(fitted, analysis, request, values), task)


def _made(fitted: RegressionSpec, variant: str, design: Design, labels: Labels, found: Found) -> Fit:
    of_design = _with_design(fitted, design, labels, found)
    shapes, uncovered = shapes_of(of_design), products_not_covered(of_design)
    kind = fitted.covariance_used()
    return Fit(
        model=fitted.name,
        variant=variant,
        estimator=found.estimator,
        covariance=kind if len(fitted.clusters()) <= 1 else f"{kind}_two_way",
        outcome=fitted.outcome,
        n_obs=len(design.rows),
        n_clusters=found.uncertainty.n_clusters,
        df_resid=float(found.df_resid),
        r_squared=found.r_squared,
        estimates=found.estimates,
        diagnostics=_with_rows_without(found.diagnostics, design),
        readings=_joined(found.readings, pd.DataFrame(uncovered, columns=list(COLUMNS))),
        shapes=shapes,
        predictions=found.predictions,
        joint_tests=found.joint_tests,
        data=design.data,
    )


def _paths(
    spec: RegressionSpec,
    variant: str,
    sets: Sequence[Design],
    seed: int,
    fewest_beyond: int,
    imputations: Imputations | None = None,
) -> Fit:
    from models.paths.of_model import fit_paths  # noqa: PLC0415 - seldom needed

    return fit_paths(spec, variant, sets, seed, fewest_beyond, imputations)


def _figures(spec: RegressionSpec, variant: str, design: Design, labels: Labels, seed: int) -> Fit:
    from models.survey_design.of_model import fit_figures  # noqa: PLC0415 - seldom needed

    return fit_figures(spec, variant, design, labels, seed)


def _found(spec: RegressionSpec, design: Design, labels: Labels, seed: int, fewest_beyond: int) -> Found:
    if spec.estimator == "mixed":
        found = found_mixed(spec, design, labels)
    elif spec.corrected:
        found = found_corrected(spec, design, labels)
    elif spec.estimator == "gee_linear":
        found = found_marginal(spec, design, labels)
    else:
        estimate = _least_squares if spec.estimator in LEAST_SQUARES else _categorical
        found = estimate(spec, design, labels, seed, fewest_beyond)
    if not needs_rows_beside(spec):
        return found
    compared = comparisons_of(spec, design, labels, seed)
    diagnostics = found.diagnostics
    if compared.diagnostics:
        diagnostics = pd.concat([diagnostics, judged(compared.diagnostics)], ignore_index=True)
    return replace(found, diagnostics=diagnostics, readings=_joined(found.readings, compared.readings))


def _fit_completed(spec: RegressionSpec, imputed: ImputedRows, task: FitTask) -> Fit:
    """Fit every completed set and pool; rows and data are those of the first set, with the responses as they were."""
    told = spec.model_copy(update={"bootstrap_draws": 0})
    sets = [build_design(told, rows, task.labels, task.fewest_beyond) for rows in imputed.completed]
    share_used = len(sets[0].rows) / imputed.n_in_population
    sets = [replace(each, n_alone=each.n_alone + imputed.n_alone, n_without=imputed.n_without) for each in sets]
    shown = replace(sets[0], data=imputed.data)
    if spec.estimator in PATHS:
        every = [replace(shown, n_in_population=imputed.n_in_population), *sets[1:]]
        return _paths(spec, task.variant, every, task.seed, task.fewest_beyond, imputed.imputations)
    every = [_found(told, each, task.labels, task.seed, task.fewest_beyond) for each in sets]
    found = pool_found(every, imputed.imputations, spec.confidence_level, share_used)
    return _made(spec, task.variant, shown, task.labels, found)


def _least_squares(spec: RegressionSpec, design: Design, labels: Labels, seed: int, fewest_beyond: int) -> Found:
    if spec.panel is None or spec.estimator == "linear":
        posed = pose(design, spec.effects(), fewest_beyond)
    else:
        posed = pose_panel(design, spec.estimator, spec.panel, fewest_beyond)
    terms, solution = posed.terms, posed.solution
    uncertainty = uncertainty_of(spec, design, posed)
    focal = design.rows[column_of(focal_variable(spec.focal))]
    refuse_decided_by_clusters(focal, design.clusters, uncertainty.n_clusters, uncertainty.n_decided)
    one_way = posed.clusters[0] if len(posed.clusters) == 1 and weighted_in(design) is None else None
    values = FittedModel(terms, posed.matrix, posed.outcome, solution, uncertainty, one_way, spec.confidence_level)
    groups = regressor_groups(spec, design.rows, design.profile, labels, terms)
    places = {term: (place,) for place, term in enumerate(terms)}
    return Found(
        estimator=posed.estimator,
        terms=terms,
        coefficients=solution.coefficients[: posed.n_shown],
        uncertainty=uncertainty,
        df_resid=solution.df_resid,
        r_squared=posed.r_squared,
        estimates=label_estimates(terms, solution.coefficients[: posed.n_shown], uncertainty, spec.confidence_level),
        diagnostics=diagnose(design, posed, uncertainty, places_of_regressors(groups, terms)),
        readings=readings_of(values, design.focal, spec.smallest_effect_of_interest, np.random.default_rng(seed)),
        predictions=pd.DataFrame(columns=list(PREDICTION_COLUMNS)),
        joint_tests=joint_tests(groups, places, solution.coefficients, uncertainty, equal_effects(spec, groups)),
        tested=tested_together(groups, places),
    )


def _categorical(spec: RegressionSpec, design: Design, labels: Labels, seed: int, fewest_beyond: int) -> Found:
    clusters = [codes_of(design.clusters[name]) for name in design.clusters]
    one_way, rng = clusters[0] if clusters else None, np.random.default_rng(seed)
    if design.sample is not None:
        one_way = design.sample.units_of_domain
    made = estimate_categorical(spec, design, one_way, labels, rng, fewest_beyond)
    found = made.found
    estimates = found.estimates
    if estimates is None:
        estimates = label_estimates(found.terms, found.coefficients, found.uncertainty, spec.confidence_level)
    groups = regressor_groups(spec, design.rows, design.profile, labels, list(map(str, design.matrix)))
    weights = np.ones(len(design.rows)) if design.weights is None else design.weights.to_numpy()
    confounding = e_value_readings(spec.estimator, estimates, design.focal, design.outcome.to_numpy(), weights)
    return Found(
        estimator=spec.estimator,
        terms=found.terms,
        coefficients=found.coefficients,
        uncertainty=found.uncertainty,
        df_resid=len(design.rows) - len(found.terms),
        r_squared=np.nan,
        estimates=estimates,
        diagnostics=diagnose_categorical(design, made.diagnostics, found.uncertainty),
        readings=pd.concat([made.readings, *([confounding] if len(confounding) else [])], ignore_index=True),
        predictions=made.predictions,
        joint_tests=made.joint_tests,
        tested=tested_together(groups, found.places),
    )


def _with_design(spec: RegressionSpec, design: Design, labels: Labels, found: Found) -> FittedDesign:
    """Join a design and what came of it; where coefficients differ in df, combinations of them have the fewest.

    The means of the units have the mean of their column.
    """
    sure = found.uncertainty
    coefficients = Coefficients(found.coefficients, sure.covariance, float(sure.df.min()), sure.corrected)
    means = {str(term): float(mean) for term, mean in design.matrix.mean().items()}
    means |= {f"{term}{OF_MEANS}": mean for term, mean in means.items() if f"{term}{OF_MEANS}" in found.terms}
    followed = followed_terms(spec, design.rows.head(1), labels, design.profile)
    return FittedDesign(
        spec, ObservedRows(design.rows), design.profile, followed, means, labels, found.terms, coefficients
    )


def _with_rows_without(diagnostics: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Add how many rows of the population miss the wave before, or an other member, where these are asked for."""
    if not design.n_without:
        return diagnostics
    counts = {name: float(count) for name, count in design.n_without.items()}
    return pd.concat([diagnostics, judged(counts)], ignore_index=True)


def _joined(readings: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    return readings if more.empty else pd.concat([readings, more], ignore_index=True)


def apply_variant(spec: RegressionSpec, variant: str) -> RegressionSpec:
    """Return a model as its variant has it; ModelDataError when it has no such variant."""
    known = ["main", *(each.name for each in spec.variants)]
    if variant not in known:
        raise ModelDataError(
            f"model '{spec.name}' has no variant '{variant}'; expected one of {', '.join(known)}"
            + closest(variant, known)
        )
    return spec.with_variant(variant)
