"""Decoding and cutting the beginning of a file."""

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.files import head as head_module
from pipelines.readers.files.head import read_head
from pipelines.readers.plan import ReadingError

DANISH = "id,svar\n1,Søren er uenig\n"


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (DANISH.encode(), "utf-8"),
        (codecs.BOM_UTF8 + DANISH.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + DANISH.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + DANISH.encode("utf-16-be"), "utf-16"),
        (DANISH.encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_is_recognised_and_never_changes_a_letter(tmp_path: Path, content: bytes, encoding: str) -> None:
    head = read_head(written(tmp_path, content))
    assert head.encoding == encoding
    assert head.rows == (("id", "svar"), ("1", "Søren er uenig"))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\n1,2\t3;4\n", "\t"),
        ('a,"b;c;d",e\n"x, y",2,3\n', ","),
        ("only one column\nwith, commas\nand more, of, them\n", ";"),
    ],
)
def test_delimiter_is_the_one_that_gives_rows_of_one_width(tmp_path: Path, text: str, delimiter: str) -> None:
    assert read_head(written(tmp_path, text.encode())).delimiter == delimiter


def test_a_quoted_line_break_does_not_end_a_row(tmp_path: Path) -> None:
    head = read_head(written(tmp_path, b'a,b\n"first\nsecond, with ""quotes""",2\n'))
    assert head.rows[1] == ('first\nsecond, with "quotes"', "2")


def test_blank_lines_at_the_end_are_no_rows(tmp_path: Path) -> None:
    assert len(read_head(written(tmp_path, b"a,b\n1,2\n\n\n")).rows) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty file"),
        (codecs.BOM_UTF16_LE, "empty file"),
        (codecs.BOM_UTF8, "empty file"),
        (b" \r\n\r\n", "empty file"),
        ("\r\n\r\n".encode("utf-16"), "empty file"),
        (b"%PDF-1.7", "PDF"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7-Zip archive"),
        (b"Rar!\x1a\x07\x00", "RAR archive"),
        (b"RDX3\nX\n", "workspace of R"),
        (b"HEADER RECORD*******LIBRARY HEADER", "SAS transport"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'{"responses": []}', "JSON"),
        (b"a,b\n1,\x00\n", "binary content"),
        ("a,b\n1,2\n".encode("utf-16-le"), "without a byte order mark"),
        (b"a,b\n\x81,\xff\n", "neither UTF-8"),
        (b'a,b\n"never closed,2\n', "row 2 cannot be cut into cells"),
        (b"\na,b\n1,2\n", "blank line"),
        (b"a,b,c\n1\n1,2\n1\n1,2\n", "different lengths"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ReadingError, match=words) as caught:
        read_head(written(tmp_path, content))
    assert caught.value.file_name == "export.csv"


@pytest.mark.parametrize(("encoding", "words"), [("utf-8", "not in the encoding utf-8"), ("utf-9", "no encoding")])
def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path, encoding: str, words: str) -> None:
    with pytest.raises(ReadingError, match=words):
        read_head(written(tmp_path, DANISH.encode("cp1252")), encoding=encoding)


def test_a_missing_file_is_named_by_its_given_name(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"wave1\.csv: there is no such file"):
        read_head(tmp_path / "3f2a", file_name="wave1.csv")


def test_a_large_file_gives_whole_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "HEAD_BYTES", 20)
    head = read_head(written(tmp_path, 'a,b\nx,"1\n2"\ny,"3 ø 4 and a long text"\n'.encode()))
    assert not head.is_whole
    assert head.rows == (("a", "b"), ("x", "1\n2"))


@pytest.mark.parametrize(
    "text", ["one,row,that,never,ends", '"a quotation mark\nthat stays open', "\n,a blank row,and no end"]
)
def test_a_large_file_whose_first_row_does_not_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(head_module, "HEAD_BYTES", 20)
    with pytest.raises(ReadingError, match=r"no end of a row|different lengths"):
        read_head(written(tmp_path, text.encode()))


def test_an_odd_byte_far_behind_the_head_still_decides_the_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_module, "HEAD_BYTES", 10)
    content = b"a,b\n" + b"1,2\n" * 100 + "3,ø\n".encode("cp1252")
    assert read_head(written(tmp_path, content)).encoding == "cp1252"


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12),
    st.text(',;\t"\n\r \x1c\x85\u3000\ufeffæa1', max_size=6),
)


@given(
    rows=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_every_cell_that_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], encoding: str, delimiter: str
) -> None:
    rows = [["first", *rows[0][1:]], *rows[1:]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path = written(tmp_path_factory.mktemp("head"), text.getvalue().encode(encoding))
    head = read_head(path, delimiter=delimiter)
    assert [list(row) for row in head.rows] == rows
