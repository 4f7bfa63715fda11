"""A file of whatever format → its head and its cells: delimited text as it lies there, other formats as text cells.

A format that is not delimited text has an ``Opener`` of its own (``workbook``, ``statistics_file``, ``archive`` …),
chosen by the first bytes alone. Put here which formats there are; not what a survey platform writes into a file.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.readers.files.archive import GzipOpener, ZipOpener
from pipelines.readers.files.cut_rows import KeptCellsOpener
from pipelines.readers.files.opener import OpenedExport, Opener, Settings, open_with
from pipelines.readers.files.workbook import OldWorkbookOpener
from pipelines.readers.limesurvey.archive import LimeSurveyArchiveOpener, LimeSurveyXmlOpener
from pipelines.readers.statistics.process import StatisticsFileOpener

__all__ = ["OPENERS", "OpenedExport", "Opener", "Settings", "open_file", "opened"]

TABLES: Sequence[Opener] = (StatisticsFileOpener(), OldWorkbookOpener(), LimeSurveyXmlOpener())
OPENERS: Sequence[Opener] = (
    KeptCellsOpener(),
    LimeSurveyArchiveOpener(),
    *TABLES,
    ZipOpener(TABLES),
    GzipOpener(TABLES),
)


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
    return open_with(OPENERS, path, settings, folder)
