"""What changes of rows do to a mixed model, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.multilevel.cluster_robust import robust_covariance
from models.multilevel.explained import explained_variance
from models.multilevel.kenward_roger import kenward_roger
from models.multilevel.satterthwaite import wald_statistic
from models.regression.identification import ModelDataError
from tests.models.multilevel.oracle_models import OVER_A, OVER_B, drawn, fit_rows


@settings(max_examples=10)
@given(st.permutations(range(40)), st.floats(0.1, 50), st.floats(-100, 100))
def test_order_scale_and_shift_change_nothing_else(order: list[int], scale: float, shift: float) -> None:
    rows = drawn(np.random.default_rng(2), n=40, groups=8)
    one = fit_rows(rows, "y", ("x",), (OVER_A,))
    changed = rows.assign(y=shift + scale * rows["y"], a=rows["a"].map(lambda code: f"g{7 - code}")).iloc[order]
    other = fit_rows(changed, "y", ("x",), (OVER_A,))
    shifts = np.array([shift, 0])
    np.testing.assert_allclose(other.coefficients, shifts + scale * one.coefficients, rtol=1e-5, atol=1e-5 * scale)
    assert other.sigma2 == pytest.approx(scale**2 * one.sigma2, rel=1e-5)
    assert other.criterion == pytest.approx(one.criterion + 2 * 38 * np.log(scale), rel=1e-8, abs=1e-6)
    assert [text.split(" over")[0] for text in other.singular] == [text.split(" over")[0] for text in one.singular]


@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_no_optimum_is_doubted_nor_above_the_model_with_less(seed: int) -> None:
    rows = drawn(np.random.default_rng(seed), n=60, groups=9)
    full = fit_rows(rows, "y", ("x",), (OVER_A, OVER_B))
    less = fit_rows(rows, "y", ("x",), (("a", ("intercept",), True), OVER_B))
    assert full.audit.doubts == less.audit.doubts == ()
    assert full.criterion <= less.criterion + 1e-7
    shares = explained_variance(full)
    assert 0 <= shares.marginal_r2 <= shares.conditional_r2 <= 1


def test_the_order_of_rows_does_not_change_a_bit_when_they_are_sorted() -> None:
    rows = drawn(np.random.default_rng(2))
    again = rows.sample(frac=1, random_state=1).sort_index()
    one, other = (fit_rows(each, "y", ("x",), (OVER_A, OVER_B)) for each in (rows, again))
    assert one.coefficients.tobytes() == other.coefficients.tobytes()


INTERCEPTS = (("a", ("intercept",), True),)
REFUSED = {
    "one group": (lambda rows: rows.assign(a=1), (OVER_A,), "belong to 1 group of 'a'"),
    "effects for every row": (lambda rows: rows.assign(a=range(len(rows))), (OVER_A,), "for 120 rows"),
    "the same groups": (lambda rows: rows.assign(b=rows["a"] * 2), (OVER_A, OVER_B), "are those of"),
    "no group": (lambda rows: rows.assign(a=rows["a"].where(rows["a"] > 0)), (OVER_A,), "have no 'a'"),
    "constant outcome": (lambda rows: rows.assign(y=1.0), (OVER_A,), "the same in all"),
    "constant slope": (lambda rows: rows.assign(z=2.0), (("a", ("intercept", "z"), True),), "cannot be told apart"),
    "exact": (lambda rows: rows.assign(y=2 + rows["x"]), (OVER_A,), "without residuals"),
    "nothing within": (
        lambda rows: rows.assign(y=rows["a"] ** 2.0),
        (("a", ("intercept",), True),),
        "does not vary within",
    ),
    "no effects": (lambda rows: rows, (), "no random effect"),
}


@pytest.mark.parametrize("change", REFUSED)
def test_what_the_data_cannot_carry_is_refused_in_words(change: str) -> None:
    changed, terms, message = REFUSED[change]
    with pytest.raises(ModelDataError, match=message):
        fit_rows(changed(drawn(np.random.default_rng(5))), "y", ("x",), terms)


def test_weights_that_are_not_positive_are_refused() -> None:
    rows = drawn(np.random.default_rng(5))
    with pytest.raises(ModelDataError, match="1 of 120 rows have a weight that is not positive"):
        fit_rows(rows, "y", ("x",), (OVER_A,), np.r_[0.0, np.ones(119)])


def test_inference_that_a_model_does_not_have_is_refused() -> None:
    rows = drawn(np.random.default_rng(5))
    with pytest.raises(ModelDataError, match="are for REML; found ML"):
        kenward_roger(fit_rows(rows, "y", ("x",), (OVER_A,), method="ML"))
    with pytest.raises(ModelDataError, match="lie in several of 'b'"):
        robust_covariance(fit_rows(rows, "y", ("x",), (OVER_A, OVER_B)))


def test_a_joint_test_does_not_depend_on_the_units_of_the_regressors() -> None:
    rows = drawn(np.random.default_rng(5), n=200, groups=20)
    plain = fit_rows(rows, "y", ("x",), (OVER_A,))
    tests: list[float] = []
    for unit in (1.0, 1e5, 1e-5):
        scales = np.array([1.0, unit])
        covariance, coefficients = plain.covariance / np.outer(scales, scales), plain.coefficients / scales
        tests.append(wald_statistic(np.eye(2), covariance, coefficients))
    assert tests == pytest.approx([tests[0]] * 3, rel=1e-13)
