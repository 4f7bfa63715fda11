"""What every opener takes and gives: settings, an opened export, and the form of an opener.

Put here what the formats share; which formats there are is in ``opening``, how each is read in a file of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from pipelines.readers.files.head import read_head
from pipelines.readers.plan import Head

_START_BYTES = 4_096


@dataclass(frozen=True)
class Settings:
    """What a study or a command says of a file before it is opened.

    Attributes:
        file_name: Name for messages; empty for the path's own.
        encoding: Text encoding; empty to recognise it.
        delimiter: Column separator; empty to recognise it.
        sheet: Sheet of a workbook, or file in an archive; empty for the only one with a table.
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


def open_with(openers: Sequence[Opener], path: Path, settings: Settings, folder: Path) -> OpenedExport:
    """Open a file with the first opener that knows its format, else as delimited text.

    Raises:
        ReadingError: When the file is in none of the known formats, or its opener refuses it.
    """
    start = start_of(path)
    opener = next((each for each in openers if each.opens(start)), None)
    if opener is not None:
        return opener.open(path, settings, folder)
    head = read_head(path, settings.encoding or None, settings.delimiter or None, settings.file_name or None)
    return OpenedExport(head, path, folder)


def start_of(path: Path) -> bytes:
    """Return the bytes from which an opener tells its format; none when there is no such file."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_START_BYTES)
