"""``fit`` and ``fits``: one model now, and what is recorded of all."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from instruments.counted import counted
from instruments.faults import DataError, Fault, UsageError, raise_if_any
from instruments.spec_file import closest, json_like, validate_spec
from instruments.strict_yaml import Document, Place, parse_yaml
from models.load import blame_surface, blame_unknown_variables
from models.multilevel.readings import OF_VARIANCES
from models.regression.comparing.of_fit import OF_COMPARISONS
from models.regression.remedies import remedies
from models.spec import RegressionSpec
from models.terms import scales_in_terms
from pipelines.assets.fits import TABLES_OF_FITS, FitRows, with_recipe, writes_of
from pipelines.assets.graph import due_steps
from pipelines.assets.many_responses import fit_of_any_size, may_stay
from pipelines.assets.measurement import step_name
from pipelines.assets.out import is_weighted
from pipelines.assets.raw import begun_waves
from pipelines.assets.relations import names_collaborations
from pipelines.commands.conditions_of_fits import IN_MEMORY, analysis_for
from pipelines.commands.sample import inference_of_fits
from pipelines.load import Study, analysis_variables
from pipelines.load_models import blame_population
from pipelines.steps.families import adjusted_in_families
from pipelines.steps.measurement_uses import CONDITIONS_NOT_MET
from pipelines.store import Store
from pipelines.tables import out
from pipelines.tables.linking import INSTRUMENT_CHANGES
from pipelines.tables.measurement import GATES

_NEEDED = {"core/analysis", "out/instrument_changes", "out/coding_agreement", "out/sampling"}
ANALYSIS = "core.analysis"
MOST_SHOWN = 10
BOOTSTRAP = "average_effect_bootstrap"


def fit_now(study: Study, model_name: str, settings: list[str]) -> FitRows:
    """Fit one model without orchestration and keep the result, marked exploratory unless it is a declared one again.

    Args:
        study: The study, whose ``core.analysis`` must exist.
        model_name: A model of the study.
        settings: ``key=value`` pairs that replace keys of the model, values in YAML.

    Raises:
        UsageError: When there is no such model or no data yet.
        SpecError: When a setting is wrong.
    """
    model = with_settings(study, model_named(study, model_name), settings)
    store = Store(study.warehouse)
    with store.reading():
        _refuse_outdated(study, store, model)
        analysis = None if may_stay(study, store, model) else store.read(analysis_for(study, model))
        for table in (GATES, INSTRUMENT_CHANGES, out.FITS):  # remembered for what follows, over this one connection
            store.read(table)
    read = partial(store.read, analysis_for(study, model)) if analysis is None else lambda: analysis
    rows = fit_of_any_size(study, store, read, model, "main", is_declared=False)
    fit_id = str(rows.fits["fit_id"].iloc[0])
    known = store.read(out.FITS)
    if fit_id in set(known["fit_id"]):
        return replace(rows, fits=known[known["fit_id"] == fit_id])
    rows = with_recipe(study, store, rows)
    store.write(writes_of(rows, {"fit_id": fit_id}), input_hash="", run_id="sensemaking fit")
    return rows


def _refuse_outdated(study: Study, store: Store, model: RegressionSpec) -> None:
    """Raise UsageError where nothing is scored yet, DataError where what a fit reads is not up to date."""
    if not any(row["n_rows"] for (name, _), row in store.provenance().items() if name == ANALYSIS):
        raise UsageError("there are no scored responses yet; run the study first")
    needed = _NEEDED | {step_name(name) for name in study.measurement}
    if is_weighted(model):
        needed |= {"core/weights"}
    if names_collaborations(model):
        needed |= {"core/collaborations"}
    if model.dyads is not None:
        needed |= {"core/dyads"}
    if model.surface() is not None:
        needed |= {"out/agreement"}
    if due_steps(study, store, begun_waves(study, store), needed):
        raise DataError("exports, specifications or the software changed since the last run; run the study first")


def focal_readings(readings: pd.DataFrame) -> pd.DataFrame:
    """Return the readings of focal terms, those with a robustness value or an E-value or else all, and others' own.

    Those are comparisons of forms of scores, and deviations and correlations between groups. The value of a
    bootstrap is said to be a standard error.
    """
    focal = readings.loc[readings["reading"].isin(["robustness_value", "e_value"]), "term"]
    focal = readings["term"] if focal.empty else focal
    readings = readings.assign(reading=readings["reading"].str.replace(BOOTSTRAP, f"{BOOTSTRAP} (standard error)"))
    shown = ["term", "reading", "value", "conf_low", "conf_high", "verdict"]
    is_of_no_term = readings["reading"].str.split(" on ", n=1).str[0].isin((*OF_COMPARISONS, *OF_VARIANCES))
    return readings.loc[readings["term"].isin(focal) | is_of_no_term, shown].sort_values("term", kind="stable")


def predictions_at_means(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return what is expected along the focal regressor, at no more than five of its values."""
    shown = predictions[predictions["held"] == "at_means"]
    last = int(shown["position"].max()) if len(shown) else 0
    places = {round(last * part / 4) for part in range(5)} if last >= MOST_SHOWN else set(range(last + 1))
    columns = [
        "focal_value",
        "focal_category",
        "category",
        "estimate",
        "conf_low",
        "conf_high",
        "boot_low",
        "boot_high",
    ]
    return shown.loc[shown["position"].isin(places), columns]


def remedies_in_words(diagnostics: pd.DataFrame) -> pd.DataFrame:
    """Say what may be done about the diagnostics that deserve a look, one row each."""
    return pd.DataFrame({"remedy": remedies(diagnostics)}, dtype="str")


def tables_shown(rows: FitRows) -> dict[str, pd.DataFrame]:
    """Return everything of a fit as a machine reads it, by name of the table."""
    named = ("readings", "predictions", "joint_tests", "slopes", "slope_regions", "curves", "surface")
    return {
        "fit": rows.fits,
        "estimates": rows.estimates,
        "diagnostics": rows.diagnostics,
        **{name: getattr(rows, name) for name in named},
        "remedies": remedies_in_words(rows.diagnostics),
    }


def titled_tables(rows: FitRows) -> dict[str, pd.DataFrame]:
    """Return what is printed of a fit, by title; nothing that has no rows."""
    figures = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    found = {
        "Estimates": rows.estimates[["term", *figures]],
        "Readings": focal_readings(rows.readings),
        "Joint tests": rows.joint_tests[["regressor", "statistic", "df_num", "df_denom", "p_value", "method"]],
        "Predictions, the others at their means": predictions_at_means(rows.predictions),
        "Slopes": rows.slopes[["focal_term", "moderator", "at", "value", *figures]],
        "Regions (Johnson-Neyman)": rows.slope_regions[
            ["focal_term", "moderator", "low", "high", "is_significant", "share_of_responses"]
        ],
        "Surface": rows.surface[["feature", *figures, "expected_sign", "verdict"]],
        "Diagnostics": rows.diagnostics[["diagnostic", "value", "threshold", "verdict"]],
    }
    return {title: table for title, table in found.items() if len(table)}


def with_settings(study: Study, model: RegressionSpec, settings: list[str]) -> RegressionSpec:
    """Return the model with keys replaced, checked like a file."""
    document = Document(Path("--set"))
    values: dict[str, object] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            document.faults.append(Fault(document.path, 0, setting, "expected key=value"))
            continue
        if key not in RegressionSpec.model_fields:
            known = sorted(RegressionSpec.model_fields)
            document.faults.append(Fault(document.path, 0, key, f"unknown key{closest(key, known)}"))
            continue
        parsed = parse_yaml(Document(document.path), f"{key}: {value}")
        document.faults += parsed.faults
        values |= parsed.value if isinstance(parsed.value, dict) else {}
    if "regressors" in values:
        values = {"because": {}, "also_expected": (), **values}
    document.value = {**model.with_variant("main").model_dump(), **json_like(values)}
    document.lines = dict.fromkeys(_places(document.value), 0)
    changed = validate_spec(document, RegressionSpec, document.value)
    if changed is not None:
        blame_unknown_variables(document, changed, analysis_variables(study))
        blame_surface(document, changed, study.scales())
        blame_population(study.spec, changed, document)
    raise_if_any(document.faults)
    if changed is None:
        raise AssertionError("a model without faults was not read")
    return changed


def _places(value: object, above: Place = ()) -> Iterator[Place]:
    """List the place of every key and entry; a setting stands on no line."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
    for key, entry in entries:
        yield (*above, key)
        yield from _places(entry, (*above, key))


def validation_of(study: Study, fit_ids: Iterable[str]) -> dict[str, str]:
    """Return the validation status of every scale in some recorded fits, by the scale's name."""
    store = Store(study.warehouse)
    terms = [
        name
        for each in fit_ids
        for name in (recorded_fit(store, each)["outcome"], *recorded_estimates(store, each)["term"])
    ]
    return validation_in(study, terms)


def validation_in(study: Study, terms: Iterable[str]) -> dict[str, str]:
    """Return the validation status of every scale in outcomes and terms of fits, by the scale's name."""
    instrument_of = study.scales()
    return {scale: instrument_of[scale].status for scale in scales_in_terms(terms, instrument_of)}


def inference_of(study: Study, fit_ids: Iterable[str]) -> dict[str, str]:
    """Say of recorded fits, by id, where they allow no inference to a population."""
    return inference_of_fits(Store(study.warehouse), fit_ids)


def recorded_fits(study: Study) -> pd.DataFrame:
    """Return every fit of a study: ``out.fits``, how many conditions on its scores are not met, p within its family."""
    store = Store(study.warehouse)
    recorded, diagnostics = store.read(out.FITS), store.read(out.DIAGNOSTICS)
    is_asked_for = recorded["model"].isin(list(study.models)) | ~recorded["is_declared"].astype(bool)
    counts = diagnostics[diagnostics["diagnostic"] == CONDITIONS_NOT_MET].set_index("fit_id")["value"]
    missed = recorded["fit_id"].map(counts).astype("Int64")
    recorded = recorded.assign(is_current=recorded["is_current"] & is_asked_for, conditions_not_met=missed)
    return recorded.join(adjusted_in_families(recorded, store.read(out.ESTIMATES), study.models))


def engine_in_words(fit: pd.Series) -> Iterator[str]:
    """Say where many responses of a fit were computed, and why."""
    if fit["engine_reason"]:
        where = "from rows in memory" if fit["engine"] == IN_MEMORY else f"in a database, {fit['engine']}"
        yield f"computed {where}: {fit['engine_reason']}"


def labels_in_words(recorded: pd.DataFrame) -> Iterator[str]:
    """Say of every fit whether it is confirmatory, and why: those of the same reason together, the most last."""
    groups = sorted(recorded.groupby(["label", "label_reason"]), key=lambda group: len(group[1]))
    for place, ((label, reason), alike) in enumerate(groups, start=1):
        others = f"all {'other ' * (len(groups) > 1)}{counted(len(alike), 'fit')}"
        yield f"{label}: {reason}: {others if place == len(groups) else ', '.join(alike['fit_id'])}"


def refusals_in_words(study: Study) -> list[str]:
    """Say which models were not estimated in the last run, and why."""
    refused = Store(study.warehouse).read(out.REFUSALS)
    refused = refused[refused["model"].isin(list(study.models))].sort_values(["model", "variant"])
    return [f"not estimated: {row.model} ({row.variant}): {row.reason}" for row in refused.itertuples()]


def model_named(study: Study, name: str) -> RegressionSpec:
    """Return a model of a study; UsageError with those there are when it has no such one."""
    if name not in study.models:
        known = list(study.models)
        raise UsageError(f"there is no model {name}{closest(name, known)}; the study has {', '.join(known) or 'none'}")
    return study.models[name]


def recorded_fit(store: Store, fit_id: str) -> pd.Series:
    """Return the row of a fit; UsageError when there is none."""
    fits = store.read(out.FITS).set_index("fit_id", drop=False)
    if fit_id not in fits.index:
        shown = fits[fits["is_current"].astype(bool) & fits["is_declared"].astype(bool)]
        of_model = shown[(shown["model"] == fit_id) & (shown["variant"] == "main")]
        near = closest(fit_id, [str(name) for name in fits.index])
        if len(of_model):
            near = f", but a model of this name; its current fit is {of_model.index[0]}"
        raise UsageError(f"there is no fit {fit_id}{near}; list them with: sensemaking fits STUDY")
    return fits[fits["fit_id"] == fit_id].iloc[0]


def recorded_rows(store: Store, fit_id: str) -> FitRows:
    """Return everything that is recorded of a fit; UsageError when there is none."""
    recorded_fit(store, fit_id)
    found: list[pd.DataFrame] = []
    for table in TABLES_OF_FITS:
        rows = store.read(table)
        rows = rows[rows["fit_id"] == fit_id]
        found.append(rows.sort_values("position", kind="stable") if "position" in rows else rows)
    return FitRows(*(rows.reset_index(drop=True) for rows in found))


def recorded_estimates(store: Store, fit_id: str) -> pd.DataFrame:
    """Return the estimates of a fit, in the order of its terms."""
    estimates = store.read(out.ESTIMATES)
    return estimates[estimates["fit_id"] == fit_id].sort_values("position").reset_index(drop=True)
