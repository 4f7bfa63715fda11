"""Method and protection: what hidden figures mean, what the study says its figures do not say, the scales."""

from collections.abc import Mapping
from typing import Any

from instruments.validation import STATUS_LABELS
from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.value import Cell, Figure, Section, Table


def method(released: Released) -> Section:
    """Write the section from the released manifest, ``meta.texts`` and ``meta.scales``."""
    say, texts = released.wording.say, released.wording.words.texts
    limits = tuple(released.wording.text(kind, name) for kind, name in sorted(texts) if kind == "limit")
    lines = (least_said(released), *(say(f"method_{each}") for each in ("hidden", "rounding", "source")))
    rows = tuple(_scale(released, scale) for scale in rows_of(released.table("meta.scales").sort_values("position")))
    table = Table(
        say("method_caption"),
        released.heads("scale", "status", "high_score_means", "lowest", "highest"),
        rows,
        n_labels=3,
    )
    return Section(say("method_sheet"), say("method_title"), lines, limits, tables=(table,), sheet=table)


def least_said(released: Released) -> str:
    """Say how many people stand behind every figure at least."""
    wording = released.wording
    least = wording.figure(Figure(float(released.file.manifest["least_cell_size"]), "count"))
    return wording.say("method_least", least=least)


def _scale(released: Released, scale: Mapping[str, Any]) -> tuple[Cell, ...]:
    wording, status = released.wording, str(scale["status"])
    return (
        released.scale(scale["scale"]),
        STATUS_LABELS.get(status, {}).get(wording.language, status),
        wording.written_text("high_score_means", str(scale["scale"])),
        Figure(float(str(scale["lowest"])), "end"),
        Figure(float(str(scale["highest"])), "end"),
    )
