"""Response rates: dispositions of invited units, AAPOR's formulas by hand, and what is left out when unknown."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps.response_rates import response_rates
from pipelines.steps.sampled_units import FrameError, sample_units
from pipelines.tables.core import DISPOSITIONS, RESPONSES, SAMPLED_UNITS

COUNTS = st.fixed_dictionaries({name: st.integers(0, 6) for name in DISPOSITIONS}).filter(lambda n: sum(n.values()) > 0)


def responses(*rows):
    frame = pd.DataFrame(rows, columns=["respondent_key", "wave", "disposition"])
    names = {"response_id": [f"s/{k}" for k in range(len(frame))], "source": "s", "respondent_group": "MGR"}
    paradata = ["organisation_id", "language", "started_at", "ended_at", "response_seconds", "is_finished"]
    frame = frame.assign(**names, **dict.fromkeys(paradata, None), share_answered=0.5, is_analysed=True)
    return RESPONSES.typed(frame.assign(file_sha256="f0", row_number=2))


def frame(*units, **columns):
    rows = pd.DataFrame({"unit_id": list(units), "wave": "spring", "organisation_id": "o1", "respondent_group": "MGR"})
    return rows.assign(**columns).astype("str")


def units_of(counts):
    rows = [name for name, n in counts.items() for _ in range(n)]
    given_ = {"unit_id": [f"u{k}" for k in range(len(rows))], "disposition": rows}
    return SAMPLED_UNITS.typed(pd.DataFrame(given_).assign(wave="spring", organisation_id=None, respondent_group="MGR"))


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
    assert row[["n_invited", "eligible_share", *[f"response_rate_{k}" for k in range(1, 7)]]].isna().all()


def test_there_is_a_row_for_every_wave_and_group():
    units = pd.concat([units_of({"complete": 2}), units_of({"noncontact": 2}).assign(respondent_group="STAFF")])
    rates = response_rates(RESPONSES.empty(), units)
    assert rates[["respondent_group", "response_rate_1"]].to_numpy().tolist() == [["MGR", 1.0], ["STAFF", 0.0]]


@given(COUNTS)
def test_rates_lie_between_0_and_1_and_in_their_order(counts):
    rates = rates_of(**counts)
    known = rates[[f"response_rate_{k}" for k in range(1, 7)]].dropna()
    assert known.between(0, 1).all()
    for lower, higher in ((1, 2), (3, 4), (5, 6), (1, 3), (2, 4), (3, 5), (4, 6)):
        pair = rates[[f"response_rate_{lower}", f"response_rate_{higher}"]]
        assert pair.isna().any() or pair.iloc[0] <= pair.iloc[1] + 1e-12
    assert rates.filter(regex="^n_").drop("n_invited").sum() == rates["n_invited"] == sum(counts.values())


def test_a_unit_has_the_disposition_of_its_best_response():
    answered = responses(("k1", "spring", "break_off"), ("k1", "spring", "partial"), ("k2", "spring", "not_eligible"))
    units = sample_units(frame("k1", "k2", "k3"), answered)
    assert units.set_index("unit_id")["disposition"].to_dict() == {
        "k1": "partial",
        "k2": "unknown_eligibility",
        "k3": "unknown_eligibility",
    }


def test_what_the_frame_knows_counts_where_there_is_no_response():
    units = sample_units(
        frame("k1", "k2", "k3", disposition=["refusal", "noncontact", ""]), responses(("k1", "spring", "complete"))
    )
    assert units["disposition"].tolist() == ["complete", "noncontact", "unknown_eligibility"]


def test_a_response_counts_in_its_own_wave_only():
    units = sample_units(frame("k1", "k1", wave=["spring", "autumn"]), responses(("k1", "autumn", "complete")))
    assert units["disposition"].tolist() == ["unknown_eligibility", "complete"]


def test_a_unit_has_a_disposition_in_every_wave():
    answered = responses(("k1", "spring", "complete"), ("k1", "autumn", "partial"))
    units = sample_units(frame("k1", "k1", wave=["spring", "autumn"]), answered)
    assert units["disposition"].tolist() == ["complete", "partial"]


def test_responses_of_people_outside_the_frame_add_no_unit():
    answered = responses(("stranger", "spring", "complete"), (None, "spring", "complete"))
    assert sample_units(frame("k1"), answered)["disposition"].tolist() == ["unknown_eligibility"]


@pytest.mark.parametrize(
    ("units", "message"),
    [
        (frame("k1", "k1"), "row 3: this unit stands twice in its wave; keep one row a unit and wave"),
        (frame("k1", ""), "row 3: the unit has no unit_id; give it one"),
        (
            frame("k1").drop(columns="wave"),
            "the column wave is missing; found unit_id, organisation_id, respondent_group",
        ),
        (frame("k1", "k2", disposition=["complete", "gone"]), "row 3: unknown disposition; expected one of complete"),
    ],
)
def test_a_frame_that_cannot_be_used_is_refused_with_its_row(units, message):
    with pytest.raises(FrameError, match=message):
        sample_units(units, RESPONSES.empty())
