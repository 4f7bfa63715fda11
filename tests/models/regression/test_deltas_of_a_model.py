"""Deltas of a model: each is the model imputed and pooled anew with values moved; the tipping point lies between."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import model_of
from pydantic import ValidationError
from test_pooling_of_estimators import LINEAR, OF_PERSONS, SEED, of_waves

from models.estimates import result_digest
from models.regression.fit import apply_variant, fit_imputed, fit_regression
from models.regression.fit_task import FitTask
from models.regression.identification import ModelDataError
from models.regression.imputed_rows import impute_rows
from models.sections.imputation import Imputation
from models.sections.regressors import Variable

ENDS = ["value", "conf_low", "conf_high"]


def asked(**deltas):
    return Imputation(imputations=3, iterations=2, deltas=deltas)


def readings_of(fit):
    return fit.readings.set_index(["term", "reading"])


KINDS = {
    "clusters": ({"cluster": "organisation_id"}, "trust"),
    "fixed effects": (LINEAR["fixed effects"], "trust"),
    "mixed": (LINEAR["mixed"], "trust"),
    "two outcomes": (LINEAR["two outcomes"], "difference: trust"),
    "mediation": (LINEAR["mediation"], "indirect: trust -> workload -> strain"),
}


@pytest.mark.parametrize(("changes", "term"), KINDS.values(), ids=KINDS)
def test_each_delta_is_the_model_fitted_to_values_moved(changes, term):
    data, moved = of_waves(), {"strain": (-1.0, 0.5)}
    model = model_of("trust", "workload", missing=asked(**moved), **changes)
    fit = fit_regression(model, data, seed=SEED)
    plain = model.model_copy(update={"missing": asked()})
    assert result_digest(fit) == result_digest(fit_regression(plain, data, seed=SEED))
    for delta in moved["strain"]:
        values = impute_rows(apply_variant(model, "main"), data, asked(), SEED, ("strain", delta)).values()
        by_hand = fit_imputed(FitTask(plain, {}, seed=SEED), data, values).estimates.set_index("term").loc[term]
        told = readings_of(fit).loc[(term, f"delta {delta:g} on strain"), ENDS].to_numpy(dtype=float)
        expected = by_hand[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
        assert told == pytest.approx(expected, rel=1e-9)


def test_values_move_by_the_delta_and_those_that_are_known_do_not():
    data, model = of_waves(), model_of("trust", missing=asked())
    is_missing = data["strain"].isna().to_numpy()
    middle = []
    for delta in (0.0, 50.0):
        (first, *_) = impute_rows(model, data, asked(), SEED, ("strain", delta)).completed
        known = data["strain"].to_numpy(dtype=float, na_value=np.nan)[~is_missing]
        assert first["strain"].to_numpy(dtype=float)[~is_missing] == pytest.approx(known)
        middle.append(first["strain"].to_numpy(dtype=float)[is_missing].mean())
    assert middle[1] - middle[0] == pytest.approx(50, abs=1)


def test_a_conclusion_tips_between_the_deltas_where_the_interval_meets_nought():
    data = of_waves()
    high = data["trust"].gt(data["trust"].median()).fillna(value=False).to_numpy(dtype=bool)
    data.loc[high & (np.arange(len(data)) % 2 == 0), "strain"] = pd.NA
    fit = fit_regression(model_of("trust", missing=asked(strain=(-4.0, -2.0, 2.0, 4.0))), data, seed=SEED)
    found = readings_of(fit)
    tip = found.loc[("trust", "tipping_point on strain")]
    own = fit.estimates.set_index("term").loc["trust"]
    ends = pd.DataFrame(
        [(delta, *found.loc[("trust", f"delta {delta:g} on strain"), ENDS[1:]]) for delta in (-4.0, -2.0, 2.0, 4.0)]
        + [(0.0, own["conf_low"], own["conf_high"])],
        columns=["delta", "low", "high"],
    ).sort_values("delta")
    assert tip["verdict"] == "look"
    before, after = ends[ends["delta"] <= tip["value"]].iloc[-1], ends[ends["delta"] >= tip["value"]].iloc[0]
    assert np.sign(before["low"]) != np.sign(after["low"]) or np.sign(before["high"]) != np.sign(after["high"])


def test_a_conclusion_that_holds_over_all_deltas_has_no_tipping_point():
    fit = fit_regression(model_of("trust", missing=asked(trust=(-0.1, 0.1))), of_strong_waves())
    tip = readings_of(fit).loc[("trust", "tipping_point on trust")]
    assert np.isnan(tip["value"])
    assert tip["verdict"] == "ok"


def of_strong_waves():
    data = of_waves()
    data["strain"] = (1 - data["trust"] + data["workload"] * 0.1).astype("Float64")
    data["strain"] += np.random.default_rng(1).normal(0, 0.1, len(data))
    return data


def test_every_category_of_interest_is_told():
    data = of_waves()
    education = Variable(variable="education", use="category")
    fit = fit_regression(model_of(education, "trust", focal=education, missing=asked(strain=(1.0,))), data, seed=SEED)
    terms = {term for term, reading in readings_of(fit).index if reading == "delta 1 on strain"}
    assert terms == {"education[2]", "education[3]"}


@pytest.mark.parametrize(
    ("deltas", "message"),
    [
        ({"strain": (0.0,)}, "not 0 alone"),
        ({"strain": (1.0, 1.0)}, "expected different numbers"),
        ({"strain": (float("nan"),)}, "finite"),
    ],
)
def test_deltas_that_say_nothing_are_refused(deltas, message):
    with pytest.raises(ValidationError, match=message):
        asked(**deltas)


def test_a_variable_of_which_nothing_is_imputed_is_named_with_those_that_may_be_moved():
    data = of_waves()
    with pytest.raises(ModelDataError, match="'agrees', of which nothing is imputed in this model; expected one of"):
        fit_regression(model_of("trust", "agrees", missing=asked(agrees=(1.0,))), data, seed=SEED)


def test_deltas_of_a_panel_know_its_units():
    model = model_of("trust", missing=asked(trust=(-1.0,)), estimator="within", panel=OF_PERSONS)
    assert ("trust", "delta -1 on trust") in readings_of(fit_regression(model, of_waves(), seed=SEED)).index
