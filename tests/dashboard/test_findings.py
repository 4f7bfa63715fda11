"""Which way a scale moved, which way an answer points, what a model found."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import findings


def _means(*rows: tuple[str, float | None, float | None, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["wave", "mean", "conf_low", "conf_high"])
    return frame.assign(scale="trust", respondent_group="FRL", is_hidden=frame["mean"].isna())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((3.00, 2.90, 3.10), (3.20, 3.10, 3.30), "up"),
        ((3.20, 3.10, 3.30), (3.00, 2.90, 3.10), "down"),
        ((3.00, 2.90, 3.10), (3.13, 3.03, 3.23), "unclear"),
        ((3.00, 2.90, 3.10), (3.15, 3.05, 3.25), "up"),
        ((3.00, 2.90, 3.10), (3.00, 2.90, 3.10), "unclear"),
    ],
)
def test_change_is_judged_by_the_interval_of_the_difference_not_by_overlap(before, after, expected):
    found = findings.change(_means(("w1", *before), ("w2", *after)), "w1", "w2").iloc[0]
    assert found["direction"] == expected
    assert found["difference"] == pytest.approx(after[0] - before[0])
    assert (found["high"] - found["low"]) / 2 == pytest.approx(math.hypot(0.1, 0.1))


def test_nothing_is_said_of_a_change_from_or_to_a_hidden_figure():
    means = _means(("w1", 3.0, 2.9, 3.1), ("w2", 4.0, 3.9, 4.1)).assign(is_hidden=[True, False])
    found = findings.change(means, "w1", "w2").iloc[0]
    assert pd.isna(found[["difference", "low", "high", "direction"]]).all()


def _bands(
    shares: dict[tuple[int, int], int | None], *, reverse: bool = False, midpoint: int | None = 3
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"item": "q", "code_from": low, "code_to": high, "percent": share, "is_hidden": share is None}
            for (low, high), share in shares.items()
        ]
    ).assign(midpoint=midpoint, is_reverse_scored=reverse, n_obs=200)


FIVE = {(1, 1): 5, (2, 2): 15, (3, 3): 30, (4, 4): 40, (5, 5): 10}
SIDES = ["strongly_low", "low", "neutral", "high", "strongly_high"]


@pytest.mark.parametrize(
    ("bands", "leans", "percent_high"),
    [
        (_bands(FIVE), SIDES, 50),
        (_bands(FIVE, reverse=True), SIDES[::-1], 20),
        (_bands({(1, 2): 20, (3, 3): 30, (4, 5): 50}), ["low", "neutral", "high"], 50),
        (_bands({(1, 2): 20, (3, 3): 5, (4, 4): 30, (5, 5): 5, (6, 7): 40}, midpoint=4),
         ["strongly_low", "low", "neutral", "high", "strongly_high"], 45),
        (_bands({(1, 3): 50, (4, 4): 40, (5, 5): 10}), ["mixed", "high", "strongly_high"], None),
        (_bands({(1, 1): 5, (2, 2): 15, (3, 5): 80}), ["strongly_low", "low", "mixed"], None),
        (_bands({(1, 1): 10, (2, 2): 20, (3, 3): 30, (4, 4): 40}, midpoint=None),
         ["strongly_low", "low", "high", "strongly_high"], 70),
    ],
)  # fmt: skip
def test_answers_lean_by_midpoint_direction_and_band(bands, leans, percent_high):
    told = findings.leaning(bands)
    assert list(told["lean"]) == leans
    assert told["percent_high"].isna().all() if percent_high is None else (told["percent_high"] == percent_high).all()


def test_item_with_one_hidden_band_is_hidden_altogether():
    told = findings.leaning(_bands({(1, 1): 40, (2, 2): None, (3, 5): 40}))
    assert told["is_hidden"].all()
    assert told[["percent", "lean", "percent_high", "n_obs"]].isna().all().all()


@given(st.lists(st.integers(0, 100), min_size=5, max_size=5))
def test_turning_an_item_swaps_its_low_and_its_high_answers(shares):
    bands = {(code, code): share for code, share in enumerate(shares, start=1)}
    straight, turned = findings.leaning(_bands(bands)), findings.leaning(_bands(bands, reverse=True))
    assert straight["percent_high"].iloc[0] == shares[3] + shares[4]
    assert turned["percent_high"].iloc[0] == shares[0] + shares[1]


def test_term_of_interest_that_was_not_estimated_is_not_found():
    fit = pd.Series({"fit_id": "f", "focal_term": "trust"})
    columns = {"fit_id": ["f"], "term": ["trust"], "estimate": [None], "conf_low": [None], "conf_high": [None]}
    assert findings.focal_estimate(fit, pd.DataFrame(columns)) is None
