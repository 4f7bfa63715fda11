"""Figures from counted answers are those of the responses one by one, and undefined where those are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.scoring import keyed_items
from instruments.sections.response_scale import Point, ResponseScale
from instruments.spec import Instrument, Item, Scale
from models.measurement.answer_counts import count_answers
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.internal_consistency import item_consistency, item_covariances
from models.measurement.items import item_statistics
from models.measurement.omega import omega_of_counts, omega_total
from models.measurement.reliability import alpha_from_covariance, complete_cases, cronbach_alpha


def instrument_of(items):
    """The last item is reverse-scored."""
    return Instrument(
        name="test",
        version="1",
        title={"en": "Test"},
        response_scales={"agree": ResponseScale(points={code: Point() for code in range(1, 6)})},
        items={item: Item(response_scale="agree") for item in items},
        scales={"scale": Scale(items=tuple(items), reverse_scored=(items[-1],), least_answered=1)},
    )


def drawn(seed, n, k, share_missing, noise=1.0):
    rng = np.random.default_rng(seed)
    codes = np.clip(np.round(3 + rng.normal(size=(n, 1)) + noise * rng.normal(size=(n, k))), 1, 5)
    codes[:, -1] = 6 - codes[:, -1]
    codes[rng.random((n, k)) < share_missing] = np.nan
    return pd.DataFrame(codes, columns=[f"q{item}" for item in range(k)]).astype("Int16")


SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(0, 40), st.integers(1, 6), st.floats(0, 0.6))
def test_alpha_and_item_statistics_equal_those_of_the_responses(seed, n, k, share_missing):
    answers = drawn(seed, n, k, share_missing)
    instrument = instrument_of(list(answers))
    keyed, counted = keyed_items(answers, instrument, "scale"), count_answers(answers, instrument, "scale")
    expected, complete = cronbach_alpha(keyed), counted.complete()
    alpha = alpha_from_covariance(complete.covariance(), complete.n_obs)
    assert (alpha.n_obs, alpha.n_items, alpha.reason) == (expected.n_obs, expected.n_items, expected.reason)
    ends = [[each.estimate, each.conf_low, each.conf_high] for each in (alpha, expected)]
    np.testing.assert_allclose(*ends, rtol=1e-12, atol=1e-12)
    found, of_rows = item_statistics(counted), answers.astype("Float64")
    by_hand = item_consistency(item_covariances(complete_cases(keyed)))
    assert found["n_obs"].tolist() == answers.notna().sum().tolist()
    for name, figures in (
        ("mean", of_rows.mean().to_numpy(float, na_value=np.nan)),
        ("std_dev", of_rows.std(ddof=1).to_numpy(float, na_value=np.nan)),
        ("item_rest_r", by_hand.item_rest_r),
        ("alpha_if_dropped", by_hand.alpha_if_dropped),
        ("share_missing", answers.isna().mean().to_numpy()),
    ):
        np.testing.assert_allclose(found[name], figures, rtol=1e-12, atol=1e-12, err_msg=name)


@given(SEEDS, st.integers(100, 300), st.integers(3, 6), st.floats(0, 0.1))
def test_omega_and_its_robust_interval_equal_those_of_the_responses(seed, n, k, share_missing):
    answers = drawn(seed, n, k, share_missing, noise=0.7)
    instrument = instrument_of(list(answers))
    expected = omega_total(keyed_items(answers, instrument, "scale"))
    found = omega_of_counts(count_answers(answers, instrument, "scale").complete())
    names = ("model_implied", "observed", "std_error", "conf_low", "conf_high", "n_obs")
    if not expected.problems:
        figures = [[getattr(each, name) for name in names] for each in (found, expected)]
        np.testing.assert_allclose(*figures, rtol=1e-8)
    assert [each.name for each in found.problems] == [each.name for each in expected.problems]


A, B, C = [1, 2, 3, 4, 5, 1, 3, 5], [2, 1, 4, 3, 5, 2, 1, 3], [5, 3, 4, 1, 2, 4, 2, 3]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ((A, B), "2 items .*omega needs at least 3"),
        ((A, [2] * 8, C), "q1 has the same answer everywhere"),
        ((A, A, C), "q0 and q1 have the same answers everywhere"),
        ((A[:3], B[:3], C[:3]), "3 responses for 3 items"),
        ((A, B, [None] * 8), "0 responses for 3 items"),
        ((A[:3] * 9, B[:3] * 9, C[:3] * 9), "follow from those to the others"),
        ((A, [6 - each for each in A], C, B), "follow from those to the others"),
    ],
    ids=["two items", "constant", "twins", "few responses", "no complete response", "three patterns", "opposites"],
)
def test_omega_that_answers_cannot_carry_is_refused_as_from_the_responses(columns, reason):
    answers = pd.DataFrame({f"q{place}": codes for place, codes in enumerate(columns)}, dtype="Int16")
    instrument = instrument_of(list(answers))
    with pytest.raises(FactorModelError, match=reason):
        omega_of_counts(count_answers(answers, instrument, "scale").complete())
    with pytest.raises(FactorModelError, match=reason):
        omega_total(keyed_items(answers, instrument, "scale"))


def test_an_item_without_variance_has_a_variance_of_exactly_zero_in_any_number_of_responses():
    answers = drawn(1, 40, 3, 0).assign(q0=pd.Series([3] * 40, dtype="Int16"))
    counted = count_answers(answers, instrument_of(list(answers)), "scale").complete()
    covariance = type(counted)(counted.items, counted.codes, counted.counts * 12_345_679).covariance()
    assert covariance[0].tolist() == [0.0, 0.0, 0.0]
