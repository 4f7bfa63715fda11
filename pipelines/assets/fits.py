"""Model specifications → fits with their origin, estimates, diagnostics and readings, as rows of ``out``."""

import datetime as dt
from dataclasses import dataclass, fields, replace

import pandas as pd

from instruments.spec_file import canonical_json
from models.estimates import Fit, result_digest
from models.origin import Origin, derive_seed, env_json, environment, fit_id, origin_of, software_version
from models.regression.design import ORDER_OF_WAVES, excluded_column
from models.regression.fit_task import FitTask
from models.regression.identification import FEWEST_BEYOND
from models.regression.large import fit_at_any_size
from models.replication.refit import Labels, labels_json
from models.sections.panel import NUMBER_OF_ANSWERS
from models.spec import RegressionSpec
from pipelines.assets.beside_fits import with_conditions, with_inference, with_organisations, with_surface
from pipelines.assets.calibrated import with_calibration
from pipelines.assets.codings import refuse_unreliable_codes, with_judgements
from pipelines.assets.measurement import refuse_unmeasured
from pipelines.assets.plan import label_of
from pipelines.assets.pooling import refuse_changed_items
from pipelines.assets.recipe import keep_recipe
from pipelines.assets.relations import with_named_collaborations, with_named_dyads
from pipelines.assets.sampling import known_sampling
from pipelines.assets.scores_anew import narrowed_scales, scored_anew, with_alphas
from pipelines.load import Study
from pipelines.steps.answers_behind import with_answers_behind, with_earlier_waves, with_errors_behind
from pipelines.steps.exclusions import mark_excluded
from pipelines.steps.organisation_means import means_of_groups
from pipelines.steps.plan_labels import Label
from pipelines.store import Store, Write
from pipelines.store.passing import in_a_database
from pipelines.tables import fitted, out, shapes
from pipelines.tables.fieldwork import WEIGHTS
from pipelines.tables.screening import EXCLUSIONS

TABLES_OF_FITS = (out.FITS, out.ESTIMATES, out.DIAGNOSTICS, out.READINGS, *fitted.TABLES, *shapes.TABLES)


@dataclass(frozen=True)
class FitRows:
    """Fits as rows of the tables of ``TABLES_OF_FITS``, in their order."""

    fits: pd.DataFrame
    estimates: pd.DataFrame
    diagnostics: pd.DataFrame
    readings: pd.DataFrame
    predictions: pd.DataFrame
    joint_tests: pd.DataFrame
    slopes: pd.DataFrame
    slope_regions: pd.DataFrame
    curves: pd.DataFrame
    surface: pd.DataFrame

    def tables(self) -> list[pd.DataFrame]:
        """Return the rows in the order of ``TABLES_OF_FITS``."""
        return [getattr(self, each.name) for each in fields(self)]


def labels_of(study: Study) -> Labels:
    """Return the English or first label of every code of every item, for the names of terms."""
    labels: Labels = {}
    for instrument in study.described():
        for name in instrument.items:
            scale = instrument.response_scale_of(name)
            if scale is not None:
                labels[name] = {
                    code: point.label.get("en") or next(iter(point.label.values()), str(code))
                    for code, point in scale.points.items()
                }
    return labels


def fit_model(
    study: Study, store: Store, analysis: pd.DataFrame, model: RegressionSpec, variant: str, *, is_declared: bool
) -> FitRows:
    """Fit one variant of a model to the analysis table and keep the rows it used.

    Args:
        study: The study.
        store: Its warehouse.
        analysis: ``core.analysis``; read once for all variants, because it is wide.
        model: The model.
        variant: Name of the variant; ``main`` for the model itself.
        is_declared: Whether the fit is one that the study declares.

    Raises:
        ModelDataError: When the data cannot carry the model.
    """
    refuse_changed_items(study, store, model.with_variant(variant))
    refuse_unreliable_codes(study, store, model.with_variant(variant))
    analysis = rows_for_model(study, store, analysis, model.with_variant(variant))
    named = names_in(model) | ({model.outcome} if model.with_variant(variant).estimator == "multinomial" else set())
    labels = {name: each for name, each in labels_of(study).items() if name in named}
    seed = derive_seed(study.name, model.name, variant)
    fit = fit_at_any_size(FitTask(model, labels, variant, FEWEST_BEYOND, seed), analysis, in_a_database)
    in_fit = analysis["response_id"].isin(fit.data["response_id"])
    asked = refuse_unmeasured(study, store, model.with_variant(variant), analysis, in_fit)
    store.keep_rows(fit.data)
    fit = replace(fit, diagnostics=with_organisations(model.with_variant(variant), fit, analysis))
    fit = replace(fit, diagnostics=with_conditions(fit, asked))
    fit = replace(fit, diagnostics=with_surface(study, store, model.with_variant(variant), fit, analysis))
    fit = replace(fit, diagnostics=with_inference(fit, analysis, known_sampling(study, store)))
    fit = replace(fit, diagnostics=with_alphas(study, model.with_variant(variant), fit, analysis))
    label = label_of(study, store, (model.name, variant), fit.data["response_id"], is_declared=is_declared)
    return fit_rows(study, model, fit, labels, label, is_declared=is_declared)


def with_recipe(study: Study, store: Store, rows: FitRows) -> FitRows:
    """Name in fits that were made now what their rows are made from."""
    return replace(rows, fits=rows.fits.assign(recipe_hash=keep_recipe(study, store)))


def rows_for_model(study: Study, store: Store, analysis: pd.DataFrame, model: RegressionSpec) -> pd.DataFrame:
    """Add what only this model needs: whom it leaves out, answers of others and of earlier waves, weights, groups."""
    is_used = pd.Series(data=True, index=analysis.index)
    if rule := model.population.without:
        analysis = mark_excluded(analysis, store.read(EXCLUSIONS), rule, list(study.scales()))
        is_used = ~analysis[excluded_column(rule)]
    analysis = with_judgements(study, store, analysis, model)
    analysis = scored_anew(study, analysis, model)
    analysis = analysis.assign(**{ORDER_OF_WAVES: analysis["wave"].map(places_of_waves(study))})
    analysis = with_answers_behind(with_earlier_waves(analysis, model, is_used), model, is_used)
    scales = {**study.scales(), **narrowed_scales(study, model)}
    analysis = with_errors_behind(analysis, model, is_used, scales)
    analysis = with_named_dyads(store, analysis, model, is_used)
    analysis = _with_weights(store, means_of_groups(analysis, model.variables(), is_used), model.weights)
    return with_named_collaborations(store, with_calibration(store, analysis, model), model)


def _with_weights(store: Store, analysis: pd.DataFrame, column: str | None) -> pd.DataFrame:
    """Add a column of ``core.weights``; missing without a weight. Numbers of answers are counted later."""
    if column in (None, NUMBER_OF_ANSWERS):
        return analysis
    weights = store.read(WEIGHTS)[["response_id", column]]
    return analysis.merge(weights, on="response_id", how="left", validate="one_to_one")


def places_of_waves(study: Study) -> dict[str, int]:
    """Return the place of every wave in the order of the study."""
    return {name: place for place, name in enumerate(study.spec.waves)}


def names_in(model: RegressionSpec) -> set[str]:
    """Return the variables on the right-hand side of a model and its variants."""
    return {variable.variable for variable in model.variables()}


def fit_rows(
    study: Study, model: RegressionSpec, fit: Fit, labels: Labels, label: Label, *, is_declared: bool
) -> FitRows:
    """Write a fit and everything it was made from as rows."""
    seed = derive_seed(study.name, model.name, fit.variant)
    origin = origin_of(fit, model, seed)
    name = fit_id(model.name, fit.variant, origin)
    key = {"fit_id": name, "model": model.name, "variant": fit.variant, "is_declared": is_declared}
    row = key | _row_of(model, fit, origin, labels, label)
    return FitRows(
        out.FITS.typed(pd.DataFrame([row])),
        out.ESTIMATES.typed(fit.estimates.assign(**key, position=range(len(fit.estimates)))),
        out.DIAGNOSTICS.typed(fit.diagnostics.assign(**key)),
        out.READINGS.typed(fit.readings.assign(**key)),
        fitted.PREDICTIONS.typed(fit.predictions.assign(**key)),
        fitted.JOINT_TESTS.typed(fit.joint_tests.assign(**key, position=range(len(fit.joint_tests)))),
        shapes.SLOPES.typed(fit.shapes.slopes.assign(**key)),
        shapes.SLOPE_REGIONS.typed(fit.shapes.slope_regions.assign(**key)),
        shapes.CURVES.typed(fit.shapes.curves.assign(**key)),
        shapes.SURFACE.typed(fit.shapes.surface.assign(**key, position=range(len(fit.shapes.surface)))),
    )


def _row_of(model: RegressionSpec, fit: Fit, origin: Origin, labels: Labels, label: Label) -> dict[str, object]:
    """Return a fit and everything it was made from as a row of ``out.fits``, but for its key."""
    return {
        "is_current": True,
        "label": label.label,
        "label_because": label.because,
        "label_reason": label.reason,
        "plan_hash": label.plan_hash,
        "recipe_hash": "",
        "estimator": fit.estimator,
        "engine": fit.engine,
        "engine_reason": fit.engine_reason,
        "covariance": fit.covariance,
        "outcome": fit.outcome,
        "n_obs": fit.n_obs,
        "n_clusters": fit.n_clusters,
        "df_resid": fit.df_resid,
        "r_squared": fit.r_squared,
        "spec_json": canonical_json(model.with_variant(fit.variant)),
        "spec_hash": origin.spec_hash,
        "labels_json": labels_json(labels),
        "data_hash": origin.data_hash,
        "code_hash": origin.code_hash,
        "env_hash": origin.env_hash,
        "env_json": env_json(environment()),
        "software_version": software_version(),
        "seed": origin.seed,
        "digest": result_digest(fit),
        "fitted_at": dt.datetime.now(dt.UTC),
    }


def with_earlier(store: Store, rows: FitRows, model: str) -> FitRows:
    """Add the earlier declared fits of a model, no longer current, so that any published number can be made again."""
    new = set(rows.fits["fit_id"])
    joined: list[pd.DataFrame] = []
    for table, added in zip(TABLES_OF_FITS, rows.tables(), strict=True):
        earlier = store.read(table)
        is_kept = earlier["is_declared"].astype(bool) & (earlier["model"] == model) & ~earlier["fit_id"].isin(new)
        joined.append(pd.concat([earlier[is_kept], added], ignore_index=True))
    joined[0]["is_current"] = joined[0]["fit_id"].isin(new)
    return FitRows(*joined)


def joined_rows(rows: list[FitRows]) -> FitRows:
    """Put the rows of several fits together."""
    found = zip(*(each.tables() for each in rows), strict=True) if rows else [[] for _ in TABLES_OF_FITS]
    return FitRows(
        *(
            pd.concat([table.empty(), *of_table], ignore_index=True)
            for table, of_table in zip(TABLES_OF_FITS, found, strict=True)
        )
    )


def writes_of(rows: FitRows, where: dict[str, str | bool]) -> list[Write]:
    """Return what has to be written for some fits."""
    return [Write(table, each, where) for table, each in zip(TABLES_OF_FITS, rows.tables(), strict=True)]
