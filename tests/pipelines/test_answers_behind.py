"""Columns that a model's rows carry so that means can be corrected and earlier waves used: whose answers, for whom."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from models.measurement.score_errors import squared_errors
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.regressors import Variable
from pipelines.steps.answers_behind import with_answers_behind, with_earlier_waves, with_errors_behind
from pipelines.steps.term_labels import term_label
from tests.models.regression.managers_and_staff import ITEMS, SCALES, drawn_views, over_both_views
from tests.models.regression.staff_of_organisations import corrected, mean, prepared, staff

ROWS = pd.DataFrame(
    [
        ("s1", 0, "FRL", "a", "p1", 2.0, 1.0),
        ("s2", 0, "FRL", "a", "p2", 4.0, 3.0),
        ("s3", 0, "FRL", "b", "p3", 1.0, None),
        ("s4", 1, "FRL", "a", "p1", 5.0, 2.0),
        ("c1", 0, "CIT", "a", None, None, None),
        ("c2", 1, "CIT", "a", None, None, None),
        ("c3", 1, "CIT", "c", None, None, None),
    ],
    columns=[
        "response_id",
        "wave_number",
        "respondent_group",
        "organisation_id",
        "respondent_key",
        "climate",
        "support",
    ],
).assign(wave=lambda rows: "w" + rows["wave_number"].astype(str), strain=1.0)
EVERYBODY = pd.Series(data=True, index=ROWS.index)


def told(rows, column):
    return {name: None if pd.isna(each) else each for name, each in zip(rows["response_id"], rows[column], strict=True)}


def of_staff(**more):
    return corrected(mean("climate", of="FRL", **more), groups=("CIT",), corrected=("climate",))


def test_answers_behind_a_mean_of_another_group_are_counted_and_spread():
    rows = with_answers_behind(ROWS, of_staff(), EVERYBODY)
    counts, squares = (told(rows, f"{each}_behind_climate_organisation_mean_of_FRL") for each in ("answers", "squares"))
    assert (counts["c1"], counts["c2"], counts["c3"], counts["s3"]) == (2.0, 1.0, None, 1.0)
    assert (squares["c1"], squares["c2"], squares["c3"]) == (2.0, 0.0, None)


def test_answers_that_are_left_out_are_not_behind():
    rows = with_answers_behind(ROWS, of_staff(), ROWS["response_id"] != "s2")
    assert told(rows, "answers_behind_climate_organisation_mean_of_FRL")["c1"] == 1.0


def test_pairs_count_who_answered_both():
    model = corrected(mean("climate"), mean("support"))
    rows = with_answers_behind(ROWS, model, EVERYBODY)
    one, both = "climate_organisation_mean", "climate_organisation_mean_and_support_organisation_mean"
    assert told(rows, f"answers_behind_{one}")["s3"] == 1.0
    assert told(rows, f"answers_behind_{both}")["s3"] is None
    assert told(rows, f"answers_behind_{both}")["s1"] == 2.0


@pytest.mark.parametrize(
    ("model", "column", "expected"),
    [
        (of_staff(earlier_wave=True), "climate_organisation_mean_of_FRL_earlier_wave",
         {"c1": None, "c2": 3.0, "c3": None, "s4": 3.0, "s1": None}),
        (corrected({"variable": "climate", "earlier_wave": True}, corrected=()), "climate_earlier_wave",
         {"s1": None, "s2": None, "s4": 2.0, "c2": None}),
        (corrected({"variable": "climate", "earlier_wave": True}, corrected=(), level="organisation_and_wave"),
         "climate_earlier_wave", {"s1": None, "s4": 3.0, "c2": 3.0, "c3": None}),
    ],
    ids=["of another group", "of the person", "of the organisation"],
)  # fmt: skip
def test_values_of_the_wave_before_are_those_of_the_same_person_or_organisation(model, column, expected):
    rows = with_earlier_waves(ROWS, model, EVERYBODY)
    found = told(rows, column)
    assert {name: found[name] for name in expected} == expected


def test_errors_behind_a_mean_are_those_of_whose_answers_count_in_their_wave():
    rows = pd.concat([drawn_views(np.random.default_rng(1), 30).assign(wave=wave, wave_number=n) for n, wave in
                      enumerate(("w0", "w1"))], ignore_index=True)  # fmt: skip
    rows.loc[rows["wave"] == "w1", ITEMS[0]] += 2.0
    left_out = rows["respondent_group"].eq("TOP") & rows["organisation_id"].eq("o0003")
    found = with_errors_behind(rows, over_both_views(), ~left_out, SCALES)
    column = "errors_behind_claimed_organisation_mean_of_TOP"
    assert found.loc[rows["organisation_id"] == "o0003", column].isna().all()
    used = rows[rows["respondent_group"].eq("TOP") & ~left_out & rows["wave"].eq("w1")]
    expected = (
        pd.Series(squared_errors(used[list(ITEMS)].to_numpy()), index=used["organisation_id"]).groupby(level=0).sum()
    )
    staff = found[found["respondent_group"].eq("FRL") & ~rows["organisation_id"].eq("o0003")]
    by_wave = staff.groupby(["wave", "organisation_id"])[column].first().astype(float)
    np.testing.assert_allclose(by_wave["w1"], expected)
    np.testing.assert_allclose(by_wave["w0"], by_wave["w1"])


def test_answers_behind_an_earlier_mean_are_those_of_that_wave():
    rows = with_answers_behind(ROWS, of_staff(earlier_wave=True), EVERYBODY)
    counts = told(rows, "answers_behind_climate_organisation_mean_of_FRL_earlier_wave")
    assert (counts["c1"], counts["c2"]) == (None, 2.0)


LATER = {"variable": "climate", "earlier_wave": True}
BEFORE = {"variable": "records", "earlier_wave": True}


def later(*regressors):
    return corrected(LATER, *regressors, corrected=("climate",), level="organisation_and_wave", outcome="records")


def test_a_fit_says_how_many_rows_have_no_wave_before():
    rows = staff(np.random.default_rng(1), n_organisations=40, waves=("w1", "w2", "w3"))
    fit = fit_regression(later(BEFORE), prepared(rows.assign(respondent_key=rows["response_id"]), later(BEFORE)))
    counts = fit.diagnostics.set_index("diagnostic")["value"]
    assert (fit.n_obs, counts["n_without_earlier_wave"]) == (80, 40)
    assert "mean_reliability of climate_earlier_wave" in counts


@pytest.mark.parametrize(
    ("model", "waves", "message"),
    [
        (later(BEFORE), ("w1",), "none of 40 rows of the population has a wave before"),
        (later("support"), ("w1", "w2"), "'support' was answered in the wave of the row"),
    ],
)
def test_what_an_earlier_wave_cannot_tell_is_refused(model, waves, message):
    rows = staff(np.random.default_rng(1), n_organisations=40, waves=waves)
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model, prepared(rows.assign(respondent_key=rows["response_id"]), model))


@pytest.mark.parametrize("use", ["category", "within_organisation"])
def test_an_earlier_wave_is_of_numbers_and_means(use):
    with pytest.raises(ValidationError, match="earlier_wave is for numbers and organisation means"):
        Variable(variable="climate", use=use, earlier_wave=True)


def test_a_term_of_an_earlier_wave_is_worded():
    titles = {"climate": {"en": "Climate", "da": "Klima"}, "respondent_group[FRL]": {"en": "Staff", "da": "Personale"}}
    term = "climate_organisation_mean_of_FRL_earlier_wave"
    assert term_label(term, titles, "en") == "Climate (organisation mean: Staff) at the wave before"
    assert term_label("climate_earlier_wave", titles, "da") == "Klima i runden før"
