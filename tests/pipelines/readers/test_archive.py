"""Archives: the one table inside is opened as if it had come alone; everything else is refused or passed over."""

import gzip
import io
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.files import zip_members
from pipelines.readers.files.opener import Settings
from pipelines.readers.plan import ReadingError
from tests.opened import opened_export

TABLE = "id,svar\n1,Søren\n".encode()
ROWS = (("id", "svar"), ("1", "Søren"))


def zipped(tmp_path: Path, members: Mapping[str, bytes]) -> Path:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def workbook_bytes() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["id", "svar"])
    book.active.append([1, "Søren"])
    book.save(file)
    return file.getvalue()


def tar_bytes() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(TABLE)
        archive.addfile(member, io.BytesIO(TABLE))
    return file.getvalue()


@pytest.mark.parametrize(
    "members",
    [
        {"export.csv": TABLE},
        {"folder/export.csv": TABLE, "folder/": b""},
        {"export.csv": TABLE, "__MACOSX/._export.csv": b"\0\1\2", ".DS_Store": b"\0", "Thumbs.db": b"\0"},
        {"README.txt": b"Please read\n", "codebook.pdf": b"%PDF", "export.csv": TABLE, "empty.csv": b""},
        {"export.txt": TABLE},
        {"export": TABLE},
        {"a\\b\\export.csv": TABLE},
        {"Ærø — 1 (final).csv": TABLE},
        {"export.xlsx": workbook_bytes()},
    ],
    ids=" + ".join,
)
def test_the_only_table_is_opened_as_if_it_had_come_alone(tmp_path: Path, members: Mapping[str, bytes]) -> None:
    assert opened_export(zipped(tmp_path, members)).head.rows == ROWS


def test_the_table_lies_in_the_private_folder_under_a_name_of_our_own(tmp_path: Path) -> None:
    opened = opened_export(zipped(tmp_path, {"deep/er/export.csv": TABLE}))
    assert opened.path == opened.folder / "member"
    assert opened.path.read_bytes() == TABLE
    assert [path.name for path in opened.folder.iterdir()] == ["member"]


def test_messages_name_the_archive_and_the_member(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"^export\.zip › answers\.csv: expected a table, found an empty file"):
        opened_export(zipped(tmp_path, {"answers.csv": b"\n\n"}))


@pytest.mark.parametrize("name", ["a\x1b[31mred\x07.csv", "x" * 300 + ".csv"])
def test_an_odd_name_of_a_member_cannot_disturb_a_message(tmp_path: Path, name: str) -> None:
    shown = opened_export(zipped(tmp_path, {name: TABLE})).head.file_name
    assert shown.isprintable()
    assert len(shown) < 120


def test_several_tables_are_listed_and_one_can_be_named(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"w/a.csv": TABLE, "w/b.csv": b"x,y\n1,2\n", "readme.txt": b"hello\n"})
    with pytest.raises(ReadingError, match=r"found 2: a\.csv, b\.csv; say which one under sheet"):
        opened_export(path)
    for named in ("b.csv", "w/b.csv"):
        assert opened_export(path, Settings(sheet=named)).head.rows == (("x", "y"), ("1", "2"))


def test_a_sheet_of_the_only_workbook_can_be_named(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"export.xlsx": workbook_bytes()})
    assert opened_export(path, Settings(sheet="Sheet")).head.rows == ROWS
    with pytest.raises(ReadingError, match="the workbook has: Sheet"):
        opened_export(path, Settings(sheet="Other"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("inner.zip", b"PK\x05\x06" + bytes(18)),
        ("inner.csv", gzip.compress(TABLE, mtime=0)),
        ("inner.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40)),
        ("inner.tar", tar_bytes()),
    ],
)
def test_an_archive_in_an_archive_is_refused_whatever_it_is_called(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(ReadingError, match="an archive in an archive"):
        opened_export(zipped(tmp_path, {name: content}))


@pytest.mark.parametrize(
    "name", ["/etc/export.csv", "../export.csv", "a/../../export.csv", "..\\export.csv", "C:\\a.csv"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path, {"placeholder.csv": TABLE})
    content = path.read_bytes().replace(b"placeholder.csv", name.encode().ljust(15, b"_")[:15])
    path.write_bytes(content)
    with pytest.raises(ReadingError, match="leads out of the archive's folder"):
        opened_export(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("export.csv")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(ReadingError, match="a link to another file"):
        opened_export(path)


def test_a_protected_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"export.csv": TABLE})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ReadingError, match="protected with a password"):
        opened_export(path)


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="1001 members, more than 1000"):
        opened_export(zipped(tmp_path, {f"{number}.csv": b"" for number in range(1_001)}))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="more than 100 times its size"):
        opened_export(zipped(tmp_path, {"export.csv": b"a" * 60_000_000}))


def test_a_bomb_that_states_a_small_size_is_refused_while_it_is_unpacked(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(zip_members, "UNBOUNDED_BYTES", 10_000)
    path = zipped(tmp_path, {"export.csv": b"a" * 3_000_000})
    size = (3_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (9_000).to_bytes(4, "little")))
    with pytest.raises(ReadingError, match=r"damaged or incomplete|more than 100 times its size"):
        opened_export(path)


def test_a_packed_bomb_is_refused_while_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(b"a" * 60_000_000))
    with pytest.raises(ReadingError, match="more than 100 times its size"):
        opened_export(path)


def test_a_packed_table_is_opened_as_if_it_had_come_alone(tmp_path: Path) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(TABLE))
    assert opened_export(path).head.rows == ROWS


@pytest.mark.parametrize(
    "content",
    [gzip.compress(gzip.compress(TABLE, mtime=0), mtime=0), gzip.compress(tar_bytes(), mtime=0)],
    ids=["packed twice", "tape archive"],
)
def test_a_packed_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.gz"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match="an archive in an archive"):
        opened_export(path)


@pytest.mark.parametrize("members", [{}, {"a/": b""}, {"empty.csv": b""}])
def test_an_archive_without_a_table_is_refused(tmp_path: Path, members: Mapping[str, bytes]) -> None:
    with pytest.raises(ReadingError, match="found none"):
        opened_export(zipped(tmp_path, members))


with tempfile.TemporaryDirectory() as _folder:
    WHOLE = zipped(Path(_folder), {"export.csv": TABLE, "readme.txt": b"hello\n"}).read_bytes()


@given(data=st.data())
def test_a_damaged_archive_is_refused_or_read_and_never_crashes(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        content = bytearray(data.draw(st.sampled_from([WHOLE, gzip.compress(TABLE, mtime=0)])))
        for _ in range(data.draw(st.integers(0, 6))):
            content[data.draw(st.integers(2, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(2, len(content)))])
        try:
            assert opened_export(path).head.rows
        except ReadingError as error:
            assert error.message  # noqa: PT017 - either outcome is right
