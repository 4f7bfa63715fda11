"""Panel regressions: every entry of R's results, dummies fitted one by one, refusals."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.cluster_moments import cluster_moments
from models.regression.clustered import cluster_covariance
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from models.regression.panel.comparisons import fit_mundlak, hausman_test
from models.regression.panel.data import Panel
from models.regression.panel.estimators import (
    fit_between,
    fit_first_differences,
    fit_pooling,
    fit_random_effects,
    fit_within,
    variance_components,
)
from models.regression.panel.fits import VarianceComponents
from tests.agreement.categorical_panel import ESTIMATORS as FITS
from tests.agreement.categorical_panel import GRUNFELD, UNIVBCT


@pytest.fixture(scope="module")
def oracle(reference):
    # R 4.2.2, plm 2.6-2, clubSandwich 0.5.8, lme4 1.1-31; oracles/10_ordinal_gee_panel.json, made 2026-11-22
    return json.loads((reference / "oracles" / "10_ordinal_gee_panel.json").read_text())


@pytest.fixture(scope="module")
def panels(reference):
    return {"panel_univ": read(reference, *UNIVBCT), "panel_grunfeld": read(reference, *GRUNFELD)}


def read(reference, name, outcome, regressors, unit, wave):
    rows = pd.read_csv(reference / "oracles/data" / f"{name}.csv")
    units, waves = pd.factorize(rows[unit])[0], rows[wave].rank(method="dense").astype(int).to_numpy() - 1
    return Panel(rows[outcome].to_numpy(float), rows[regressors].to_numpy(float), units, waves)


def errors(covariance):
    return np.sqrt(np.diag(covariance))


def shown_errors(fit, kind):
    return errors(fit.clustered_covariance(kind).covariance)[: fit.n_shown]


CASES = [("panel_univ", name) for name in FITS] + [("panel_grunfeld", name) for name in ("within", "random", "fd")]


@pytest.mark.reference
@pytest.mark.parametrize(("data", "name"), CASES)
def test_every_entry_of_a_panel_regression_equals_plm(oracle, panels, data, name):
    entry, fit = oracle[data][name], FITS[name](panels[data])
    assert fit.coefficients == pytest.approx(list(entry["coef"].values()), rel=1e-8)
    assert errors(fit.classical_covariance()) == pytest.approx(list(entry["se"].values()), rel=1e-8)
    assert fit.df_resid == entry["df"]
    assert fit.r_squared == pytest.approx(entry["r2"]["rsq"], abs=1e-8)
    assert fit.adjusted_r_squared == pytest.approx(entry["r2"]["adjrsq"], abs=1e-8)
    if entry["se_arellano_HC0"] is not None:
        assert shown_errors(fit, "CR0") == pytest.approx(list(entry["se_arellano_HC0"].values()), rel=1e-8)


@pytest.mark.reference
def test_error_variances_and_shares_equal_plm(oracle, panels):
    entry, fit = oracle["panel_univ"]["random"], fit_random_effects(panels["panel_univ"])
    assert [fit.components.residual, fit.components.units] == pytest.approx(list(entry["sigma2"].values()), rel=1e-8)
    # one theta a row in the file, in its rows' order
    of_rows = fit.shares[panels["panel_univ"].units]
    assert of_rows == pytest.approx(list(entry["theta"].values()), rel=1e-8)


@pytest.mark.reference
def test_hausman_equals_plm(oracle, panels):
    for data, panel in panels.items():
        found = hausman_test(fit_within(panel), fit_random_effects(panel), panel)
        entry = oracle[data]["hausman"]
        if isinstance(entry, dict):
            assert [found.statistic, found.df, found.p_value] == pytest.approx(list(entry.values()), rel=1e-7)
        else:
            assert found.statistic == pytest.approx(entry, rel=1e-7)


# R 4.2.2, plm 2.6-2, clubSandwich 0.5.8, 2026-11-26: coef_test(m, vcovCR(m, type = "CR2", cluster = SUBNUM)), SE and df
CR2 = {
    "twoways": ([0.04436558268949688, 0.04421167101851035], [128.1253969164240, 149.6498232817641]),
    "pooling": (
        [0.11165184760996988, 0.03489633713513605, 0.03759832462514091],
        [183.3735335826661, 170.5051112118870, 163.5632440397705],
    ),
    # of lm() of the rows less theta times their means; of the plm object itself: [0.109667, 0.035366, 0.034261], since
    # clubSandwich takes the root of I - H_gg in the space of the rows as they are
    "random": (
        [0.10967074688785515, 0.03537087153538678, 0.03426956529970580],
        [192.1802851955634, 179.3419565112301, 193.4431805920023],
    ),
}


@pytest.mark.reference
@pytest.mark.parametrize("name", ["within", *CR2])
def test_cr2_with_satterthwaite_equals_clubsandwich(oracle, panels, name):
    fit = FITS[name](panels["panel_univ"])
    if name == "within":
        entry = oracle["panel_univ"]["within_CR2"]
        expected = list(entry["se"].values()), list(entry["df"].values())
    else:
        expected = CR2[name]
    found = fit.clustered_covariance("CR2")
    assert errors(found.covariance)[: fit.n_shown] == pytest.approx(expected[0], rel=1e-8)
    assert found.satterthwaite_df(fit.contrasts()) == pytest.approx(expected[1], rel=1e-6)


@pytest.mark.reference
def test_differences_without_intercept_equal_plm(panels):
    # R 4.2.2, plm 2.6-2, 2026-11-26: summary(plm(READY ~ JSAT + COMMIT - 1, model = "fd"))
    found = fit_first_differences(panels["panel_univ"], has_intercept=False)
    assert found.coefficients == pytest.approx([0.3400778265937383, 0.2055706439107831], rel=1e-9)
    assert errors(found.classical_covariance()) == pytest.approx([0.02979143794437496, 0.03463388951083930], rel=1e-9)
    assert found.df_resid == 862
    assert found.r_squared == pytest.approx(0.2452411122323008, abs=1e-9)
    assert found.adjusted_r_squared == pytest.approx(0.2443655218752617, abs=1e-9)


@pytest.mark.reference
def test_mundlak_with_reml_variances_equals_lmer(oracle, panels):
    # R 4.2.2, lme4 1.1-31, 2026-11-26: VarCorr(lmer(READY ~ JSAT + COMMIT + mJ + mC + (1 | SUBNUM)))
    components = VarianceComponents(0.2054033897250632, 0.2668468460124589)
    found = fit_mundlak(panels["panel_univ"], components)
    entry = list(oracle["panel_univ"]["mundlak_lmer"].values())
    assert found.fit.coefficients == pytest.approx([term["Estimate"] for term in entry], abs=1e-7)
    spread = np.sqrt(components.residual * np.diag(found.fit.solved.bread))
    assert spread == pytest.approx([term["Std. Error"] for term in entry], abs=1e-7)


@pytest.mark.reference
def test_mundlak_gives_the_within_effects_with_any_variances(panels):
    panel = panels["panel_univ"]
    found = fit_mundlak(panel)
    assert found.fit.coefficients[1:3] == pytest.approx(fit_within(panel).coefficients, abs=1e-10)
    assert found.n_means == 2
    assert found.context.df == 2
    assert 0 < found.context.p_value < 0.1


def drawn(seed, n_units=15, n_waves=4, with_gaps=True):
    rng = np.random.default_rng(seed)
    units, waves = np.divmod(np.arange(n_units * n_waves), n_waves)
    if with_gaps:
        is_kept = (rng.random(len(units)) > 0.3) | (waves == 0) | (waves == n_waves - 1)
        units, waves = units[is_kept], waves[is_kept]
    order = rng.permutation(len(units))
    units, waves = units[order], waves[order]
    regressors = rng.normal(size=(len(units), 2)) + rng.normal(size=(n_units, 2))[units]
    outcome = regressors @ [0.5, -0.3] + rng.normal(size=n_units)[units] + rng.normal(size=len(units))
    return Panel(outcome, regressors, units, waves)


def dummies(codes):
    return (codes[:, None] == np.arange(codes.max() + 1)).astype(float)


@given(st.integers(0, 10_000), st.sampled_from(["units", "units and waves"]))
def test_within_equals_a_fit_with_a_dummy_a_unit_and_wave(seed, effects):
    panel = drawn(seed)
    columns = [panel.regressors, dummies(panel.units)]
    if effects == "units and waves":
        columns.append(dummies(panel.waves)[:, 1:])
    full = solve_least_squares(np.column_stack(columns), panel.outcome)
    found = fit_within(panel, effects)
    assert found.coefficients == pytest.approx(full.coefficients[:2], abs=1e-8)
    assert found.df_resid == full.df_resid
    assert found.classical_covariance() == pytest.approx((full.sigma2 * full.bread)[:2, :2], abs=1e-8)
    clustered = cluster_covariance(cluster_moments(full, panel.units), "CR2")
    here = found.clustered_covariance("CR2")
    assert here.covariance[:2, :2] == pytest.approx(clustered.covariance[:2, :2], rel=1e-6, abs=1e-9)
    picked = np.eye(full.n_coefficients)[:2]
    assert here.satterthwaite_df(found.contrasts()) == pytest.approx(clustered.satterthwaite_df(picked), rel=1e-5)


@given(st.integers(0, 10_000))
def test_random_effects_lie_between_pooling_and_within(seed):
    panel = drawn(seed)
    none, all_of_it = VarianceComponents(0.0, 1.0), VarianceComponents(1e9, 1.0)
    assert fit_random_effects(panel, none).coefficients == pytest.approx(fit_pooling(panel).coefficients, abs=1e-9)
    slopes = fit_random_effects(panel, all_of_it).coefficients[1:]
    assert slopes == pytest.approx(fit_within(panel).coefficients, abs=1e-3)


@given(st.integers(0, 10_000))
def test_two_waves_give_the_same_within_effects_as_differences(seed):
    panel = drawn(seed, n_waves=2, with_gaps=False)
    within, changes = fit_within(panel), fit_first_differences(panel, has_intercept=False)
    assert within.coefficients == pytest.approx(changes.coefficients, abs=1e-9)
    with_waves = fit_within(panel, "units and waves")
    assert with_waves.coefficients == pytest.approx(fit_first_differences(panel).coefficients[1:], abs=1e-9)
    assert with_waves.classical_covariance() == pytest.approx(
        fit_first_differences(panel).classical_covariance()[1:, 1:], abs=1e-9
    )


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(seed, other):
    panel = drawn(seed)
    order = np.random.default_rng(other).permutation(panel.n_obs)
    turned = Panel(panel.outcome[order], panel.regressors[order], panel.units[order], panel.waves[order])
    for fit in FITS.values():
        assert fit(turned).coefficients == pytest.approx(fit(panel).coefficients, abs=1e-9)


def test_random_effects_variances_are_right_on_average():
    found = np.array([[c.units, c.residual] for c in (variance_components(drawn(seed, 60)) for seed in range(300))])
    assert found.mean(axis=0) == pytest.approx([1.0, 1.0], abs=4 * found.std(axis=0).max() / np.sqrt(300))


def changed(**parts):
    panel = drawn(1)
    return Panel(**{name: parts.get(name, getattr(panel, name)) for name in panel.__dataclass_fields__})


PANEL = drawn(1)
CONSTANT = np.column_stack([PANEL.regressors[:, 0], np.arange(15.0)[PANEL.units]])


@pytest.mark.parametrize(
    ("fit", "panel", "message"),
    [
        (fit_within, changed(regressors=CONSTANT), "regressor 2 .* does not vary within any unit"),
        (fit_first_differences, changed(regressors=CONSTANT), "regressor 2 .* does not vary"),
        (fit_within, changed(units=np.arange(PANEL.n_obs)), "no unit has two rows"),
        (fit_pooling, changed(waves=np.zeros(PANEL.n_obs, dtype=int)), "expected one row a unit and wave"),
        (fit_within, changed(units=np.zeros(PANEL.n_obs, dtype=int), waves=np.arange(PANEL.n_obs)), "1 unit; expected"),
        (fit_random_effects, changed(units=np.arange(PANEL.n_obs)), "no degrees of freedom for both variances"),
        (fit_random_effects, changed(outcome=np.arange(15.0)[PANEL.units]), "no variance within"),
        (fit_random_effects, changed(outcome=PANEL.regressors[:, 0] + PANEL.units), "no variance within"),
        (fit_mundlak, changed(regressors=CONSTANT[:, 1:]), "no regressor varies within units"),
    ],
    ids=[
        "constant",
        "constant_changes",
        "single_rows",
        "twice",
        "one_unit",
        "no_within",
        "constant_outcome",
        "no_error_within",
        "no_within_effect",
    ],
)
def test_a_panel_that_cannot_carry_the_model_is_refused(fit, panel, message):
    with pytest.raises(ModelDataError, match=message):
        fit(panel)


def test_few_units_are_refused_between_them():
    panel = drawn(2, n_units=3)
    with pytest.raises(ModelDataError, match="3 units for 3 coefficients"):
        fit_between(panel)


def test_hausman_without_a_definite_difference_is_refused():
    panel = drawn(5)
    within, pooled = fit_within(panel), fit_random_effects(panel, VarianceComponents(0.0, 1.0))
    with pytest.raises(ModelDataError, match="Mundlak's means"):
        hausman_test(pooled_within(within, 1e-3), pooled, panel)


def pooled_within(fit, scale):
    """Return a within fit whose covariance is smaller than that of any other."""
    from dataclasses import replace  # noqa: PLC0415

    return replace(fit, solved=replace(fit.solved, residuals=fit.solved.residuals * scale))
