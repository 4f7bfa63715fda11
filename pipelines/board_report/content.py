"""A release → the report for a board: which sections there are, and how its figures are protected."""

from collections.abc import Mapping
from typing import Any

from instruments.validation import STATUS_LABELS
from pipelines.board_report.answers import answers
from pipelines.board_report.changes import changes
from pipelines.board_report.organisations import organisations
from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.scores import scores
from pipelines.board_report.together import what_goes_together
from pipelines.board_report.value import Cell, Figure, Report, Section, Table
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
    wording = wording_of(language, file.tables["meta.texts"])
    released = Released(file, wording)
    made = (who_answered, scores, changes, what_goes_together, answers, organisations, _method)
    return Report(
        title=wording.text("study_title", file.manifest["study"]),
        subtitle=wording.say("subtitle", release=file.number, date=wording.day(file.published_on)),
        language=language,
        published_on=file.published_on,
        warning=wording.say("synthetic") if file.manifest.get("is_synthetic") == SYNTHETIC else "",
        sections=tuple(make(released) for make in made),
    )


def _method(released: Released) -> Section:
    say, texts = released.wording.say, released.wording.words.texts
    limits = tuple(released.wording.text(kind, name) for kind, name in sorted(texts) if kind == "limit")
    least = released.wording.figure(Figure(float(released.file.manifest["least_cell_size"]), "count"))
    lines = (say("method_least", least=least), *(say(f"method_{each}") for each in ("hidden", "rounding", "source")))
    rows = tuple(_scale(released, scale) for scale in rows_of(released.table("meta.scales").sort_values("position")))
    table = Table(
        say("method_caption"),
        released.heads("scale", "status", "high_score_means", "lowest", "highest"),
        rows,
        n_labels=3,
    )
    return Section(say("method_sheet"), say("method_title"), lines, limits, tables=(table,), sheet=table)


def _scale(released: Released, scale: Mapping[str, Any]) -> tuple[Cell, ...]:
    wording, status = released.wording, str(scale["status"])
    return (
        released.scale(scale["scale"]),
        STATUS_LABELS.get(status, {}).get(wording.language, status),
        wording.written_text("high_score_means", str(scale["scale"])),
        Figure(float(str(scale["lowest"])), "end"),
        Figure(float(str(scale["highest"])), "end"),
    )
