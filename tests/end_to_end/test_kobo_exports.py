"""Forms of KoboToolbox, ODK and SurveyCTO in every style of export: what was written is what is stored."""

from pathlib import Path
from typing import Any

import pytest

from tests.received import Delivery, answers_of, reasons_of, receive, repeats_of, run_study
from tests.writers.kobo_export import Form, Row, Style, as_csv, choices_sheet, export, survey_sheet

FORM = Form(
    (
        Row("start", "start"),
        Row("end", "end"),
        Row("begin_group", "unit", "Unit"),
        Row("select_one agree", "trust", "Do you trust?", required="yes"),
        Row("select_multiple tools", "contact", "How do you meet?", relevant="${trust} = 2"),
        Row("text", "remark", "Anything else?"),
        Row("integer", "size", "How many?"),
        Row("date", "since", "Since when?"),
        Row("end_group"),
        Row("begin_repeat", "partners", "Partners"),
        Row("text", "partner", "Which partner?"),
        Row("select_multiple tools", "by", "By what means?"),
        Row("end_repeat"),
    ),
    {
        "tools": (("phone", "By phone"), ("in_person", "In person"), ("-999", "Don't know")),
        "agree": (("1", "Disagree"), ("2", "Agree"), ("99", "Refused")),
    },
)
TOOLS = {
    "ordered": False,
    "points": {1: {"label": {"en": "By phone"}}, 2: {"label": {"en": "In person"}}},
    "opt_outs": {9: {"reason": "dont_know", "label": {"en": "Don't know"}}},
}
AGREE = {
    "points": {1: {"label": {"en": "Disagree"}}, 2: {"label": {"en": "Agree"}}},
    "opt_outs": {99: {"reason": "refused", "label": {"en": "Refused"}}},
}
RAW = {
    "response_scales": {"tools": TOOLS, "agree": AGREE},
    "items": {
        "trust": {"response_scale": "agree"},
        "contact": {"kind": "multiple_choice", "response_scale": "tools"},
        "remark": {"kind": "open_text"},
        "size": {"kind": "number"},
        "since": {"kind": "date"},
    },
}
MEMBERS = {
    "response_scales": {"tools": TOOLS},
    "items": {"partner": {"kind": "open_text"}, "by": {"kind": "multiple_choice", "response_scale": "tools"}},
}
BOTH = {"main": RAW, "members": MEMBERS}
TIMES = {"start": "2026-03-01T09:00:00.000+01:00", "end": "2026-03-01T09:20:00.000+01:00"}
RECORDS = (
    {"trust": "2", "contact": "phone", "remark": "a; b\nc", "size": "12", "since": "2020-02-29", **TIMES},
    {"trust": "1", **TIMES},
    {"trust": "99", "contact": "-999", **TIMES},
    {"trust": "2", "contact": "in_person -999", "size": "0", **TIMES},
    {"contact": "in_person phone", **TIMES},
)
CHILDREN = (
    {"_parent": 1, "partner": "First", "by": "phone"},
    {"_parent": 3, "partner": "Third", "by": "-999"},
    {"_parent": 1, "partner": "Second", "by": ""},
)
ANSWERS = [
    {"trust": 2, "contact_1": 1, "contact_2": 0, "remark": "a; b\nc", "size": 12.0, "since": "2020-02-29"},
    {"trust": 1},
    {},
    {"trust": 2, "contact_1": 0, "contact_2": 1, "size": 0.0},
    {"contact_1": 1, "contact_2": 1},
]
BLANK, REPEATED = "unknown_blank", dict.fromkeys(("partner", "by"), "not_administered")
REASONS = [
    {},
    dict.fromkeys(("contact", "remark", "size", "since"), BLANK),
    {"trust": "refused", "contact": "dont_know", **dict.fromkeys(("remark", "size", "since"), BLANK)},
    dict.fromkeys(("remark", "since"), BLANK),
    {"trust": "not_administered", **dict.fromkeys(("remark", "size", "since"), BLANK)},
]
REPEATS = {
    ("1", 1): {"partner": "First", "by_1": 1, "by_2": 0},
    ("1", 2): {"partner": "Second"},
    ("3", 1): {"partner": "Third", "by": "dont_know"},
}
DEFINITION = {"survey.csv": as_csv(survey_sheet(FORM)).encode(), "choices.csv": as_csv(choices_sheet(FORM)).encode()}


def delivery(style: Style, repeat: str = "", name: str = "e.csv", **source: Any) -> Delivery:
    written = export(FORM, CHILDREN if repeat else RECORDS, style, repeat)
    return Delivery(
        name,
        written.text.encode(),
        DEFINITION,
        {"platform": "kobo", "instruments": [name_of_instrument(repeat)], **source},
    )


def name_of_instrument(repeat: str) -> str:
    return "members" if repeat else "main"


STYLES = {
    "details": Style(several="details"),
    "summary": Style(several="summary"),
    "both": Style(several="both"),
    "true and false": Style(several="both", ticks=("False", "True")),
    "without groups": Style(joint="", several="both"),
    "through R": Style(joint="/", through_r=True, delimiter=","),
    "labels": Style(labels=True, several="details"),
    "odk": Style(joint="-", platform="odk", several="both", delimiter=","),
    "odk, summary": Style(joint="-", platform="odk", several="summary", delimiter=","),
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_export_gives_the_answers_that_were_written(tmp_path: Path, style: str):
    result = receive(tmp_path, delivery(STYLES[style]), BOTH)
    assert list(answers_of(result).values()) == ANSWERS
    assert list(reasons_of(result).values()) == [{**each, **REPEATED} for each in REASONS]
    assert result.rejects[["row_number", "rule"]].to_numpy().tolist() == [[5, "opt_out_beside_answers"]]
    assert list(result.responses["is_finished"]) == [True] * len(RECORDS)


@pytest.mark.parametrize("style", ["details", "summary", "both", "odk", "odk, summary"])
def test_a_child_table_holds_the_repetitions_of_its_submissions(tmp_path: Path, style: str):
    result = receive(tmp_path, delivery(STYLES[style], "partners", repeats_of="main"), BOTH)
    prefix = "uuid:" if style.startswith("odk") else "uuid-"
    found = repeats_of(result)
    assert {block for _, block, _ in found} == {"partners"}
    ranks = {
        key: sorted(key for key in found if key[0] == wanted[0]).index(key) + 1 for key in found for wanted in [key]
    }
    assert {(key[0].removeprefix(prefix), ranks[key]): each for key, each in found.items()} == REPEATS
    assert not len(result.rejects)


@pytest.mark.parametrize("style", ["both", pytest.param("odk", marks=pytest.mark.slow)])
def test_a_study_of_submissions_and_their_repeats_stores_what_was_written(tmp_path: Path, style: str):
    deliveries = {
        "main": delivery(STYLES[style]),
        "members": delivery(STYLES[style], "partners", "child.csv", repeats_of="main"),
    }
    result = run_study(tmp_path / "study", deliveries, BOTH)
    assert list(answers_of(result).values()) == ANSWERS
    assert {each for _, each in zip(result.repeats["source"], result.repeats["instrument"], strict=True)} == {
        "partners"
    }
    assert set(result.repeats["response_id"]) <= set(result.responses["response_id"])
    assert len(result.repeats) == sum(map(len, REPEATS.values()))
