"""What readers must make of any bytes: a result or a ``ReadingError`` with a message, soon, without an answer in it.

Put here how one file is tried; how files are made is in ``damage``, which there are in ``samples``.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NoReturn

from instruments.spec import Instrument
from pipelines.readers.opening import Settings, open_file
from pipelines.readers.plan import ReadingError, ReadingPlan, Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structures import read_structure
from pipelines.receive import inspect_export
from pipelines.sections.sources import Source

MARK = "zqanswerqz"
MOST_PROCESSOR_SECONDS = 30
LEAST_MESSAGE = 10
NO_SETTINGS = Settings()
Outcome = Literal["read", "refused"]
STUDY = Source(wave="w1", files="e.csv", respondent_group="staff")
INSTRUMENT = Instrument.model_validate(
    {
        "name": "x",
        "version": "1",
        "title": {"en": "t"},
        "response_scales": {"s": {"points": {1: {"label": {"en": "No"}}, 2: {"label": {"en": "Yes"}}}}},
        "items": {
            "single": {"response_scale": "s"},
            "several": {"response_scale": "s", "kind": "multiple_choice"},
            "hours": {"kind": "number"},
            "text": {"kind": "open_text"},
        },
    },
    strict=False,
)


class TooSlowError(AssertionError):
    """A file of some kilobytes took more processor time than any file of that size may."""


@contextmanager
def little_processor_time() -> Iterator[None]:
    """Raise where the body uses more processor time than ``MOST_PROCESSOR_SECONDS``; other programs do not count."""

    def stop(*_: object) -> NoReturn:
        raise TooSlowError(f"more than {MOST_PROCESSOR_SECONDS} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_PROCESSOR_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def try_export(
    content: bytes, definitions: Sequence[bytes] = (), platform: str | None = None, *, is_inspected: bool = False
) -> Outcome:
    """Open, recognise and plan a file, with and without a study; inspect it where asked.

    Returns:
        Whether it was planned without a study.
    """
    with _written(content, *definitions) as (path, *structures), little_processor_time():
        outcome = _tried(lambda: _planned(path, structures, Request(), platform))
        _tried(lambda: _planned(path, structures, Request(STUDY, (INSTRUMENT,)), platform))
        if is_inspected:
            _tried(lambda: inspect_export(path, structures, platform))
        return outcome


def try_definition(contents: Sequence[bytes], export: bytes) -> Outcome:
    """Read the files of a survey's definition, and plan an intact export with it.

    Returns:
        Whether the definition was read.
    """
    shows = holds_mark(contents)
    with _written(export, *contents) as (path, *structures), little_processor_time():
        outcome = _tried(lambda: read_structure(structures), may_show=shows)
        for request in (Request(), Request(STUDY, (INSTRUMENT,))) if outcome == "read" else ():
            _tried(lambda request=request: _planned(path, structures, request, None, may_show=shows), may_show=shows)
        return outcome


def holds_mark(contents: Sequence[bytes]) -> bool:
    """Say whether definitions hold the mark of an answer, spliced in: a definition's own words may be shown."""
    return any(MARK.encode(encoding) in each for each in contents for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def check_message(error: ReadingError, *, may_show: bool = False) -> None:
    """Check that a refusal says something, of the file, and nothing of what people answered."""
    assert error.file_name, "a refusal names no file"
    assert len(error.message) > LEAST_MESSAGE, f"a refusal says too little: {error.message!r}"
    assert may_show or MARK not in str(error), f"a refusal shows an answer: {error}"


def _tried(work: Callable[[], object], *, may_show: bool = False) -> Outcome:
    try:
        work()
    except ReadingError as error:
        check_message(error, may_show=may_show)
        return "refused"
    return "read"


def _planned(
    path: Path, structures: Sequence[Path], request: Request, platform: str | None, *, may_show: bool = False
) -> ReadingPlan:
    with TemporaryDirectory() as folder:
        head = open_file(path, NO_SETTINGS, Path(folder)).head
        structure = read_structure(structures) if structures else head.structure
        plan = make_plan(head, replace(request, structure=structure), platform)
    if not may_show and not any(MARK in each.name for each in plan.columns):
        assert not any(MARK in each for each in plan.warnings), "a warning shows an answer"
    return plan


@contextmanager
def _written(*contents: bytes) -> Iterator[list[Path]]:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"file{place}" for place in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        yield paths
