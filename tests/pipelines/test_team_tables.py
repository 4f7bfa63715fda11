"""Tables of the team's own: any usual layout is read, what cannot be is told with its row and without its cells."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.team_tables import TeamTableError, read_team_table

ROWS = [["unit_id", "wave", "sector"], ["t1", "w1", "Ærø, syd"], ["007", "", 'say "hi";\nthere']]


def written(path: Path, rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_usual_layout_is_read_cell_for_cell(tmp_path: Path, separator: str, encoding: str):
    table = read_team_table(written(tmp_path / "frame.csv", ROWS, separator, encoding), "list")
    assert list(table.columns) == ROWS[0]
    assert table.to_numpy().tolist() == ROWS[1:]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_any_cells_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]):
    path = written(tmp_path_factory.mktemp("table") / "frame.csv", [["a", "b"], *rows])
    expected = [row for row in rows if any(cell.strip() for cell in row)]
    assert read_team_table(path, "list").to_numpy().tolist() == expected


def test_blank_rows_short_rows_and_blank_columns_are_no_fault(tmp_path: Path):
    path = written(tmp_path / "frame.csv", [["a", "b", ""], ["1", "2", ""], ["", "", ""], ["3"], ["4", "5", "", ""]])
    assert read_team_table(path, "list").to_numpy().tolist() == [["1", "2"], ["3", ""], ["4", "5"]]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("unit_id;sector\nt1;å\n".encode("cp1252"), "frame.csv is no list in UTF-8: row 2 .* save it as 'CSV UTF-8'"),
        (b"", "expected a row of headers, found an empty file"),
        (b"a,b\n1,2,3\n", "row 2 has 3 cells, expected 2"),
        (b"a,b,a\n1,2,3\n", "two columns are called a; rename or remove one"),
        (b"a,,c\n1,2,3\n", "column 2 holds cells, but has no header"),
        (b'a,b\n"1,2\n', "is no list: .*; export it again"),
        (b"ada@lovelace.example,w1\n", "expected the names of columns in the first row"),
        (b"010203-1234,w1\n", "expected the names of columns in the first row"),
    ],
)
def test_what_cannot_be_read_is_told_without_its_cells(tmp_path: Path, raw: bytes, told: str):
    path = tmp_path / "frame.csv"
    path.write_bytes(raw)
    with pytest.raises(TeamTableError, match=told) as error:
        read_team_table(path, "list")
    assert not [cell for cell in ("ada@", "010203", "å") if cell in str(error.value)]
