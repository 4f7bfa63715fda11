"""Scoring: what a score is, where there is none, and what must not change it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.scoring import MissingItemError, keyed_items, reverse_score, score_scale
from instruments.sections.response_scale import Point, ResponseScale
from instruments.spec import Instrument, Item, Scale

CODES = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=4, max_size=4), min_size=1, max_size=8)


def voice(*, score="mean", least_answered=3, reverse_scored=("b",), order=("a", "b", "c", "d")):
    return Instrument(
        name="voice",
        version="1",
        title={"en": "Voice"},
        response_scales={"often": ResponseScale(points={code: Point() for code in range(5)})},
        items={name: Item(response_scale="often") for name in "abcd"},
        scales={"voice": Scale(items=order, reverse_scored=reverse_scored, score=score, least_answered=least_answered)},
    )


def answered(*rows):
    return pd.DataFrame(list(rows), columns=list("abcd"), dtype="Int16")


@pytest.mark.parametrize(
    ("codes", "score", "expected"),
    [
        ([4, 0, 4, 4], "mean", 4.0),
        ([1, 4, 2, 0], "mean", 0.75),
        ([1, None, 2, 0], "mean", 1.0),
        ([1, 4, 2, 0], "sum", 3.0),
        ([1, None, 2, 0], "sum", 4.0),
    ],
    ids=[
        "an item turned round counts from the other end",
        "mean of all items",
        "mean of the answered items",
        "sum of all items",
        "sum with a gap is the mean of the answered times the number of items",
    ],
)
def test_a_score_follows_the_scoring_rule(codes, score, expected):
    assert score_scale(answered(codes), voice(score=score), "voice").tolist() == [expected]


def test_partial_answers_below_least_answered_give_no_score():
    scores = score_scale(answered([1, 1, None, None], [1, 1, 1, None]), voice(), "voice")
    assert scores.isna().tolist() == [True, False]


def test_a_respondent_without_any_answer_has_no_score():
    assert score_scale(answered([None] * 4), voice(least_answered=1), "voice").isna().all()


def test_a_score_carries_name_type_and_index():
    scores = score_scale(answered([1, 1, 1, 1]).set_axis([7]), voice(), "voice")
    assert (scores.name, str(scores.dtype), scores.index.tolist()) == ("voice", "Float64", [7])


def test_no_responses_give_no_scores():
    assert score_scale(answered(), voice(), "voice").empty


def test_a_missing_item_column_is_named():
    with pytest.raises(MissingItemError, match="no column for c, d; scale 'voice' needs every item"):
        score_scale(answered([1, 1, 1, 1])[["a", "b"]], voice(), "voice")


def test_keyed_items_leave_the_answers_as_they_were():
    answers = answered([1, 4, None, 0])
    keyed = keyed_items(answers, voice(), "voice")
    assert keyed["b"].tolist() == [0]
    assert answers["b"].tolist() == [4]
    assert keyed["c"].isna().all()


@given(CODES, st.integers(-3, 3), st.integers(4, 9))
def test_turning_codes_round_twice_changes_nothing(rows, lowest, highest):
    codes = answered(*rows)
    assert reverse_score(reverse_score(codes, lowest, highest), lowest, highest).equals(codes)


@given(CODES, st.integers(1, 4))
def test_a_mean_lies_between_the_ends_of_the_response_scale(rows, least_answered):
    scores = score_scale(answered(*rows), voice(least_answered=least_answered), "voice").dropna()
    assert scores.between(0, 4).all()


@given(CODES, st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_items_changes_no_score(rows, order):
    answers = answered(*rows)
    first = score_scale(answers, voice(), "voice")
    assert score_scale(answers[order], voice(order=tuple(order)), "voice").equals(first)


@given(CODES)
def test_turning_every_item_round_turns_the_score_round(rows):
    answers = answered(*rows)
    plain = score_scale(answers, voice(reverse_scored=()), "voice")
    turned = score_scale(answers, voice(reverse_scored=("a", "b", "c", "d")), "voice")
    np.testing.assert_allclose((plain + turned).dropna().to_numpy(float), 4)
