"""A file of whatever format → its head and its cells: delimited text as it lies there, other formats as text cells.

A format that is not delimited text has an ``Opener`` of its own (``workbook``, ``statistics_file``, ``archive`` …),
chosen by the first bytes alone. Put here what they share; not what a survey platform writes into a file.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pyarrow as pa

from pipelines.readers.head import read_head
from pipelines.readers.plan import Head

_START_BYTES = 4_096


@dataclass(frozen=True)
class Settings:
    """What a study or a command says of a file before it is opened.

    Attributes:
        file_name: Name for messages; empty for the path's own.
        encoding: Text encoding; empty to recognise it.
        delimiter: Column separator; empty to recognise it.
        sheet: Sheet of a workbook; empty for the first one with a table.
        staging: Folder for temporary copies, which hold answers; None for the system's.
    """

    file_name: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    staging: Path | None = None


@dataclass(frozen=True)
class OpenedExport:
    """A file that can be planned and read.

    Attributes:
        head: Its beginning.
        path: Where delimited text lies; the file itself, or a member of an archive that was taken out of it.
        folder: Private folder for further temporary copies; removed when the file is closed.
        cells: For other formats all rows, header rows included, as text columns ``c1`` … ``cn``, an empty cell as null;
            None for delimited text.
    """

    head: Head
    path: Path
    folder: Path
    cells: pa.Table | None = None


class Opener(Protocol):
    """One format of files."""

    def opens(self, start: bytes) -> bool:
        """Say from the first 4,096 bytes whether the file has the format."""
        ...

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read the file.

        Args:
            path: The file.
            settings: What is known of it.
            folder: Private folder for temporary copies; removed afterwards.

        Raises:
            ReadingError: When the file is damaged, encrypted, too large, or holds no table.
        """
        ...


OPENERS: Sequence[Opener] = ()


@contextmanager
def opened(path: Path, settings: Settings) -> Iterator[OpenedExport]:
    """Open a file; temporary copies are removed afterwards.

    Raises:
        ReadingError: When the file is in none of the known formats, or its opener refuses it.
    """
    if settings.staging is not None:
        settings.staging.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="sensemaking-", dir=settings.staging) as folder:
        yield open_file(path, settings, Path(folder))


def open_file(path: Path, settings: Settings, folder: Path) -> OpenedExport:
    """Open a file whose temporary copies may lie in a folder that the caller removes."""
    opener = next((each for each in OPENERS if each.opens(_start(path))), None)
    if opener is not None:
        return opener.open(path, settings, folder)
    head = read_head(path, settings.encoding or None, settings.delimiter or None, settings.file_name or None)
    return OpenedExport(head, path, folder)


def _start(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_START_BYTES)
