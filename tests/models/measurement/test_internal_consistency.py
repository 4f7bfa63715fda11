"""Alpha in its variants, omega in its variants, raters: against R, properties, where they are undefined."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.alpha_bootstrap import bootstrap_alpha
from models.measurement.internal_consistency import consistency, item_consistency
from models.measurement.omega import omega_hierarchical, omega_total, ordered_reliability
from models.measurement.raters import intraclass, reliability_of_means, stability
from models.measurement.reliability import cronbach_alpha

REVERSED = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")
SCALES = ["A", "C", "E", "N", "O"]
COMPARED = {
    "pairwise": {
        "raw_alpha", "std_alpha", "G6", "average_r", "median_r", "signal_noise", "ase_duhachek", "duhachek_ci",
        "feldt_ci", "alpha_if_dropped", "std_alpha_if_dropped", "item_rest_r", "item_total_r_cor",
        "item_mean", "item_sd",
        # Not compared: psych correlates an item with the mean of what was answered, which covariances do not hold.
        "item_total_raw_r",
    },
    "listwise": {"raw_alpha", "std_alpha", "ase_duhachek", "feldt_ci", "alpha_if_dropped", "item_rest_r"},
    "cfa_listwise": {
        "omega_compRelSEM", "omega_model_implied", "omega_delta",
        # alpha, AVE and loadings of the same model are compared where alpha and factor models are.
        "alpha_compRelSEM", "AVE", "loadings_std",
    },
    "ordinal_listwise": {
        "ordinal_alpha_lavaan", "omega_ord_scale_greenyang", "omega_ord_latent",
        # Correlations and loadings are compared where polychoric correlations and factor models are; psych's polychoric
        # correlations (ordinal_alpha) stop at 2e-5.
        "polychoric", "polychoric_correct05", "lavaan_polychoric", "loadings_wlsmv", "ordinal_alpha",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def expected(reference):
    return {
        number: json.loads((reference / "oracles" / f"{number}.json").read_text())
        for number in ("01_reliability", "02_ordinal_omega", "06_aggregation")
    }


@pytest.fixture(scope="module")
def bfi(reference):
    return pd.read_csv(reference / "oracles/data/bfi.csv")


def items_of(bfi, scale):
    items = bfi[[f"{scale}{number}" for number in range(1, 6)]].copy()
    turned = [item for item in items if item in REVERSED]
    items[turned] = 7 - items[turned]
    return items


def values(table):
    return np.array(list(table.values()))


@pytest.mark.reference
@pytest.mark.parametrize("scale", SCALES)
def test_no_entry_of_the_reference_is_left_out(expected, scale):
    about = expected["01_reliability"]["bfi"][scale]
    assert {part: set(about[part]) for part in COMPARED} == COMPARED


@pytest.mark.reference
@pytest.mark.parametrize("scale", SCALES)
def test_coefficients_of_pairwise_covariances_equal_psych(expected, bfi, scale):
    # R 4.2.2, psych 2.2.9: alpha(items); oracles/01_reliability.json, made 2026-11-22
    wanted, items = expected["01_reliability"]["bfi"][scale]["pairwise"], items_of(bfi, scale)
    covariance = items.cov().to_numpy()
    found, of_items = consistency(covariance, len(items)), item_consistency(covariance)
    names = ("raw_alpha", "std_alpha", "G6", "average_r", "median_r", "signal_noise", "ase_duhachek")
    ours = (found.alpha, found.standardised_alpha, found.lambda_6, found.average_r, found.median_r)
    ours = (*ours, found.signal_to_noise, found.std_error)
    assert ours == pytest.approx([wanted[name] for name in names], abs=1e-8)
    # psych writes 1.96 for the normal quantile
    ends = [found.alpha - 1.96 * found.std_error, found.alpha + 1.96 * found.std_error]
    assert ends == pytest.approx(wanted["duhachek_ci"], abs=1e-8)
    assert [found.conf_low, found.conf_high] == pytest.approx(wanted["duhachek_ci"], abs=1e-6)
    for name, each in (
        ("alpha_if_dropped", of_items.alpha_if_dropped),
        ("std_alpha_if_dropped", of_items.standardised_alpha_if_dropped),
        ("item_rest_r", of_items.item_rest_r),
        ("item_total_r_cor", of_items.item_total_r_corrected),
    ):
        assert each == pytest.approx(values(wanted[name]), abs=1e-8)


@pytest.mark.reference
@pytest.mark.parametrize("scale", SCALES)
def test_coefficients_of_complete_answers_equal_psych(expected, bfi, scale):
    wanted = expected["01_reliability"]["bfi"][scale]["listwise"]
    codes = items_of(bfi, scale).dropna().to_numpy(dtype=float)
    covariance = np.cov(codes, rowvar=False)
    found, of_items = consistency(covariance, len(codes)), item_consistency(covariance)
    ours = [found.alpha, found.standardised_alpha, found.std_error]
    assert ours == pytest.approx([wanted[name] for name in ("raw_alpha", "std_alpha", "ase_duhachek")], abs=1e-8)
    assert of_items.alpha_if_dropped == pytest.approx(values(wanted["alpha_if_dropped"]), abs=1e-8)
    assert of_items.item_rest_r == pytest.approx(values(wanted["item_rest_r"]), abs=1e-8)


@pytest.mark.reference
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("inference", ["ml", "mlr"])
def test_omega_and_its_interval_equal_lavaan(expected, bfi, scale, inference):
    # R 4.2.2, lavaan 0.6-14, semTools 0.5-6 compRelSEM; oracles/01_reliability.json, made 2026-11-22
    wanted = expected["01_reliability"]["bfi"][scale]["cfa_listwise"]
    found = omega_total(items_of(bfi, scale).dropna().to_numpy(dtype=float), inference)
    assert found.has_converged
    assert found.model_implied == pytest.approx(wanted["omega_model_implied"], abs=1e-5)
    assert found.observed == pytest.approx(wanted["omega_compRelSEM"], abs=1e-5)
    assert found.std_error == pytest.approx(wanted["omega_delta"][f"se_{inference}"], abs=1e-5)
    assert [found.conf_low, found.conf_high] == pytest.approx(wanted["omega_delta"][f"ci_{inference}"], abs=1e-5)


@pytest.mark.reference
@pytest.mark.parametrize("scale", SCALES)
def test_reliability_of_ordered_answers_equals_semtools(expected, bfi, scale):
    # R 4.2.2, lavaan 0.6-14, semTools 0.5-6; oracles/01_reliability.json and 02_ordinal_omega.json, made 2026-11-22
    latent, ordered = expected["01_reliability"]["bfi"][scale]["ordinal_listwise"], expected["02_ordinal_omega"]
    wanted = ordered["bfi"][scale]
    found = ordered_reliability(items_of(bfi, scale).dropna().to_numpy(dtype=float))
    assert found.omega_observed == pytest.approx(wanted["green_yang_observed_denominator"], abs=1e-5)
    assert found.omega_observed == pytest.approx(latent["omega_ord_scale_greenyang"], abs=1e-5)
    assert found.omega_model == pytest.approx(wanted["green_yang_model_denominator"], abs=1e-5)
    assert found.latent_omega == pytest.approx(wanted["latent_response_omega"], abs=1e-5)
    assert found.latent_omega_observed == pytest.approx(latent["omega_ord_latent"], abs=1e-5)
    assert found.ordinal_alpha == pytest.approx(latent["ordinal_alpha_lavaan"], abs=1e-5)


@pytest.mark.reference
def test_hierarchical_omega_equals_psych(reference):
    # R 4.2.2, psych 2.2.9, 2026-11-26: omega(cor(x1 .. x9), 3, n.obs = 301): omega_h, omega.tot, schmid$sl[, "g"]
    answers = pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")[[f"x{n}" for n in range(1, 10)]]
    found = omega_hierarchical(np.corrcoef(answers.to_numpy(), rowvar=False))
    general = [
        0.48550215,
        0.29106193,
        0.40683255,
        0.44827059,
        0.4173317,
        0.45851028,
        0.23253473,
        0.34607685,
        0.44596215,
    ]
    assert found.omega_hierarchical == pytest.approx(0.4492424341, abs=1e-5)
    assert found.omega_total == pytest.approx(0.8508350734, abs=1e-5)
    assert found.general == pytest.approx(general, abs=1e-5)


@pytest.mark.reference
def test_ratings_of_shrout_and_fleiss_give_their_coefficients(expected):
    # R 4.2.2, psych 2.2.9: ICC(lmer = FALSE); oracles/06_aggregation.json, made 2026-11-22
    about = expected["06_aggregation"]["shrout_fleiss"]
    found = intraclass(np.array(about["data"], dtype=float))
    assert [each.name for each in found] == [row["type"] for row in about["rows"]]
    for each, row in zip(found, about["rows"], strict=True):
        ours = (each.estimate, each.f_value, each.df_1, each.df_2, each.p_value, each.conf_low, each.conf_high)
        keys = ("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")
        assert ours == pytest.approx([row[key] for key in keys], abs=1e-10)


answers = st.integers(0, 10_000).map(
    lambda seed: np.clip(
        np.round(
            3 + np.random.default_rng(seed).normal(size=(60, 1)) + np.random.default_rng(seed + 1).normal(size=(60, 4))
        ),
        1,
        5,
    )
)


@given(answers, st.integers(0, 1000))
def test_the_order_of_responses_and_items_changes_no_coefficient(codes, seed):
    generator = np.random.default_rng(seed)
    mixed = codes[generator.permutation(60)][:, generator.permutation(4)]
    first, second = (consistency(np.cov(each, rowvar=False), 60) for each in (codes, mixed))
    assert first.alpha == pytest.approx(second.alpha)
    assert first.lambda_6 == pytest.approx(second.lambda_6)
    assert omega_total(codes).model_implied == pytest.approx(omega_total(mixed).model_implied, abs=1e-5)


@given(answers)
def test_the_bootstrap_interval_holds_alpha_and_repeats_with_its_seed(codes):
    low, high = bootstrap_alpha(codes, seed=5, replications=200)
    assert low < cronbach_alpha(codes).estimate < high
    assert bootstrap_alpha(codes, seed=5, replications=200) == (low, high)


def test_the_bootstrap_of_many_normal_answers_is_feldts_interval():
    generator = np.random.default_rng(3)
    codes = generator.normal(size=(4000, 1)) + generator.normal(size=(4000, 5))
    exact = cronbach_alpha(codes)
    low, high = bootstrap_alpha(codes.round(1), seed=1)
    assert (low, high) == pytest.approx((exact.conf_low, exact.conf_high), abs=0.003)


@pytest.mark.parametrize(
    "covariance",
    [np.array([[1.0]]), np.array([[1.0, 0.0], [0.0, 0.0]]), np.zeros((3, 3))],
    ids=["one item", "an item that does not vary", "no variance"],
)
def test_coefficients_are_nan_where_they_are_undefined(covariance):
    assert np.isnan(consistency(covariance, 10).alpha)


def test_scores_asked_twice_show_a_common_shift_in_agreement_only():
    first = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])
    found = stability(first, first + 2)
    assert (found.correlation, found.n_obs) == (pytest.approx(1.0), 5)
    # By hand: BMS 5, JMS 10, EMS 0; (5 - 0) / (5 + 0 + 2 (10 - 0) / 5) = 5 / 9
    assert found.agreement == pytest.approx(5 / 9)
    assert np.isnan(stability(first, np.full(6, 3.0)).correlation)


def test_means_of_many_are_more_reliable():
    # By hand: 10 x .1 / 1.9 and 40 x .1 / 4.9
    assert reliability_of_means(0.1, np.array([10.0, 40.0])) == pytest.approx((1 / 1.9 + 4 / 4.9) / 2)
