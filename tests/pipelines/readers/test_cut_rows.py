"""Taking rows out of a file: everything else stays as it was."""

import codecs
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.files.cut_rows import write_without_rows
from pipelines.readers.files.opener import OpenedExport
from pipelines.readers.plan import Head, ReadingError
from pipelines.readers.structure import Option, Question, Structure, StructureColumn
from tests.opened import opened_export

TEXT = 'id,answer\r\nr1,"two\r\nlines, and ""marks"""\r\n\r\nr2,ø\r\nr3,\r\n'


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("cp1252", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
@pytest.mark.parametrize(
    ("rows", "rest"),
    [
        ({2}, "id,answer\r\n\r\nr2,ø\r\nr3,\r\n"),
        ({4}, 'id,answer\r\nr1,"two\r\nlines, and ""marks"""\r\n\r\nr3,\r\n'),
        ({2, 5}, "id,answer\r\n\r\nr2,ø\r\n"),
        (set[int](), TEXT),
    ],
)
def test_every_other_byte_stays_as_it_was(tmp_path: Path, encoding: str, mark: bytes, rows: set[int], rest: str):
    path, target = tmp_path / "e.csv", tmp_path / "rest"
    path.write_bytes(mark + TEXT.encode(encoding))
    assert write_without_rows(opened_export(path), rows, target) == len(rows)
    assert target.read_bytes() == mark + rest.encode(encoding)


def test_a_quoted_first_header_behind_a_byte_order_mark_is_no_hindrance(tmp_path: Path):
    path, target = tmp_path / "e.csv", tmp_path / "rest"
    path.write_bytes(codecs.BOM_UTF8 + b'"id, with\nlines","b"\n"1","2"\n"3","4"\n')
    write_without_rows(opened_export(path), {2}, target)
    assert target.read_bytes() == codecs.BOM_UTF8 + b'"id, with\nlines","b"\n"3","4"\n'


def test_marks_that_do_not_pair_up_keep_every_other_cell(tmp_path: Path):
    path, target = tmp_path / "e.csv", tmp_path / "rest"
    path.write_text('a,b\n1,5" screw\n2,x\n3,6" nail\n4,y\n', encoding="utf-8")
    write_without_rows(opened_export(path), {3}, target)
    assert target.read_text(encoding="utf-8") == 'a,b\n1,"5"" screw"\n3,"6"" nail"\n4,y\n'


def test_a_mark_that_is_never_closed_is_refused_and_nothing_is_left_behind(tmp_path: Path):
    path, target = tmp_path / "e.csv", tmp_path / "rest"
    path.write_text("a,b\n1,x\n2,x\n3,y\n", encoding="utf-8")
    export = opened_export(path)
    path.write_text('a,b\n1,x\n2,"x\n3,y\n', encoding="utf-8")
    with pytest.raises(ReadingError, match="cannot be taken out without changing others"):
        write_without_rows(export, {3}, target)
    assert not target.exists()


def test_cells_of_other_formats_are_kept_with_what_the_file_said_of_itself(tmp_path: Path):
    options = (Option("1", "Yes", ("Ja",)), Option("-9", "Refused", reason="refused"))
    question = Question("Q1", "Do you?", "choice", options=options, page=2, texts={"da": "Gør du?"})
    columns = (StructureColumn("Q1", "Q1", aliases=("1X2X3",), headings=("Do you?", "Gør du?")),)
    structure = Structure("spss", "Title", "en", {"Q1": question}, {"-9": "refused"}, ("odd",), columns)
    head = Head("e.sav", "utf-8", "", (("Q1", "Q2"),), is_whole=True, container="spss", structure=structure)
    cells = pa.table({"c1": ["Q1", "1", "2", None], "c2": ["Q2", "", "x", "ø"]})
    target = tmp_path / "rest"
    assert write_without_rows(OpenedExport(head, tmp_path, tmp_path, cells), {3}, target) == 1
    again = opened_export(target)
    assert again.cells is not None
    assert again.cells.to_pydict() == {"c1": ["Q1", "1", None], "c2": ["Q2", "", "ø"]}
    rows = (("Q1", "Q2"), ("1", ""), ("", "ø"))
    assert again.head == replace(head, file_name="rest", rows=rows)


def test_another_parquet_file_is_refused_in_words(tmp_path: Path):
    path = tmp_path / "e.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(ReadingError, match="found a Parquet file"):
        opened_export(path)


cells = st.text(alphabet='ab,"\n\r ø', max_size=4)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=6), st.sets(st.integers(2, 6)))
def test_any_written_table_loses_just_the_rows_that_were_named(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], rows: set[int]
):
    folder = tmp_path_factory.mktemp("cut")
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in [["x", "y"], *table]]
    path, target = folder / "e.csv", folder / "rest"
    path.write_bytes("".join(quoted).encode())
    write_without_rows(opened_export(path), rows, target)
    expected = "".join(line for number, line in enumerate(quoted, start=1) if number not in rows)
    assert target.read_bytes() == expected.encode()
