"""Scales of a model without some of their items: scores, means of organisations, reliability, refusals."""

import numpy as np
import pandas as pd
import pytest

from instruments.load import LIBRARY, load_instrument
from instruments.scoring import score_scale
from models.regression.identification import ModelDataError
from pipelines.steps.organisation_means import organisation_means
from pipelines.steps.scores_without_items import alphas_without, scales_without, scored_without

INSTRUMENT = load_instrument(LIBRARY / "collective_leadership.yaml")
SCALES = dict.fromkeys(INSTRUMENT.scales, INSTRUMENT)
WHOLE = INSTRUMENT.scales["collective_leadership_intensity"]


def rows(n=60):
    rng = np.random.default_rng(1)
    shared = rng.normal(size=(n, 1))
    codes = np.clip(np.round(3 + shared + rng.normal(size=(n, len(WHOLE.items)))), 1, 5)
    table = pd.DataFrame(codes, columns=list(WHOLE.items)).mask(rng.random(codes.shape) < 0.15).astype("Int16")
    table = table.assign(response_id=[f"r{place:03d}" for place in range(n)], wave="w1", respondent_group="FRL")
    table["organisation_id"] = [f"o{place % 6}" for place in range(n)]
    table["collective_leadership_intensity"] = score_scale(table, INSTRUMENT, "collective_leadership_intensity")
    return table


def narrowed(items=("CL_sy_2",), names=("collective_leadership_intensity", "trust")):
    return scales_without(SCALES, names, items)


def test_a_score_is_the_mean_of_the_items_left_where_the_same_share_was_answered():
    table = rows()
    found = scored_without(table, narrowed())
    left = [item for item in WHOLE.items if item != "CL_sy_2"]
    points = INSTRUMENT.points_of("collective_leadership_intensity")
    turned = table[left].astype(float)
    for item in WHOLE.reverse_scored:
        turned[item] = points.lowest + points.highest - turned[item]
    enough = turned.notna().sum(axis=1) >= np.ceil(len(left) * WHOLE.least_answered / len(WHOLE.items))
    expected = turned.mean(axis=1).where(enough)
    np.testing.assert_allclose(
        found["collective_leadership_intensity"].to_numpy(dtype=float, na_value=np.nan), expected, rtol=1e-12
    )
    means = organisation_means(found, ["collective_leadership_intensity"])
    pd.testing.assert_frame_equal(found[list(means)], means)


def test_other_scales_stay_as_they_are():
    assert set(narrowed()) == {"collective_leadership_intensity"}
    assert set(narrowed(names=("systems_principle", "relational_principle"))) == {"systems_principle"}


def test_reliability_is_that_of_the_items_left():
    table = rows(400).dropna()
    found = alphas_without(table, narrowed()).set_index("diagnostic")["value"]
    left = table[[item for item in WHOLE.items if item != "CL_sy_2"]].astype(float)
    for item in WHOLE.reverse_scored:
        left[item] = -left[item]
    k = left.shape[1]
    expected = k / (k - 1) * (1 - left.var().sum() / left.sum(axis=1).var())
    assert found["alpha_without_items of collective_leadership_intensity"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("items", "names", "message"),
    [
        (("CL_xx_1",), ("collective_leadership_intensity",), "'CL_xx_1' is an item of no scale of the model"),
        (("CL_sy_2",), ("relational_principle",), "'CL_sy_2' is an item of no scale of the model"),
        (("CL_sy_1", "CL_sy_2", "CL_sy_3"), ("systems_principle",), "too few items left for a score"),
    ],
)
def test_items_that_leave_no_scale_are_refused(items, names, message):
    with pytest.raises(ModelDataError, match=message):
        narrowed(items, names)
