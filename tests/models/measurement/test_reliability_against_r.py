"""Reliability: every entry of R's results on five scales, at the tolerance that stands in the files."""

import json

import numpy as np
import pandas as pd
import pytest

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
from models.measurement.exploratory.extraction import extract
from models.measurement.internal_consistency import correlation_of
from models.measurement.omega import omega_total
from models.measurement.ordered_omega import ordered_reliability, reliability_of_fit
from models.measurement.reliability import cronbach_alpha
from tests.leaves import leaves

# R 4.2.2, psych 2.2.9, lavaan 0.6-14, semTools 0.5-6, pbivnorm 0.6.0; oracles/01_reliability.json and
# 02_ordinal_omega.json, made 2026-11-22, calls in meta.note
pytestmark = pytest.mark.reference
SCALES = ["A", "C", "E", "N", "O"]
REVERSED = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")


@pytest.fixture(scope="module")
def expected(reference):
    names = ("01_reliability", "02_ordinal_omega")
    return {name: json.loads((reference / "oracles" / f"{name}.json").read_text()) for name in names}


@pytest.fixture(scope="module")
def scales(reference):
    bfi = pd.read_csv(reference / "oracles/data/bfi.csv")
    bfi[list(REVERSED)] = 7 - bfi[list(REVERSED)]
    return {scale: bfi[[f"{scale}{number}" for number in range(1, 6)]] for scale in SCALES}


@pytest.fixture(scope="module")
def ordered_models(scales):
    return {scale: one_factor(items, "wlsmv", "unit_variance") for scale, items in scales.items()}


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
    # psych writes 1.96 for the normal quantile 1.95996
    duhachek = [scale.alpha - 1.96 * scale.std_error, scale.alpha + 1.96 * scale.std_error]
    assert [scale.conf_low, scale.conf_high] == pytest.approx(duhachek, abs=1e-6)
    return {
        "raw_alpha": scale.alpha,
        "std_alpha": scale.standardised_alpha,
        "G6": scale.lambda_6,
        "average_r": scale.average_r,
        "median_r": scale.median_r,
        "signal_noise": scale.signal_to_noise,
        "ase_duhachek": scale.std_error,
        "duhachek_ci": duhachek,
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
    assert ml.problems == mlr.problems == ()
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


def tolerance_of(path, tolerance):
    part = path.split("/")[0]
    if part != "ordinal_listwise":
        return tolerance["cfa"] if part == "cfa_listwise" else tolerance["closed_form"]
    is_of_psych = path.split("/")[1] in ("polychoric", "polychoric_correct05", "ordinal_alpha")
    return tolerance["polychoric_psych" if is_of_psych else "polychoric_lavaan"]


@pytest.mark.parametrize("scale", SCALES)
def test_every_entry_on_reliability_equals_r(expected, scales, ordered_models, scale):
    items, wanted = scales[scale], expected["01_reliability"]["bfi"][scale]
    listwise = classical(items, "listwise")
    found = {
        "items": list(items.columns),
        "n": len(items),
        "n_complete": answered_scale(items, "listwise").n_obs,
        "k": items.shape[1],
        "pairwise": classical(items, "pairwise"),
        "listwise": {key: listwise[key] for key in wanted["listwise"]},
        "cfa_listwise": factor_analytic(items),
        "ordinal_listwise": ordinal(items, ordered_models[scale]),
    }
    ours, theirs = leaves(found), leaves(wanted)
    assert set(ours) == set(theirs)
    for path, value in theirs.items():
        if isinstance(value, list) and isinstance(value[0], str):
            assert ours[path] == value
        else:
            close = tolerance_of(path, expected["01_reliability"]["tolerance"])
            assert np.array(ours[path]) == pytest.approx(np.array(value), abs=close), path


@pytest.mark.parametrize("scale", SCALES)
def test_every_entry_on_ordered_omega_equals_r(expected, scales, ordered_models, scale):
    items, model, wanted = scales[scale], ordered_models[scale], expected["02_ordinal_omega"]["bfi"][scale]
    found, layout = reliability_of_fit(model), model.fit.layout
    limits = np.split(model.fit.least_squares.samples[0].moments, np.cumsum(layout.n_thresholds))[:-1]
    fit = indices(model.fit.scaled, model.baseline.scaled, model.n_obs, 1)
    ours = leaves(
        {
            "n": found.n_obs,
            "items": list(items.columns),
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
    )
    theirs = leaves(wanted)
    assert set(ours) == set(theirs)
    close = expected["02_ordinal_omega"]["tolerance"]["all"]
    for path, value in theirs.items():
        if path == "items":
            assert ours[path] == value
        else:
            assert np.array(ours[path]) == pytest.approx(np.array(value), abs=close), path
    assert found == ordered_reliability(items)
    assert found.problems == ()


@pytest.mark.parametrize("scale", SCALES)
def test_omega_follows_from_correlations_alone_as_well(scales, scale):
    # A second derivation: one factor extracted by maximum likelihood, carried back to the scale of the items
    items = scales[scale].dropna()
    covariance = items.cov().to_numpy()
    one = extract(correlation_of(covariance), 1, "ml")
    scale_of = np.sqrt(np.diagonal(covariance))
    common = (one.loadings[:, 0] * scale_of).sum() ** 2
    omega = common / (common + (one.uniqueness * scale_of**2).sum())
    assert omega_total(items).model_implied == pytest.approx(omega, abs=1e-7)


@pytest.mark.parametrize(
    ("has_clusters", "std_error", "conf_low", "conf_high"),
    [(True, 0.0073771158, 0.7146763989, 0.7435941616), (False, 0.0067480067, 0.7159094302, 0.7423611302)],
)
def test_the_interval_of_omega_allows_for_organisations(reference, has_clusters, std_error, conf_low, conf_high):
    # R 4.2.2, lavaan 0.6-14, 2026-11-26: cfa("f =~ NA*AF06 + AF07 + AP12 + AP17; f ~~ 1*f" and omega := ..., bhr2000,
    # estimator = "MLR", cluster = "GRP")
    soldiers = pd.read_csv(reference / "oracles/data/bhr2000.csv")
    clusters = soldiers["GRP"] if has_clusters else None
    found = omega_total(soldiers[["AF06", "AF07", "AP12", "AP17"]], clusters=clusters)
    assert found.model_implied == pytest.approx(0.7291352802, abs=1e-7)
    assert [found.std_error, found.conf_low, found.conf_high] == pytest.approx(
        [std_error, conf_low, conf_high], abs=1e-7
    )
