"""A zip or gzip file with one table → the table, opened as if it had come alone. A workbook is a zip file too.

Members are copied under a name of our own, so what a member is called never becomes a path. Folders, the hidden files
of operating systems and empty files are passed over; documents such as a read-me count only where there is no table
beside them. Put here how the one table is found; how much a zip file may hold is in ``zip_members``.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from pipelines.readers.files.opener import OpenedExport, Opener, Settings, open_with, start_of
from pipelines.readers.files.workbook import is_office_file, open_workbook
from pipelines.readers.files.zip_members import (
    MOST_BYTES,
    MOST_RATIO,
    UNBOUNDED_BYTES,
    Members,
    opened_zip,
    shown_name,
    too_large,
)
from pipelines.readers.plan import ReadingError

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP_SIGNATURE = b"\x1f\x8b"
_ARCHIVE_SIGNATURES = (*ZIP_SIGNATURES, _GZIP_SIGNATURE, b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_TAR_SIGNATURE, _TAR_PLACE = b"ustar", 257
_SIDE_FILES = ("thumbs.db", "desktop.ini")
_DOCUMENTS = (
    *(".do", ".doc", ".docx", ".gif", ".htm", ".html", ".jpeg", ".jpg", ".json", ".log", ".md", ".pdf", ".png"),
    *(".py", ".r", ".rtf", ".sas", ".sps", ".txt", ".xml", ".yaml"),
)
_CHUNK_BYTES = 1_000_000


@dataclass(frozen=True)
class ZipOpener:
    """Opener of zip files: workbooks, and archives of one table.

    Attributes:
        tables: Openers of what may lie in an archive, besides workbooks and delimited text.
    """

    tables: Sequence[Opener]

    def opens(self, start: bytes) -> bool:
        """Say whether the file is a zip file."""
        return start.startswith(ZIP_SIGNATURES)

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read the workbook, or the only table in the archive, or the one that ``settings.sheet`` names.

        Raises:
            ReadingError: When there is no table or several, when one is itself an archive, and whatever
                ``zip_members`` and the table's own opener refuse.
        """
        name = settings.file_name or path.name
        with opened_zip(path, name) as members:
            if is_office_file(members.names()):
                return open_workbook(path, settings, folder)
            chosen = _table_of(members, settings.sheet)
            _copy(members.chunks(chosen), folder / "member")
        sheet = "" if settings.sheet and _is_called(chosen, settings.sheet) else settings.sheet
        inner = replace(settings, file_name=f"{name} › {shown_name(chosen.filename)}", sheet=sheet)
        return _open_member(self.tables, folder / "member", inner, folder)


@dataclass(frozen=True)
class GzipOpener:
    """Opener of single files packed with gzip.

    Attributes:
        tables: Openers of what may be packed, besides workbooks and delimited text.
    """

    tables: Sequence[Opener]

    def opens(self, start: bytes) -> bool:
        """Say whether the file is packed with gzip."""
        return start.startswith(_GZIP_SIGNATURE)

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read the table that is packed.

        Raises:
            ReadingError: When the file is damaged or too large, holds an archive, or is refused by the table's opener.
        """
        name = settings.file_name or path.name
        _copy(_unpacked(path, name), folder / "member")
        return _open_member(self.tables, folder / "member", replace(settings, file_name=name), folder)


def _unpacked(path: Path, name: str) -> Iterator[bytes]:
    most_bytes = min(MOST_BYTES, max(UNBOUNDED_BYTES, MOST_RATIO * path.stat().st_size))
    n_bytes = 0
    try:
        with gzip.open(path) as file:
            while chunk := file.read(_CHUNK_BYTES):
                n_bytes += len(chunk)
                if n_bytes > most_bytes:
                    raise too_large(name)
                yield chunk
    except (EOFError, OSError, zlib.error) as error:
        raise ReadingError(name, f"the packed file is damaged or incomplete ({error}); export it again") from error


def _open_member(tables: Sequence[Opener], path: Path, settings: Settings, folder: Path) -> OpenedExport:
    start = start_of(path)
    if start.startswith(ZIP_SIGNATURES):
        with opened_zip(path, settings.file_name) as members:
            is_table = is_office_file(members.names())
        if is_table:
            return open_workbook(path, settings, folder)
    if start.startswith(_ARCHIVE_SIGNATURES) or start[_TAR_PLACE:].startswith(_TAR_SIGNATURE):
        message = "expected a table, found an archive in an archive; unpack it and give the table inside"
        raise ReadingError(settings.file_name, message)
    return open_with(tables, path, settings, folder)


def _table_of(members: Members, wanted: str) -> ZipInfo:
    candidates = [info for info in members.files if not _is_aside(info)]
    named = [info for info in candidates if _is_called(info, wanted)] if wanted else []
    tables = [info for info in candidates if PurePosixPath(info.filename).suffix.lower() not in _DOCUMENTS]
    found = named or tables or candidates
    if len(found) == 1:
        return found[0]
    if not found:
        raise ReadingError(members.file_name, "expected one table in the archive, found none; export it again")
    listed = ", ".join(sorted(shown_name(info.filename) for info in found))
    raise ReadingError(
        members.file_name,
        f"expected one table in the archive, found {len(found)}: {listed}; say which one under sheet, or unpack the "
        "archive and give the file itself",
    )


def _is_aside(info: ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    is_hidden = path.name.startswith(".") or path.name.lower() in _SIDE_FILES or "__MACOSX" in path.parts
    return is_hidden or not info.file_size


def _is_called(info: ZipInfo, wanted: str) -> bool:
    return wanted in (info.filename, PurePosixPath(info.filename).name)


def _copy(chunks: Iterable[bytes], path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(chunks)
