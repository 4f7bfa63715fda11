"""Harman's single-factor share: against R, by hand, and where it is undefined."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.common_source.harman import harman_share
from tests.agreement.comparison import far
from tests.agreement.factor_models import FACTOR_MODELS
from tests.lavaan_models import oracle


@pytest.mark.reference
def test_harman_s_shares_of_leadership_equal_r(reference):
    # R 4.2.2, psych 2.2.9: eigen(cor(x))$values[1] / 19 and fa(x, 1, fm = "pa"), which stops at a change of .001;
    # values in oracles/04_cfa_sem.json, made 2026-11-22. With fa(..., min.err = 1e-12, max.iter = 1000), 2026-11-26,
    # the second is 0.351618072469536.
    assert far(reference, FACTOR_MODELS, "cmv/harman_") == []
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    items = companies.filter(regex=r"^(LEAD|TSIG|HOSTIL)\d\d$")
    found = harman_share(items.corr().to_numpy())
    assert found.components == pytest.approx(oracle(reference, 4)["cmv"]["harman_pca_first_share"], abs=1e-12)
    assert found.axis == pytest.approx(0.351618072469536, abs=1e-9)


@pytest.mark.parametrize("r", [0.1, 0.5, 0.9])
def test_items_that_all_correlate_alike_share_what_a_pencil_gives(r):
    correlation = np.full((4, 4), r)
    np.fill_diagonal(correlation, 1)
    found = harman_share(correlation)
    assert [found.components, found.axis] == pytest.approx([(1 + 3 * r) / 4, r], abs=1e-9)


@pytest.mark.parametrize(
    ("correlation", "reason"),
    [
        ([[1.0, 1.0, 0.5], [1.0, 1.0, 0.5], [0.5, 0.5, 1.0]], "singular"),
        ([[1.0, 0.9, 0.1], [0.9, 1.0, 0.4], [0.1, 0.4, 1.0]], "heywood"),
    ],
)
def test_a_share_without_axis_says_why(correlation, reason):
    found = harman_share(np.array(correlation))
    assert (found.reason, np.isnan(found.axis), np.isnan(found.components)) == (reason, True, False)


@given(st.integers(0, 2**32 - 1))
def test_shares_do_not_depend_on_order_and_direction_of_items(seed):
    random = np.random.default_rng(seed)
    data = random.normal(size=(200, 1)) + random.normal(size=(200, 5))
    order, sign = random.permutation(5), random.choice([-1, 1], 5)
    first, other = (harman_share(np.corrcoef(each.T)) for each in (data, data[:, order] * sign))
    assert [other.components, other.axis] == pytest.approx([first.components, first.axis], abs=1e-9)
    assert 0.2 <= first.components <= 1
