"""Slides of organisations and groups of them: tables shaded by how far a mean lies from that of everybody."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from pipelines.board_report.organisations import in_regions, names_gone, side_by_side, tables_of
from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.slides.rows import grid_of, in_parts, notes_of, part_title
from pipelines.board_report.slides.value import Slide
from pipelines.board_report.value import Cell, Figure, Table
from pipelines.board_report.words import plain

STEPS = (0.05, 0.125)
"""Distances from everybody, as shares of a scale's range, from which on a cell is shaded, and shaded darkly."""
MOST_UNITS, MOST_NAMES = 11, 40


def organisation_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides from the released ``out.unit_means``; none where there is nothing of organisations."""
    rows = released.arranged("out.unit_means")
    for group, wave, units in released.latest(rows[rows["level"] == "organisation"]):
        everybody = rows[(rows["level"] == "all") & (rows["respondent_group"] == group) & (rows["wave"] == wave)]
        tables = tables_of(released, group, wave, units)
        yield from _heat_maps(released, tables, units, pd.concat([units, everybody]), "units_reading")
        yield from _gone(released, group, wave, units)


def region_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides of groups of organisations beside everybody; none where there are none."""
    for group, wave, rows in released.latest(in_regions(released)):
        tables = tables_of(released, group, wave, rows, kind="region")
        yield from _heat_maps(released, tables, rows, rows, "regions_reading")


def _heat_maps(
    released: Released, tables: Sequence[Table], units: pd.DataFrame, cells: pd.DataFrame, reading: str
) -> Iterator[Slide]:
    sets = side_by_side(released, units)
    for scales, table in zip(sets, tables, strict=True):
        caption = table.caption if len(sets) == 1 else part_title(released, table.caption, table.heads[1:])
        parts = list(in_parts(table.rows, MOST_UNITS))
        for lines in parts:
            title = caption if len(parts) == 1 else part_title(released, caption, [str(row[0]) for row in lines])
            part = Table(title, table.heads, lines)
            yield _heat_map(released, part, scales, cells[cells["scale"].isin(scales)], reading)


def _heat_map(released: Released, table: Table, scales: Sequence[str], cells: pd.DataFrame, reading: str) -> Slide:
    say, grid = released.wording.say, grid_of(released, table, tuple(_shades(released, table, scales, cells)))
    notes = notes_of(released, say(reading), *_counts(released, table, scales, cells))
    return Slide(table.caption, (say("slide_shades"),), grid, notes)


def _shades(
    released: Released, table: Table, scales: Sequence[str], cells: pd.DataFrame
) -> Iterator[tuple[tuple[int, int], int]]:
    everybody = cells[cells["level"] == "all"].dropna(subset=["mean"]).set_index("scale")["mean"]
    scaled = released.table("meta.scales").set_index("scale")
    wide = scaled["highest"].astype(float) - scaled["lowest"].astype(float)
    for down, row in enumerate(table.rows):
        for across, (scale, cell) in enumerate(zip(scales, row[1:], strict=True), start=1):
            if isinstance(cell, Figure) and scale in everybody.index:
                distance = (cell.value - float(everybody[scale])) / float(wide[scale])
                yield (down, across), sum(abs(distance) >= step for step in STEPS) * (1 if distance > 0 else -1)


def _counts(released: Released, table: Table, scales: Sequence[str], cells: pd.DataFrame) -> Iterator[str]:
    """Say of every organisation how many people stand behind each of its means."""
    counts: Mapping[tuple[str, str], Cell] = {
        (plain(str(row["unit"])), row["scale"]): released.cells(row, {"n_obs": "count"})[0] for row in rows_of(cells)
    }
    figure, hidden = released.wording.figure, released.wording.say("not_shown")
    for row in table.rows:
        told = [f"{released.scale(scale)} {figure(counts.get((str(row[0]), scale), hidden))}" for scale in scales]
        yield released.wording.say("slide_counts", unit=row[0], counts="; ".join(told))


def _gone(released: Released, group: str, wave: str, units: pd.DataFrame) -> Iterator[Slide]:
    of = {"group": released.group(group), "wave": released.wave(wave)}
    parts = list(in_parts(names_gone(units), MOST_NAMES))
    for names in parts:
        title = released.wording.say("slide_gone", **of)
        line = released.wording.say("units_gone", names=", ".join(names), **of)
        yield Slide(title if len(parts) == 1 else part_title(released, title, names), (line,), None, notes_of(released))
