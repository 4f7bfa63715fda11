"""One Qualtrics survey in every layout, as codes and as labels: answers and missing reasons are what was written."""

import csv
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.readers.files.cut_rows import write_without_rows
from pipelines.receive import inspect_export
from tests.opened import opened_export
from tests.received import Delivery, answers_of, reasons_of, receive, run_study
from tests.writers.qualtrics_export import Choice, Question, Response, Row, Settings, export_bytes, qsf_bytes

AGREE = (Choice("4", "1", "Disagree"), Choice("7", "2", "Neither, nor"), Choice("1", "3", "Agree"))
UNSURE = Choice("9", "-1", "Do not know")
TOOLS = (Choice("2", "1", "By phone"), Choice("1", "2", "In person"), Choice("3", "9", "Prefer not to say"))
SURVEY = (
    Question("QID1", "trust", "Do you trust?", "single", (*AGREE, UNSURE)),
    Question("QID2", "tools", "How do you meet?", "multiple", TOOLS),
    Question("QID3", "grid", "Do you agree?", "matrix", AGREE, (Row("1", "First"), Row("4", "Second", "own_tag"))),
    Question("QID4", "remark", "Anything else?", "text"),
    Question("QID5", "last", "Do you still trust?", "single", AGREE),
)


def none(*labels: str) -> dict[int, dict[str, Any]]:
    return {n: {"label": {"en": label}} for n, label in enumerate(labels, start=1)}


RAW = {
    "response_scales": {
        "agree": {
            "points": none("Disagree", "Neither, nor", "Agree"),
            "opt_outs": {-1: {"reason": "dont_know", "label": {"en": "Do not know"}}},
        },
        "tools": {
            "ordered": False,
            "points": none("By phone", "In person"),
            "opt_outs": {9: {"reason": "refused", "label": {"en": "Prefer not to say"}}},
        },
    },
    "items": {
        "trust": {"response_scale": "agree"},
        "tools": {"kind": "multiple_choice", "response_scale": "tools"},
        "grid_1": {"response_scale": "agree"},
        "own_tag": {"response_scale": "agree"},
        "remark": {"kind": "open_text"},
        "last": {"response_scale": "agree"},
    },
}
REMARK = 'a,"b"\nc'
RESPONSES = (
    Response("R_1", {"QID1": "1", "QID2": frozenset("21"), "QID3_1": "7", "QID3_4": "4", "QID4": REMARK, "QID5": "4"}),
    Response("R_2", {"QID1": "9", "QID2": frozenset("3"), "QID3_1": "1", "QID3_4": "1", "QID4": "=1+1", "QID5": "7"}),
    Response("R_3", {"QID1": "4", "QID2": frozenset("23"), "QID3_1": "1", "QID5": "1"}),
    Response("R_4", {"QID1": "4", "QID2": frozenset("1"), "QID3_1": "7"}, is_finished=False),
    Response("R_5", {"QID1": "4"}, status=1),
)  # fmt: skip
ANSWERS = {
    "R_1": {"trust": 3, "tools_1": 1, "tools_2": 1, "grid_1": 2, "own_tag": 1, "remark": REMARK, "last": 1},
    "R_2": {"grid_1": 3, "own_tag": 3, "remark": "=1+1", "last": 2},
    "R_3": {"trust": 1, "tools_1": 1, "tools_2": 0, "grid_1": 3, "last": 3},
    "R_4": {"trust": 1, "tools_1": 0, "tools_2": 1, "grid_1": 2},
}
BLANK, LATE = "unknown_blank", "not_reached"
REASONS = {
    "R_1": {},
    "R_2": {"trust": "dont_know", "tools": "refused"},
    "R_3": {"own_tag": BLANK, "remark": BLANK},
    "R_4": {"own_tag": LATE, "remark": LATE, "last": LATE},
}
LAYOUTS = ("modern", "python", "stripped", "legacy")


def delivery(settings: Settings) -> Delivery:
    content = export_bytes(SURVEY, RESPONSES, settings)
    return Delivery("e.csv", content, {"survey.qsf": qsf_bytes(SURVEY)}, {"time_zone": "Europe/Copenhagen"})


def own(found: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in found.items() if name != "R_5"}


@pytest.mark.parametrize(
    "ticks", [{}, {"ticks_as_one": True, "repeats_choice": True}, {"is_split": False}], ids=["options", "ones", "lists"]
)
@pytest.mark.parametrize("values", ["codes", "labels"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_in_codes_and_in_labels_gives_what_was_written(
    tmp_path: Path, layout: Any, values: Any, ticks: dict[str, bool]
):
    settings = Settings(layout=layout, values=values, **ticks)
    result = receive(tmp_path, delivery(settings), {"items": RAW})
    assert own(answers_of(result)) == ANSWERS
    assert own(reasons_of(result)) == REASONS
    first = {"modern": 4, "python": 4, "stripped": 2, "legacy": 3}[layout]
    assert result.rejects[["row_number", "rule"]].to_numpy().tolist() == [[first + 2, "opt_out_beside_answers"]]
    assert list(result.responses["is_finished"]) == [True, True, True, False, True]


@pytest.mark.parametrize("seen", ["-99", "Seen"])
def test_a_code_of_seen_and_not_answered_is_not_a_tick_nor_an_answer(tmp_path: Path, seen: str):
    settings = Settings(seen_unanswered=seen)
    responses = (Response("R_1", {"QID1": None, "QID2": frozenset(), "QID5": "1"}), *RESPONSES)
    content = export_bytes(SURVEY, responses, settings)
    found = delivery(settings)
    source = {**found.source, "missing": {seen: "seen_unanswered"}}
    result = receive(tmp_path, Delivery("e.csv", content, found.definition, source), {"items": RAW})
    first = result.missing[result.missing["response_id"] == "s/R_1"]
    assert dict(zip(first["item"], first["reason"], strict=True))["trust"] == "seen_unanswered"
    assert answers_of(result)["R_2"] == ANSWERS["R_2"]
    assert answers_of(result)["R_3"] == ANSWERS["R_3"]


def zipped(content: bytes, _: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("survey.csv", content)
    return out.getvalue()


def as_workbook(content: bytes, _: Path) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in csv.reader(io.StringIO(content.decode(), newline="")):
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s"
    book.save(out)
    return out.getvalue()


def kept_cells(content: bytes, folder: Path) -> bytes:
    """Take no row out of a workbook: what remains are its cells in a Parquet file."""
    (folder / "book.xlsx").write_bytes(as_workbook(content, folder))
    write_without_rows(opened_export(folder / "book.xlsx"), set(), folder / "kept")
    return (folder / "kept").read_bytes()


CONTAINERS = {
    "utf-16": lambda content, _: content.decode().replace("\r\n", "\n").encode("utf-16"),
    "zip": zipped,
    "gz": lambda content, _: gzip.compress(content),
    "workbook": as_workbook,
    "kept cells": kept_cells,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_the_container_of_an_export_changes_no_answer_and_no_count(tmp_path: Path, container: str):
    plain = delivery(Settings())
    each = Delivery("e", CONTAINERS[container](plain.content, tmp_path), plain.definition, plain.source)
    result = receive(tmp_path, each, {"items": RAW})
    assert own(answers_of(result)) == ANSWERS
    assert own(reasons_of(result)) == REASONS
    said = inspect_export(tmp_path / "e", [tmp_path / "survey.qsf"])
    assert (said["n_rows"], said["n_responses"], said["n_preview"], said["n_finished"]) == (5, 4, 1, 3)


@pytest.mark.parametrize("values", [pytest.param("codes", marks=pytest.mark.slow), "labels"])
def test_a_study_of_an_export_stores_what_was_written(tmp_path: Path, values: Any):
    result = run_study(tmp_path / "study", {"s": delivery(Settings(values=values))}, {"items": RAW})
    assert own(answers_of(result)) == ANSWERS
    assert own(reasons_of(result)) == REASONS
