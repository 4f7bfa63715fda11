"""The other member's answers beside each response: who is whose, whose answers count, what is missing and why."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.regressors import Variable
from pipelines.steps.dyads import with_other_members
from pipelines.steps.term_labels import term_label
from tests.models.regression.people_in_dyads import dyadic, people, prepared

ROWS = pd.DataFrame(
    [
        ("m1", "w1", "anna", 4.0),
        ("m2", "w1", "bo", None),
        ("m3", "w1", "ida", 2.0),
        ("s1", "w1", "k1", 1.0),
        ("s2", "w1", "k2", 3.0),
        ("s3", "w1", "k3", 5.0),
        ("s4", "w1", "k4", 5.0),
        ("n1", "w2", "anna", 5.0),
        ("t1", "w2", "k1", 2.0),
    ],
    columns=["response_id", "wave", "respondent_key", "belief"],
)
DYADS = pd.DataFrame(
    [
        ("s1", "staff_manager", "m1"),
        ("s2", "staff_manager", "m1"),
        ("s3", "staff_manager", "m2"),
        ("s4", "staff_manager", None),
        ("t1", "staff_manager", "n1"),
        ("s4", "citizen_staff", "m1"),
    ],
    columns=["response_id", "kind", "other_response_id"],
).assign(wave="w1")
EVERYBODY = pd.Series(data=True, index=ROWS.index)


def told(rows, column):
    return {name: None if pd.isna(each) else each for name, each in zip(rows["response_id"], rows[column], strict=True)}


def test_staff_have_their_managers_answer_of_the_same_wave_and_managers_the_mean_of_those_who_name_them():
    rows = with_other_members(ROWS, DYADS, dyadic(), EVERYBODY)
    assert told(rows, "belief_other_member") == {
        "s1": 4.0,
        "s2": 4.0,
        "s3": None,
        "s4": None,
        "t1": 5.0,
        "m1": 2.0,
        "m2": 5.0,
        "m3": None,
        "n1": 2.0,
    }
    assert told(rows, "dyad_id") == {
        "s1": "anna",
        "s2": "anna",
        "s3": "bo",
        "s4": None,
        "t1": "anna",
        "m1": "anna",
        "m2": "bo",
        "m3": None,
        "n1": "anna",
    }


def test_answers_that_are_left_out_are_nobodys_other_member():
    rows = with_other_members(ROWS, DYADS, dyadic(), ~ROWS["response_id"].isin(["s2", "n1"]))
    found = told(rows, "belief_other_member")
    assert (found["m1"], found["t1"]) == (1.0, None)
    assert told(rows, "dyad_id")["t1"] is None


def test_who_names_somebody_and_is_named_has_the_answer_of_whom_they_name():
    chain = pd.DataFrame({"response_id": ["s1", "m1"], "kind": "staff_manager", "other_response_id": ["m1", "m3"]})
    rows = with_other_members(ROWS, chain, dyadic(), EVERYBODY)
    found, shared = told(rows, "belief_other_member"), told(rows, "dyad_id")
    assert (found["s1"], found["m1"], found["m3"]) == (4.0, 2.0, 4.0)
    assert (shared["s1"], shared["m1"], shared["m3"]) == ("anna", "ida", "ida")


@given(st.permutations(range(len(ROWS))))
def test_the_order_of_rows_tells_nothing(order):
    rows = ROWS.iloc[list(order)]
    found = with_other_members(rows, DYADS.iloc[::-1], dyadic(), pd.Series(data=True, index=rows.index))
    assert found["response_id"].tolist() == rows["response_id"].tolist()
    assert told(found, "belief_other_member") == told(
        with_other_members(ROWS, DYADS, dyadic(), EVERYBODY), "belief_other_member"
    )


def test_a_fit_counts_who_has_no_other_member_and_whose_other_member_did_not_answer():
    rows, dyads = people(np.random.default_rng(1))
    model = dyadic(population={"respondent_groups": ("FRL",)}, cluster="dyad_id")
    rows.loc[0, "belief"] = None
    dyads.loc[dyads["other_response_id"] == "m001", "other_response_id"] = None
    fit = fit_regression(model, prepared(rows, dyads, model))
    counts = fit.diagnostics.set_index("diagnostic")["value"]
    assert (counts["n_without_other_member"], counts["n_other_member_silent"]) == (4, 4)
    assert (fit.n_obs, fit.n_clusters) == (160 - 8, 38)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"other_response_id": None}, r"none of 160 rows of the population has an other member .*staff_manager.*keys"),
        ({"kind": "citizen_staff"}, "none of 160 rows of the population has an other member"),
        ({}, "none of 160 rows with an other member .* has belief_other_member"),
    ],
)
def test_data_without_links_are_refused(change, message):
    rows, dyads = people(np.random.default_rng(1))
    model = dyadic(population={"respondent_groups": ("FRL",)})
    if not change:
        rows.loc[rows["respondent_group"] == "MID", "belief"] = None
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model, prepared(rows, dyads.assign(**change), model))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dyads": None}, "'belief' of the other member needs a key dyads"),
        ({"level": "organisation_and_wave"}, "dyads are of responses"),
        ({"missing": "multiple_imputation"}, "dyads are for missing: listwise"),
    ],
)
def test_dyads_and_other_keys_that_do_not_go_together_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        dyadic(**changes)


def test_dyads_as_groups_need_their_kind():
    with pytest.raises(ValidationError, match="dyad_id needs a key dyads"):
        dyadic("belief", dyads=None, cluster="dyad_id")


@pytest.mark.parametrize("more", [{"use": "category"}, {"use": "organisation_mean"}, {"earlier_wave": True}])
def test_another_members_answer_is_a_number_of_the_same_wave(more):
    with pytest.raises(ValidationError, match="other_member is for numbers of the same wave"):
        Variable(variable="belief", other_member=True, **more)


def test_a_term_of_the_other_member_is_worded():
    titles = {"belief": {"en": "Belief", "da": "Opfattelse"}}
    assert term_label("belief_other_member", titles, "en") == "Belief (the other member of the dyad)"
    assert term_label("belief x belief_other_member", titles, "da") == "Opfattelse × Opfattelse (den anden i parret)"
