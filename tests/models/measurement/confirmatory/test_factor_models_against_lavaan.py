"""Every entry of the factor models that lavaan fitted: estimates, errors, fit, validity, modification indices, scores.

Values: R 4.2.2, lavaan 0.6-14, semTools 0.5-6, oracles/04_cfa_sem.json, made 2026-11-22, at the tolerance in the file,
relative above 1.
"""

import pytest

from tests.agreement.comparison import far
from tests.agreement.factor_models import FACTOR_MODELS, KEYS, fits
from tests.lavaan_models import keys_of, oracle

pytestmark = pytest.mark.reference
OTHERS = {"meta", "tolerance", "discriminant", "scores_hs", "cmv"}
KNOWN = {"estimates", "standardized", "fit", "r2", "latent_cor", "modindices_top10", "AVE", "AVE_std"}
KNOWN |= {"CR_omega", "CR_fornell_larcker", "model", "estimator", "se", "test", "missing", "nobs"}
WITH_VALIDITY = ("hs_ml", "hs_mlr", "bfi_ml", "poldem_ml", "bfi_wlsmv")


def test_every_entry_is_tested(reference):
    entries = oracle(reference, 4)
    assert set(entries) == {*KEYS, *OTHERS}
    assert {part for key in KEYS for part in entries[key]} == KNOWN


@pytest.mark.parametrize("key", KEYS)
def test_estimates_and_errors_equal_lavaan(reference, key):
    assert all(each.has_converged for each in fits(reference, key))
    assert far(reference, FACTOR_MODELS, f"{key}/estimates/") == []


@pytest.mark.parametrize("key", KEYS)
def test_every_parameter_has_its_row_in_lavaans_table(reference, key):
    fit, _ = fits(reference, key)
    rows = {(each["lhs"], each["op"], each["rhs"]) for each in oracle(reference, 4)[key]["estimates"]}
    absent = [each for each in fit.layout.parameters if not rows & set(keys_of(each))]
    assert {each.kind for each in absent} <= {"factor_mean"}


@pytest.mark.parametrize("key", KEYS)
def test_standardised_estimates_and_errors_equal_lavaan(reference, key):
    assert far(reference, FACTOR_MODELS, f"{key}/standardized/") == []


@pytest.mark.parametrize("key", KEYS)
def test_fit_equals_lavaan(reference, key):
    assert far(reference, FACTOR_MODELS, f"{key}/fit/") == []


@pytest.mark.parametrize("key", KEYS)
def test_explained_variance_and_correlations_of_factors_equal_lavaan(reference, key):
    assert far(reference, FACTOR_MODELS, f"{key}/r2/") == []
    if "latent_cor" in oracle(reference, 4)[key]:
        assert far(reference, FACTOR_MODELS, f"{key}/latent_cor/") == []


@pytest.mark.parametrize("key", WITH_VALIDITY)
def test_modification_indices_equal_lavaan(reference, key):
    assert far(reference, FACTOR_MODELS, f"{key}/modindices_top10/") == []


@pytest.mark.parametrize("key", WITH_VALIDITY)
def test_convergent_validity_equals_semtools(reference, key):
    # Of ordered items semTools gives Green and Yang's coefficient of the observed categories as omega: not this one
    names = ("AVE", "AVE_std", "CR_fornell_larcker", *(() if key == "bfi_wlsmv" else ("CR_omega",)))
    assert {name: far(reference, FACTOR_MODELS, f"{key}/{name}/") for name in names} == {name: [] for name in names}


@pytest.mark.parametrize("name", ["htmt", "htmt2"])
@pytest.mark.parametrize("data", ["hs", "bfi", "lq"])
def test_htmt_equals_semtools(reference, data, name):
    assert set(oracle(reference, 4)["discriminant"]) == {"hs", "bfi", "lq"}
    assert far(reference, FACTOR_MODELS, f"discriminant/{data}/{name}/") == []


@pytest.mark.parametrize("method", ["regression", "bartlett"])
def test_factor_scores_equal_lavaan(reference, method):
    assert far(reference, FACTOR_MODELS, f"scores_hs/{method}_first10/") == []
