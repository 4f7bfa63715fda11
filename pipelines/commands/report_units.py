"""``sensemaking report --units``: a report for every organisation and region, with no figure of another one."""

from dataclasses import dataclass
from pathlib import Path

from instruments.faults import UsageError
from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import pdf_of
from pipelines.board_report.unit import Unit, has_figures, unit_report_of, units_of
from pipelines.board_report.words import plain, wording_of
from pipelines.commands.report import Asked, folder_of, opened, stem_of, write_files, write_reports
from pipelines.load import Study
from pipelines.store.released import ReleaseFile

FOLDER = "units"


@dataclass(frozen=True)
class OfUnit:
    """The report of a unit.

    Attributes:
        level: ``organisation`` or ``region``.
        unit: Its name.
        files: PDF and page.
    """

    level: str
    unit: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class WrittenForUnits:
    """What was written.

    Attributes:
        release: Number of the release.
        language: ``en`` or ``da``.
        units: The reports, one a unit.
        not_shown: Units without a report, since nothing is shown of them, in order.
    """

    release: int
    language: str
    units: tuple[OfUnit, ...]
    not_shown: tuple[str, ...]


def write_unit_reports(study: Study, asked: Asked, name: str | None) -> WrittenForUnits:
    """Write the reports of units as a PDF and one HTML file each, in ``units/`` of the folder of reports.

    Args:
        study: The study, after a release.
        asked: Which release and language, and where to.
        name: Of one organisation or region; None for all of which the release shows something.

    Raises:
        UsageError: When there is no such language, release or unit, or nothing is shown of it.
        DataError: When the release is not as it was published, or another version of the software wrote it.
    """
    release, language = opened(study, asked)
    units = _chosen(release, name)
    shown = [unit for unit in units if has_figures(release, unit)]
    if not shown:
        raise UsageError(_without(release, name))
    wording = wording_of(language, release.tables["meta.texts"])
    folder, stem = folder_of(study, asked) / FOLDER, stem_of(study, release, language)
    made = list[OfUnit]()
    for unit in shown:
        report = unit_report_of(release, unit, language)
        written = {"pdf": pdf_of(report, wording), "html": html_of(report, wording).encode()}
        named = {f"{stem}-{unit.file_stem}.{ending}": content for ending, content in written.items()}
        made.append(OfUnit(unit.level, plain(unit.name), write_files(release, folder, named)))
    left = tuple(plain(unit.name) for unit in units if unit not in shown)
    return WrittenForUnits(release.number, language, tuple(made), left)


def write_every_report(study: Study, number: int) -> list[Path]:
    """Write a release in each of its languages, as a whole and for every unit that has a figure of its own.

    Args:
        study: The study.
        number: Of the release.

    Returns:
        The files, in the order in which they were written.
    """
    files = list[Path]()
    for language in study.spec.release.languages:
        asked = Asked(number, language)
        files += write_reports(study, asked).files
        release, _ = opened(study, asked)
        if any(has_figures(release, unit) for unit in units_of(release)):
            files += [file for each in write_unit_reports(study, asked, None).units for file in each.files]
    return files


def _chosen(release: ReleaseFile, name: str | None) -> list[Unit]:
    units = units_of(release)
    if not units:
        raise UsageError(
            f"release {release.number} holds no figures of single organisations, so none has a report; "
            "declare release: units: in study.yaml and release again"
        )
    texts = release.tables["meta.texts"]
    titled = set(texts.loc[(texts["kind"] == "region_title") & (texts["text"] == name), "name"])
    chosen = [
        unit
        for unit in units
        if name is None or name in (unit.name, plain(unit.name)) or (unit.level == "region" and unit.name in titled)
    ]
    if not chosen:
        raise UsageError(
            f"release {release.number} has no organisation or region '{plain(str(name))}'; "
            "their names stand on the sheets of organisations and groups that sensemaking report writes"
        )
    return chosen


def _without(release: ReleaseFile, name: str | None) -> str:
    whose = "any organisation or region" if name is None else plain(name)
    return (
        f"release {release.number} shows no figure of {whose}: too few people stand behind each, it would give away "
        "another figure, or nobody answered; only who has a figure of its own has a report"
    )
