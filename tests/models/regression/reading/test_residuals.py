"""Residuals for pictures: R's standardised residuals and quantiles, clusters left out by refits."""

import numpy as np
import pandas as pd
import pytest

from models.regression.design import build_design
from models.regression.fit import fit_regression
from models.regression.reading.residuals import normal_quantiles, residuals_of
from tests.models.regression.analysis_tables import invented_analysis, model_of

ROWS = pd.DataFrame(
    {
        "response_id": [f"r{place:02d}" for place in range(12)],
        "trust": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14],
        "strain": [2.1, 2.9, 4.2, 4.8, 6.5, 6.1, 8.4, 8.2, 9.9, 12.3, 11.2, 15.9],
    }
)

RSTANDARD = [
    0.42289548207,
    0.02881480404878,
    0.4433612610751,
    -0.2300882941961,
    0.7765356180108,
    -1.374142075667,
    0.5182713703469,
    -1.332629921122,
    -0.3366639350221,
    1.77382488074,
    -1.576976152318,
    1.123551702399,
]
QUANTILES = [
    0.1046334556141,
    -0.1046334556141,
    0.3186393639644,
    -0.3186393639644,
    0.8122178014999,
    -1.150349380376,
    0.5485222826981,
    -0.8122178014999,
    -0.5485222826981,
    1.731664396122,
    -1.731664396122,
    1.150349380376,
]
HATVALUES = [
    0.2737154150198,
    0.2124505928854,
    0.1630434782609,
    0.1254940711462,
    0.0998023715415,
    0.08596837944664,
    0.08399209486166,
    0.09387351778656,
    0.1156126482213,
    0.149209486166,
    0.1946640316206,
    0.4021739130435,
]


def test_residuals_and_quantiles_are_those_of_plot_lm():
    # R 4.2.2, 2026-11-26: m <- lm(strain ~ trust); rstandard(m); qqnorm(rstandard(m))$x; hatvalues(m)
    spec = model_of("trust")
    found = residuals_of(spec, build_design(spec, ROWS, {}))
    assert found.standardised == pytest.approx(RSTANDARD, abs=1e-10)
    assert found.quantiles == pytest.approx(QUANTILES, abs=1e-10)
    assert found.leverage == pytest.approx(HATVALUES, abs=1e-10)
    assert found.fitted + found.raw == pytest.approx(ROWS["strain"].to_numpy())
    assert len(found.cluster_change) == 0


def test_few_values_have_the_quantiles_of_ppoints():
    # R 4.2.2, 2026-11-26: qnorm(ppoints(5)); a missing value has none
    found = normal_quantiles(np.array([3.0, np.nan, 1.0, 2.0, 5.0, 4.0]))
    expected = [0, np.nan, -1.179761117612, -0.4972005706816, 1.179761117612, 0.4972005706816]
    assert found == pytest.approx(expected, abs=1e-10, nan_ok=True)


def test_a_cluster_left_out_moves_the_focal_coefficient_as_a_refit_does():
    spec = model_of("trust", "workload", cluster="organisation_id")
    analysis = invented_analysis(90)
    found = residuals_of(spec, build_design(spec, analysis, {}))
    whole = fit_regression(spec, analysis).estimates.set_index("term").loc["trust"]
    for place, name in enumerate(pd.unique(analysis["organisation_id"])):
        rest = analysis[analysis["organisation_id"] != name]
        without = fit_regression(spec, rest).estimates.set_index("term").loc["trust", "estimate"]
        expected = (without - whole["estimate"]) / whole["std_error"]
        assert found.cluster_change[place] == pytest.approx(expected, abs=1e-8)
    assert found.cluster_leverage.sum() == pytest.approx(3)


def test_weights_scale_residuals_as_r_does():
    # R 4.2.2, 2026-11-26: rstandard(lm(strain ~ trust, weights = rep(c(1, 4), 6)))[c(1, 12)]
    spec = model_of("trust", weights="analysis_weight")
    rows = ROWS.assign(analysis_weight=[1.0, 4.0] * 6)
    found = residuals_of(spec, build_design(spec, rows, {}))
    assert found.standardised[[0, 11]] == pytest.approx([0.5442837579837, 0.6558356124157], abs=1e-10)
