"""``sensemaking report``: a release as files to carry away."""

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
from pipelines.store.released import read_current_release, read_release
from pipelines.tables.released import TABLES

FOLDER = "reports"


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        number: Of the release.
        language: ``en`` or ``da``.
        files: PDF, slides, workbook and page.
    """

    number: int
    language: str
    files: tuple[Path, ...]


def write_reports(study: Study, number: int | None, language: str, folder: Path | None) -> Written:
    """Write a release as a PDF, slides, a workbook and one HTML file, replacing those of the same release and language.

    Args:
        study: The study, after a release.
        number: Of the release; None for the current one.
        language: ``en`` or ``da``; empty for the first of the study.
        folder: Where they go, made when it is not there; None for ``reports/`` of the study.

    Raises:
        UsageError: When there is no such language or release, or nothing has been released.
        DataError: When the release is not as it was published, or another version of the software wrote it.
    """
    language = language or study.spec.release.languages[0]
    if language not in WORDINGS:
        raise UsageError(f"reports have no language {language}; expected {' or '.join(WORDINGS)}")
    if number is None:
        release = read_current_release(study.releases, TABLES)
    else:
        release = read_release(study.releases, number, TABLES, reasons_of_withdrawal(Store(study.warehouse)))
    wording = wording_of(language, release.tables["meta.texts"])
    report = report_of(release, language)
    made = {
        "pdf": pdf_of(report, wording),
        "pptx": powerpoint_of(deck_of(release, report), wording),
        "xlsx": workbook_of(report, wording),
        "html": html_of(report, wording).encode(),
    }
    place = folder or study.folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    paths = {ending: place / f"{study.name}-r{release.number:06d}-{language}.{ending}" for ending in made}
    mode = PUBLIC if is_out(release.manifest.get("embargo_until", ""), local_day()) else PRIVATE
    for ending, content in made.items():
        with whole_or_absent(paths[ending], mode) as unfinished:
            unfinished.write_bytes(content)
    return Written(release.number, language, tuple(paths.values()))
