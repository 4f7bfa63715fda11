"""REDCap projects as codes and as labels, in events and with repeated forms: what was written is what is stored."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.received import Delivery, answers_of, reasons_of, receive, repeats_of, run_study
from tests.writers.redcap_export import Field, Project, dictionary, export

YES_NO = (("1", "Low"), ("2", "High"), ("9", "Do not know"))
ID = Field("record_id", "base", label="Record")
MOOD = Field("mood", "base", "radio", "Mood", YES_NO)
PETS = Field("pets", "base", "checkbox", "Pets", (("1", "Cat"), ("-2", "Dog, or wolf"), ("9", "None of them")))
WEIGHT = Field("weight", "base", "text", "Weight", validation="number_comma_decimal")
SEEN = Field("seen", "visit", "text", "Seen on", validation="date_dmy")
NOTE = Field("note", "visit", "notes", "Note")
KEPT = Field("kept", "visit", "radio", "Kept codes", (("1", "One"), ("UNK", "Unknown")), annotation="@NOMISSING")
FIELDS = (ID, MOOD, PETS, WEIGHT, SEEN, NOTE, KEPT)
SETTINGS = json.dumps([{"project_title": "P", "missing_data_codes": "UNK, Do not know | REF, Refused to answer"}])
RAW = {
    "response_scales": {
        "mood": {
            "points": {1: {"label": {"en": "Low"}}, 2: {"label": {"en": "High"}}},
            "opt_outs": {9: {"reason": "dont_know", "label": {"en": "Do not know"}}},
        },
        "pets": {
            "ordered": False,
            "points": {1: {"label": {"en": "Cat"}}, 2: {"label": {"en": "Dog, or wolf"}}},
            "opt_outs": {9: {"reason": "not_applicable", "label": {"en": "None of them"}}},
        },
        "kept": {"ordered": False, "points": {1: {"label": {"en": "One"}}, 2: {"label": {"en": "Unknown"}}}},
    },
    "items": {
        "mood": {"response_scale": "mood"},
        "pets": {"kind": "multiple_choice", "response_scale": "pets"},
        "weight": {"kind": "number"},
        "seen": {"kind": "date"},
        "note": {"kind": "open_text"},
        "kept": {"response_scale": "kept"},
    },
}
DONE = {"base_complete": "2", "visit_complete": "2"}
RECORDS = (
    {"record_id": "1", "mood": "2", "pets": {"1", "-2"}, "weight": "70,5", "seen": "2026-03-01", "note": "a\nb",
     "kept": "UNK", **DONE},
    {"record_id": "2", "mood": "9", "pets": {"9"}, "weight": "REF", "base_complete": "1", "visit_complete": ""},
    {"record_id": "3", "mood": "UNK", "pets": {"UNK"}, "seen": "UNK", "kept": "1", **DONE},
    {"record_id": "4", "pets": {"1", "REF"}, "base_complete": "", "visit_complete": "0"},
    {"record_id": "5", "pets": set(), "base_complete": "", "visit_complete": ""},
    {"record_id": "6", "pets": set(), "base_complete": "0", "visit_complete": ""},
)  # fmt: skip
ANSWERS = {
    "1": {"mood": 2, "pets_1": 1, "pets_2": 1, "weight": 70.5, "seen": "2026-03-01", "note": "a\nb", "kept": 2},
    "2": {},
    "3": {"kept": 1},
    "4": {"pets_1": 1, "pets_2": 0},
    "5": {},
    "6": {"pets_1": 0, "pets_2": 0},
}
NEVER = "not_administered"
VISIT = dict.fromkeys(("seen", "note", "kept"), NEVER)
REASONS = {
    "1": {},
    "2": {"mood": "dont_know", "pets": "not_applicable", "weight": "refused", **VISIT},
    "3": {"mood": "dont_know", "pets": "dont_know", "weight": "unknown_blank", "seen": "dont_know",
          "note": "unknown_blank"},
    "4": {"mood": NEVER, "weight": NEVER, **dict.fromkeys(VISIT, "unknown_blank")},
    "5": {**dict.fromkeys(("mood", "pets", "weight"), NEVER), **VISIT},
    "6": {"mood": "unknown_blank", "weight": "unknown_blank", **VISIT},
}  # fmt: skip


def delivery(project: Project, records: Any, **how: Any) -> Delivery:
    definition = {"dictionary.csv": dictionary(project).encode(), "project.json": SETTINGS.encode()}
    return Delivery("e.csv", export(project, records, **how).text.encode(), definition)


SIMPLE = Project(FIELDS, missing_codes=("UNK", "REF"))


@pytest.mark.parametrize(("labels", "label_headers"), [(False, False), (True, False), (True, True)])
def test_codes_labels_and_missing_codes_are_what_was_written(tmp_path: Path, labels: bool, label_headers: bool):
    result = receive(tmp_path, delivery(SIMPLE, RECORDS, labels=labels, label_headers=label_headers), {"items": RAW})
    assert answers_of(result) == ANSWERS
    assert reasons_of(result) == REASONS
    assert result.rejects[["row_number", "rule"]].to_numpy().tolist() == [[5, "opt_out_beside_answers"]]


def test_a_study_of_a_project_stores_what_was_written_although_an_opt_out_stands_beside_answers(tmp_path: Path):
    result = run_study(tmp_path / "study", {"s": delivery(SIMPLE, RECORDS)}, {"items": RAW})
    assert answers_of(result) == ANSWERS
    assert reasons_of(result) == REASONS
    assert list(result.rejects["rule"]) == ["opt_out_beside_answers"]


EVENTS = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")


def longitudinal(record: str, event: str, form: str = "", turn: str = "", **cells: Any) -> dict[str, Any]:
    return {"record_id": record, **dict(zip(EVENTS, (event, form, turn), strict=True)), "pets": set(), **cells}


LONGITUDINAL = (
    longitudinal("1", "first", mood="1", base_complete="2"),
    longitudinal("1", "first", "visit", "1", seen="2026-03-01", visit_complete="2"),
    longitudinal("1", "first", "visit", "2", seen="REF", note="n", visit_complete="2"),
    longitudinal("1", "again", "", "1", mood="2", base_complete="2"),
    longitudinal("1", "again", "", "2", mood="9", base_complete="2"),
    longitudinal("2", "first", mood="2", base_complete="2"),
)


@pytest.mark.parametrize("labels", [False, True])
def test_records_events_and_their_repetitions_are_responses_and_repeated_forms_are_repeats(
    tmp_path: Path, labels: bool
):
    project = Project(FIELDS, special=EVENTS)
    result = receive(tmp_path, delivery(project, LONGITUDINAL, labels=labels), {"items": RAW})
    found = {name: each.get("mood") for name, each in answers_of(result).items()}
    assert found == {"1/first": 1, "1/again/1": 2, "1/again/2": None, "2/first": 2}
    assert reasons_of(result)["1/again/2"]["mood"] == "dont_know"
    assert repeats_of(result) == {
        ("1/first", "visit", 1): {"seen": "2026-03-01"},
        ("1/first", "visit", 2): {"seen": "refused", "note": "n"},
    }


@pytest.mark.slow
def test_a_study_of_repeated_forms_stores_them_below_their_record(tmp_path: Path):
    project = Project(FIELDS, special=EVENTS[1:])
    records = [{name: cell for name, cell in each.items() if name != EVENTS[0]} for each in LONGITUDINAL[:3]]
    result = run_study(tmp_path / "study", {"s": delivery(project, records)}, {"items": RAW})
    assert answers_of(result) == {"1": {"mood": 1, "pets_1": 0, "pets_2": 0}}
    assert repeats_of(result) == {
        ("1", "visit", 1): {"seen": "2026-03-01"},
        ("1", "visit", 2): {"seen": "refused", "note": "n"},
    }
