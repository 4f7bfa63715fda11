"""Workbooks: every cell as the text it would be in a CSV file, one sheet, and refusals that say what to do."""

import datetime as dt
import math
import string
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipelines.readers.files import workbook as workbook_module
from pipelines.readers.files.opener import Settings
from pipelines.readers.files.sheet_scan import column_letters, column_number
from pipelines.readers.plan import ReadingError
from tests.opened import opened_export
from tests.writers.workbooks import write_compound_file, write_ods, write_xls, write_xlsb, write_xlsx_parts


def moment(*parts: int) -> dt.datetime:
    """Return a time without a zone, as workbooks hold them."""
    return dt.datetime(*parts, tzinfo=dt.UTC).replace(tzinfo=None)


def saved(tmp_path: Path, *rows: list, name: str = "export.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def cells_of(path: Path, sheet: str = "") -> list[list[str | None]]:
    opened = opened_export(path, Settings(sheet=sheet))
    assert opened.head.container == "workbook"
    return as_rows(opened.cells)


def as_rows(cells: pa.Table | None) -> list[list[str | None]]:
    assert cells is not None
    assert cells.column_names == [f"c{position}" for position in range(1, cells.num_columns + 1)]
    assert all(field.type == pa.string() for field in cells.schema)
    return [list(row) for row in zip(*(column.to_pylist() for column in cells.columns), strict=True)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("007", "007"),
        ("1.0", "1.0"),
        (" 12 ", " 12 "),
        ("", None),
        (None, None),
        (1, "1"),
        (1.0, "1"),
        (-3.0, "-3"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (1e-07, "1e-07"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (moment(2026, 3, 1, 9, 30, 5), "2026-03-01 09:30:05"),
        (moment(2026, 3, 1, 9, 30, 5, 250_000), "2026-03-01 09:30:05.250"),
        (dt.time(9, 30), "09:30:00"),
        (dt.timedelta(hours=30, minutes=5), "30:05:00"),
        ("two\nlines", "two\nlines"),
        ("Søren æøå ß 你", "Søren æøå ß 你"),
    ],
)
def test_a_cell_becomes_the_text_it_would_be_in_a_csv_file(tmp_path: Path, value: object, text: str | None) -> None:
    assert cells_of(saved(tmp_path, ["a", "b"], [value, "x"])) == [["a", "b"], [text, "x"]]


def test_dates_counted_from_1904_are_the_same_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["a", dt.date(2026, 3, 1)])
    book.save(tmp_path / "export.xlsx")
    assert cells_of(tmp_path / "export.xlsx") == [["a", "2026-03-01"]]


VALUES = st.one_of(
    st.none(),
    st.text(
        string.printable.replace("\x0b", "").replace("\x0c", "").replace("\r", "") + "æøåÆØÅß你😀", min_size=1
    ).filter(lambda text: text.strip() and "_x" not in text and not text.startswith("=")),
    st.integers(-(10**14), 10**14),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 6)),
    st.booleans(),
    st.dates(dt.date(1904, 1, 2), dt.date(2100, 1, 1)),
    st.datetimes(moment(1904, 1, 2), moment(2100, 1, 1)).map(lambda time: time.replace(microsecond=0)),
)


def in_words(value: object) -> str | None:
    """Say what a cell is as text, in the words of the brief rather than of the reader."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%Y-%m-%d") if midnight else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m-%d")
    return f"{value + 0.0:.0f}" if value == math.floor(value) else repr(value)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(VALUES, min_size=n, max_size=n), min_size=1, max_size=6)))
def test_any_table_reads_back_cell_for_cell(rows: list[list]) -> None:
    rows = [["first", *row, "last"] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        found = cells_of(saved(Path(folder), *rows))
    assert found == [[in_words(value) for value in row] for row in rows]


def test_blank_rows_and_columns_around_the_table_are_left_out_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row, values in enumerate([["a", "b"], [1, None], [None, None], [2, 3]], start=3):
        for column, value in enumerate(values, start=2):
            book.active.cell(row, column, value)
    book.active.cell(9, 9).number_format = "0.00"
    book.save(tmp_path / "export.xlsx")
    opened = opened_export(tmp_path / "export.xlsx")
    assert as_rows(opened.cells) == [["a", "b"], ["1", None], [None, None], ["2", "3"]]
    assert opened.head.rows == (("a", "b"), ("1", ""), ("", ""), ("2", "3"))
    assert opened.head.is_whole
    assert "2 blank rows and 1 blank column " in opened.head.warnings[0]


def test_the_head_of_a_long_sheet_says_that_there_is_more(tmp_path: Path) -> None:
    opened = opened_export(saved(tmp_path, *([number, "x"] for number in range(1_200))))
    assert not opened.head.is_whole
    assert len(opened.head.rows) == 1_000
    assert opened.cells is not None
    assert opened.cells["c1"].to_pylist() == [str(number) for number in range(1_200)]


def test_an_id_that_spreadsheets_round_is_told_by_its_column_without_the_id(tmp_path: Path) -> None:
    opened = opened_export(saved(tmp_path, ["a", "id"], ["x", 12345678901234567]))
    assert any("column B holds whole numbers of more than 15 digits" in each for each in opened.head.warnings)
    assert not any("1234567890" in each for each in opened.head.warnings)
    as_text = opened_export(saved(tmp_path, ["a", "id"], ["x", "12345678901234567"]))
    assert as_text.head.warnings == ()
    assert as_rows(as_text.cells)[1][1] == "12345678901234567"


def test_an_error_is_a_text_that_no_answer_has_and_never_a_blank(tmp_path: Path) -> None:
    sheet = (
        '<row r="1"><c r="B1" t="inlineStr"><is><t>a</t></is></c><c r="C1" t="inlineStr"><is><t>b</t></is></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2"><v>1</v></c><c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        "</row>"
        '<row r="3"><c r="B3"><v>2</v></c><c r="C3"><f>A1+1</f><v/></c><c r="D3" t="str"><f>""</f><v></v></c></row>'
        '<row r="4"><c r="E4"><f>A1</f></c></row>'
    )
    opened = opened_export(write_xlsx_parts(tmp_path / "export.xlsx", sheet))
    assert as_rows(opened.cells) == [
        [None, "a", "b", None, None],
        ["#REF!", "1", "#DIV/0!", None, None],
        [None, "2", "#UNCOMPUTED!", None, None],
        [None, None, None, None, "#UNCOMPUTED!"],
    ]
    assert any("2 cells hold an error" in each for each in opened.head.warnings)
    assert any("2 formulas have no result" in each for each in opened.head.warnings)


def two_sheets(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "About"
    book.active.append(["What this is"])
    book.active.append(["Who made it"])
    book.create_sheet("Answers").append(["id", "q1"])
    book["Answers"].append(["r1", 5])
    book.create_sheet("Hidden").append(["x", "y"])
    book["Hidden"].append(["x", "y"])
    book["Hidden"].sheet_state = "hidden"
    book.save(tmp_path / "export.xlsx")
    return tmp_path / "export.xlsx"


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    opened = opened_export(two_sheets(tmp_path))
    assert as_rows(opened.cells) == [["id", "q1"], ["r1", "5"]]
    assert opened.head.warnings == (
        "the sheet 'Answers' is read; these hold something too: About; give sheet to read another",
    )


def test_a_named_sheet_is_read_also_when_hidden(tmp_path: Path) -> None:
    assert cells_of(two_sheets(tmp_path), "Hidden") == [["x", "y"], ["x", "y"]]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"no sheet 'Answer'; the workbook has: About, Answers, Hidden"):
        opened_export(two_sheets(tmp_path), Settings(sheet="Answer"))


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="found no filled cells"):
        opened_export(saved(tmp_path))


def test_a_sheet_that_spans_too_much_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(ReadingError, match="spans more than 50 million cells"):
        opened_export(write_xlsx_parts(tmp_path / "export.xlsx", corners))


def test_a_binary_sheet_that_spans_too_much_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="spans more than 50 million cells"):
        opened_export(write_xlsb(tmp_path / "export.xlsb", {(0, 0): 1.0, (1_048_575, 16_383): 2.0}))


def test_a_binary_workbook_is_read_with_its_errors(tmp_path: Path) -> None:
    cells = {(0, 0): "a", (0, 1): "b", (1, 0): "007", (1, 1): 4.0, (2, 0): True, (2, 1): "#DIV/0!"}
    assert cells_of(write_xlsb(tmp_path / "e.xlsb", cells)) == [["a", "b"], ["007", "4"], ["TRUE", "#DIV/0!"]]


def test_an_old_workbook_is_read(tmp_path: Path) -> None:
    cells = {(0, 0): "a", (0, 1): "Ærø", (1, 0): "007", (1, 1): 4.0, (2, 0): True, (2, 1): 0.5}
    assert cells_of(write_xls(tmp_path / "e.xls", cells)) == [["a", "Ærø"], ["007", "4"], ["TRUE", "0.5"]]


def test_an_old_workbook_with_macros_is_refused(tmp_path: Path) -> None:
    path = write_compound_file(tmp_path / "export.xls", {"Workbook": b"", "_VBA_PROJECT_CUR": b""})
    with pytest.raises(ReadingError, match="holds macros"):
        opened_export(path)


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = write_compound_file(tmp_path / "export.xlsx", {"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": b"x"})
    with pytest.raises(ReadingError, match="protected with a password; open it, take the password off"):
        opened_export(path)


def test_another_old_office_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="damaged or of an unknown kind"):
        opened_export(write_compound_file(tmp_path / "letter.doc", {"WordDocument": b"x"}))


def test_an_opendocument_table_is_read_and_its_repetitions_unfolded(tmp_path: Path) -> None:
    path = write_ods(
        tmp_path / "export.ods",
        [("a", "b"), ("007", 4.0), (True, dt.date(2026, 3, 1))],
        repeat_last=2,
    )
    assert cells_of(path) == [["a", "b"], ["007", "4"], ["TRUE", "2026-03-01"], ["TRUE", "2026-03-01"]]


def test_an_opendocument_table_that_spans_too_much_is_refused(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "export.ods", [("a",) * 1_000], repeat_last=1_000_000)
    with pytest.raises(ReadingError, match="spans more than 50 million cells"):
        opened_export(path)


def test_macros_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, ["a"], [1])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(ReadingError, match="holds macros"):
        opened_export(path)


def test_another_office_document_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letter.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(ReadingError, match="found another Office document"):
        opened_export(tmp_path / "letter.docx")


def test_a_bomb_of_blanks_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path, ["a"], [1])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b" " * 100_000_000)
    with pytest.raises(ReadingError, match="more than 100 times its size"):
        opened_export(path)


def test_a_document_type_in_the_directory_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    path = write_xlsx_parts(tmp_path / "export.xlsx", "", workbook=bomb)
    with pytest.raises(ReadingError, match="unknown form"):
        opened_export(path)


@pytest.mark.parametrize("index", [0, 1, 25, 26, 701, 702, 16_383])
def test_letters_and_numbers_of_columns_are_inverse(index: int) -> None:
    assert column_number(column_letters(index).encode()) == index + 1


with tempfile.TemporaryDirectory() as _folder:
    WHOLE = saved(Path(_folder), ["a", "b"], ["x", 1.5], [True, dt.date(2026, 1, 1)]).read_bytes()


@given(data=st.data())
def test_a_damaged_workbook_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, content = Path(folder) / "export.xlsx", bytearray(WHOLE)
        for _ in range(data.draw(st.integers(0, 8))):
            content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(4, len(content)))])
        refused_or_read(path)


@given(
    st.binary(max_size=2_000), st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08"])
)
def test_random_bytes_after_a_signature_are_refused(content: bytes, signature: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        path.write_bytes(signature + content)
        refused_or_read(path)


def refused_or_read(path: Path) -> None:
    try:
        opened = opened_export(path)
    except ReadingError as error:
        assert error.message  # noqa: PT017 - either outcome is right
    else:
        assert opened.head.rows


def test_the_limit_of_cells_is_the_one_that_is_told() -> None:
    assert workbook_module.MOST_CELLS == 50_000_000


@pytest.mark.reference
def test_the_real_form_reads_as_another_library_reads_it(reference: Path) -> None:
    path = reference / "data/kobo/ipa-backcheck/Household_Back_Check_Survey.xlsx"
    book = openpyxl.load_workbook(path)
    for sheet in ("survey", "choices"):
        expected = [[in_words(value) for value in row] for row in book[sheet].iter_rows(values_only=True)]
        while expected and not any(expected[-1]):
            expected.pop()
        width = max(index + 1 for row in expected for index, value in enumerate(row) if value is not None)
        assert cells_of(path, sheet) == [row[:width] for row in expected]


@pytest.mark.reference
def test_the_real_workbook_of_several_tables_names_them(reference: Path) -> None:
    path = reference / "data/generic/uk-csps/Civil-Service-People-Survey-2019-All-Organisation-Scores-Excel.xlsx"
    opened = opened_export(path)
    assert "Table 2 - Question scores" in opened.head.warnings[0]
    scores = opened_export(path, Settings(sheet="Table 2 - Question scores"))
    assert scores.cells is not None
