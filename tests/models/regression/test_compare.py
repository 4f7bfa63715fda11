"""Comparing two fits: identical, equal, different; and what they were made from."""

import numpy as np
import pytest
from analysis_tables import invented_analysis, model_of

from models.regression.compare import compare_results, differing_origins
from models.regression.fit import fit_regression


def estimates():
    return fit_regression(model_of(), invented_analysis()).estimates


def test_the_same_bits_are_identical_in_any_order_of_terms():
    recorded = estimates()
    assert compare_results(recorded.iloc[::-1].astype({"estimate": "Float64"}), recorded) == ("identical", 0.0)


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [(0.0, "identical"), (2**-52, "equal"), (5e-10, "equal"), (2e-9, "different"), (0.25, "different")],
)
def test_the_verdict_follows_the_largest_difference(difference, verdict):
    recorded, refitted = estimates(), estimates()
    recorded.loc[1, "estimate"] = 0.5
    refitted.loc[1, "estimate"] = 0.5 + difference
    found, largest = compare_results(recorded, refitted)
    assert found == verdict
    assert largest == pytest.approx(difference, rel=1e-5)


def test_large_numbers_are_compared_in_proportion():
    recorded, refitted = estimates(), estimates()
    recorded.loc[0, "estimate"], refitted.loc[0, "estimate"] = 1e6, 1e6 + 5e-4
    verdict, largest = compare_results(recorded, refitted)
    assert (verdict, largest) == ("equal", pytest.approx(5e-10, rel=1e-4))


def test_other_terms_are_different_without_bound():
    recorded = estimates()
    assert compare_results(recorded, recorded.replace("trust", "voice")) == ("different", float("inf"))


def test_a_number_that_is_missing_on_one_side_is_different_without_bound():
    recorded = estimates()
    unknown = recorded.assign(df=np.nan)
    assert compare_results(unknown, recorded) == ("different", float("inf"))
    assert compare_results(unknown, unknown.copy()) == ("identical", 0.0)


def test_what_two_fits_were_made_from_is_compared_part_by_part():
    first = {"spec_hash": "a", "data_hash": "b", "code_hash": "c", "env_hash": "d", "seed": 1, "n_obs": 9}
    assert differing_origins(first, {**first, "n_obs": 8}) == ()
    assert differing_origins(first, {**first, "data_hash": "x", "seed": 2}) == ("data_hash", "seed")
