"""R-indicators: a hand-computed example, the known truth in simulations, and partial indicators."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.weighting.faults import WeightingError
from models.weighting.propensity import Known
from models.weighting.representativity import r_indicator

N_REPLICATIONS = 400
N_UNITS = 400


def of_sample(codes, has_responded, design_weights=None, strata=None):
    codes = np.asarray(codes)
    known = Known("sector", tuple("abcdef"[: codes.max() + 1]), codes)
    weights = np.ones(len(codes)) if design_weights is None else np.asarray(design_weights, float)
    places = np.zeros(len(codes), np.intp) if strata is None else np.asarray(strata)
    return r_indicator([known], np.asarray(has_responded, bool), weights, places)


def by_group(*groups):
    """Sizes and numbers of responses of groups → codes and who responded."""
    codes = np.repeat(np.arange(len(groups)), [size for size, _ in groups])
    return codes, np.concatenate([np.arange(size) < n for size, n in groups])


def test_indicators_by_hand():
    # Propensities .6 (50 of 100) and .2; mean .4, S^2 = 100 x .04 / 99. With one saturated variable z'(Z'X)^-1 z is
    # rho (1 - rho) / n_group, so the bias is (50 x .24/50 + 50 x .16/50) / 100 = .004 for a census (N = n).
    found = of_sample(*by_group((50, 30), (50, 10)))
    variance = 100 * 0.04 / 99
    assert found.mean_propensity == pytest.approx(0.4)
    assert found.r_unadjusted == pytest.approx(1 - 2 * np.sqrt(variance))
    assert found.r_adjusted == pytest.approx(1 - 2 * np.sqrt(variance - 0.004))
    assert found.cv == pytest.approx(np.sqrt(variance - 0.004) / 0.4)
    share = 1 - 0.004 / variance
    assert {(each.variable, each.category): each.value for each in found.partials} == pytest.approx(
        {
            ("sector", ""): 0.2 * np.sqrt(share),
            ("sector", "a"): np.sqrt(0.5 * 0.04 * share),
            ("sector", "b"): -np.sqrt(0.5 * 0.04 * share),
        }
    )


def test_in_a_sample_of_a_population_the_bias_is_that_of_simple_random_sampling():
    # Every unit stands for 4 (n = 100, N = 400): bias = .004 - (1/100 - 1/400) x var(rho), n - 1 in the denominator.
    found = of_sample(*by_group((50, 30), (50, 10)), design_weights=np.full(100, 4))
    variance, of_sample_ = 400 * 0.04 / 399, 100 * 0.04 / 99
    assert found.r_adjusted == pytest.approx(1 - 2 * np.sqrt(variance - 0.004 + (1 / 100 - 1 / 400) * of_sample_))


def test_equal_response_everywhere_is_fully_representative():
    found = of_sample(*by_group((50, 20), (100, 40)))
    assert found.r_unadjusted == pytest.approx(1)
    assert found.r_adjusted == 1
    assert np.isnan(found.std_error)
    assert [each.value for each in found.partials] == pytest.approx([0, 0, 0], abs=1e-6)


def test_unequal_weights_within_a_stratum_give_no_adjustment():
    codes, responded = by_group((50, 30), (50, 10))
    found = of_sample(codes, responded, design_weights=np.where(np.arange(100) % 3, 1.0, 2.0))
    assert np.isnan([found.r_adjusted, found.cv, found.std_error]).all()
    assert 0 < found.r_unadjusted < 1


def test_weights_that_differ_between_strata_only_are_adjusted_for():
    codes, responded = by_group((50, 30), (50, 10))
    found = of_sample(codes, responded, design_weights=np.where(codes == 0, 2.0, 6.0), strata=codes)
    # Within a stratum all propensities are equal, so nothing comes from sampling: bias = sum d z'(Z'X)^-1 z / N.
    variance = (100 * 0.4**2 * (0.75**2) + 300 * 0.4**2 * (0.25**2)) / 399
    bias = (100 * 0.24 / 50 + 300 * 0.16 / 50) / 400
    assert found.r_adjusted == pytest.approx(1 - 2 * np.sqrt(variance - bias))
    assert np.isnan(found.std_error)


def test_the_adjusted_indicator_finds_the_truth_and_its_standard_error_in_simulations():
    """Everybody is invited (N = n); propensities .5, .4, .3, .2 in groups of 100; 400 replications, seed 20261125.

    Bounds are four Monte Carlo standard errors; the unadjusted indicator lies outside them.
    """
    truth = np.repeat([0.5, 0.4, 0.3, 0.2], N_UNITS // 4)
    codes = np.repeat(np.arange(4), N_UNITS // 4)
    expected = 1 - 2 * np.sqrt(truth.var())
    draw = np.random.default_rng(20261125)
    found = [of_sample(codes, draw.random(N_UNITS) < truth) for _ in range(N_REPLICATIONS)]
    adjusted = np.array([each.r_adjusted for each in found])
    margin = 4 * adjusted.std() / np.sqrt(N_REPLICATIONS)
    assert adjusted.mean() == pytest.approx(expected, abs=margin)
    assert np.mean([each.r_unadjusted for each in found]) < expected - margin
    assert np.nanmean([each.std_error for each in found]) == pytest.approx(adjusted.std(), rel=0.15)


def test_variables_that_do_not_vary_tell_nothing_of_representativity():
    one_sector = np.zeros(100, np.intp)
    responded = np.arange(100) < 40
    with pytest.raises(WeightingError, match="all units have the same sector"):
        of_sample(one_sector, responded)


def test_a_variable_that_does_not_vary_beside_one_that_does_has_no_partial_indicator():
    codes, responded = by_group((50, 30), (50, 10))
    alone = of_sample(codes, responded)
    country = Known("country", ("dk",), np.zeros(100, np.intp))
    sector = Known("sector", ("a", "b"), codes)
    found = r_indicator([sector, country], responded, np.ones(100), np.zeros(100, np.intp))
    assert found.r_adjusted == pytest.approx(alone.r_adjusted)
    assert [each.variable for each in found.partials if np.isnan(each.value)] == ["country"]
    assert found.partials[:3] == alone.partials


SIZES_AND_RESPONDENTS = st.integers(2, 30).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size - 1)))


@given(st.lists(SIZES_AND_RESPONDENTS, min_size=2, max_size=4))
def test_indicators_lie_between_0_and_1_and_categories_add_up(groups):
    found = of_sample(*by_group(*groups))
    assert -0.01 <= found.r_unadjusted <= 1  # n - 1 in the denominator allows a little less than 0
    assert found.r_unadjusted - 1e-9 <= found.r_adjusted <= 1
    squares = sum(each.value**2 for each in found.partials if each.category)
    assert squares == pytest.approx(found.partials[0].value ** 2)
