"""Reliability of five scales: oracles 01 and 02 (R 4.2.2, psych 2.2.9, lavaan 0.6-14, semTools 0.5-6)."""

import functools

import numpy as np
import pandas as pd

from models.measurement.answered_scale import answered_scale
from models.measurement.confirmatory.analysis import analyse, measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.fit_indices import indices
from models.measurement.confirmatory.implied import matrices
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.ordered_fit import correlation_matrix
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.standardised import standardised
from models.measurement.confirmatory.validity import convergence
from models.measurement.omega import omega_total
from models.measurement.ordered_omega import reliability_of_fit
from models.measurement.reliability import cronbach_alpha
from tests.agreement.comparison import Agreement, Tolerance
from tests.lavaan_models import oracle

SCALES = ["A", "C", "E", "N", "O"]
REVERSED = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")


@functools.cache
def scale_of(reference, scale):
    bfi = pd.read_csv(reference / "oracles/data/bfi.csv")
    bfi[list(REVERSED)] = 7 - bfi[list(REVERSED)]
    return bfi[[f"{scale}{number}" for number in range(1, 6)]]


@functools.cache
def ordered_model(reference, scale):
    return one_factor(scale_of(reference, scale), "wlsmv", "unit_variance")


def one_factor(items, estimator, scaling):
    grouped = grouped_answers(items, tuple(items.columns), is_complete=True)
    model = FactorModel({"factor": tuple(items.columns)})
    return analyse(model, measured(grouped, estimator), Setting(scaling=scaling))


def by_item(items, values):
    return dict(zip(items.columns, np.asarray(values, dtype=float).tolist(), strict=True))


def loadings_of(analysis):
    layout = analysis.fit.layout
    is_loading = np.array([each.kind == "loading" for each in layout.parameters])
    return standardised(layout, analysis.fit.theta)[is_loading]


def classical(items, definition):
    found = answered_scale(items, definition)
    scale, of_items = found.scale, found.items
    return {
        "raw_alpha": scale.alpha,
        "std_alpha": scale.standardised_alpha,
        "G6": scale.lambda_6,
        "average_r": scale.average_r,
        "median_r": scale.median_r,
        "signal_noise": scale.signal_to_noise,
        "ase_duhachek": scale.std_error,
        # psych writes 1.96 for the normal quantile 1.95996, which ours is
        "duhachek_ci": [scale.alpha - 1.96 * scale.std_error, scale.alpha + 1.96 * scale.std_error],
        "feldt_ci": [scale.feldt_low, scale.feldt_high],
        "alpha_if_dropped": by_item(items, of_items.alpha_if_dropped),
        "std_alpha_if_dropped": by_item(items, of_items.standardised_alpha_if_dropped),
        "item_rest_r": by_item(items, of_items.item_rest_r),
        "item_total_raw_r": by_item(items, found.item_score_r),
        "item_total_r_cor": by_item(items, of_items.item_total_r_corrected),
        "item_mean": by_item(items, found.item_mean),
        "item_sd": by_item(items, found.item_std_dev),
    }


def factor_analytic(items):
    ml, mlr = omega_total(items, "ml"), omega_total(items, "mlr")
    model = one_factor(items, "ml", "marker")
    observed = model.fit.likelihood.samples[0].covariance
    (valid,) = convergence(("factor",), matrices(model.fit.layout, model.fit.theta, 0), observed)
    return {
        "omega_compRelSEM": ml.observed,
        "alpha_compRelSEM": cronbach_alpha(items).estimate,
        "AVE": valid.variance_extracted,
        "omega_model_implied": ml.model_implied,
        "loadings_std": by_item(items, loadings_of(model)),
        "omega_delta": {
            "est": mlr.model_implied,
            "se_ml": ml.std_error,
            "ci_ml": [ml.conf_low, ml.conf_high],
            "se_mlr": mlr.std_error,
            "ci_mlr": [mlr.conf_low, mlr.conf_high],
        },
    }


def polychoric_of(model):
    layout = model.fit.layout
    return correlation_matrix(model.fit.least_squares.samples[0].moments[sum(layout.n_thresholds) :], len(layout.items))


def ordinal(items, model):
    found, polychoric = reliability_of_fit(model), polychoric_of(model).tolist()
    return {
        "polychoric": polychoric,
        "polychoric_correct05": polychoric,
        "ordinal_alpha": found.ordinal_alpha,
        "lavaan_polychoric": polychoric,
        "ordinal_alpha_lavaan": found.ordinal_alpha,
        "omega_ord_scale_greenyang": found.omega_observed,
        "omega_ord_latent": found.latent_omega_observed,
        "loadings_wlsmv": by_item(items, loadings_of(model)),
    }


@functools.cache
def reliability(reference):
    return {"bfi": {scale: _of_scale(reference, scale) for scale in SCALES}}


def _of_scale(reference, scale):
    items, wanted = scale_of(reference, scale), oracle(reference, 1)["bfi"][scale]
    listwise = classical(items, "listwise")
    return {
        "n": len(items),
        "n_complete": answered_scale(items, "listwise").n_obs,
        "k": items.shape[1],
        "pairwise": classical(items, "pairwise"),
        "listwise": {key: listwise[key] for key in wanted["listwise"]},
        "cfa_listwise": factor_analytic(items),
        "ordinal_listwise": ordinal(items, ordered_model(reference, scale)),
    }


@functools.cache
def ordered_omega(reference):
    return {"bfi": {scale: _ordered(reference, scale) for scale in SCALES}}


def _ordered(reference, scale):
    items, model = scale_of(reference, scale), ordered_model(reference, scale)
    found, layout = reliability_of_fit(model), model.fit.layout
    limits = np.split(model.fit.least_squares.samples[0].moments, np.cumsum(layout.n_thresholds))[:-1]
    fit = indices(model.fit.scaled, model.baseline.scaled, model.n_obs, 1)
    return {
        "n": found.n_obs,
        "thresholds": {item: each.tolist() for item, each in zip(items.columns, limits, strict=True)},
        "loadings": by_item(items, loadings_of(model)),
        "polychoric": polychoric_of(model).tolist(),
        "green_yang_observed_denominator": found.omega_observed,
        "green_yang_model_denominator": found.omega_model,
        "latent_response_omega": found.latent_omega,
        "ordinal_alpha": found.ordinal_alpha,
        "semTools_obs_var_TRUE": found.omega_observed,
        "semTools_obs_var_FALSE": found.omega_model,
        "fit": {"cfi.scaled": fit.cfi, "rmsea.scaled": fit.rmsea, "srmr": srmr(model.fit)},
    }


def _tolerance(path, tolerance):
    part, *rest = path.split("/")[2:]
    if part != "ordinal_listwise":
        return Tolerance(tolerance["cfa"] if part == "cfa_listwise" else tolerance["closed_form"])
    is_of_psych = rest[0] in ("polychoric", "polychoric_correct05", "ordinal_alpha")
    return Tolerance(tolerance["polychoric_psych" if is_of_psych else "polychoric_lavaan"])


def _row(path):
    return "/".join(["bfi", "*", *path.split("/")[2:4]])


RELIABILITY = Agreement(1, reliability, _tolerance, _row)
ORDERED_OMEGA = Agreement(
    2,
    ordered_omega,
    lambda _, tolerance: Tolerance(tolerance["all"]),
    lambda path: "/".join(["bfi", "*", path.split("/")[2]]),
)
