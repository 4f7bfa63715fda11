"""A file opened for one test, without a study around it."""

import atexit
import shutil
import tempfile
from pathlib import Path

from pipelines.readers.opening import OpenedExport, Settings, open_file
from pipelines.readers.plan import ReadingPlan, Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structures import read_structure
from pipelines.sections.sources import Source

NO_SETTINGS = Settings()


def opened_export(path: Path, settings: Settings = NO_SETTINGS) -> OpenedExport:
    """Open a file; temporary copies stay in a folder of their own until the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="sensemaking-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return open_file(path, settings, folder)


def plan_of(
    path: Path, *structure: Path, source: Source | None = None, instruments: tuple = (), platform: str | None = None
) -> ReadingPlan:
    """Make the plan of a file as ``inspect`` and ``run`` do."""
    settings = Settings(
        encoding=(source.encoding if source else None) or "", delimiter=(source.delimiter if source else None) or ""
    )
    head = opened_export(path, settings).head
    known = read_structure(structure) if structure else head.structure
    return make_plan(head, Request(source, instruments, known), platform)


def plan_alone(decimal: str = ".") -> ReadingPlan:
    """Return a plan for cells that come from no file."""
    return ReadingPlan("generic", "", "utf-8", ",", decimal, "UTC", 1, (), {})
