"""Reliability: every entry of R's results on five scales, at the tolerance that stands in the files."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.answered_scale import answered_scale
from models.measurement.exploratory.extraction import extract
from models.measurement.internal_consistency import correlation_of
from models.measurement.omega import omega_total
from models.measurement.ordered_omega import ordered_reliability, reliability_of_fit
from tests.agreement.comparison import far
from tests.agreement.reliability import ORDERED_OMEGA, RELIABILITY, SCALES, ordered_model, scale_of

# R 4.2.2, psych 2.2.9, lavaan 0.6-14, semTools 0.5-6, pbivnorm 0.6.0; oracles/01_reliability.json and
# 02_ordinal_omega.json, made 2026-11-22, calls in meta.note
pytestmark = pytest.mark.reference


@pytest.mark.parametrize("scale", SCALES)
def test_every_entry_on_reliability_equals_r(reference, scale):
    assert far(reference, RELIABILITY, f"bfi/{scale}/") == []


@pytest.mark.parametrize("definition", ["listwise", "pairwise"])
@pytest.mark.parametrize("scale", SCALES)
def test_the_normal_interval_of_alpha_is_psychs_but_for_its_rounded_quantile(reference, scale, definition):
    # psych writes 1.96 for the normal quantile 1.95996
    found = answered_scale(scale_of(reference, scale), definition).scale
    duhachek = [found.alpha - 1.96 * found.std_error, found.alpha + 1.96 * found.std_error]
    assert [found.conf_low, found.conf_high] == pytest.approx(duhachek, abs=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_every_entry_on_ordered_omega_equals_r(reference, scale):
    assert far(reference, ORDERED_OMEGA, f"bfi/{scale}/") == []
    found = reliability_of_fit(ordered_model(reference, scale))
    assert found == ordered_reliability(scale_of(reference, scale))
    assert found.problems == ()


@pytest.mark.parametrize("scale", SCALES)
def test_omega_of_real_scales_has_no_problems(reference, scale):
    items = scale_of(reference, scale)
    assert omega_total(items, "ml").problems == omega_total(items, "mlr").problems == ()


@pytest.mark.parametrize("scale", SCALES)
def test_omega_follows_from_correlations_alone_as_well(reference, scale):
    # A second derivation: one factor extracted by maximum likelihood, carried back to the scale of the items
    items = scale_of(reference, scale).dropna()
    covariance = items.cov().to_numpy()
    one = extract(correlation_of(covariance), 1, "ml")
    deviation = np.sqrt(np.diagonal(covariance))
    common = (one.loadings[:, 0] * deviation).sum() ** 2
    omega = common / (common + (one.uniqueness * deviation**2).sum())
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
