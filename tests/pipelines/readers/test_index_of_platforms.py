"""What the index of the reference data says of platforms' files and no other test asserts: bytes, clocks, codes."""

import csv
import io
import json
import statistics
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from models.measurement.reliability import alpha_of
from pipelines.readers.opening import Settings
from pipelines.readers.plan import ReadingPlan
from pipelines.readers.structures import read_structure
from pipelines.receive import inspect_export
from tests.opened import opened_export, plan_of

pytestmark = pytest.mark.reference
NO_BASIS = "qualtrics/qt-no-basis/No_Basis_for_Evaluation"
MODEL = "qualtrics/model-evaluation/Model+evaluation_February+26,+2021_01.25.csv"
KOBO_FORM = "kobo/ipa-backcheck/Household_Back_Check_Survey.xlsx"


def rows_below(path: Path, plan: ReadingPlan) -> list[dict[str, str]]:
    """Cut a file into cells without our software, below the header rows of its plan."""
    with path.open(encoding=plan.encoding, newline="") as file:
        rows = list(csv.reader(file, delimiter=plan.delimiter))[plan.header_rows :]
    return [{column.name: row[column.position - 1] for column in plan.columns} for row in rows if row]


@pytest.mark.parametrize(
    ("path", "encoding"),
    [
        ("qualtrics/qualtRics-sample/sample.csv", "utf-8"),
        ("qualtrics/qualtRics-sample/sample_legacy.csv", "utf-8-sig"),
        ("qualtrics/excluder/qualtrics_raw.csv", "utf-8"),
        ("qualtrics/excluder/qualtrics_text.csv", "utf-8"),
        ("qualtrics/excluder/qualtrics_numeric.csv", "utf-8"),
        (f"{NO_BASIS} (Insights).csv", "utf-8"),
        (f"{NO_BASIS} (Legacy).csv", "utf-8-sig"),
        ("qualtrics/qt-single-matrix/Single_Answer_Matrix_Questions (Insights).csv", "utf-8"),
        ("qualtrics/qt-single-matrix/Single_Answer_Matrix_Questions.csv", "utf-8-sig"),
        ("qualtrics/qt-survey-logic/Survey_Logic_EVERYWHERE.csv", "utf-8-sig"),
        ("qualtrics/qt-text-entry/Questions_with_Text_Entry_Components.csv", "utf-8"),
        ("qualtrics/porter-rescue/full_anonymized.csv", "utf-8"),
        (MODEL, "utf-8"),
        ("limesurvey/limonaid-998192/survey_998192_R_data_file.csv", "utf-8-sig"),
        ("generic/uk-csps/Civil-Service-People-Survey-2019-All-Organisation-Scores-CSV-format.csv", "utf-8-sig"),
    ],
)
def test_a_byte_order_mark_is_told_and_is_part_of_no_header(reference: Path, path: str, encoding: str) -> None:
    head = opened_export(reference / "data" / path).head
    assert head.encoding == encoding
    assert not head.rows[0][0].startswith("\ufeff")


@pytest.mark.parametrize(
    ("path", "name", "texts"),
    [
        ("qualtrics/qualtRics-sample/sample.csv", "Status", {"0"}),
        ("qualtrics/qualtRics-sample/sample.csv", "Finished", {"1"}),
        ("qualtrics/excluder/qualtrics_numeric.csv", "Status", {"0", "1"}),
        ("qualtrics/porter-rescue/full_anonymized.csv", "Status", {"0"}),
        ("qualtrics/porter-rescue/full_anonymized.csv", "Finished", {"1"}),
        ("qualtrics/qt-survey-logic/Survey_Logic_EVERYWHERE.csv", "Status", {"2"}),
        ("qualtrics/qt-text-entry/Questions_with_Text_Entry_Components.csv", "Status", {"2"}),
        (f"{NO_BASIS} (Insights).csv", "Status", {"2"}),
        (f"{NO_BASIS} (Legacy).csv", "Status", {"2"}),
        (MODEL, "Status", {"IP Address"}),
        (MODEL, "Progress", {"3", "100"}),
    ],
)
def test_states_of_real_exports_are_those_of_the_index(reference: Path, path: str, name: str, texts: set[str]) -> None:
    plan = plan_of(reference / "data" / path)
    assert {row[name] for row in rows_below(reference / "data" / path, plan)} == texts


def test_lines_of_a_real_export_end_as_windows_ends_them_and_no_cell_keeps_the_sign(reference: Path) -> None:
    content = (reference / "data" / MODEL).read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 68
    rows = opened_export(reference / "data" / MODEL).head.rows
    assert not [cell for row in rows for cell in row if cell.endswith("\r")]


def test_the_only_unfinished_student_stopped_at_three_percent(reference: Path) -> None:
    plan = plan_of(reference / "data" / MODEL)
    rows = rows_below(reference / "data" / MODEL, plan)
    unfinished = [row for row in rows if row[plan.keys["is_finished"]].lower() not in plan.finished_texts]
    assert [row["Progress"] for row in unfinished] == ["3"]


def test_names_of_metadata_are_those_of_old_exports(reference: Path) -> None:
    names = [column.name for column in plan_of(reference / "data" / f"{NO_BASIS} (Insights).csv").columns]
    assert {"ResponseID", "ResponseSet", "ExternalDataReference"} <= set(names)


def test_the_clock_of_the_old_layout_is_two_hours_behind(reference: Path) -> None:
    found: list[dict[str, datetime]] = []
    for layout in ("Insights", "Legacy"):
        path = reference / "data" / f"{NO_BASIS} ({layout}).csv"
        rows = rows_below(path, plan_of(path))
        found.append({row["ResponseID"]: datetime.fromisoformat(row["StartDate"]) for row in rows})
    insights, legacy = found
    assert {insights[each] - legacy[each] for each in insights} == {timedelta(hours=2)}


def test_simulated_metadata_hold_no_question_and_blank_cells_are_empty(reference: Path) -> None:
    for form in ("raw", "text", "numeric"):
        path = reference / f"data/qualtrics/excluder/qualtrics_{form}.csv"
        plan = plan_of(path)
        assert not [column.name for column in plan.columns if column.role == "item"]
        cells = {text for row in rows_below(path, plan) for text in row.values()}
        assert "" in cells
        assert not cells & {"NA", "NaN", "NULL", "None"}


def test_the_definition_of_a_real_survey_has_34_questions_that_its_columns_are_found_in(reference: Path) -> None:
    folder = reference / "data/qualtrics/porter-rescue"
    elements = json.loads((folder / "survey.qsf").read_text(encoding="utf-8"))["SurveyElements"]
    assert sum(each["Element"] == "SQ" for each in elements) == 34
    known = set(read_structure([folder / "survey.qsf"]).questions)
    columns = [c for c in plan_of(folder / "full_anonymized.csv", folder / "survey.qsf").columns if c.question]
    assert {column.question.id for column in columns if column.question} <= known
    assert len(columns) > 20


def test_a_blank_line_at_the_end_is_no_response(reference: Path) -> None:
    path = reference / "data/limesurvey/limonaid-998192/survey_998192_R_data_file.csv"
    assert path.read_bytes().endswith(b"\n\n")
    assert inspect_export(path)["n_rows"] == 7


def test_cleaned_files_of_engineers_state_no_id_and_no_end(reference: Path) -> None:
    for country in ("uk", "us", "can"):
        plan = plan_of(reference / f"data/limesurvey/rse-2017-{country}/public_data.csv")
        assert not {"is_finished", "ended_at", "response_id"} & set(plan.keys)


def test_two_records_took_one_drug_and_one_the_other(reference: Path) -> None:
    path = reference / "data/redcap/redcapr-longitudinal/data.csv"
    rows = rows_below(path, plan_of(path))
    records = {arm: {r["study_id"] for r in rows if r["redcap_event_name"].endswith(arm)} for arm in ("arm_1", "arm_2")}
    assert {arm: len(ids) for arm, ids in records.items()} == {"arm_1": 2, "arm_2": 1}


def test_states_of_a_survey_project_are_incomplete_or_complete(reference: Path) -> None:
    path = reference / "data/redcap/redcapr-survey/data.csv"
    rows = rows_below(path, plan_of(path))
    assert {row["prescreening_survey_complete"] for row in rows} == {"2"}
    assert {row["participant_morale_questionnaire_complete"] for row in rows} == {"0"}


def test_a_decimal_comma_is_quoted_between_separating_commas(reference: Path) -> None:
    path = reference / "data/redcap/redcapr-decimal-comma-and-dot/data.csv"
    assert b'"1,54"' in path.read_bytes()
    assert rows_below(path, plan_of(path))[0]["height_comma"] == "1,54"


def test_every_submission_has_an_id_of_its_own_and_gave_consent(reference: Path) -> None:
    path = reference / "data/kobo/cleaningtools/cleaningtools_raw_data.csv"
    rows = rows_below(path, plan_of(path))
    assert len({row["X_uuid"] for row in rows}) == len(rows) == 632
    assert statistics.mean(float(row["num_hh_member"]) for row in rows) == pytest.approx(7.4114, abs=5e-5)


def test_the_choices_of_a_form_are_970_in_two_languages(reference: Path) -> None:
    with (reference / "data/kobo/cleaningtools/cleaningtools_choices.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 970
    assert sum("label" in name for name in rows[0]) == 2


def test_the_sheets_of_a_surveycto_workbook_end_where_the_index_says_and_blank_rows_are_none(reference: Path) -> None:
    book = openpyxl.load_workbook(reference / "data" / KOBO_FORM, read_only=True)
    assert {name: book[name].max_row for name in ("survey", "choices")} == {"survey": 390, "choices": 939}
    assert len(opened_export(reference / "data" / KOBO_FORM, Settings(sheet="survey")).head.rows) == 91


def test_the_first_people_survey_has_its_benchmarks_above_the_organisations(reference: Path) -> None:
    head = opened_export(reference / "data/generic/uk-csps/csps2011_allorganisations_20120202.csv").head
    assert (len(head.rows) - 1, len(head.rows[0])) == (98, 74)
    assert head.rows[1][1] == "Civil Service 2011 benchmark (median)"


def medians_for_blanks(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.fillna(answers.median())


@pytest.mark.parametrize(
    ("scale", "reversed_items", "expected"),
    [
        ("A", [1], 0.7012),
        ("C", [4, 5], 0.7247),
        ("E", [1, 2], 0.7597),
        ("N", [], 0.8118),
        ("O", [2, 5], 0.5968),
    ],
)
def test_five_scales_of_the_bfi_have_the_alphas_of_scored_items(
    reference: Path, scale: str, reversed_items: Sequence[int], expected: float
) -> None:
    """Alphas of ``psych::scoreItems`` 2.2.9, which puts the item's median in place of a blank; as in the index."""
    path = reference / "data/substantive/bfi/bfi.csv"
    text = io.StringIO(path.read_text(encoding="utf-8"))
    answers = medians_for_blanks(pd.read_csv(text)[[f"{scale}{number}" for number in range(1, 6)]].astype(float))
    for number in reversed_items:
        answers[f"{scale}{number}"] = 7 - answers[f"{scale}{number}"]
    assert alpha_of(np.asarray(answers.cov())) == pytest.approx(expected, abs=5e-5)


def test_the_ratings_of_real_students_are_on_a_scale_of_six_stars(reference: Path) -> None:
    path = reference / "data" / MODEL
    plan = plan_of(path)
    stars = [column.name for column in plan.columns if column.source_id.startswith("QID48_")]
    assert len(stars) == 7
    texts = {row[name] for row in rows_below(path, plan) for name in stars}
    assert max(int(text) for text in texts if text) == 6
