"""``sensemaking report``: a release as files to carry away."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from instruments.faults import UsageError
from pipelines.board_report.content import report_of
from pipelines.board_report.excel import workbook_of
from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import pdf_of
from pipelines.board_report.slides.deck import deck_of
from pipelines.board_report.slides.powerpoint import powerpoint_of
from pipelines.board_report.words import WORDINGS, wording_of
from pipelines.embargo import is_out, local_day
from pipelines.files import PRIVATE, PUBLIC, whole_or_absent
from pipelines.load import Study
from pipelines.release_log import reasons_of_withdrawal
from pipelines.store import Store
from pipelines.store.released import ReleaseFile, read_current_release, read_release
from pipelines.tables.released import TABLES

FOLDER = "reports"


@dataclass(frozen=True)
class Asked:
    """Which reports.

    Attributes:
        number: Of the release; None for the current one.
        language: ``en`` or ``da``; empty for the first of the study.
        folder: Where they go, made when it is not there; None for ``reports/`` of the study.
    """

    number: int | None = None
    language: str = ""
    folder: Path | None = None


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        release: Number of the release.
        language: ``en`` or ``da``.
        files: PDF, slides, workbook and page.
    """

    release: int
    language: str
    files: tuple[Path, ...]


def write_reports(study: Study, asked: Asked) -> Written:
    """Write a release as a PDF, slides, a workbook and one HTML file, replacing those of the same release and language.

    Last comes a file that says of which release they are, after which the dashboard offers them.

    Args:
        study: The study, after a release.
        asked: Which release and language, and where to.

    Raises:
        UsageError: When there is no such language or release, or nothing has been released.
        DataError: When the release is not as it was published, or another version of the software wrote it.
    """
    release, language = opened(study, asked)
    wording = wording_of(language, release.tables["meta.texts"])
    report = report_of(release, language)
    made = {
        "pdf": pdf_of(report, wording),
        "pptx": powerpoint_of(deck_of(release, report), wording),
        "xlsx": workbook_of(report, wording),
        "html": html_of(report, wording).encode(),
    }
    stem = stem_of(study, release, language)
    named = {f"{stem}.{ending}": content for ending, content in made.items()}
    *files, _ = write_files(
        release, folder_of(study, asked), {**named, f"{stem}.json": _record(release, language, named)}
    )
    return Written(release.number, language, tuple(files))


def _record(release: ReleaseFile, language: str, named: Mapping[str, bytes]) -> bytes:
    """Say of which release files are, so that nobody is handed those of another one, or others than were made."""
    files = [
        {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in named.items()
    ]
    said = {"release": release.number, "release_sha256": release.sha256, "language": language, "files": files}
    return (json.dumps(said, indent=2) + "\n").encode()


def opened(study: Study, asked: Asked) -> tuple[ReleaseFile, str]:
    """Read the release that is asked for, and choose the language.

    Raises:
        UsageError: When there is no such language or release, or nothing has been released.
        DataError: When the release is not as it was published, or another version of the software wrote it.
    """
    language = asked.language or study.spec.release.languages[0]
    if language not in WORDINGS:
        raise UsageError(f"reports have no language {language}; expected {' or '.join(WORDINGS)}")
    if asked.number is None:
        return read_current_release(study.releases, TABLES), language
    withdrawn = reasons_of_withdrawal(Store(study.warehouse))
    return read_release(study.releases, asked.number, TABLES, withdrawn), language


def folder_of(study: Study, asked: Asked) -> Path:
    """Return where reports go."""
    return asked.folder or study.folder / FOLDER


def stem_of(study: Study, release: ReleaseFile, language: str) -> str:
    """Return how the names of files of a release and language begin."""
    return f"{study.name}-r{release.number:06d}-{language}"


def write_files(release: ReleaseFile, folder: Path, made: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files whole into a folder, in their order; those of a release under embargo for their owner only.

    Args:
        release: Of the files.
        folder: Made when it is not there.
        made: Name → content.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mode = PUBLIC if is_out(release.manifest.get("embargo_until", ""), local_day()) else PRIVATE
    for name, content in made.items():
        with whole_or_absent(folder / name, mode) as unfinished:
            unfinished.write_bytes(content)
    return tuple(folder / name for name in made)
