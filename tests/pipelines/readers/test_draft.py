"""What is proposed for an export, and how every guess says where it comes from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.inner_faults import inner_faults
from instruments.spec import Instrument
from instruments.spec_file import json_like
from instruments.strict_yaml import read_yaml
from pipelines.readers.drafts.draft import draft_of
from pipelines.readers.drafts.files import Origin, instrument_yaml, study_yaml
from pipelines.readers.drafts.scales import are_numbers, scale_from_options, scale_from_texts, with_other_texts
from pipelines.readers.inspection import CellCounts, ColumnCounts, RowCounts
from pipelines.readers.plan import PlannedColumn, ReadingPlan
from pipelines.readers.structure import Option, Question

AGREE = (Option("1", "Disagree"), Option("2", "Neutral"), Option("3", "Agree"), Option("-9", "Don't know"))
ORIGIN = Origin("study", "e.csv", (), "", "en", 3, {})


def drafted(columns: list[PlannedColumn], texts: dict[str, list[str]]):
    plan = ReadingPlan("generic", "one_header_row", "utf-8", ",", ".", "", 1, tuple(columns), {})
    counts = {
        column.position: ColumnCounts(len(texts.get(column.name, [])), dict.fromkeys(texts.get(column.name, []), 1))
        for column in columns
    }
    return draft_of(plan, CellCounts(RowCounts(3, 0, 0, None, 3), counts), {"wave"})


def column(position: int, name: str, question: Question | None = None, **more: Any) -> PlannedColumn:
    return PlannedColumn(position, name, name, "item", question=question, **more)


def test_rows_of_a_matrix_become_a_candidate_scale_and_opt_outs_are_told_by_their_label():
    questions = [Question(f"Q1_{n}", f"Row {n}", "choice", battery="Q1", options=AGREE) for n in (1, 2, 3)]
    draft = drafted([column(n, f"Q1_{n}", each) for n, each in enumerate(questions, start=1)], {})
    (scale,) = draft.response_scales.values()
    assert [(point.code, point.label) for point in scale.points] == [(1, "Disagree"), (2, "Neutral"), (3, "Agree")]
    assert [(each.code, each.reason) for each in scale.opt_outs] == [(-9, "dont_know")]
    assert [each.items for each in draft.scales] == [("Q1_1", "Q1_2", "Q1_3")]


@pytest.mark.parametrize(
    ("stem", "row", "asked"),
    [
        ("How often do you …", "meet?", "How often do you … [meet?]"),
        ("", "Do you meet?", "Do you meet?"),
        ("Do you  Meet", "do you meet [often]", "do you meet [often]"),
        ("Only the stem", "", "Only the stem"),
    ],
)
def test_a_row_of_a_matrix_keeps_the_text_above_it(stem, row, asked):
    question = Question("Q1_1", row, "choice", stem=stem, battery="Q1", options=AGREE)
    (item,) = drafted([column(1, "Q1_1", question)], {}).items
    assert item.text == asked


def test_a_heading_with_an_empty_row_is_its_question():
    (item,) = drafted([column(1, "Q1", question_text="How often? []")], {}).items
    assert item.text == "How often?"


def test_split_options_become_one_multiple_choice():
    question = Question("Q2", "Which tools?", "multiple_choice", options=(Option("1", "Pen"), Option("4", "Chalk")))
    columns = [
        PlannedColumn(1, "Q2_1", "Q2", "multiple_choice_option", question=question, option="1"),
        PlannedColumn(2, "Q2_4", "Q2", "multiple_choice_option", question=question, option="4"),
    ]
    (item,) = drafted(columns, {}).items
    assert (item.kind, item.columns, item.text) == ("multiple_choice", {1: "Q2_1", 4: "Q2_4"}, "Which tools?")


def test_an_option_that_is_no_answer_keeps_its_column_and_becomes_an_opt_out():
    options = (Option("1", "Pen"), Option("2", "Chalk"), Option("-1", "N/A", reason="not_applicable"))
    question = Question("Q2", "Which tools?", "multiple_choice", options=options)
    columns = [
        PlannedColumn(n, f"Q2_{n}", "Q2", "multiple_choice_option", question=question, option=each.code)
        for n, each in enumerate(options, start=1)
    ]
    draft = drafted(columns, {})
    (item,), (scale,) = draft.items, draft.response_scales.values()
    assert item.columns == {1: "Q2_1", 2: "Q2_2", -1: "Q2_3"}
    assert ([each.code for each in scale.points], [each.code for each in scale.opt_outs]) == ([1, 2], [-1])


def test_an_item_whose_tag_several_columns_have_names_its_column():
    columns = [column(1, "Q1"), column(2, "Q1_2"), column(3, "Q3")]
    plan = ReadingPlan("generic", "one_header_row", "utf-8", ",", ".", "", 1, tuple(columns), {})
    lines = study_yaml(drafted(columns, {name: ["a", "b"] for name in ("Q1", "Q1_2", "Q3")}), plan, ORIGIN, "x")
    assert '      Q1: "Q1"' in lines
    assert "      Q3:" not in lines


def test_personal_columns_are_left_out_and_named():
    draft = drafted([column(1, "email", is_personal_data=True), column(2, "Q1")], {"Q1": ["a", "b"]})
    assert draft.personal == ("email",)
    assert [item.name for item in draft.items] == ["Q1"]


@pytest.mark.parametrize(
    ("texts", "codes", "ordered"),
    [
        (["5", "1", "3"], [1, 2, 3, 4, 5], True),
        (["Agree", "Strongly disagree"], [1, 2], True),
        (["Red", "Blue"], [1, 2], False),
        (["Yes"], [0, 1], False),
    ],
)
def test_answers_that_occur_give_points(texts: list[str], codes: list[int], ordered: bool):
    scale = scale_from_texts(texts)
    assert ([point.code for point in scale.points], scale.ordered) == (codes, ordered)


def test_known_labels_are_ranked_and_opt_outs_set_apart():
    scale = scale_from_texts(["Agree", "Don't know", "Disagree", "Strongly agree"])
    assert [point.label for point in scale.points] == ["Disagree", "Agree", "Strongly agree"]
    assert [(each.label, each.reason) for each in scale.opt_outs] == [("Don't know", "dont_know")]


def test_no_opinion_between_other_points_is_their_midpoint_and_at_the_end_an_opt_out():
    between = [Option("1", "Disagree"), Option("2", "No opinion"), Option("3", "Agree")]
    assert [point.code for point in scale_from_options(between, is_ranked=True).points] == [1, 2, 3]
    at_the_end = [Option("1", "Disagree"), Option("2", "Agree"), Option("3", "No opinion")]
    assert [point.code for point in scale_from_options(at_the_end, is_ranked=True).opt_outs] == [3]


def test_an_item_whose_name_yaml_takes_for_a_truth_makes_an_instrument(tmp_path):
    draft = drafted([column(1, "y"), column(2, "no")], {"y": ["1", "2"], "no": ["1", "2"]})
    path = tmp_path / "questionnaire.yaml"
    path.write_text(instrument_yaml(draft, ORIGIN, "questionnaire"), encoding="utf-8")
    document = read_yaml(path)
    assert not document.faults
    assert list(json_like(document.value)["items"]) == ["y", "no"]


def test_options_with_letters_are_counted_and_keep_their_code_as_a_spelling():
    scale = scale_from_options((Option("A1", "Low"), Option("A2", "High")), is_ranked=True)
    assert [(point.code, point.also) for point in scale.points] == [(1, ("A1",)), (2, ("A2",))]


def test_answers_that_the_definition_does_not_know_are_added():
    scale = with_other_texts(scale_from_options(AGREE, is_ranked=True), ["agree", "7", "something else"])
    assert [(point.code, point.label) for point in scale.points][3:] == [(7, ""), (8, "something else")]
    assert not scale.ordered


@pytest.mark.parametrize(("texts", "expected"), [(["1.5", "2"], True), (["1,5", "2"], True), (["1.5", "1,5"], False)])
def test_numbers_have_one_decimal_sign(texts: list[str], expected: bool):
    assert are_numbers(texts) is expected


cells = st.text(max_size=6)


@given(st.lists(cells, min_size=1, max_size=4), st.lists(st.lists(cells, max_size=6), min_size=4, max_size=4))
def test_any_headers_and_answers_make_an_instrument_without_faults(
    tmp_path_factory: pytest.TempPathFactory, headers: list[str], answers: list[list[str]]
):
    names = [f"{header} {position}" for position, header in enumerate(headers, start=1)]
    draft = drafted(
        [column(position, name) for position, name in enumerate(names, start=1)],
        {name: list(dict.fromkeys(texts)) for name, texts in zip(names, answers, strict=False)},
    )
    path = tmp_path_factory.mktemp("draft") / "questionnaire.yaml"
    path.write_text(instrument_yaml(draft, ORIGIN, "questionnaire"), encoding="utf-8")
    document = read_yaml(path)
    assert not document.faults
    instrument = Instrument.model_validate(json_like(document.value))
    assert not inner_faults(instrument)
    assert len(instrument.items) == len(names)
