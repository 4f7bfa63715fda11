"""Counting records from bytes alone."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.files import lines as lines_module
from pipelines.readers.files.lines import Lines, measure_lines


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n1,2\n", Lines(2, "\n", has_blank=False)),
        (b"a,b\r\n1,2", Lines(2, "\r\n", has_blank=False)),
        (b"a,b\r1,2\r", Lines(2, "\r", has_blank=False)),
        (b"a,b\r\n1,2\n", Lines(2, "", has_blank=False)),
        (b'a,"b\n\nc"\r\n"1\r",2\r\n', Lines(2, "\r\n", has_blank=False)),
        (b"a,b\n\n1,2\n", Lines(3, "\n", has_blank=True)),
        (b"a,b\r\n1,2\r\n\r\n\r\n", Lines(2, "\r\n", has_blank=False)),
        (b"a,b", Lines(1, "\n", has_blank=False)),
        (b"", Lines(0, "\n", has_blank=False)),
    ],
)
def test_line_ends_inside_quotation_marks_end_no_record(tmp_path: Path, content: bytes, expected: Lines) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(content)
    assert measure_lines(path) == expected


@given(
    rows=st.lists(st.lists(st.text('a,"\r\n ', max_size=5), min_size=2, max_size=3), min_size=1, max_size=6),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    chunk=st.integers(1, 9),
)
def test_the_count_equals_the_records_written_wherever_chunks_are_cut(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], line_end: str, chunk: int
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    path = tmp_path_factory.mktemp("lines") / "e.csv"
    path.write_bytes(text.getvalue().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "_CHUNK_BYTES", chunk)
        assert measure_lines(path) == Lines(len(rows), line_end, has_blank=False)
