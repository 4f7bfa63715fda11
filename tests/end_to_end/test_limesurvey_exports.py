"""One LimeSurvey survey in every form of export: answers, missing reasons and times are those that were written."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.receive import inspect_export
from tests.received import Delivery, answers_of, reasons_of, receive, run_study
from tests.writers.limesurvey_export import headings, write_csv, write_lsa, write_lsr, write_lss, write_vv
from tests.writers.limesurvey_sample import RESPONSES, SURVEY

LONG = 'He said "no"\n{really}\tyes'


def parts(*codes: str) -> dict[str, Any]:
    points = {n: {"label": {"en": f"Part {code.lower()} <of>"}} for n, code in enumerate(codes, start=1)}
    return {"points": points, "ordered": False}


def labels(*texts: str) -> dict[str, Any]:
    return {"points": {n: {"label": {"en": text}} for n, text in enumerate(texts, start=1)}, "ordered": False}


ITEMS = {
    "response_scales": {
        "agreement": labels("Disagree", "Neither, nor", "Agree"),
        "yes_no": {"points": {1: {"label": {"en": "Yes"}}, 0: {"label": {"en": "No"}}}, "ordered": False},
        "reasons": parts("A1", "A2"),
        "rows": parts("SQ001", "SQ002"),
        "boxes": parts("C1", "C2"),
        "five": {"points": {n: {} for n in range(1, 6)}},
    },
    "items": {
        "trust_1": {"response_scale": "agreement"},
        "trust_2": {"response_scale": "agreement"},
        "manager": {"response_scale": "yes_no"},
        "reason": {"response_scale": "reasons"},
        "tools": {"kind": "multiple_choice", "response_scale": "rows"},
        "partners": {"kind": "multiple_choice", "response_scale": "rows"},
        "boxes": {"kind": "multiple_choice", "response_scale": "boxes"},
        "staff": {"kind": "number", "least": 0, "most": 5000},
        "points": {"response_scale": "five"},
        "born": {"kind": "date"},
        "short": {"kind": "open_text"},
        "long": {"kind": "open_text"},
    },
}
SOURCE = {
    "time_zone": "Europe/Berlin",
    "columns": {
        "trust_1": "trust[SQ001]",
        "trust_2": "trust[SQ002]",
        "boxes": "boxes[SQ001]",
    },
}
PAGE_1 = {"trust_1": 3, "trust_2": 3, "manager": 1, "reason": 2}
FULL = {
    **PAGE_1, "tools_1": 1, "tools_2": 1, "partners_1": 1, "partners_2": 1, "boxes_1": 1, "boxes_2": 1, "staff": 120.0,
    "points": 5, "born": "1970-02-03", "short": "=1+1", "long": LONG,
}  # fmt: skip
LATER = ("tools", "partners", "boxes", "staff", "points", "born", "short", "long")
NOT_REACHED = dict.fromkeys(LATER, "not_reached")
STRUCTURE = {"survey.lss": write_lss(SURVEY)}


def csv_delivery(style: str = "code", **more: Any) -> Delivery:
    return Delivery("e.csv", write_csv(SURVEY, RESPONSES, headings(SURVEY, style), **more), STRUCTURE, SOURCE)


ARCHIVE = write_lsa([("s.lss", STRUCTURE["survey.lss"]), ("r.lsr", write_lsr(SURVEY, RESPONSES))])
STATES_NOT_SHOWN = {
    "vv": Delivery("e.csv", write_vv(SURVEY, RESPONSES), STRUCTURE, SOURCE),
    "vv, first version": Delivery("e.csv", write_vv(SURVEY, RESPONSES, 1), STRUCTURE, SOURCE),
    "xml": Delivery("e.lsr", write_lsr(SURVEY, RESPONSES), STRUCTURE, SOURCE),
    "archive": Delivery("e.lsa", ARCHIVE, {}, SOURCE),
}
BLANK = {
    "codes": csv_delivery(),
    "codes under texts": csv_delivery("full", delimiter=";"),
    "codes and texts": csv_delivery("codetext"),
    "labels": csv_delivery(answers="long"),
    "converted": csv_delivery(convert=("1", "2")),
}


@pytest.mark.parametrize("form", STATES_NOT_SHOWN)
def test_what_was_not_shown_not_answered_and_not_reached_is_told_apart(tmp_path: Path, form: str):
    result = receive(tmp_path, STATES_NOT_SHOWN[form], {"items": ITEMS})
    assert answers_of(result) == {"1": FULL, "2": {}, "3": PAGE_1}
    seen = dict.fromkeys(ITEMS["items"], "seen_unanswered")
    assert reasons_of(result) == {"1": {}, "2": {**seen, "tools": "not_administered"}, "3": NOT_REACHED}
    assert list(result.responses["is_finished"]) == [True, True, False]
    assert not len(result.rejects)


@pytest.mark.parametrize("form", BLANK)
def test_codes_labels_and_every_heading_give_the_same_answers(tmp_path: Path, form: str):
    result = receive(tmp_path, BLANK[form], {"items": ITEMS})
    found, reasons = answers_of(result), reasons_of(result)
    nothing_ticked = {"partners_1": 0, "partners_2": 0} if form in ("labels", "converted") else {}
    if form == "converted":
        nothing_ticked |= {"manager": 0}
    assert found["1"] == FULL
    assert found["2"] == nothing_ticked
    assert found["3"] == PAGE_1
    assert (reasons["1"], reasons["3"]) == ({}, NOT_REACHED)
    assert not len(result.rejects)


def test_a_withheld_moment_of_submission_is_no_time_and_the_response_is_finished(tmp_path: Path):
    result = receive(tmp_path, STATES_NOT_SHOWN["vv"], {"items": ITEMS})
    assert list(result.responses["ended_at"].isna()) == [False, True, True]
    assert list(result.responses["is_finished"]) == [True, True, False]
    assert not len(result.rejects)


@pytest.mark.parametrize("form", ["vv", "archive", "codes"])
def test_inspect_counts_who_finished_in_every_container(tmp_path: Path, form: str):
    delivery = {**STATES_NOT_SHOWN, **BLANK}[form]
    path = delivery.written(tmp_path)
    said = inspect_export(path, [tmp_path / name for name in delivery.definition])
    assert (said["n_rows"], said["n_finished"], said["n_partial"]) == (3, 2, 1)
    submitted = next(each for each in said["columns"] if each["name"] == "submitdate")
    assert submitted["n_answered"] == 2


@pytest.mark.parametrize("form", ["archive", pytest.param("vv", marks=pytest.mark.slow)])
def test_a_study_of_a_survey_archive_stores_what_was_written(tmp_path: Path, form: str):
    result = run_study(tmp_path / "study", {"s": STATES_NOT_SHOWN[form]}, {"items": ITEMS})
    assert answers_of(result) == {"1": FULL, "2": {}, "3": PAGE_1}
    assert reasons_of(result)["3"] == NOT_REACHED
