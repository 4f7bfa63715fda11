"""An export of a study, opened and with its reading plan."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.load import Study
from pipelines.readers.plan import ReadingPlan, Request
from pipelines.sections.sources import Source

if TYPE_CHECKING:
    from pipelines.readers.opening import OpenedExport


@contextmanager
def planned(study: Study, source: Source, path: Path, file_name: str) -> "Iterator[tuple[OpenedExport, ReadingPlan]]":
    """Open one export of a study and make its reading plan.

    Args:
        study: The study.
        source: The source it belongs to.
        path: Where the bytes lie.
        file_name: Name it arrived with, for messages.
    """
    from pipelines.readers.opening import Settings, opened  # noqa: PLC0415 - commands that read no export wait for no reader
    from pipelines.readers.registry import make_plan  # noqa: PLC0415
    from pipelines.readers.structures import read_structure  # noqa: PLC0415

    settings = Settings(
        file_name, source.encoding or "", source.delimiter or "", source.sheet or "", study.warehouse / "staging"
    )
    structure = read_structure([study.exports / name for name in source.structure]) if source.structure else None
    with opened(path, settings) as export:
        request = Request(source, tuple(study.instruments_of(source)), structure or export.head.structure)
        yield export, make_plan(export.head, request, platform=source.platform)
