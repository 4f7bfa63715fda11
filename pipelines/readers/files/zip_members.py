"""The members of a zip file, bounded in number, size and ratio before anything reads them, and taken out safely.

Archives and workbooks share it. Put here what holds of any zip file; not what its members mean.
"""

import lzma
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from pipelines.readers.plan import ReadingError

MOST_MEMBERS = 1_000
MOST_BYTES = 4_000_000_000
MOST_RATIO = 100
UNBOUNDED_BYTES = 50_000_000
_CHUNK_BYTES = 1_000_000
_IS_ENCRYPTED = 0x1
_LONGEST_SHOWN_NAME = 80
_DAMAGES = (
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Members:
    """The members of one zip file that were found harmless.

    Attributes:
        archive: The open file.
        file_name: For messages.
        files: Every member but folders, in the order of the archive's directory.
        most_bytes: How much all members together may come to when they are unpacked.
    """

    archive: ZipFile
    file_name: str
    files: tuple[ZipInfo, ...]
    most_bytes: int

    def names(self) -> set[str]:
        """Return the names, as they stand in the archive."""
        return {info.filename for info in self.files}

    def file(self, name: str) -> ZipInfo:
        """Return the member of a name.

        Raises:
            ReadingError: When there is none.
        """
        found = next((info for info in self.files if info.filename == name), None)
        if found is None:
            raise ReadingError(
                self.file_name, "a part of the file is missing; export it again, or save it again as .xlsx"
            )
        return found

    def chunks(self, member: ZipInfo) -> Iterator[bytes]:
        """Unpack one member piece by piece, whatever size the archive states for it.

        Raises:
            ReadingError: When it is damaged or comes to more than the archive may hold.
        """
        n_bytes = 0
        try:
            with self.archive.open(member) as file:
                while chunk := file.read(_CHUNK_BYTES):
                    n_bytes += len(chunk)
                    if n_bytes > self.most_bytes:
                        raise too_large(self.file_name)
                    yield chunk
        except _DAMAGES as error:
            raise damaged(self.file_name, error) from error

    def content(self, member: ZipInfo, most: int) -> bytes:
        """Unpack a small member as a whole.

        Raises:
            ReadingError: When it is damaged or larger than ``most`` bytes.
        """
        found = bytearray()
        for chunk in self.chunks(member):
            found += chunk
            if len(found) > most:
                raise too_large(self.file_name)
        return bytes(found)


@contextmanager
def opened_zip(source: Path | BytesIO, file_name: str, most_members: int = MOST_MEMBERS) -> Iterator[Members]:
    """Open a zip file, or its bytes, and look at its directory.

    Args:
        source: The file, or its bytes.
        file_name: For messages.
        most_members: How many members it may have.

    Raises:
        ReadingError: When it is damaged, encrypted or too large, or a member has a name that leads out of a folder.
    """
    try:
        archive = ZipFile(source)
    except _DAMAGES as error:
        raise damaged(file_name, error) from error
    with archive:
        n_bytes = source.stat().st_size if isinstance(source, Path) else source.getbuffer().nbytes
        if len(archive.infolist()) > most_members:
            raise _too_many(file_name, len(archive.infolist()), most_members)
        yield _checked(archive, n_bytes, file_name)


def shown_name(name: str) -> str:
    """Return the last part of a member's name for messages, without anything that could disturb a terminal."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    printable = "".join(letter if letter.isprintable() else "?" for letter in last)
    return printable[:_LONGEST_SHOWN_NAME]


def damaged(file_name: str, error: Exception) -> ReadingError:
    """Say that a zip file cannot be unpacked."""
    reason = "the archive is damaged or incomplete"
    if isinstance(error, NotImplementedError):
        reason = "the archive is packed in a way that cannot be read here"
    return ReadingError(file_name, f"{reason} ({error}); export it again, or unpack it and give the file inside")


def too_large(file_name: str) -> ReadingError:
    """Say that a zip file holds more than it may."""
    return ReadingError(
        file_name,
        f"unpacked, the file comes to more than {MOST_BYTES // 1_000_000} MB or to more than {MOST_RATIO} times its "
        "size, as no export does; if it is one, unpack it, save the table as CSV (UTF-8) and give that",
    )


def _too_many(file_name: str, n: int, most: int) -> ReadingError:
    return ReadingError(
        file_name, f"the archive has {n} members, more than {most}; unpack it and give the table inside"
    )


def _checked(archive: ZipFile, n_bytes: int, file_name: str) -> Members:
    infos = archive.infolist()
    for info in infos:
        _refuse_unsafe(info, file_name)
    most_bytes = min(MOST_BYTES, max(UNBOUNDED_BYTES, MOST_RATIO * n_bytes))
    if sum(info.file_size for info in infos) > most_bytes:
        raise too_large(file_name)
    return Members(archive, file_name, tuple(info for info in infos if not info.is_dir()), most_bytes)


def _refuse_unsafe(info: ZipInfo, file_name: str) -> None:
    parts = info.filename.replace("\\", "/").split("/")
    if info.filename.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":"):
        message = "a member's name leads out of the archive's folder; export the file again from the platform"
        raise ReadingError(file_name, message)
    if stat.S_ISLNK(info.external_attr >> 16):
        message = "a member is a link to another file; export the file again from the platform"
        raise ReadingError(file_name, message)
    if info.flag_bits & _IS_ENCRYPTED:
        message = "the archive is protected with a password; unpack it and give the file inside"
        raise ReadingError(file_name, message)
