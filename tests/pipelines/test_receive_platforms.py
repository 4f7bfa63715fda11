"""Exports of smaller platforms from bytes to answers: the same survey gives the same codes however it was exported."""

from pathlib import Path
from typing import Any

import pytest

from instruments.spec import Instrument
from pipelines.readers.plan import Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structures import read_structure
from pipelines.receive import ReadResult, ReceiveContext, inspect_export, read_export
from pipelines.sections.sources import Source
from tests.opened import opened_export
from tests.writers.delimited import delimited, write_workbook
from tests.writers.efs import result_export
from tests.writers.forms import google_rows, microsoft_rows
from tests.writers.sosci import data_set
from tests.writers.surveyxact import DIALECTS, Multiple, Open, Respondent, Single, write_bundle, write_bundle_workbook

SCALE = {
    "points": {
        1: {"label": {"da": "I ringe grad", "en": "Little"}}, 2: {"label": {"da": "I nogen grad", "en": "Some"}},
        5: {"label": {"da": "I høj grad", "en": "Much"}},
    },
    "opt_outs": {9: {"reason": "dont_know", "label": {"da": "Ved ikke", "en": "Don't know"}}},
}  # fmt: skip
QUESTIONS = (
    Single("s_1", "Grad - hørt", {"1": "I ringe grad", "2": "I nogen\ngrad ", "5": "I høj grad", "9": "Ved ikke"}),
    Open("s_9", "Hvad?"),
    Open("alder", "Alder", "Double"),
)
RESPONDENTS = (
    Respondent("825", "completed", {"s_1": "5", "s_9": "fælles; mål", "alder": "47,5"}, "02-07-2026 18:50:24"),
    Respondent("826", "completed", {"s_1": "9", "alder": "1.234,5"}, "03-07-2026 09:00:00"),
    Respondent("827", "partial", {"s_1": "2"}, "13-12-2026 09:00:00"),
)


def instrument(**items: dict[str, Any]) -> Instrument:
    raw = {"name": "i", "version": "1", "title": {"en": "t"}, "items": items, "response_scales": {"s": SCALE}}
    return Instrument.model_validate(raw, strict=False)


def read(path: Path, each: Instrument, *structure: Path, **settings: Any) -> ReadResult:
    source = Source.model_validate(
        {"wave": "w1", "files": "e.csv", "respondent_group": "g", "time_zone": "Europe/Copenhagen", **settings},
        strict=False,
    )
    export = opened_export(path)
    known = read_structure(structure) if structure else export.head.structure
    plan = make_plan(export.head, Request(source, (each,), known))
    return read_export(export, plan, ReceiveContext("s", source, (each,), "w1", "0" * 64, path.name))


def outcome(result: ReadResult) -> tuple[object, ...]:
    """Return answers, reasons, texts, rejects and moments without anything that depends on the form of the file."""
    answers = {name: list(result.answers[name].astype("object").where(result.answers[name].notna(), None))
               for name in result.answers.columns if name != "wave"}  # fmt: skip
    reasons = sorted(zip(*(result.missing[name] for name in ("response_id", "item", "reason")), strict=True))
    rejects = list(zip(result.rejects["column_name"], result.rejects["rule"], strict=True))
    moments = [each.isoformat() for each in result.responses["started_at"]]
    return answers, reasons, list(result.open_answers["text"]), rejects, moments


SURVEYXACT = instrument(s_1={"response_scale": "s"}, s_9={"kind": "open_text"}, alder={"kind": "number"})
EXPECTED = (
    {"response_id": ["s/825", "s/826", "s/827"], "s_1": [5, None, 2], "alder": [47.5, None, None]},
    [
        ("s/826", "alder", "invalid"), ("s/826", "s_1", "dont_know"), ("s/826", "s_9", "unknown_blank"),
        ("s/827", "alder", "not_reached"), ("s/827", "s_9", "not_reached"),
    ],
    ["fælles; mål"],
    [("alder", "not_a_number")],
    ["2026-07-02T16:50:24+00:00", "2026-07-03T07:00:00+00:00", "2026-12-13T08:00:00+00:00"],
)  # fmt: skip


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_values_and_labels_in_every_dialect_give_the_same_answers(tmp_path: Path, dialect: str, labels: bool) -> None:
    dataset, _, _ = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, dialect, labels=labels)
    assert outcome(read(dataset, SURVEYXACT, decimal=",")) == EXPECTED


def test_a_sosci_data_set_keeps_the_reason_of_every_missing_answer(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    cases = ({"A101": "5"}, {"A101": "-9"}, {"A101": "-8"}, {"A101": ""}, {"A101": "9", "MODE": "pretest"})
    path.write_bytes(data_set({"A101": "Mut"}, cases, texts=True))
    result = read(path, instrument(A101={"response_scale": "s"}))
    assert list(result.missing["reason"]) == ["seen_unanswered", "invalid", "not_administered", "dont_know"]
    assert list(result.responses["is_preview"]) == [False] * 4 + [True]
    assert result.rejects.empty
    found = inspect_export(path)
    assert (found["platform"], found["n_responses"], found["n_test"], found["n_finished"]) == ("sosci", 4, 1, 4)


def test_an_efs_export_reads_zero_as_missing_only_where_it_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(result_export(("v_1", "v_2"), ({"v_1": "0", "v_2": "0"}, {"v_1": "5", "v_2": "-77"})))
    result = read(path, instrument(v_1={"response_scale": "s"}, v_2={"kind": "number"}))
    assert list(result.responses["platform_disposition"]) == ["31", "31"]
    assert result.answers["v_1"].fillna(-1).tolist() == [-1, 5]
    assert result.answers["v_2"].fillna(-1).tolist() == [0.0, -1]
    assert sorted(zip(result.missing["item"], result.missing["reason"], strict=True)) == [
        ("v_1", "seen_unanswered"), ("v_2", "not_administered"),
    ]  # fmt: skip


@pytest.mark.parametrize("workbook", [False, True])
def test_microsoft_forms_labels_become_codes_and_local_times_utc(tmp_path: Path, workbook: bool) -> None:
    moments = ("9/29/2026 8:00", "9/29/2026 8:01")
    rows = microsoft_rows("en", ["How far?"], ({"How far?": "Some"}, {"How far?": "don't know"}), moments=moments)
    path = tmp_path / ("e.xlsx" if workbook else "e.csv")
    if workbook:
        write_workbook(path, {"Sheet1": rows})
    else:
        path.write_bytes(delimited(rows))
    result = read(path, instrument(q={"response_scale": "s"}), columns={"q": "How far?"})
    assert result.answers["q"].fillna(-1).tolist() == [2, -1]
    assert result.missing["reason"].tolist() == ["dont_know"]
    assert [each.isoformat() for each in result.responses["started_at"]] == ["2026-09-29T06:00:00+00:00"] * 2


def test_google_forms_has_no_id_so_rows_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    rows = google_rows("Timestamp", ["How far?"], ({"How far?": "Much"},), ["2026/09/29 8:00:00 AM GMT+2"])
    path.write_bytes(delimited(rows))
    result = read(path, instrument(q={"response_scale": "s"}), columns={"q": "How far?"})
    assert list(result.responses["response_id"]) == ["s/row-2"]
    assert [each.isoformat() for each in result.responses["ended_at"]] == ["2026-09-29T06:00:00+00:00"]


def test_a_surveyxact_workbook_brings_its_own_structure_to_inspect(tmp_path: Path) -> None:
    head = opened_export(write_bundle_workbook(tmp_path / "e.xlsx", QUESTIONS, RESPONDENTS)).head
    assert head.structure is not None
    assert head.structure.questions["s_1"].options[1].label == "I nogen grad"


TOOLS = Multiple("v_1", "Redskaber?", {"1": "Møder", "16": "Puljer, fonde", "14": "Andet"})
TICKED = (
    Respondent("825", "completed", {"s_1": "5", "v_1": ("16", "14"), "s_9": "a"}),
    Respondent("826", "completed", {"s_1": "2", "s_9": "b"}),
    Respondent("827", "partial", {"s_1": "2"}),
    Respondent("828", "partial", {"v_1": ("1",)}),
)


@pytest.mark.parametrize("labels", [False, True])
def test_what_was_not_ticked_is_a_no_only_where_something_was(tmp_path: Path, labels: bool) -> None:
    """A respondent who broke off has zeros in every option too: they are not reached, and not a no."""
    questions = (*QUESTIONS[:1], TOOLS, QUESTIONS[1])
    dataset, structure, names = write_bundle(tmp_path, questions, TICKED, "semicolon_ansi", labels=labels)
    raw = {
        "name": "i", "version": "1", "title": {"en": "t"},
        "items": {"tools": {"kind": "multiple_choice", "response_scale": "tools"}},
        "response_scales": {"tools": {"points": {
            1: {"label": {"da": "Puljer, fonde"}}, 2: {"label": {"da": "Møder"}}, 3: {"label": {"da": "Andet"}},
        }}},
    }  # fmt: skip
    each = Instrument.model_validate(raw, strict=False)
    result = read(dataset, each, structure, names, columns={"tools": "v_1"})
    answers = result.answers[["tools_1", "tools_2", "tools_3"]].astype("Int64").fillna(-1).to_numpy().tolist()
    assert answers == [[1, 0, 1], [-1, -1, -1], [-1, -1, -1], [0, 1, 0]]
    assert list(zip(result.missing["response_id"], result.missing["reason"], strict=True)) == [
        ("s/826", "unknown_blank"), ("s/827", "not_reached"),
    ]  # fmt: skip
    assert result.rejects.empty
    assert list(result.responses["platform_disposition"]) == ["4", "4", "3", "3"]
    assert list(result.responses["is_finished"]) == [True, True, False, False]
