"""Outcome rates: AAPOR's formulas by hand and as another program has them, and what is left out when unknown."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sections.aapor import standard
from pipelines.sections.fieldwork import Eligibility
from pipelines.steps.response_rates import outcome_rates, rates_by_organisation, response_rates
from pipelines.steps.sampled_units import FrameError
from pipelines.tables.core import DISPOSITIONS, RESPONSES, SAMPLED_UNITS

CODES = {name: standard().code(name, "aapor_2016") for name in standard().dispositions}
COUNTS = st.fixed_dictionaries({name: st.integers(0, 6) for name in DISPOSITIONS}).filter(lambda n: sum(n.values()) > 0)


def responses(*rows):
    frame = pd.DataFrame(rows, columns=["respondent_key", "wave", "disposition"])
    names = {"response_id": [f"s/{k}" for k in range(len(frame))], "source": "s", "respondent_group": "MGR"}
    paradata = ["organisation_id", "language", "started_at", "ended_at", "response_seconds", "is_finished"]
    frame = frame.assign(**names, **dict.fromkeys(paradata, None), share_answered=0.5, is_analysed=True)
    frame["disposition_code"] = frame["disposition"].map(CODES)
    return RESPONSES.typed(frame.assign(file_sha256="f0", row_number=2))


def units_of(counts, **columns):
    names = [name for name, n in counts.items() for _ in range(n)]
    prefix = "".join(columns.values()) or "u"
    units = pd.DataFrame({"unit_id": [f"{prefix}{k}" for k in range(len(names))]})
    units["disposition"] = [standard().dispositions[name].word for name in names]
    units["disposition_code"] = [CODES[name] for name in names]
    constant = {"wave": "spring", "organisation_id": None, "respondent_group": "MGR", **columns}
    return SAMPLED_UNITS.typed(units.assign(**constant))


def rates_of(**counts):
    return response_rates(RESPONSES.empty(), units_of({**dict.fromkeys(DISPOSITIONS, 0), **counts})).iloc[0]


def test_rates_follow_aapor_by_hand():
    rates = rates_of(
        complete=40, partial=10, refusal=5, break_off=5, noncontact=15, other=5, unknown_eligibility=20, not_eligible=20
    )
    e = 80 / 100
    assert rates["eligible_share"] == pytest.approx(e)
    assert rates["n_refusal"] == 10
    assert rates["n_invited"] == 120
    assert rates["response_rate_1"] == pytest.approx(40 / 100)
    assert rates["response_rate_2"] == pytest.approx(50 / 100)
    assert rates["response_rate_3"] == pytest.approx(40 / (80 + e * 20))
    assert rates["response_rate_4"] == pytest.approx(50 / (80 + e * 20))
    assert pd.isna(rates["response_rate_5"])
    assert pd.isna(rates["response_rate_6"])


def test_rates_5_and_6_need_that_every_unit_s_eligibility_is_known():
    rates = rates_of(complete=3, partial=1, noncontact=4, not_eligible=2)
    assert rates["response_rate_5"] == pytest.approx(3 / 8)
    assert rates["response_rate_6"] == pytest.approx(4 / 8)


def test_without_known_eligibility_there_is_no_rate_3():
    rates = rates_of(unknown_eligibility=5)
    assert rates["response_rate_1"] == 0
    assert pd.isna(rates["response_rate_3"])


def test_without_a_frame_there_are_counts_and_no_rates():
    rates = response_rates(responses(("k1", "spring", "complete"), ("k2", "spring", "partial")), SAMPLED_UNITS.empty())
    row = rates.iloc[0]
    assert (row["n_complete"], row["n_partial"]) == (1, 1)
    assert row[["n_invited", "eligible_share", "n_outside_frame", "n_repeated"]].isna().all()
    assert row.filter(like="_rate_").isna().all()


def test_there_is_a_row_for_every_wave_and_group():
    units = pd.concat([units_of({"complete": 2}), units_of({"noncontact": 2}, respondent_group="STAFF")])
    rates = response_rates(RESPONSES.empty(), units)
    assert rates[["respondent_group", "response_rate_1"]].to_numpy().tolist() == [["MGR", 1.0], ["STAFF", 0.0]]


def test_rates_are_those_of_another_program():
    # R package outcomerate, its README (version 1.1.0): I = 4, P = 2, R = NC = O = UH = UO = NE = 1,
    # e = eligibility_rate() = .9; three digits. Its RR5, RR6, REF3 and CON3 are given here only without U.
    counts = {"complete": 4, "partial": 2, "refusal": 1, "noncontact": 1, "other": 1, "not_eligible": 1}
    rates = rates_of(**counts, nothing_returned=1, undeliverable=1)
    assert rates["eligible_share"] == pytest.approx(0.9)
    assert rates[["n_unknown", "n_unknown_unit", "n_unknown_other"]].tolist() == [2, 1, 1]
    expected = {
        "response_rate_1": 0.364,
        "response_rate_2": 0.545,
        "response_rate_3": 0.370,
        "response_rate_4": 0.556,
        "cooperation_rate_1": 0.500,
        "cooperation_rate_2": 0.750,
        "cooperation_rate_3": 0.571,
        "cooperation_rate_4": 0.857,
        "refusal_rate_1": 0.091,
        "refusal_rate_2": 0.093,
        "contact_rate_1": 0.727,
        "contact_rate_2": 0.741,
    }
    assert rates[list(expected)].astype(float).round(3).to_dict() == expected
    assert rates[["response_rate_5", "response_rate_6", "refusal_rate_3", "contact_rate_3"]].isna().all()
    without_unknown = rates_of(**counts)
    of_eligible = {"response_rate_5": 0.444, "response_rate_6": 0.667, "refusal_rate_3": 0.111, "contact_rate_3": 0.889}
    assert without_unknown[list(of_eligible)].astype(float).round(3).to_dict() == of_eligible


@pytest.mark.parametrize(
    ("eligibility", "share", "rate"),
    [
        (Eligibility(), 6 / 8, 3 / (6 + 6 / 8 * 4)),
        (Eligibility(method="stated", share=0.5, because="a register check of a fifth"), 0.5, 3 / (6 + 0.5 * 4)),
        (Eligibility(method="all"), 1.0, 3 / 10),
    ],
    ids=lambda given_: getattr(given_, "method", None),
)
def test_the_eligible_share_is_found_as_the_study_says(eligibility, share, rate):
    units = units_of({"complete": 3, "explicit_refusal": 3, "not_eligible": 2, "nothing_returned": 4})
    found = response_rates(RESPONSES.empty(), units, eligibility).iloc[0]
    assert found["eligible_share"] == pytest.approx(share)
    assert found["eligible_share_by"] == eligibility.method
    assert found["response_rate_3"] == pytest.approx(rate)


def test_organisations_have_the_eligible_share_of_their_wave_and_group():
    units = pd.concat(
        [
            units_of({"complete": 2, "nothing_returned": 2}, organisation_id="north"),
            units_of({"refusal": 1, "not_eligible": 1, "nothing_returned": 1}, organisation_id="south"),
            units_of({"partial": 1}),
        ]
    )
    found = rates_by_organisation(units).set_index("organisation_id")
    assert found.index.tolist() == ["", "north", "south"]
    assert found["eligible_share"].tolist() == pytest.approx([4 / 5] * 3)
    assert found["response_rate_3"].tolist() == pytest.approx([0, 2 / (2 + 0.8 * 2), 0])
    assert found["n_invited"].tolist() == [1, 4, 3]
    whole = response_rates(RESPONSES.empty(), units).iloc[0]
    for name in ("n_invited", "n_complete", "n_partial", "n_refusal", "n_unknown", "n_not_eligible"):
        assert found[name].sum() == whole[name]


def test_responses_and_units_are_both_counted():
    answered = responses(
        ("u0", "spring", "complete"),
        ("u0", "spring", "break_off"),
        ("u1", "spring", "partial"),
        ("stranger", "spring", "complete"),
    )
    preview = answered.iloc[[0]].assign(response_id="s/9", disposition="not_eligible", disposition_code=None)
    units = units_of({"complete": 1, "partial": 1, "nothing_returned": 3})
    row = response_rates(pd.concat([answered, preview], ignore_index=True), units).iloc[0]
    assert row[["n_responses", "n_repeated", "n_outside_frame", "n_invited"]].tolist() == [4, 1, 1, 5]
    assert row["n_complete"] + row["n_partial"] == row["n_responses"] - row["n_repeated"] - row["n_outside_frame"]


def test_a_wave_of_which_no_response_is_in_the_frame_is_refused():
    with pytest.raises(FrameError, match="wave spring: of 1 response, none has a respondent_key among the unit"):
        response_rates(responses(("k1", "spring", "complete")), units_of({"complete": 1}))


def test_nobody_counted_gives_no_rate():
    names = ["n_complete", "n_partial", "n_refusal", "n_noncontact", "n_other", "n_unknown"]
    assert outcome_rates(pd.DataFrame([dict.fromkeys(names, 0.0)]), pd.Series([1.0])).isna().all(axis=None)


@given(COUNTS)
def test_rates_lie_between_0_and_1_and_in_their_order(counts):
    rates = rates_of(**counts)
    known = rates.filter(like="_rate_").dropna()
    assert known.between(0, 1).all()
    for lower, higher in ((1, 2), (3, 4), (5, 6), (1, 3), (2, 4), (3, 5), (4, 6)):
        pair = rates[[f"response_rate_{lower}", f"response_rate_{higher}"]]
        assert pair.isna().any() or pair.iloc[0] <= pair.iloc[1] + 1e-12
    for kind, n in (("refusal", 3), ("contact", 3)):
        in_order = rates[[f"{kind}_rate_{k}" for k in range(1, n + 1)]].dropna().astype(float)
        assert in_order.is_monotonic_increasing
    for lower, higher in ((1, 2), (3, 4), (1, 3), (2, 4)):
        pair = rates[[f"cooperation_rate_{lower}", f"cooperation_rate_{higher}"]]
        assert pair.isna().any() or pair.iloc[0] <= pair.iloc[1] + 1e-12
    of_known = ["n_complete", "n_partial", "n_refusal", "n_noncontact", "n_other", "n_unknown", "n_not_eligible"]
    assert rates[of_known].sum() == rates["n_invited"] == sum(counts.values())
