"""Qualtrics exports as Qualtrics writes them."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.files.head import read_head
from pipelines.readers.plan import Head, ReadingError, ReadingPlan, Request
from pipelines.readers.qualtrics.columns import QualtricsHeader, role_of, source_ids, status_texts
from pipelines.readers.qualtrics.reader import QualtricsReader
from pipelines.readers.registry import make_plan
from pipelines.readers.structure import Option, Question, Structure
from pipelines.sections.sources import Source

QUALTRICS = "data/qualtrics"


def plan_of(path: Path) -> ReadingPlan:
    return make_plan(read_head(path), Request())


def export(tmp_path: Path, names: list[str], texts: list[str], ids: list[object], *rows: list[str]) -> Path:
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, texts, [json.dumps(each) for each in ids], *rows])
    return path


@pytest.mark.reference
@pytest.mark.parametrize(
    ("path", "layout", "header_rows", "time_zone"),
    [
        ("qualtRics-sample/sample.csv", "three_header_rows", 3, ""),
        ("excluder/qualtrics_raw.csv", "three_header_rows", 3, "America/Chicago"),
        ("model-evaluation/Model+evaluation_February+26,+2021_01.25.csv", "three_header_rows", 3, "America/Denver"),
        ("qt-no-basis/No_Basis_for_Evaluation (Insights).csv", "three_header_rows", 3, ""),
        ("porter-rescue/full_anonymized.csv", "headers_stripped", 1, ""),
        ("excluder/qualtrics_text.csv", "headers_stripped", 1, ""),
        ("excluder/qualtrics_numeric.csv", "headers_stripped", 1, ""),
        ("qualtRics-sample/sample_legacy.csv", "legacy_two_header_rows", 2, ""),
        ("qt-no-basis/No_Basis_for_Evaluation (Legacy).csv", "legacy_two_header_rows", 2, ""),
    ],
)
def test_layout_is_recognised_by_content(
    reference: Path, path: str, layout: str, header_rows: int, time_zone: str
) -> None:
    plan = plan_of(reference / QUALTRICS / path)
    assert (plan.platform, plan.layout, plan.header_rows) == ("qualtrics", layout, header_rows)
    assert plan.time_zone == time_zone


@pytest.mark.reference
def test_localised_header_texts_do_not_hide_the_metadata(reference: Path) -> None:
    plan = plan_of(reference / QUALTRICS / "qualtRics-sample/sample.csv")
    roles = {column.name: column.role for column in plan.columns}
    assert plan.column("Status").question_text == "Antworttyp"
    assert plan.keys["status"] == "Status"
    assert [name for name, role in roles.items() if role != "metadata"] == ["Q1", "Q2", "Q2 - Topics"]
    assert (roles["Q1"], roles["Q2"], roles["Q2 - Topics"]) == ("item", "open_text", "score")


@pytest.mark.reference
def test_personal_columns_are_marked(reference: Path) -> None:
    plan = plan_of(reference / QUALTRICS / "qualtRics-sample/sample.csv")
    personal = {column.name for column in plan.columns if column.is_personal_data}
    assert personal == {
        "IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference",
        "LocationLatitude", "LocationLongitude",
    }  # fmt: skip


@pytest.mark.reference
def test_texts_beside_choices_are_no_items(reference: Path) -> None:
    plan = plan_of(reference / QUALTRICS / "qt-text-entry/Questions_with_Text_Entry_Components.csv")
    roles = {column.name: column.role for column in plan.columns}
    assert roles["MCSA_single_text_TEXT"] == "other_text"
    assert roles["MCMA_text_1_TEXT"] == "other_text"
    assert roles["SBS_text#3_1_1_TEXT"] == "open_text"
    assert roles["SBS_text#1_1"] == "item"


@pytest.mark.reference
def test_legacy_names_stand_in_the_second_row_and_repeated_ones_are_numbered(reference: Path) -> None:
    plan = plan_of(reference / QUALTRICS / "qt-single-matrix/Single_Answer_Matrix_Questions.csv")
    names = [column.name for column in plan.columns]
    assert plan.keys["response_id"] == "ResponseID"
    assert names[-1] == f"column_{len(names)}"
    assert len(set(names)) == len(names)
    assert {"question_one", "question_one_2", "question_one_3"} <= set(names)


@pytest.mark.parametrize(
    ("import_id", "extra", "role"),
    [
        ("QID1", {}, "item"),
        ("QID1_3", {}, "item"),
        ("1_QID6", {}, "item"),
        ("QID1#1_2", {}, "item"),
        ("QID3_2", {"choice_id": "2"}, "multiple_choice_option"),
        ("QID9_TEXT", {}, "open_text"),
        ("QID1_TEXT", {}, "other_text"),
        ("QID1_3_TEXT", {}, "other_text"),
        ("QID7_FIRST_CLICK", {}, "timing"),
        ("QID7_LAST_CLICK", {}, "timing"),
        ("QID7_PAGE_SUBMIT", {}, "timing"),
        ("QID7_CLICK_COUNT", {}, "timing"),
        ("QID1_DO", {}, "display_order"),
        ("QID1_DO_3", {}, "display_order"),
        ("QID5_NPS_GROUP", {}, "score"),
        ("QID2_TEXT_eae5a8d0e7fd4bd183e983e5Topics", {}, "score"),
        ("municipality", {}, "embedded"),
        ("QID1", {"is_label_twin": True}, "embedded"),
        ("startDate", {}, "metadata"),
        ("panel-RecipientEmail", {}, "metadata"),
        ("Q_RecaptchaScore", {}, "metadata"),
        ("QID3_BROWSER", {}, "metadata"),
        ("QID3_OS", {}, "metadata"),
        ("QID3", {"choice_id": "2"}, "multiple_choice_option"),
        ("QID5_2", {"choice_id": "1"}, "multiple_choice_option"),
        ("2_QID6_3", {}, "item"),
        ("2_QID6_TEXT", {}, "open_text"),
        ("QID1#2_1_1", {}, "item"),
        ("QID1_DO", {"choice_id": "3"}, "display_order"),
        ("BL_0pwLK1aimKUjDBs_DO", {"choice_id": "Q1"}, "display_order"),
        ("FL_15_DO", {"choice_id": "FL_16"}, "display_order"),
        ("SC_0pwLK1aimKUjDBs", {}, "score"),
        ("QID2_TEXT_eae5a8d0e7fd4bd183e983e5SentimentScore", {}, "score"),
        ("QID40_FILE_ID", {}, "metadata"),
        ("Q_DuplicateRespondent", {}, "metadata"),
        ("Q_BallotBoxStuffing", {}, "metadata"),
        ("Q_TotalDuration", {}, "metadata"),
        ("lastModifiedDate", {}, "metadata"),
        ("QID1-TEXT", {}, "other_text"),
    ],
)
def test_import_ids_say_what_a_column_is(import_id: str, extra: dict[str, object], role: str) -> None:
    header = QualtricsHeader(name="any", import_id=import_id, **extra)  # pyright: ignore[reportArgumentType]
    assert role_of(header, {"QID1", "QID1_3"}) == role


@pytest.mark.parametrize(
    ("text", "is_preview", "is_test"),
    [
        ("0", False, False), ("1", True, False), ("2", False, True), ("4", False, False), ("8", False, False),
        ("9", True, False), ("12", False, False), ("16", False, False), ("17", True, False), ("32", False, False),
        ("40", False, False), ("48", False, False), ("ip address", False, False), ("survey preview", True, False),
        ("survey test", False, True), ("survey preview spam", True, False), ("offline survey preview", True, False),
        ("offline", False, False),
    ],
)  # fmt: skip
def test_status_is_a_bit_mask_in_codes_and_labels(text: str, is_preview: bool, is_test: bool) -> None:
    assert (text in status_texts("preview"), text in status_texts("test")) == (is_preview, is_test)


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["Q1", "Q1_DO", "Q1_DO_3"], ["item", "display_order", "display_order"]),
        (["to_do", "to_do_list"], ["item", "item"]),
        (["SC0", "Score-sum", "Q2 - Topics", "Q3.8 - Sentiment Score"], ["score"] * 4),
        (["Q7_First Click", "Q7_Page Submit", "Q7_Click Count"], ["timing"] * 3),
        (["Q3_Browser", "Q3_Operating System"], ["metadata"] * 2),
        (["Q5", "Q5_NPS_GROUP", "Q5_TEXT", "Q6_TEXT"], ["item", "score", "other_text", "open_text"]),
    ],
)
def test_names_alone_say_what_a_column_is_where_there_are_no_import_ids(names: list[str], roles: list[str]) -> None:
    headers = [QualtricsHeader(name) for name in names]
    assert [role_of(header, set(names)) for header in headers] == roles


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([("QID3", "1"), ("QID3", "2")], ["QID3_1", "QID3_2"]),
        ([("QID3_1", "1"), ("QID3_2", "2")], ["QID3_1", "QID3_2"]),
        ([("QID5_1", "1"), ("QID5_1", "2"), ("QID5_2", "2")], ["QID5_1_1", "QID5_1_2", "QID5_2_2"]),
        ([("1_QID3", "4"), ("2_QID3", "4")], ["1_QID3_4", "2_QID3_4"]),
        ([("QID2-1", ""), ("QID5#3-1-1-TEXT", "")], ["QID2_1", "QID5#3_1_1_TEXT"]),
        ([("startDate", ""), ("municipality", "")], ["startDate", "municipality"]),
    ],
)
def test_every_column_has_an_id_of_its_own(ids: list[tuple[str, str]], expected: list[str]) -> None:
    headers = [QualtricsHeader("any", import_id=import_id, choice_id=choice) for import_id, choice in ids]
    assert source_ids(headers) == expected


@pytest.mark.parametrize(
    "cell", ["{" * 5000, "{'a': " * 2000, '{"ImportId": ' + "[" * 5000, "{'ImportId': 'x' * 9**9}"]
)
def test_hostile_header_cells_are_no_import_ids(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "export.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["Q1", "Q2"], ["a", "b"], [cell, cell], ["1", "2"]])
    assert not QualtricsReader().recognises(read_head(path))


@pytest.mark.parametrize(
    "cell", ["{'ImportId': \"it's\"}", "{'ImportId': 'QID1', 'choiceId': '2'}", '{"ImportId":"QID1","x":{"y":[1]}}']
)
def test_both_notations_of_import_ids_are_read(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "export.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["Q1"], ["a"], [cell], ["1"]])
    assert QualtricsReader().recognises(read_head(path))


def test_the_time_of_the_last_change_goes_before_the_time_of_recording(tmp_path: Path) -> None:
    names = ["RecordedDate", "LastModifiedDate", "Q1"]
    ids = [{"ImportId": "recordedDate"}, {"ImportId": "lastModifiedDate"}, {"ImportId": "QID1"}]
    assert plan_of(export(tmp_path, names, names, ids)).keys["recorded_at"] == "LastModifiedDate"


def test_loops_timing_labels_and_embedded_data_are_told_apart(tmp_path: Path) -> None:
    names = ["1_Q6", "2_Q6", "Q7_First Click", "Q1", "Q1", "municipality"]
    ids = [
        {"ImportId": "1_QID6"}, {"ImportId": "2_QID6"}, {"ImportId": "QID7_FIRST_CLICK"}, {"ImportId": "QID1"},
        {"ImportId": "QID1", "IsLabelsColumn": True}, {"ImportId": "municipality"},
    ]  # fmt: skip
    plan = plan_of(export(tmp_path, names, names, ids, ["1"] * 6))
    assert [(column.source_id, column.role, column.is_personal_data) for column in plan.columns] == [
        ("1_QID6", "item", False), ("2_QID6", "item", False), ("QID7_FIRST_CLICK", "timing", False),
        ("QID1", "item", False), ("Q1_2", "embedded", False), ("municipality", "embedded", True),
    ]  # fmt: skip


def test_a_definition_of_another_survey_is_refused_and_strangers_are_named(tmp_path: Path) -> None:
    path = export(tmp_path, ["Q1", "Q2"], ["x", "y"], [{"ImportId": "QID1"}, {"ImportId": "QID2"}])
    question = Question("QID1", "Words of the definition", "choice", options=(Option("1", "a"), Option("2", "b")))
    known = Structure("qualtrics", "Mine", "en", {"QID1": question})
    plan = make_plan(read_head(path), Request(structure=known))
    assert plan.column("Q1").question_text == "Words of the definition"
    assert "the definition of the survey does not have these columns: Q2" in plan.warnings
    other = Structure("qualtrics", "Another", "en", {"QID9": question})
    with pytest.raises(ReadingError, match=r"'Another', of qualtrics\) has none of the 2 questions"):
        make_plan(read_head(path), Request(structure=other))


@pytest.mark.parametrize(
    ("finished", "n_unknown"), [("1", 0), ("True", 0), ("FALSK", 0), ("SAND", 0), ("Wahr", 0), ("Klaar", 1)]
)
def test_finished_in_other_languages_is_understood_or_warned_of(tmp_path: Path, finished: str, n_unknown: int) -> None:
    ids = [{"ImportId": "finished"}, {"ImportId": "QID1"}]
    warnings = plan_of(export(tmp_path, ["Finished", "Q1"], ["f", "x"], ids, [finished, "1"])).warnings
    assert len([warning for warning in warnings if "the finished column holds" in warning]) == n_unknown


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), min_size=1, max_size=5))
def test_any_head_is_recognised_or_not_and_then_planned_or_refused(rows: list[list[str]]) -> None:
    head = Head("x.csv", "utf-8", ",", tuple(map(tuple, rows)), is_whole=True)
    if QualtricsReader().recognises(head):
        QualtricsReader().plan(head, Request())


HEADERS = st.sampled_from(
    [
        "StartDate",
        "Status",
        "Finished",
        "Q1",
        "Q1_2",
        "V1",
        "ResponseID",
        "ResponseSet",
        "QID1_TEXT",
        "",
        "Q1_DO",
        "-99",
    ]
)
IDS = st.sampled_from(
    [
        '{"ImportId":"QID1"}',
        "{'ImportId': 'QID1-2'}",
        '{"ImportId":"QID1","choiceId":"2"}',
        '{"ImportId":5}',
        "{}",
        "",
        "[",
    ]
)


@given(
    st.lists(HEADERS, min_size=1, max_size=6),
    st.lists(IDS, max_size=6),
    st.lists(st.lists(st.sampled_from(["", "-99", "0", "1", "Survey Preview"]), max_size=6), max_size=3),
)
def test_headers_that_look_like_qualtrics_are_planned_or_refused(
    names: list[str], ids: list[str], rows: list[list[str]]
) -> None:
    head = Head("x.csv", "utf-8", ",", tuple(map(tuple, [names, names, ids, *rows])), is_whole=True)
    if QualtricsReader().recognises(head):
        plan = QualtricsReader().plan(head, Request())
        assert len(plan.columns) == len(names)


def test_a_header_that_is_not_plain_data_is_never_evaluated(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    with path.open("w", newline="") as file:
        hostile = "{'ImportId': __import__('os').getpid()}"
        csv.writer(file).writerows([["Q1", "Q2"], ["a", "b"], [hostile, hostile], ["1", "2"]])
    assert not QualtricsReader().recognises(read_head(path))


def test_texts_of_questions_may_hold_line_breaks(tmp_path: Path) -> None:
    ids = [{"ImportId": "_recordId"}, {"ImportId": "QID1"}]
    path = export(tmp_path, ["ResponseId", "Q1"], ["Response ID", 'two\n\nlines, "quoted"'], ids, ["R_1", "4"])
    plan = plan_of(path)
    assert plan.layout == "three_header_rows"
    assert plan.column("Q1").question_text == 'two lines, "quoted"'


def test_stripped_headers_with_question_texts_left_are_two_rows(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "StartDate,EndDate,Status,Finished,Q1\nAnfangsdatum,Enddatum,Antworttyp,Beendet,Frage\n"
        "2024-01-01 10:00:00,2024-01-01 10:05:00,0,1,3\n",
        encoding="utf-8",
    )
    plan = plan_of(path)
    assert (plan.layout, plan.header_rows) == ("names_and_question_texts", 2)


def test_status_texts_in_another_language_are_warned_of(tmp_path: Path) -> None:
    ids = [{"ImportId": "status"}, {"ImportId": "QID1"}]
    path = export(tmp_path, ["Status", "Q1"], ["Antworttyp", "x"], ids, ["Umfragevorschau", "1"], ["IP Address", "2"])
    assert any("status column holds 1 text " in warning for warning in plan_of(path).warnings)


def test_an_unknown_time_zone_is_refused_and_the_source_can_state_one(tmp_path: Path) -> None:
    ids = [{"ImportId": "startDate", "timeZone": "Mars/Olympus"}, {"ImportId": "QID1"}]
    path = export(tmp_path, ["StartDate", "Q1"], ["Start", "x"], ids, ["2024-01-01 10:00:00", "1"])
    with pytest.raises(ReadingError, match=r"Mars/Olympus.*time_zone"):
        plan_of(path)
    source = Source(wave="w1", files="export.csv", time_zone="Europe/Copenhagen")
    assert make_plan(read_head(path), Request(source)).time_zone == "Europe/Copenhagen"


def test_header_rows_that_contradict_the_file_are_refused(tmp_path: Path) -> None:
    path = export(
        tmp_path, ["StartDate", "Q1"], ["s", "x"], [{"ImportId": "startDate"}, {"ImportId": "QID1"}], ["", ""]
    )
    with pytest.raises(ReadingError, match="header_rows says 1, but the file has 3"):
        make_plan(read_head(path), Request(Source(wave="w1", files="export.csv", header_rows=1)))
