"""SurveyXact exports in every dialect, with codes or labels, with structure, labels, both or neither."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.opening import Settings
from pipelines.readers.plan import PlannedColumn, ReadingError, ReadingPlan, fold
from pipelines.readers.structures import read_structure
from tests.opened import opened_export, plan_of
from tests.writers.delimited import delimited, write_workbook
from tests.writers.surveyxact import (
    DIALECTS,
    Multiple,
    Open,
    Respondent,
    Single,
    dataset_rows,
    label_rows,
    structure_rows,
    write_bundle,
    write_bundle_workbook,
)

DEGREES = {"1": "I ringe grad", "2": "I nogen\ngrad ", "5": "I høj grad"}
QUESTIONS = (
    Single("s_1", "I hvilken grad … - du bliver hørt", DEGREES),
    Single("s_2", "I hvilken grad … - I er enige - om målet", DEGREES),
    Multiple("v_1", "Hvilke redskaber?", {"1": "Møder", "16": "Puljer, fonde", "14": "Andet"}),
    Open("s_9", "Andet, hvad?"),
    Open("alder", "Alder", "Double"),
)
RESPONDENTS = (
    Respondent("825", "completed", {"s_1": "5", "s_2": "2", "v_1": ("16", "14"), "s_9": "fælles; mål", "alder": "47,5"},
               "02-09-2021 18:50:24", "02-09-2021 18:52:40", "x@example.org"),
    Respondent("826", "partial", {"s_1": "1"}, "02-09-2021 18:51:00"),
    Respondent("827", "distributed"),
    Respondent("828", "new"),
    Respondent("829", "excused"),
)  # fmt: skip


def column(plan: ReadingPlan, name: str) -> PlannedColumn:
    return plan.column(name)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_plan_with_structure_and_labels(tmp_path: Path, dialect: str) -> None:
    dataset, structure, labels = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, dialect)
    plan = plan_of(dataset, structure, labels)
    assert (plan.platform, plan.layout, plan.decimal) == ("surveyxact", "values", ",")
    assert {c.name: c.role for c in plan.columns if not c.name.startswith("stat")} == {
        "respondentid": "identifier", "s_1": "item", "s_2": "item", "v_1_1": "multiple_choice_option",
        "v_1_2": "multiple_choice_option", "v_1_3": "multiple_choice_option", "s_9": "open_text", "alder": "item",
        "starttime": "metadata", "closetime": "metadata", "email": "metadata",
    }  # fmt: skip
    assert plan.keys == {
        "response_id": "respondentid", "is_finished": "statoverall_4", "started_at": "starttime",
        "ended_at": "closetime",
    }  # fmt: skip
    assert plan.column("closetime").time_formats == ("%d-%m-%Y %H:%M:%S",)
    assert [c.name for c in plan.columns if c.is_personal_data] == ["email"]


def test_an_options_code_is_the_choice_value_and_not_the_number_of_its_column(tmp_path: Path) -> None:
    plan = plan_of(*write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "semicolon_ansi"))
    assert [(c.name, c.option, c.source_id) for c in plan.columns if c.option] == [
        ("v_1_1", "1", "v_1"), ("v_1_2", "16", "v_1"), ("v_1_3", "14", "v_1"),
    ]  # fmt: skip


def test_a_zero_is_a_blank_as_it_is_written_for_questions_never_shown_too(tmp_path: Path) -> None:
    plan = plan_of(*write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "comma_ansi"))
    option = column(plan, "v_1_1")
    assert {"0", "ikke valgt"} <= option.blanks
    assert {"1", "valgt"} <= option.ticked
    assert (option.unticked, plan.unreached) == (frozenset(), "after_last_answer")


@pytest.mark.parametrize("labels", [False, True])
def test_the_status_columns_say_what_came_of_every_respondent(tmp_path: Path, labels: bool) -> None:
    dataset, structure, names = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "semicolon_ansi", labels=labels)
    plan = plan_of(dataset, structure, names)
    assert plan.layout == ("labels" if labels else "values")
    assert plan.column("s_1").written == ("labels" if labels else "codes")
    rows = opened_export(dataset).head.rows
    found = [
        next(
            said
            for name, states in plan.dispositions.items()
            if (said := states.get(fold(row[column(plan, name).position - 1])))
        )
        for row in rows[1:]
    ]
    assert found == ["4", "3", "2", "1", "5"]


def test_rows_of_a_matrix_share_stem_and_battery_and_labels_are_one_line(tmp_path: Path) -> None:
    _, structure, labels = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "tab_utf16")
    found = read_structure([structure, labels])
    first, second = found.questions["s_1"], found.questions["s_2"]
    assert (first.stem, first.text, first.battery) == ("I hvilken grad …", "du bliver hørt", "s_1")
    assert (second.stem, second.text, second.battery) == ("I hvilken grad …", "I er enige - om målet", "s_1")
    assert [(o.code, o.label) for o in first.options] == [
        ("1", "I ringe grad"),
        ("2", "I nogen grad"),
        ("5", "I høj grad"),
    ]
    assert found.questions["v_1"].kind == "multiple_choice"


def test_labels_alone_still_tell_options_of_a_multiple_choice(tmp_path: Path) -> None:
    dataset, _, labels = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "semicolon_ansi")
    plan = plan_of(dataset, labels)
    assert [(c.name, c.option) for c in plan.columns if c.role == "multiple_choice_option"] == [
        ("v_1_1", "1"), ("v_1_2", "2"), ("v_1_3", "3"),
    ]  # fmt: skip
    assert any("no structure" in warning for warning in plan.warnings)


def test_structure_alone_gives_texts_and_warns_that_options_are_not_known(tmp_path: Path) -> None:
    dataset, structure, _ = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "semicolon_ansi")
    plan = plan_of(dataset, structure)
    assert column(plan, "s_9").question_text == "Andet, hvad?"
    assert any("no labels" in warning for warning in plan.warnings)


def test_without_a_structure_words_for_ticked_still_show_an_option(tmp_path: Path) -> None:
    dataset, _, _ = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "semicolon_ansi", labels=True)
    plan = plan_of(dataset)
    assert [(c.name, c.option, c.source_id) for c in plan.columns if c.option] == [
        ("v_1_1", "1", "v_1"), ("v_1_2", "2", "v_1"), ("v_1_3", "3", "v_1"),
    ]  # fmt: skip
    assert any("no structure is given" in warning for warning in plan.warnings)


def test_shortened_names_are_recognised_without_the_respondents_id(tmp_path: Path) -> None:
    path = tmp_path / "dataset.csv"
    head = ["s_2", "s_6", *(f"stato_{number}" for number in range(1, 6))]
    path.write_bytes(delimited([head, ["5", "1", "0", "0", "0", "1", "0"]], ";", "cp1252"))
    plan = plan_of(path)
    assert (plan.platform, plan.keys) == ("surveyxact", {"is_finished": "stato_4"})
    assert list(plan.dispositions) == head[2:]


def test_a_variable_that_the_data_set_lacks_is_named(tmp_path: Path) -> None:
    _, structure, labels = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "semicolon_ansi")
    (tmp_path / "dataset.csv").write_bytes(delimited(dataset_rows(QUESTIONS[:1], RESPONDENTS), ";"))
    plan = plan_of(tmp_path / "dataset.csv", structure, labels)
    assert any("v_1_2" in warning and "data set has not" in warning for warning in plan.warnings)


def test_two_files_of_one_kind_are_refused(tmp_path: Path) -> None:
    _, structure, _ = write_bundle(tmp_path, QUESTIONS, RESPONDENTS, "semicolon_ansi")
    with pytest.raises(ReadingError, match="expected one file of the structure, found two"):
        read_structure([structure, structure])


@pytest.mark.parametrize("widths", [(), (2, 3)])
def test_a_workbook_is_one_table_with_its_own_structure(tmp_path: Path, widths: tuple[int, ...]) -> None:
    path = write_bundle_workbook(tmp_path / "export.xlsx", QUESTIONS, RESPONDENTS, widths=widths)
    export = opened_export(path)
    expected = dataset_rows(QUESTIONS, RESPONDENTS)
    assert [list(row) for row in export.head.rows] == expected
    assert export.cells is not None
    assert export.cells.num_rows == len(expected)
    plan = plan_of(path)
    assert (plan.platform, column(plan, "v_1_2").option) == ("surveyxact", "16")
    assert column(plan, "s_1").question_text == "I hvilken grad … - du bliver hørt"


def test_sheets_of_a_wide_data_set_are_joined_by_respondent_when_their_order_differs(tmp_path: Path) -> None:
    sheets = {
        "Labels": label_rows(QUESTIONS),
        "Dataset(1)": [["respondentid", "s_1"], ["825", "5"], ["826", "1"]],
        "Dataset(2)": [["respondentid", "s_2"], ["826", "2"], ["825", "1"]],
        "Structure": structure_rows(QUESTIONS),
    }
    head = opened_export(write_workbook(tmp_path / "export.xlsx", sheets)).head
    assert head.rows == (("respondentid", "s_1", "s_2"), ("825", "5", "1"), ("826", "1", "2"))


def test_sheets_with_other_respondents_are_refused(tmp_path: Path) -> None:
    sheets = {
        "Labels": label_rows(QUESTIONS),
        "Dataset(1)": [["respondentid", "s_1"], ["825", "5"]],
        "Dataset(2)": [["respondentid", "s_2"], ["826", "2"]],
    }
    with pytest.raises(ReadingError, match="the same respondents, each once, in every sheet"):
        opened_export(write_workbook(tmp_path / "export.xlsx", sheets))


def test_a_sheet_that_is_asked_for_is_read_alone(tmp_path: Path) -> None:
    path = write_bundle_workbook(tmp_path / "export.xlsx", QUESTIONS, RESPONDENTS)
    head = opened_export(path, Settings(sheet="Labels")).head
    assert (head.rows[0], head.structure) == (("s_1", "1", "I ringe grad"), None)


WORDS = st.text(st.sampled_from('abcæøå ";,-\t\n1'), min_size=1, max_size=12).filter(
    lambda text: fold(text) and text.strip(" \t\n-")
)


@st.composite
def surveys(draw: st.DrawFn) -> tuple[list, list]:
    """Draw questions and respondents who answered some of them."""
    labels = st.lists(WORDS, min_size=2, max_size=4, unique_by=fold).flatmap(
        lambda texts: st.lists(st.integers(1, 99).map(str), min_size=len(texts), max_size=len(texts), unique=True).map(
            lambda codes: dict(zip(codes, texts, strict=True))
        )
    )
    questions: list = []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from((Single, Multiple, Open)))
        text = draw(WORDS)
        questions.append(Open(f"q{number}x", text) if kind is Open else kind(f"q{number}x", text, draw(labels)))
    respondents = []
    for number in range(draw(st.integers(1, 4))):
        answers: dict = {}
        for question in questions:
            if isinstance(question, Open):
                answers[question.name] = draw(WORDS)
            elif isinstance(question, Multiple):
                answers[question.name] = tuple(draw(st.sets(st.sampled_from(list(question.labels)))))
            else:
                answers[question.name] = draw(st.sampled_from(["", *question.labels]))
        state = draw(st.sampled_from(("partial", "completed")))
        respondents.append(Respondent(str(1000 + number), state, answers))
    return questions, respondents


@given(surveys(), st.sampled_from(list(DIALECTS)), st.booleans())
def test_any_survey_comes_back_from_any_dialect(
    tmp_path_factory: pytest.TempPathFactory, survey: tuple[list, list], dialect: str, labels: bool
) -> None:
    """Every answer is found again through the plan: codes by label or value, ticks by option, texts as they were."""
    questions, respondents = survey
    dataset, structure, names = write_bundle(
        tmp_path_factory.mktemp("bundle"), questions, respondents, dialect, labels=labels
    )
    plan = plan_of(dataset, structure, names)
    rows = opened_export(dataset).head.rows[1:]
    for respondent, row in zip(respondents, rows, strict=True):
        for question in questions:
            given_answer = respondent.answers[question.name]
            if isinstance(question, Multiple):
                of_question = [c for c in plan.columns if c.source_id == question.name]
                ticked = {c.option for c in of_question if fold(row[c.position - 1]) in c.ticked}
                assert ticked == set(given_answer)
                assert all(fold(row[c.position - 1]) in c.ticked | c.blanks for c in of_question)
            elif isinstance(question, Single):
                cell = row[column(plan, question.name).position - 1]
                planned = column(plan, question.name).question
                assert planned is not None
                codes = [o.code for o in planned.options if fold(cell) == (fold(o.label) if labels else o.code)]
                assert codes == ([given_answer] if given_answer else [])
            else:
                assert row[column(plan, question.name).position - 1] == given_answer
