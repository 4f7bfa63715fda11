"""A release → the report for a board: which sections there are, and how its figures are protected."""

from pipelines.board_report.answers import answers
from pipelines.board_report.changes import changes
from pipelines.board_report.method import method
from pipelines.board_report.organisations import organisations, regions
from pipelines.board_report.released import Released
from pipelines.board_report.scores import scores
from pipelines.board_report.short import in_short
from pipelines.board_report.together import what_goes_together
from pipelines.board_report.value import Report, Section
from pipelines.board_report.who import who_answered
from pipelines.board_report.words import wording_of
from pipelines.store.released import ReleaseFile

SYNTHETIC = "true"


def report_of(file: ReleaseFile, language: str) -> Report:
    """Write the report of a release.

    Args:
        file: Every table of ``pipelines.tables.released``.
        language: ``en`` or ``da``.

    Returns:
        The report, the same for the same release.
    """
    released = Released(file, wording_of(language, file.tables["meta.texts"]))
    first = tuple(make(released) for make in (who_answered, scores, changes, what_goes_together, answers))
    others = (*regions(released), organisations(released), method(released))
    return report_of_sections(released, (*in_short(released), *first, *others))


def report_of_sections(released: Released, sections: tuple[Section, ...]) -> Report:
    """Put sections together under the title of the study."""
    file, wording = released.file, released.wording
    return Report(
        title=wording.text("study_title", file.manifest["study"]),
        subtitle=wording.say("subtitle", release=file.number, date=wording.day(file.published_on)),
        language=wording.language,
        published_on=file.published_on,
        warning=wording.say("synthetic") if file.manifest.get("is_synthetic") == SYNTHETIC else "",
        sections=sections,
    )
