"""Final dispositions: what counts of frame, contacts and responses, and refusals that name the rows."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sections.aapor import standard
from pipelines.sections.fieldwork import ContactLog
from pipelines.steps.contacts import read_contacts
from pipelines.steps.sampled_units import FrameError, best_responses, sample_units, unit_variables
from pipelines.tables.core import DISPOSITIONS, RESPONSES
from pipelines.tables.fieldwork import CONTACTS

CODES = {name: standard().code(name, "aapor_2016") for name in standard().dispositions}
LOG = ContactLog(file="contacts.csv", wave="spring")


def responses(*rows):
    frame = pd.DataFrame(rows, columns=["respondent_key", "wave", "disposition"])
    names = {"response_id": [f"s/{k}" for k in range(len(frame))], "source": "s", "respondent_group": "MGR"}
    paradata = ["organisation_id", "language", "started_at", "ended_at", "response_seconds", "is_finished"]
    frame = frame.assign(**names, **dict.fromkeys(paradata, None), share_answered=0.5, is_analysed=True)
    frame["disposition_code"] = frame["disposition"].map(CODES)
    frame["disposition"] = frame["disposition"].map({name: each.word for name, each in standard().dispositions.items()})
    return RESPONSES.typed(frame.assign(file_sha256="f0", row_number=2))


def frame(*units, **columns):
    rows = pd.DataFrame({"unit_id": list(units), "wave": "spring", "organisation_id": "o1", "respondent_group": "MGR"})
    return rows.assign(**columns).astype("str")


def log(*rows):
    return pd.DataFrame(rows, columns=["unit_id", "contacted_at", "outcome"], dtype="str")


def contacts(*rows, spec=LOG, units=("k1", "k2")):
    return read_contacts(log(*rows), spec, frame(*units))


def final(attempts=(), answered=(), **columns):
    """Return word and code of the unit k1."""
    units = frame("k1", **columns)
    rows = [("k1", at, outcome) for at, outcome in attempts]
    of_contacts = read_contacts(log(*rows), LOG, units) if rows else CONTACTS.empty()
    given_ = [("k1", "spring", name) for name in answered]
    return tuple(sample_units(units, responses(*given_), of_contacts).iloc[0][["disposition", "disposition_code"]])


@pytest.mark.parametrize(
    ("attempts", "answered", "stated", "expected"),
    [
        ([], [], "", ("unknown_eligibility", "3.19")),
        ([("", "not sent")], [], "", ("unknown_eligibility", "3.11")),
        ([("2026-03-01", "sent"), ("2026-03-01T00:05:00", "bounced")], [], "", ("unknown_eligibility", "3.30")),
        ([("2026-03-02", "sent"), ("2026-03-01", "bounced")], [], "", ("unknown_eligibility", "3.19")),
        ([("", "sent"), ("", "bounced")], [], "", ("unknown_eligibility", "3.30")),
        ([("2026-03-01", "started"), ("2026-03-09", "reminded")], [], "", ("break_off", "2.1121")),
        ([("2026-03-01", "refused"), ("2026-03-09", "unreachable")], [], "", ("refusal", "2.111")),
        ([("2026-03-01", "unreachable"), ("2026-03-09", "sent")], [], "", ("noncontact", "2.26")),
        ([("2026-03-01", "refused"), ("2026-03-02", "left_organisation")], [], "", ("not_eligible", "4.90")),
        ([("2026-03-01", "opted_out")], ["break_off"], "", ("refusal", "2.111")),
        ([("2026-03-01", "opted_out")], ["partial"], "", ("partial", "1.2")),
        ([("2026-03-01", "bounced")], ["complete"], "", ("complete", "1.1")),
        ([], ["break_off", "partial"], "", ("partial", "1.2")),
        ([], ["complete"], "refusal", ("complete", "1.1")),
        ([], [], "noncontact", ("noncontact", "2.20")),
        ([], ["break_off"], "not_eligible", ("not_eligible", "4.0")),
        ([("2026-03-01", "sent")], [], "deceased", ("other", "2.31")),
        ([], ["screened_out"], "", ("not_eligible", "4.10")),
    ],
    ids=[
        "nothing known",
        "not invited",
        "bounced after sending",
        "sent again after bouncing",
        "without times the order of the file counts",
        "started, then reminded",
        "a refusal outweighs a later attempt",
        "non-contact of somebody eligible outweighs silence",
        "not eligible outweighs a refusal",
        "a refusal outweighs a break-off",
        "a partial response outweighs a refusal",
        "a complete response outweighs a bounce",
        "the best response",
        "a response outweighs the frame",
        "the frame",
        "not eligible in the frame outweighs a break-off",
        "a kind of the standard in the frame",
        "screened out in the questionnaire",
    ],
)
def test_the_final_disposition_follows_precedence_then_time(attempts, answered, stated, expected):
    assert final(attempts, answered, disposition=stated) == expected


@pytest.mark.parametrize("edition", ["aapor_2016", "aapor_2023"])
def test_codes_are_those_of_the_edition(edition):
    units = sample_units(frame("k1", disposition="explicit_refusal"), RESPONSES.empty(), edition=edition)
    assert units["disposition_code"].tolist() == [{"aapor_2016": "2.111", "aapor_2023": "2.112"}[edition]]


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


def test_previews_say_nothing_of_a_unit():
    preview = responses(("k1", "spring", "complete")).assign(disposition="not_eligible", disposition_code=None)
    assert sample_units(frame("k1"), preview)["disposition_code"].tolist() == ["3.19"]


@given(st.lists(st.sampled_from(["k1", "k2", "k3"]), max_size=8), st.data())
def test_every_unit_has_one_row_and_the_best_of_its_responses(keys, data):
    names = [data.draw(st.sampled_from(["complete", "partial", "break_off", "logged_on_no_answer"])) for _ in keys]
    answered = responses(*[(key, "spring", name) for key, name in zip(keys, names, strict=True)])
    units = sample_units(frame("k1", "k2", "k3"), answered).set_index("unit_id")["disposition"]
    assert units.index.tolist() == ["k1", "k2", "k3"]
    for key, own in answered.groupby("respondent_key"):
        assert units[key] == min(own["disposition"], key=standard().precedence.index)
    best = answered[best_responses(answered)]
    assert best["respondent_key"].is_unique
    assert (best["disposition"].to_numpy() == units[best["respondent_key"]].to_numpy()).all()


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
        (
            frame("k1", "k2", disposition=["refusal", "explicit refusal"]),
            "row 3: unknown disposition; did you mean 'explicit_refusal'?",
        ),
    ],
)
def test_a_frame_that_cannot_be_used_is_refused_with_its_row(units, message):
    with pytest.raises(FrameError, match=message.replace("?", r"\?")):
        sample_units(units, RESPONSES.empty())


def test_units_said_not_to_be_eligible_with_a_complete_response_are_listed():
    keys = [f"k{k}" for k in range(8)]
    answered = responses(*[(key, "spring", "complete") for key in keys[1:]])
    with pytest.raises(
        FrameError, match=r"rows 3, 4, 5, 6, 7 and 2 more of the frame: said in the frame not to be eli"
    ):
        sample_units(frame(*keys, disposition="not_eligible"), answered)
    with pytest.raises(
        FrameError, match="row 2 of the frame: said in the contact log not to be eligible, but there is"
    ):
        sample_units(frame("k1", "k2"), responses(("k1", "spring", "partial")), contacts(("k1", "", "screened_out")))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("Sent", "nothing_returned"), ("opted out", "explicit_refusal"), ("  BOUNCED ", "undeliverable")],
)
def test_outcomes_are_known_whatever_their_capitals_and_blanks(text, outcome):
    assert contacts(("k1", "", text))["outcome"].tolist() == [outcome]


def test_a_study_says_what_its_own_outcomes_mean():
    spec = LOG.model_copy(update={"outcomes": {"on leave": "unavailable"}})
    assert contacts(("k1", "", "On leave"), spec=spec)["outcome"].tolist() == ["unavailable"]


def test_times_without_a_zone_are_of_the_zone_that_is_said():
    spec = LOG.model_copy(update={"time_zone": "Europe/Copenhagen"})
    found = contacts(("k1", "2026-03-01 09:30", "sent"), ("k1", "2026-03-01T09:30:00Z", "opened"), spec=spec)
    assert found["contacted_at"].dt.hour.tolist() == [8, 9]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("k1", "", "bounce")], r"row 2: unknown outcome 'bounce'; did you mean 'bounced'\?; say in contact_log"),
        ([("k1", "", "x" * 40)], "row 2: unknown outcome; known are not sent, pending, sent"),
        ([("k1", "", "sent"), ("k9", "", "sent")], "row 3: no such unit and wave in the frame"),
        ([("k1", "", "sent"), ("k1", "", "sent")], "row 3: the same attempt as in an earlier row"),
        ([("k1", "01/03/2026", "sent")], "row 2: the text in contacted_at is no time such as 2026-03-01 09:30:00"),
    ],
)
def test_contacts_that_cannot_be_used_are_refused_with_their_row(rows, message):
    with pytest.raises(FrameError, match=message):
        contacts(*rows)


def test_a_missing_column_of_the_contact_log_is_named():
    with pytest.raises(FrameError, match=r"the column unit_id is missing; did you mean 'unitid'\?; found unitid"):
        read_contacts(log(("k1", "", "sent")).rename(columns={"unit_id": "unitid"}), LOG, frame("k1"))


def test_a_distribution_history_of_qualtrics_is_understood():
    spec = LOG.model_copy(update={"layout": "qualtrics"})
    history = pd.DataFrame({"External Data Reference": ["k1", "k2"], "Status": ["Email Bounced", "Opted Out"]})
    found = read_contacts(history.astype("str"), spec, frame("k1", "k2"))
    assert found["outcome"].tolist() == ["undeliverable", "explicit_refusal"]


def test_a_list_of_limesurvey_participants_is_understood():
    spec = LOG.model_copy(update={"layout": "limesurvey"})
    keys = [f"k{k}" for k in range(5)]
    people = pd.DataFrame(
        {
            "token": keys,
            "emailstatus": ["OK", "OK", "OptOut", "bounced", "OK"],
            "sent": ["N", "2026-03-01 09:00", "2026-03-01 09:00", "2026-03-01 09:00", ""],
        }
    )
    assert read_contacts(people.astype("str"), spec, frame(*keys))["outcome"].tolist() == [
        "not_invited",
        "nothing_returned",
        "explicit_refusal",
        "undeliverable",
        "not_invited",
    ]


def test_only_the_variables_that_are_named_are_taken_from_the_frame():
    units = frame("k1", "k2", sector=["health ", ""], email="someone@example.org")
    assert unit_variables(units, ["sector"])["value"].fillna("-").tolist() == ["health", "-"]
    assert not len(unit_variables(units, []))
    with pytest.raises(FrameError, match=r"the column sectors is missing; did you mean 'sector'\?"):
        unit_variables(units, ["sectors"])


def test_the_words_of_the_standard_are_those_of_the_tables():
    assert set(standard().precedence) == set(DISPOSITIONS)
    assert {each.word for each in standard().dispositions.values()} == set(DISPOSITIONS)
    assert set(DISPOSITIONS) <= set(standard().dispositions)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("complete", "1.1"),
        ("partial", "1.2"),
        ("explicit_refusal", "2.111"),
        ("logged_on_no_answer", "2.1121"),
        ("read_receipt_refusal", "2.1122"),
        ("break_off", "2.12"),
        ("unavailable", "2.26"),
        ("too_late", "2.27"),
        ("not_invited", "3.11"),
        ("nothing_returned", "3.19"),
        ("undeliverable", "3.30"),
        ("screened_out", "4.10"),
        ("quota_filled", "4.80"),
        ("duplicate_listing", "4.81"),
        ("other_not_eligible", "4.90"),
    ],
)
def test_codes_of_the_ninth_edition(name, code):
    # AAPOR Standard Definitions, table 4 (Internet surveys of specifically named persons), as public AAPOR calculators
    # print it.
    assert standard().code(name, "aapor_2016") == code
    assert "aapor_2016" not in standard().dispositions[name].unverified
