"""Alpha and its interval: against R, where it is undefined, what leaves it unchanged."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.reliability import cronbach_alpha

REVERSED_IN_BFI = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")


@pytest.mark.reference
@pytest.mark.parametrize("scale", ["A", "C", "E", "N", "O"])
def test_alpha_and_interval_equal_psych_on_complete_cases(reference, scale):
    # R 4.2.2, psych 2.2.9: alpha(na.omit(items)), alpha.ci; values in oracles/01_reliability.json, made 2026-11-22
    expected = json.loads((reference / "oracles/01_reliability.json").read_text())
    about, tolerance = expected["bfi"][scale], expected["tolerance"]["closed_form"]
    items = pd.read_csv(reference / "oracles/data/bfi.csv")[about["items"]]
    turned = [item for item in items if item in REVERSED_IN_BFI]
    items[turned] = 7 - items[turned]
    alpha = cronbach_alpha(items)
    assert (alpha.n_obs, alpha.n_items) == (about["n_complete"], 5)
    assert alpha.estimate == pytest.approx(about["listwise"]["raw_alpha"], abs=tolerance)
    assert [alpha.conf_low, alpha.conf_high] == pytest.approx(about["listwise"]["feldt_ci"], abs=tolerance)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("prefix", "n_items", "expected"), [("LEAD", 11, 0.90224), ("TSIG", 3, 0.82314), ("HOSTIL", 5, 0.87292)]
)
def test_alpha_of_army_companies_equals_the_published_value(reference, prefix, n_items, expected):
    # R 4.2.2, multilevel 2.7 data lq2002, five digits as in data/INDEX.md section 6
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    items = companies[[f"{prefix}{number:02d}" for number in range(1, n_items + 1)]]
    assert round(cronbach_alpha(items).estimate, 5) == expected


@pytest.mark.parametrize(
    "items",
    [
        pd.DataFrame({"a": [1, 2, 3]}),
        pd.DataFrame({"a": [1], "b": [2]}),
        pd.DataFrame({"a": [1, None, 3], "b": [2, 2, None]}, dtype="Int16"),
        pd.DataFrame({"a": [3, 3, 3], "b": [2, 2, 2]}),
        pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]}),
        pd.DataFrame({"a": [], "b": []}, dtype="Int16"),
    ],
    ids=["one item", "one row", "one complete row", "no variance", "sum without variance", "no rows"],
)
def test_alpha_is_nan_where_it_is_undefined(items):
    alpha = cronbach_alpha(items)
    assert np.isnan([alpha.estimate, alpha.conf_low, alpha.conf_high]).all()


def test_identical_items_have_an_alpha_of_one():
    alpha = cronbach_alpha(np.repeat([[1], [2], [5]], 3, axis=1))
    assert [alpha.estimate, alpha.conf_low, alpha.conf_high] == pytest.approx([1, 1, 1])


@given(st.integers(0, 2**32 - 1), st.integers(5, 40), st.floats(0.5, 20))
def test_unit_and_item_order_leave_alpha_unchanged(seed, n, unit):
    items = np.random.default_rng(seed).normal(size=(n, 4))
    first, second = cronbach_alpha(items), cronbach_alpha(items[:, ::-1] * unit + 3)
    assert second.estimate == pytest.approx(first.estimate, rel=1e-6, abs=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_a_higher_confidence_level_widens_the_interval(seed):
    items = np.random.default_rng(seed).normal(size=(30, 3))
    narrow, wide = cronbach_alpha(items, 0.90), cronbach_alpha(items, 0.99)
    assert wide.conf_low < narrow.conf_low < narrow.estimate < narrow.conf_high < wide.conf_high
