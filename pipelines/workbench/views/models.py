"""The page of models: every fit with its label, and of one fit its specification, origin, figures and drawings."""

import json

import pandas as pd
import streamlit as st
import yaml

from instruments.faults import DataError, EnvironmentFault
from models.sections.inference import FIGURES, MARGINAL, MIXED_CATEGORICAL, PATHS
from models.sections.nonresponse import nonresponse_of
from models.spec import RegressionSpec
from pipelines.assets.fits import FitRows
from pipelines.commands.conditions_of_fits import missed_by
from pipelines.commands.fits import (
    labels_in_words,
    recorded_fits,
    recorded_rows,
    refusals_in_words,
    remedies_in_words,
    titled_tables,
)
from pipelines.commands.pictures import drawings_of_effects, recorded, words_of_fits
from pipelines.commands.sample import inference_in
from pipelines.commands.table_sources import focal_sentences
from pipelines.pictures.coefficients import coefficient_plot
from pipelines.tables import fitted, out, shapes
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import choose, meanings_of, show_definitions, show_drawing, show_rows, show_text

LANGUAGE = "en"
LISTED = ("fit_id", "label", "is_declared", "is_current", "outcome", "estimator", "covariance", "n_obs", "n_clusters",
          "r_squared", "family", "focal_p", "focal_p_holm", "focal_p_bh",
          "conditions_not_met", "fitted_at")  # fmt: skip
ORIGIN = ("spec_hash", "data_hash", "code_hash", "env_hash", "recipe_hash", "plan_hash", "seed", "digest", "engine")
OF_EVERY_FIT = ("joint_tests", "reading.standardised", "reading.equivalence", "reading.sensitivity", "reading.power.m",
                "reading.assumptions", "moderation")  # fmt: skip
OF_PATHS: dict[str, tuple[str, ...]] = {
    "mediation": ("mediated", "effects", "equations", "intervals", "resampling"),
    "mediation_across_levels": ("two_level", "level_slopes", "intervals"),
    "cross_lagged_panel": ("panel_fit",),
    "latent_growth": ("growth",),
    "two_outcomes": ("two_outcomes", "equations"),
}
OF_MIXED = (
    "mixed_model",
    "satterthwaite",
    "kenward_roger",
    "cluster_robust",
    "explained",
    "variance_tests",
    "audit",
    "singular",
)
OF_GROUPS = {
    "mixed": OF_MIXED,
    **dict.fromkeys(MIXED_CATEGORICAL, ("categorical",)),
    **dict.fromkeys(MARGINAL, ("marginal",)),
}
OF_FIGURES = ("means", "quantiles", "of_model", "linearisation", "stages", "design", "design_effects", "replicates")
OF_SILENCE = {"response_weights": ("response_rows", "stacked"), "selection": ("selected_outcome",)}
OF_LINES = ("least_squares", "heteroskedastic", "clustered", "wald")
MEANINGS = meanings_of(
    out.FITS, out.DIAGNOSTICS, out.READINGS, fitted.PREDICTIONS, fitted.JOINT_TESTS, *shapes.TABLES, out.ESTIMATES
)


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Models", anchor=False)
    fits = main_first(recorded_fits(bench.study))
    held = {name: meaning for name, meaning in MEANINGS.items() if name in LISTED}
    held |= {"focal_p": "p of the focal term", "focal_p_holm": "The same, adjusted within its family (Holm)"}
    held |= {"focal_p_bh": "The same by Benjamini and Hochberg: false ones among the findings of its family"}
    show_rows("Fits", fits[list(LISTED)], held)
    for line in (*labels_in_words(fits[fits["is_current"].astype(bool)]), *refusals_in_words(bench.study)):
        show_text(line)
    if fits.empty:
        show_text("No model was fitted yet.")
        return
    fit_id = choose("fit", "Fit", [str(each) for each in fits["fit_id"]])
    _show_fit(bench, fit_id)


def main_first(fits: pd.DataFrame) -> pd.DataFrame:
    """Sort fits: the latest of each before older ones, by model, the model as written before its variants."""
    rank = {"is_old": ~fits["is_current"].astype(bool), "is_variant": fits["variant"] != "main"}
    order = ["is_old", "model", "is_variant", "variant"]
    return fits.assign(**rank).sort_values(order, kind="stable").drop(columns=list(rank))


def _show_fit(bench: Bench, fit_id: str) -> None:
    made = recorded_rows(bench.store, fit_id)
    row = made.fits.iloc[0]
    st.subheader("Specification", anchor=False)
    show_text(f"{row['label']}: {row['label_reason']}")
    st.caption("Without what it leaves open.")
    said = said_in(json.loads(row["spec_json"]))
    # Without colours of a language: those of Streamlit are too pale to be read by everybody.
    st.code(yaml.safe_dump(said, sort_keys=False, allow_unicode=True), language=None, wrap_lines=True)
    origin = {name: str(row[name]) for name in ORIGIN}
    rows = made.fits[["fit_id"]].assign(**origin).T.reset_index().set_axis(["part", "value"], axis=1)
    show_rows("Origin", rows, {"part": "Hashes of what it was made from", "value": "SHA-256, or as it is"})
    show_text(f"Make it again: sensemaking rerun STUDY {fit_id}")
    for note in inference_in(made.diagnostics).values():
        show_text(note)
    for title, table in titled_tables(made).items():
        show_rows(title, table, MEANINGS)
    for remedy in remedies_in_words(made.diagnostics)["remedy"]:
        show_text(f"look: {remedy}")
    spec = RegressionSpec.model_validate_json(row["spec_json"])
    show_definitions(*_defined(spec))
    _show_from_rows(bench, made, fit_id)


def _defined(spec: RegressionSpec) -> tuple[str, tuple[str, ...]]:
    """Return the part of the ledger in which the statistics of a model are defined, and where in it."""
    if spec.estimator in PATHS:
        return "paths", OF_PATHS[spec.estimator]
    if spec.estimator in FIGURES:
        return "survey_design", OF_FIGURES
    if spec.estimator in OF_GROUPS:
        return "multilevel", OF_GROUPS[spec.estimator]
    return "regression", _places(spec)


def said_in(part: object) -> object:
    """Return a part of a specification without what it leaves open: nulls and empty lists, at any depth."""
    if isinstance(part, list):
        return [said_in(each) for each in part]
    if not isinstance(part, dict):
        return part
    said = {name: said_in(each) for name, each in part.items()}
    return {name: each for name, each in said.items() if each is not None and each not in ([], {})}


def _show_from_rows(bench: Bench, made: FitRows, fit_id: str) -> None:
    """Show what has to be made from the rows of a fit, which an erasure may have taken away."""
    try:
        sentences, missed = focal_sentences(bench.study, made), missed_by(bench.study, made.fits)
        words = words_of_fits(bench.study, LANGUAGE)
        (drawn,) = recorded(bench.study, [fit_id], words)
        drawings = [
            coefficient_plot([drawn], words),
            *(each for _, each in drawings_of_effects(bench.study, drawn, words)),
        ]
    except (DataError, EnvironmentFault) as error:
        show_text(str(error))
        return
    st.subheader("In words", anchor=False)
    for line in (*sentences, *(f"condition not met: {reason}" for reason in missed["reason"])):
        show_text(line)
    st.subheader("Drawings", anchor=False)
    for drawing in drawings:
        show_drawing(drawing)
    show_text(f"Residuals, response by response: sensemaking pictures STUDY {fit_id} --out FOLDER")


def _places(spec: RegressionSpec) -> tuple[str, ...]:
    """Return where the statistics of a model are computed."""
    if spec.estimator == "linear":
        silence = () if (asked := nonresponse_of(spec.missing)) is None else OF_SILENCE[asked.method]
        return (*OF_LINES, *(("effects",) if spec.effects() else ()), *silence, *OF_EVERY_FIT)
    if spec.panel is not None:
        return ("panel", *OF_LINES, *OF_EVERY_FIT)
    return ("categorical", *OF_EVERY_FIT)
