"""Which of the recorded fits may be shown: in a release, and in a replication package.

Put here how a fit is looked up; the rules are in ``steps.fits_to_withhold``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from models.paths.mediation_of_model import RESAMPLES_UNDEFINED
from models.regression.diagnostics import leverage_of_design
from models.regression.outcome import categories_of
from models.replication.refit import labels_from_json, recorded_model
from models.sections.figures import QUANTILES
from models.sections.panel import NUMBER_OF_ANSWERS
from pipelines.load import Study
from pipelines.steps import fits_to_withhold
from pipelines.steps.coarse_degrees import OF_GROUPS, has_rules_of_its_own
from pipelines.steps.fit_answering import reasons_of_answering
from pipelines.steps.fit_answers import YES_AND_NO
from pipelines.steps.fit_designs import with_middles
from pipelines.steps.fit_paths import tell_of_scale
from pipelines.steps.fit_rows import PRODUCT, behind_a_fit
from pipelines.steps.fit_silence import Answering, as_weighted, method_of, models_of_answering
from pipelines.steps.measurement_uses import CONDITIONS_NOT_MET
from pipelines.steps.others_behind import OthersBehind, alike_in_others, others_behind
from pipelines.steps.released_fits import erased_rows, released_estimates, released_fits
from pipelines.steps.withheld_reasons import reason
from pipelines.store import Store
from pipelines.tables import core, out
from pipelines.tables.erasures import ERASURES

Reasons = dict[str, str]
IN_THE_ORDER_OF_UNITS = ("balanced_halves", "unit_bootstrap")
"""Covariances by parts of a sample that are put together in the order of its units."""


def releasable_fits(study: Study, store: Store, language: str = "en") -> tuple[pd.DataFrame, pd.DataFrame, Reasons]:
    """Return rows of the released ``out.fits`` and ``out.estimates``, and why the other fits are withheld."""
    fits = _declared(study, store)
    without_words, unsafe = _reasons(study, store, fits, language)
    withheld = _missing_models(study, fits, language)
    withheld |= {fit: "; ".join([*without_words[fit], *unsafe[fit]]) for fit in unsafe}
    kept, withheld = _not_too_alike(study, store, fits, withheld, without_words, language)
    estimates, diagnostics = store.read(out.ESTIMATES), store.read(out.DIAGNOSTICS)
    missed = diagnostics[diagnostics["diagnostic"] == CONDITIONS_NOT_MET].set_index("fit_id")["value"]
    kept = kept.assign(conditions_not_met=kept["fit_id"].map(missed))
    shown, of_kept = released_fits(study, kept), estimates[estimates["fit_id"].isin(kept["fit_id"])]
    return shown, released_estimates(of_kept, coarse_of(kept, diagnostics), shown, store.read(out.READINGS)), withheld


def packageable_fits(study: Study, store: Store, *, has_real_rows: bool) -> tuple[list[str], Reasons]:
    """Return the fits that may be in a replication package, and why the others may not.

    They are those of a release, and those that a release leaves out only because the dashboard has no words for them,
    or no rule says what they would tell beside its means of organisations, which a package does not have.
    Fits of resampled rows are in none: the rows of a package have other names, in whose order others are drawn.
    Quantiles are answers of single people, and stay out unless real rows come with them.
    """
    fits = _declared(study, store)
    without_words, unsafe = _reasons(study, store, fits, "en")
    of_package = drawn_anew(store)
    for fit in fits.to_dict("records"):
        name = str(fit["fit_id"])
        if name in of_package:
            unsafe[name].append(of_package[name])
        if fit["estimator"] == QUANTILES and not has_real_rows:
            unsafe[name].append(reason("quantiles"))
    withheld = _missing_models(study, fits, "en") | {fit: "; ".join(reasons) for fit, reasons in unsafe.items()}
    kept, withheld = _not_too_alike(study, store, fits, withheld, without_words, "en")
    return [str(each) for each in kept["fit_id"]], withheld


def coarse_of(fits: pd.DataFrame, diagnostics: pd.DataFrame) -> dict[str, float]:
    """Return the confidence level of the fits whose degrees of freedom are coarsened: those with rules of their own."""
    found: dict[str, float] = {}
    for fit in fits.to_dict("records"):
        told = diagnostics.loc[diagnostics["fit_id"] == fit["fit_id"], "diagnostic"]
        if has_rules_of_its_own(fit, set(told)):
            found[str(fit["fit_id"])] = recorded_model(fit).confidence_level
    return found


def drawn_anew(store: Store) -> Reasons:
    """Return the fits of resampled rows, and why no package holds them."""
    diagnostics, fits = store.read(out.DIAGNOSTICS), store.read(out.FITS)
    drawn = diagnostics.loc[diagnostics["diagnostic"] == RESAMPLES_UNDEFINED, "fit_id"]
    in_their_order = fits.loc[fits["covariance"].isin(IN_THE_ORDER_OF_UNITS), "fit_id"]
    return dict.fromkeys([*drawn.astype(str), *in_their_order.astype(str)], reason("resampled"))


def withheld_fits(study: Study, store: Store, language: str) -> Reasons:
    """Return the declared fits that a release made now would withhold, with the reason in ``en`` or ``da``."""
    return releasable_fits(study, store, language)[2]


def reference_answers(store: Store, shown: Iterable[str]) -> dict[str, str]:
    """Return, of the shown fits of outcomes of several categories, ``model/variant`` → answer compared with."""
    fits = store.read(out.FITS)
    found: dict[str, str] = {}
    named = fits["is_current"].astype(bool) & fits["fit_id"].isin(set(shown)) & (fits["estimator"] == "multinomial")
    for fit in fits[named].to_dict("records"):
        rows, labels = store.kept_rows(str(fit["data_hash"])), labels_from_json(str(fit["labels_json"]))
        found[f"{fit['model']}/{fit['variant']}"] = categories_of(recorded_model(fit), rows, labels)[0]
    return found


def responses_used(store: Store, fits: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the responses behind every fit, those of silent people left out."""
    used = {name: frozenset(store.kept_rows(name)["response_id"]) for name in fits["data_hash"].unique()}
    found = {str(fit): used[name] for fit, name in zip(fits["fit_id"], fits["data_hash"], strict=True)}
    recorded = store.read(out.FITS)
    recorded = recorded[recorded["fit_id"].isin(fits["fit_id"])]
    for fit in recorded[method_of(recorded) != ""].to_dict("records"):
        rows = as_weighted(recorded_model(fit), store.kept_rows(str(fit["data_hash"])))[1]
        found[str(fit["fit_id"])] = frozenset(rows["response_id"])
    return found


def responses_asked(store: Store, fits: pd.DataFrame) -> dict[str, tuple[frozenset[str], ...]]:
    """Return who could answer behind every fit that weights for silent people, one set a step."""
    recorded = store.read(out.FITS)
    own = recorded[recorded["fit_id"].isin(fits["fit_id"])]
    weighted = own[method_of(own) == "response_weights"].to_dict("records")
    return {
        str(fit["fit_id"]): tuple(frozenset(rows["response_id"]) for _, rows in _answering(store, fit))
        for fit in weighted
    }


def _others_behind(store: Store, fits: pd.DataFrame) -> dict[str, OthersBehind]:
    """Return the other members of dyads behind every fit."""
    return {
        str(fit): others_behind(store.kept_rows(str(name)))
        for fit, name in zip(fits["fit_id"], fits["data_hash"], strict=True)
    }


def _declared(study: Study, store: Store) -> pd.DataFrame:
    fits = store.read(out.FITS)
    declared = fits["is_declared"].astype(bool) & fits["is_current"].astype(bool)
    return fits[declared & fits["model"].isin(list(study.models))]


def _missing_models(study: Study, fits: pd.DataFrame, language: str) -> Reasons:
    return {model: reason("not_estimated", language) for model in study.models if model not in set(fits["model"])}


def _reasons(
    study: Study, store: Store, fits: pd.DataFrame, language: str
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return for every fit what there are no words for, and what makes it unsafe to show."""
    estimates, diagnostics = store.read(out.ESTIMATES), store.read(out.DIAGNOSTICS)
    text_items = [name for name, item in study.items().items() if item.kind == "code"]
    erased = erased_rows(store.read(ERASURES), store.kept_names("data"))
    least, records = study.spec.release.least_cell_size, set(study.register.items if study.register else ())
    units = store.read(core.RESPONSES).set_index("response_id")[["organisation_id", "respondent_key"]]
    without_words: dict[str, list[str]] = {}
    unsafe: dict[str, list[str]] = {}
    of_scales = [each for name, own in study.scales().items() for each in tell_of_scale(name, own.scales[name].items)]
    told = {"is_of_records": fits["outcome"].isin(records), "is_of_scale": fits["outcome"].isin(of_scales)}
    told["method_of_silence"] = method_of(fits)
    for fit in fits.assign(**told, least_cell_size=least).to_dict("records"):
        name = str(fit["fit_id"])
        own = diagnostics[diagnostics["fit_id"] == name].dropna(subset=["value"])
        values = dict(zip(own["diagnostic"], own["value"].astype(float), strict=True))
        of_terms = estimates[estimates["fit_id"] == name]
        without_words[name] = fits_to_withhold.reasons_without_words(fit, language)
        if fit["data_hash"] in erased:
            unsafe[name] = [reason("erased", language)]
            continue
        known = {**values, **_behind(store, fit, (values, of_terms), units), **_least_df(of_terms)}
        unsafe[name] = fits_to_withhold.reasons_to_withhold(fit, known, of_terms["term"], text_items, language)
        if not unsafe[name] and _leverage(store, fit) >= fits_to_withhold.HIGHEST_LEVERAGE:
            unsafe[name] = [reason("leverage", language)]
        if not unsafe[name]:
            labels = labels_from_json(str(fit["labels_json"]))
            unsafe[name] = reasons_of_answering(_answering(store, fit), labels, units, text_items, (least, language))
    return without_words, unsafe


def _answering(store: Store, fit: Mapping[Any, Any]) -> list[Answering]:
    return models_of_answering(recorded_model(fit), store.kept_rows(str(fit["data_hash"])))


def _behind(
    store: Store, fit: Mapping[Any, Any], found: tuple[Mapping[str, float], pd.DataFrame], units: pd.DataFrame
) -> Mapping[str, float]:
    """Return what the rows of a fit tell of who is behind it, where the rules ask; the worse of two that are known.

    Args:
        store: The warehouse.
        fit: The fit.
        found: Its diagnostics and its terms.
        units: Organisation and respondent by response.
    """
    values, of_terms = found
    spec, rows = as_weighted(recorded_model(fit), store.kept_rows(str(fit["data_hash"])))
    has_dyads = spec.dyads is not None and fit["estimator"] in fits_to_withhold.WITH_RULES
    by_unit = (*fits_to_withhold.OF_ANSWERS, *fits_to_withhold.OF_RESPONSES)
    has_rules = has_rules_of_its_own(fit, values) or has_dyads or fit["estimator"] in by_unit
    has_cells = of_terms["term"].str.contains(PRODUCT, regex=False).any()
    is_of_two = spec.outcome in rows and rows[spec.outcome].nunique() == YES_AND_NO  # else one column a coder
    if not (has_rules or has_cells or is_of_two) and spec.weights in (None, NUMBER_OF_ANSWERS):
        return {}
    coefficients = dict(zip(of_terms["term"], of_terms["estimate"].astype(float), strict=True))
    behind = behind_a_fit(spec, rows, labels_from_json(str(fit["labels_json"])), units, values, coefficients)
    return {name: min(value, values.get(name, value)) for name, value in behind.items()}


def _least_df(estimates: pd.DataFrame) -> Mapping[str, float]:
    """Return the fewest degrees of freedom of a term; those of the normal distribution are without end."""
    return {"least_df": float(estimates["df"].astype(float).fillna(float("inf")).min())}


def _not_too_alike(
    study: Study,
    store: Store,
    fits: pd.DataFrame,
    withheld: Reasons,
    without_words: Mapping[str, list[str]],
    language: str,
) -> tuple[pd.DataFrame, Reasons]:
    """Withhold fits whose responses are nearly those of another; return the others, and all reasons.

    What comes later is withheld first: fits that no release shows come last, models as written before their variants,
    and variants before those without the responses of an exclusion rule.
    """
    narrowed = {
        (model.name, variant.name)
        for model in study.models.values()
        for variant in model.variants
        if variant.population is not None and variant.population.without is not None
    }
    withheld = {name: reason for name, reason in withheld.items() if reason}
    others = fits[~fits["fit_id"].isin(list(withheld))]
    in_order = others.assign(
        is_without_words=[bool(without_words[str(fit)]) for fit in others["fit_id"]],
        is_without=[each in narrowed for each in zip(others["model"], others["variant"], strict=True)],
        is_variant=others["variant"] != "main",
    ).sort_values(["is_without_words", "is_without", "is_variant", "model", "variant"])
    placed = store.read(core.RESPONSES).dropna(subset=["organisation_id"])
    organisations = dict(zip(placed["response_id"], placed["organisation_id"], strict=True))
    least = study.spec.release.least_cell_size
    asked = responses_asked(store, in_order)
    alike = fits_to_withhold.too_alike(responses_used(store, in_order), least, organisations, language, asked)
    alike |= alike_in_others(_others_behind(store, in_order[~in_order["fit_id"].isin(list(alike))]), least, language)
    return others[~others["fit_id"].isin(list(alike))], withheld | alike


def _leverage(store: Store, fit: Mapping[Any, Any]) -> float:
    """Return the largest leverage of a design whose estimator is not least squares, which has it as a diagnostic."""
    if fit["estimator"] in (*fits_to_withhold.LINEAR, *fits_to_withhold.OF_UNITS, *OF_GROUPS):
        return 0.0
    labels = labels_from_json(str(fit["labels_json"]))
    return leverage_of_design(recorded_model(fit), with_middles(store.kept_rows(str(fit["data_hash"]))), labels)
