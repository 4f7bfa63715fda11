"""Why a model is to be read with care: every measure of a condition has words, in both languages."""

import build_release
import pandas as pd
import pytest

from dashboard.conditions import OTHER, UNKNOWN, WORDS, reasons, wording_of
from dashboard.wording import WORDINGS, Words
from pipelines.steps.aggregation_gates import MEASURES

RELIABILITY = ("alpha", "omega", "ordered_omega", "alpha_conf_low", "omega_conf_low")


def condition(**changes: str) -> dict[str, str]:
    return {"purpose": "regression", "measure": "omega", "verdict": "not_met", "over": "", **changes}


def test_every_measure_that_a_specification_can_ask_for_has_words_of_its_own():
    assert set(WORDS) == {*RELIABILITY, "cfi", "rmsea", "srmr", *MEASURES.values()}
    for language in WORDINGS.values():
        assert {*WORDS.values(), OTHER, UNKNOWN, "missed_comparison"} <= set(language)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "missed_reliability"),
        ({"purpose": "organisation_mean", "measure": "rwg_j_median"}, "missed_rwg_j_median"),
        ({"purpose": "comparison", "measure": "scalar_invariance", "over": "wave"}, "missed_comparison"),
        ({"purpose": "organisation_mean", "measure": "icc_1", "verdict": "unknown"}, UNKNOWN),
        ({"measure": "a measure of a later version"}, OTHER),
    ],
)
def test_a_condition_is_said_by_what_it_is_about(changes: dict[str, str], expected: str):
    assert wording_of(condition(**changes)) == expected


def test_a_reason_is_said_once_with_its_conditions_counted_and_only_of_its_own_fit():
    rows = build_release.release_tables()["out.conditions"]
    twice = pd.concat([rows, rows.assign(measurement="another")], ignore_index=True)
    assert reasons(twice, "h1-main-0f3a") == {
        ("identity_work", "FRL", "missed_rwg_j_median", ""): 2,
        ("collective_leadership", "", "missed_comparison", "respondent_group"): 2,
    }
    assert reasons(twice, "h2-main-0f3a") == {}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "may not be averaged to the organisation: members of the same organisation agree too little"),
        ("da", "må ikke regnes sammen for organisationen: medlemmer af samme organisation er for uenige"),
    ],
)
def test_a_scale_that_may_not_be_averaged_says_why(language: str, words: str):
    assert Words(language).say("missed_rwg_j_median", over="") == words
