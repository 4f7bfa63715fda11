"""Real Qualtrics exports with the definitions of their surveys: what the index of the reference data says of them."""

import csv
import statistics
from pathlib import Path

import pytest
from opened import plan_of

from instruments.spec import Instrument
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.plan import ReadingPlan, fold
from pipelines.receive import inspect_export
from pipelines.sections.sources import Source

pytestmark = pytest.mark.reference
NO_BASIS = "qt-no-basis/No_Basis_for_Evaluation"
MATRIX = "qt-single-matrix/Single_Answer_Matrix_Questions"
SEVERAL = {
    "points": {1: {"label": {"en": "Squash are great"}}, 2: {}, 3: {}},
    "opt_outs": {
        -1: {"reason": "not_applicable", "label": {"en": "No basis for evaluation"}},
        -2: {"reason": "not_applicable", "label": {"en": "I've never had squash"}},
    },
}


@pytest.fixture
def exports(reference: Path) -> Path:
    return reference / "data/qualtrics"


def cells_of(path: Path, plan: ReadingPlan) -> list[list[str]]:
    with path.open(encoding=plan.encoding, newline="") as file:
        return list(csv.reader(file))[plan.header_rows :]


def shape(path: Path, plan: ReadingPlan) -> tuple[int, int]:
    return len(cells_of(path, plan)), len(plan.columns)


def column_of(plan: ReadingPlan, rows: list[list[str]], source_id: str) -> list[str]:
    (position,) = [column.position for column in plan.columns if column.source_id == source_id]
    return [row[position - 1] for row in rows]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("qualtRics-sample/sample.csv", (1, 20)),
        ("qualtRics-sample/sample_legacy.csv", (1, 16)),
        ("excluder/qualtrics_raw.csv", (100, 16)),
        ("excluder/qualtrics_text.csv", (100, 16)),
        ("excluder/qualtrics_numeric.csv", (100, 16)),
        (f"{NO_BASIS} (Insights).csv", (15, 49)),
        (f"{NO_BASIS} (Legacy).csv", (15, 49)),
        (f"{MATRIX} (Insights).csv", (5, 30)),
        (f"{MATRIX}.csv", (5, 30)),
        ("qt-survey-logic/Survey_Logic_EVERYWHERE.csv", (10, 21)),
        ("qt-text-entry/Questions_with_Text_Entry_Components.csv", (15, 40)),
        ("porter-rescue/full_anonymized.csv", (171, 38)),
        ("model-evaluation/Model+evaluation_February+26,+2021_01.25.csv", (65, 44)),
    ],
)
def test_header_rows_leave_the_responses_of_the_index(exports: Path, path: str, expected: tuple[int, int]) -> None:
    assert shape(exports / path, plan_of(exports / path)) == expected


@pytest.mark.parametrize(
    ("path", "n_rows"),
    [
        (f"{MATRIX} (Insights).csv", 5),
        (f"{MATRIX}.csv", 5),
        ("qt-survey-logic/Survey_Logic_EVERYWHERE.csv", 10),
        ("qt-text-entry/Questions_with_Text_Entry_Components.csv", 15),
    ],
)
def test_test_responses_are_nobodys(exports: Path, path: str, n_rows: int) -> None:
    found = inspect_export(exports / path)
    assert (found["n_rows"], found["n_responses"], found["n_test"]) == (n_rows, 0, n_rows)


def test_the_numeric_sample_is_german_and_its_last_column_is_text_analysis(exports: Path) -> None:
    plan = plan_of(exports / "qualtRics-sample/sample.csv")
    (row,) = cells_of(exports / "qualtRics-sample/sample.csv", plan)
    assert row[plan.column(plan.keys["language"]).position - 1] == "DE"
    assert {column.written for column in plan.columns if column.role == "item"} == {"codes"}
    assert plan.keys["recorded_at"] == "RecordedDate"
    assert plan.column("Q2 - Topics").role == "score"
    assert plan.warnings == ("the export does not say its time zone: times are taken as UTC; give time_zone",)


def test_the_legacy_sample_has_its_names_in_the_second_row_and_an_empty_last_column(exports: Path) -> None:
    plan = plan_of(exports / "qualtRics-sample/sample_legacy.csv")
    assert [column.name for column in plan.columns][:3] == ["ResponseID", "ResponseSet", "Name"]
    assert (plan.columns[-1].name, plan.columns[-1].role) == ("column_16", "unknown")
    assert plan.keys["status"] == "Status"


def test_layouts_of_one_survey_have_the_same_questions_ids_and_cells(exports: Path) -> None:
    qsf = exports / f"{NO_BASIS}.qsf"
    paths = [exports / f"{NO_BASIS} ({layout}).csv" for layout in ("Insights", "Legacy")]
    plans = [plan_of(path, qsf) for path in paths]
    rows = [cells_of(path, plan) for path, plan in zip(paths, plans, strict=True)]
    ids = [[column.source_id for column in plan.columns if column.question is not None] for plan in plans]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 35
    for source_id in ids[0]:
        assert column_of(plans[0], rows[0], source_id) == column_of(plans[1], rows[1], source_id)
    identities = [
        [row[plan.column("ResponseID").position - 1] for row in each] for plan, each in zip(plans, rows, strict=True)
    ]
    assert identities[0] == identities[1]
    assert len(set(identities[0])) == 15


def test_options_are_found_by_recode_in_one_layout_and_by_place_in_the_other(exports: Path) -> None:
    qsf = exports / f"{NO_BASIS}.qsf"
    insights, legacy = (plan_of(exports / f"{NO_BASIS} ({layout}).csv", qsf) for layout in ("Insights", "Legacy"))
    assert (insights.column("Q2_-1").option, legacy.column("Q2_4").option) == ("-1", "-1")
    assert (insights.column("Q6_1_-2").option, legacy.column("Q6_1_4").option) == ("-2", "-2")
    assert legacy.column("Q2_5").question_text == "Check all statements you agree with - I've never had squash"


def test_no_basis_and_not_applicable_are_no_scale_points(exports: Path) -> None:
    path = exports / f"{NO_BASIS} (Insights).csv"
    plan = plan_of(path, exports / f"{NO_BASIS}.qsf")
    rows = cells_of(path, plan)
    asked = ["QID1", *(f"QID{n}_{row}" for n in (3, 4) for row in range(1, 5))]
    for source_id in asked:
        (column,) = [each for each in plan.columns if each.source_id == source_id]
        points = {text for text in column_of(plan, rows, source_id) if fold(text) not in column.opt_outs}
        assert points <= {"1", "2", "3"}
        assert column.opt_outs["-1"] == "dont_know"


def test_ticks_of_a_real_multiple_choice_bind_to_the_instruments_codes(exports: Path) -> None:
    item = {"kind": "multiple_choice", "response_scale": "s"}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": {"Q2": item}}
    each = Instrument.model_validate({**raw, "response_scales": {"s": SEVERAL}}, strict=False)
    for layout in ("Insights", "Legacy"):
        source = Source(wave="w1", files="e.csv")
        plan = plan_of(
            exports / f"{NO_BASIS} ({layout}).csv", exports / f"{NO_BASIS}.qsf", source=source, instruments=(each,)
        )
        bound = [(column.source_id, column.option) for column in plan.columns if column.item == "Q2"]
        assert bound == [("QID2_1", "1"), ("QID2_2", "2"), ("QID2_3", "3"), ("QID2_4", "-1"), ("QID2_5", "-2")]
        assert plan.columns[[c.source_id for c in plan.columns].index("QID2_4")].opt_outs["1"] == "not_applicable"


def test_tags_that_occur_three_times_are_told_apart_by_the_definition(exports: Path) -> None:
    qsf = exports / f"{MATRIX}.qsf"
    paths = [exports / f"{MATRIX} (Insights).csv", exports / f"{MATRIX}.csv"]
    insights, legacy = (plan_of(path, qsf) for path in paths)
    ids = [[column.source_id for column in plan.columns if column.question is not None] for plan in (insights, legacy)]
    assert ids[0] == ids[1]
    assert [legacy.column(f"question_one{number}").source_id for number in ("", "_2", "_3")] == [
        "QID3_1",
        "QID6_1",
        "QID4_1",
    ]
    assert any("several columns have the same tag (question_one" in warning for warning in legacy.warnings)
    rows = [cells_of(path, plan) for path, plan in zip(paths, (insights, legacy), strict=True)]
    for source_id in ids[0]:
        assert column_of(insights, rows[0], source_id) == column_of(legacy, rows[1], source_id)


def test_texts_beside_choices_are_no_items_and_99_means_seen_but_unanswered(exports: Path) -> None:
    folder = exports / "qt-text-entry"
    plan = plan_of(next(folder.glob("*.csv")), next(folder.glob("*.qsf")))
    roles = {column.name: column.role for column in plan.columns if column.name.endswith("_TEXT")}
    assert {role for name, role in roles.items() if not name.startswith("SBS")} == {"other_text"}
    assert {role for name, role in roles.items() if name.startswith("SBS")} == {"open_text"}
    assert plan.column("MCSA_single_text").opt_outs == {"-99": "seen_unanswered"}
    assert plan.column("MCSA_single_text").blank_means == "not_administered"
    assert plan.column("MCMA_text_1").unticked == {"-99", "0"}
    assert plan.column("SBS_text#2_3").question is not None


def test_blank_cells_of_skipped_questions_are_not_explained_by_guesses(exports: Path) -> None:
    folder = exports / "qt-survey-logic"
    plan = plan_of(next(folder.glob("*.csv")), next(folder.glob("*.qsf")))
    question = plan.column("Q5_2")
    assert (question.blank_means, question.opt_outs) == ("unknown_blank", {})
    assert question.question is not None
    assert question.question.shown_if == "m://LastName NotEmpty"


def test_a_stripped_export_keeps_its_first_rows_and_finds_its_questions_by_tag(exports: Path) -> None:
    folder = exports / "porter-rescue"
    agreement = {"points": {code: {} for code in range(1, 8)}}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": {"conserv": {"response_scale": "s"}}}
    each = Instrument.model_validate({**raw, "response_scales": {"s": agreement}}, strict=False)
    source = Source(wave="w1", files="e.csv", time_zone="UTC")
    plan = plan_of(folder / "full_anonymized.csv", folder / "survey.qsf", source=source, instruments=(each,))
    rows = cells_of(folder / "full_anonymized.csv", plan)
    column = plan.column("conserv")
    answers = [resolve_text(column, row[column.position - 1], plan).value for row in rows]
    numbers = [float(str(answer)) for answer in answers if answer is not None]
    assert (column.source_id, len(numbers), round(statistics.mean(numbers), 4)) == ("QID34", 170, 3.2412)
    assert plan.column("Q_RecaptchaScore").role == "metadata"
    assert not any("do not say which row" in warning for warning in plan.warnings)


def test_mixed_scales_of_one_block_come_from_the_definition(exports: Path) -> None:
    folder = exports / "porter-rescue"
    plan = plan_of(folder / "full_anonymized.csv", folder / "survey.qsf")
    n_options = {column.name: len(column.question.options) for column in plan.columns if column.question}
    assert (n_options["conserv"], n_options["likelyfriends3"], n_options["pol_cate1"]) == (7, 5, 8)
    slider = plan.column("future_help2_1")
    assert (slider.least, slider.most, slider.source_id) == (0.0, 100.0, "QID8_1")
    assert [column.name for column in plan.columns if column.role == "item" and column.question is None] == ["newID"]


def test_a_text_export_of_real_students_holds_labels(exports: Path) -> None:
    path = next((exports / "model-evaluation").glob("*.csv"))
    plan = plan_of(path)
    rows = cells_of(path, plan)
    stars = [text for row in range(1, 8) for text in column_of(plan, rows, f"QID48_{row}") if text]
    assert set(stars) == {"0", "1", "2", "3", "4", "5", "6"}
    assert stars.count("0") == 3
    assert {column.written for column in plan.columns if column.role == "item"} == {"labels"}
    assert plan.time_zone == "America/Denver"
    assert plan.unreached == "after_last_answer"
