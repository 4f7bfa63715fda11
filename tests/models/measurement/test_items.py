"""Item statistics: against R, and where a figure is undefined."""

import json

import numpy as np
import pandas as pd
import pytest

from instruments.sections.response_scale import Point, ResponseScale
from instruments.spec import Instrument, Item, Scale
from models.measurement.answer_counts import count_answers
from models.measurement.items import item_statistics
from models.measurement.reliability import cronbach_alpha

REVERSED_IN_BFI = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")


def instrument_of(items, reverse_scored=()):
    return Instrument(
        name="test",
        version="1",
        title={"en": "Test"},
        response_scales={"agree": ResponseScale(points={code: Point() for code in range(1, 7)})},
        items={item: Item(response_scale="agree") for item in items},
        scales={"scale": Scale(items=tuple(items), reverse_scored=tuple(reverse_scored), least_answered=1)},
    )


@pytest.mark.reference
@pytest.mark.parametrize("scale", ["A", "C", "E", "N", "O"])
def test_item_statistics_equal_psych(reference, scale):
    # R 4.2.2, psych 2.2.9: alpha(na.omit(items)) for r.drop and alpha if dropped, alpha(items) for mean and sd;
    # values in oracles/01_reliability.json, made 2026-11-22
    expected = json.loads((reference / "oracles/01_reliability.json").read_text())
    about, tolerance = expected["bfi"][scale], expected["tolerance"]["closed_form"]
    turned = [item for item in about["items"] if item in REVERSED_IN_BFI]
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")[about["items"]].astype("Int16")
    found = item_statistics(count_answers(answers, instrument_of(about["items"], turned), "scale")).set_index("item")
    assert found["item_rest_r"].to_dict() == pytest.approx(about["listwise"]["item_rest_r"], abs=tolerance)
    assert found["alpha_if_dropped"].to_dict() == pytest.approx(about["listwise"]["alpha_if_dropped"], abs=tolerance)
    assert found["std_dev"].to_dict() == pytest.approx(about["pairwise"]["item_sd"], abs=tolerance)
    as_given = {item: 7 - mean if item in turned else mean for item, mean in about["pairwise"]["item_mean"].items()}
    assert found["mean"].to_dict() == pytest.approx(as_given, abs=tolerance)


def test_share_missing_counts_every_response():
    answers = pd.DataFrame({"a": [1, None, 3, 4], "b": [None, None, 2, 1]}, dtype="Int16")
    found = item_statistics(count_answers(answers, instrument_of("ab"), "scale"))
    assert found["n_obs"].tolist() == [3, 2]
    assert found["share_missing"].tolist() == [0.25, 0.5]


def test_means_are_of_the_codes_as_given_and_correlations_of_the_codes_turned_round():
    answers = pd.DataFrame({"a": [1, 2, 6], "b": [6, 5, 1]}, dtype="Int16")
    found = item_statistics(count_answers(answers, instrument_of("ab", reverse_scored=["b"]), "scale")).set_index(
        "item"
    )
    assert found["mean"].to_dict() == {"a": 3.0, "b": 4.0}
    assert found["item_rest_r"].tolist() == pytest.approx([1, 1])


def test_alpha_if_dropped_is_alpha_of_the_other_items():
    answers = pd.DataFrame(np.random.default_rng(1).integers(1, 7, (30, 4)), columns=list("abcd")).astype("Int16")
    found = item_statistics(count_answers(answers, instrument_of("abcd"), "scale")).set_index("item")
    assert found.loc["b", "alpha_if_dropped"] == pytest.approx(cronbach_alpha(answers[["a", "c", "d"]]).estimate)
    rest = answers[["a", "c", "d"]].sum(axis=1)
    assert found.loc["b", "item_rest_r"] == pytest.approx(np.corrcoef(answers["b"].astype(float), rest)[0, 1])


@pytest.mark.parametrize(
    ("answers", "undefined"),
    [
        ({"a": [2, 2, 2], "b": [1, 2, 3], "c": [3, 2, 2]}, {"a"}),
        ({"a": [1, 2, 3], "b": [2, 2, 2], "c": [4, 4, 4]}, {"a", "b", "c"}),
        ({"a": [1, None], "b": [2, 2], "c": [None, 3]}, {"a", "b", "c"}),
        ({"a": [], "b": []}, {"a", "b"}),
        ({"a": [1, 2, 3]}, {"a"}),
    ],
    ids=["an item without variance", "a rest without variance", "no complete row", "no rows", "a single item"],
)
def test_an_undefined_item_rest_correlation_is_nan(answers, undefined):
    frame = pd.DataFrame(answers, dtype="Int16")
    found = item_statistics(count_answers(frame, instrument_of(list(answers)), "scale")).set_index("item")[
        "item_rest_r"
    ]
    assert set(found.index[found.isna()]) == undefined
