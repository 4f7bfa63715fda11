"""Tables of unknown origin: stacked headers, percent signs, repeated headers, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.opening import Settings
from pipelines.readers.plain_tables.generic_headers import joined_headers, recognised_header_rows
from pipelines.readers.plan import PlannedColumn, ReadingError, ReadingPlan
from pipelines.sections.sources import Source
from tests.opened import opened_export, plan_alone, plan_of
from tests.writers.delimited import delimited, write_workbook

STACKED = [
    ["Timestamp", "Leadership", "", "", "Pay"],
    ["", "Heard", "Decide", "Fair", "Enough"],
    ["2026-01-02", "4", "5", "", "2"],
    ["2026-01-03", "3", "", "1", "2"],
]


def generic(**settings: Any) -> Source:
    return Source.model_validate({"wave": "w1", "files": "e.csv", "platform": "generic", **settings}, strict=False)


def planned(tmp_path: Path, rows: list[list[str]], source: Source | None = None, **file: str) -> ReadingPlan:
    path = tmp_path / "export.csv"
    path.write_bytes(delimited(rows, **file))
    return plan_of(path, source=source)


def names(plan: ReadingPlan) -> list[str]:
    return [column.name for column in plan.columns]


def test_group_headers_are_recognised_and_filled_to_the_right(tmp_path: Path) -> None:
    plan = planned(tmp_path, STACKED)
    assert (plan.header_rows, plan.layout) == (2, "2_header_rows")
    assert names(plan) == [
        "Timestamp", "Leadership | Heard", "Leadership | Decide", "Leadership | Fair", "Pay | Enough",
    ]  # fmt: skip
    assert any("the first 2 rows were taken for headers" in warning for warning in plan.warnings)


def test_a_stated_number_of_header_rows_is_believed_without_a_warning(tmp_path: Path) -> None:
    plan = planned(tmp_path, STACKED, generic(header_rows=2))
    assert not any("taken for headers" in warning for warning in plan.warnings)
    assert names(planned(tmp_path, STACKED, generic(header_rows=1)))[:3] == ["Timestamp", "Leadership", "column_3"]


def test_a_stated_number_of_header_rows_beyond_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="header_rows says 5, but the file has 4 rows"):
        planned(tmp_path, STACKED, generic(header_rows=5))


@pytest.mark.parametrize(
    ("rows", "n_headers"),
    [
        ([["a", "b"], ["x", "y"], ["1", "2"]], 1),
        ([["a", ""], ["x", "y"], ["1", "2"]], 2),
        ([["a", ""], ["x", "y"], ["z", "w"]], 1),
        ([["a", ""], ["1", "2"], ["1", "2"]], 1),
        ([["A", "", "", ""], ["b", "", "c", ""], ["d", "e", "f", "g"], ["1", "2", "3", "4"]], 3),
        ([["a", ""], ["x", "y"]], 1),
        ([["", "a"], ["x", "y"], ["1", "2"]], 1),
        ([["a", "b", ""], ["1", "2", ""], ["3", "4", ""]], 1),
    ],
)
def test_more_than_one_header_row_needs_group_headers_and_numbers_below(rows: list[list[str]], n_headers: int) -> None:
    assert recognised_header_rows(rows) == n_headers


def test_merged_cells_down_and_across_stand_once() -> None:
    rows = [["Id", "Group", "", "Other"], ["Id", "One", "Two", ""]]
    assert joined_headers(rows) == ["Id", "Group | One", "Group | Two", "Other"]


def test_repeated_headers_are_numbered_and_named(tmp_path: Path) -> None:
    plan = planned(tmp_path, [["a", "b", "a", "a_2"], ["1", "2", "3", "4"]])
    assert names(plan) == ["a", "b", "a_3", "a_2"]
    assert any("same header" in warning and warning.endswith(": a") for warning in plan.warnings)


def test_marks_inside_header_cells_and_blank_rows_change_nothing(tmp_path: Path) -> None:
    plan = planned(tmp_path, [["\ufeffa", " b\n c "], ["", ""], ["1", "2"]], encoding="utf-8-sig")
    assert names(plan) == ["a", "b c"]


@pytest.mark.parametrize(
    ("delimiter", "encoding", "found"), [(";", "cp1252", "cp1252"), ("\t", "utf-16", "utf-16"), (",", "utf-8", "utf-8")]
)
def test_separators_and_encodings_are_recognised(tmp_path: Path, delimiter: str, encoding: str, found: str) -> None:
    plan = planned(tmp_path, [["rå", "grød"], ["1", "ø"]], delimiter=delimiter, encoding=encoding)
    assert (names(plan), plan.delimiter, plan.encoding) == (["rå", "grød"], delimiter, found)


def number(unit: str = "") -> PlannedColumn:
    return PlannedColumn(1, "n", "n", "item", item="n", kind="number", unit=unit)


@pytest.mark.parametrize(
    ("text", "unit", "decimal", "expected"),
    [
        ("63%", "%", ".", 63.0), ("63 %", "%", ".", 63.0), ("6,5%", "%", ",", 6.5), ("63", "%", ".", None),
        ("63%", "", ".", None), ("1,234", "", ".", None), ("1.234,5", "", ",", None), ("1 234", "", ".", None),
        ("1'234", "", ".", None), ("%", "%", ".", None), ("1,5", "", ",", 1.5),
    ],
)  # fmt: skip
def test_percent_signs_are_cut_off_and_thousands_separators_are_refused(
    text: str, unit: str, decimal: str, expected: float | None
) -> None:
    resolved = resolve_text(number(unit), text, plan_alone(decimal))
    assert (resolved.value, resolved.rule) == (expected, None if expected else "not_a_number")


def test_a_column_of_percents_is_told_from_one_with_numbers_in_between(tmp_path: Path) -> None:
    plan = planned(tmp_path, [["a", "b"], ["63%", "63%"], ["", ""], ["7%", "0.5"]])
    assert [column.unit for column in plan.columns] == ["%", ""]


def test_the_usual_words_for_not_ticked_are_none(tmp_path: Path) -> None:
    column = planned(tmp_path, [["a"], ["0"], ["1"]]).columns[0]
    assert {"0", "no", "nej", "false"} <= column.unticked
    assert column.ticked == frozenset()


def test_addresses_and_numbers_of_persons_are_personal_whatever_their_header(tmp_path: Path) -> None:
    rows = [["x", "y", "Navn", "z"], ["a@example.org", "010203-1234", "", "1"], ["", "", "", "2"]]
    assert [column.is_personal_data for column in planned(tmp_path, rows).columns] == [True, True, True, False]


def test_rows_that_are_nobodys_answers_are_set_aside_by_what_a_column_holds(tmp_path: Path) -> None:
    plan = planned(tmp_path, [["unit", "q"], ["Benchmark", "1"], ["A", "2"]], generic(without={"unit": ["benchmark"]}))
    assert (plan.keys["status"], plan.test_statuses) == ("unit", frozenset({"benchmark"}))
    with pytest.raises(ReadingError, match="without names 'units', but there is no such column; did you mean 'unit'"):
        planned(tmp_path, [["unit", "q"], ["A", "2"]], generic(without={"units": ["A"]}))


@pytest.mark.parametrize("first", [["unit", "score", "a@example.org", "2026"], ["Ann Lee", "she said so", "x", "2026"]])
def test_an_undecidable_table_is_refused_in_a_study_without_its_first_row_which_may_be_a_response(
    tmp_path: Path, first: list[str]
) -> None:
    rows = [first, ["A", "2", "3", "4"]]
    with pytest.raises(ReadingError, match=r"found a table of 4 columns .*platform: generic") as caught:
        planned(tmp_path, rows, Source(wave="w1", files="e.csv"))
    assert not [text for text in first[:3] if f"'{text}'" in caught.value.message]
    assert "SurveyXact" in caught.value.message


def test_the_workbook_and_the_text_file_give_the_same_columns(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "e.xlsx", {"Data": STACKED})
    assert names(plan_of(path)) == names(planned(tmp_path, STACKED))


@given(
    st.lists(
        st.lists(st.text(st.sampled_from('aæ1,;"|\t\n %'), max_size=5), min_size=3, max_size=3), min_size=2, max_size=5
    ).filter(lambda rows: any(text.strip() for text in rows[0]))
)
def test_any_table_keeps_every_column_and_every_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "export.csv"
    path.write_bytes(delimited(rows, ";"))
    plan = plan_of(path, source=generic(delimiter=";"))
    assert len(set(names(plan))) == len(plan.columns) == 3
    assert [list(row) for row in opened_export(path, Settings(delimiter=";")).head.rows] == rows


def test_a_registration_number_in_a_comment_is_told_without_being_shown(tmp_path: Path) -> None:
    plan = planned(tmp_path, [["comment"], ["ring 010203-1234"], ["nej"], ["ja"]])
    assert not plan.columns[0].is_personal_data
    assert [warning for warning in plan.warnings if "(CPR)" in warning] == [
        "some cells of comment hold what looks like a civil registration number (CPR)"
    ]
