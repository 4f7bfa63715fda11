"""Mean scores of organisations; those of which nothing is shown are named apart, all alike."""

import pandas as pd

from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.value import Cell, Kind, Section, Table
from pipelines.board_report.words import plain

KINDS: dict[str, Kind] = {
    "mean": "mean",
    "conf_low": "mean",
    "conf_high": "mean",
    "n_obs": "count",
    "percent_high": "per_cent",
}
MOST_SCALES = 6
"""How many scales stand side by side on paper."""


def organisations(released: Released) -> Section:
    """Write the section from the released ``out.unit_means``; nothing but what is said of organisations."""
    say, rows = released.wording.say, released.arranged("out.unit_means")
    named = (say("units_sheet"), say("units_title"))
    units = rows[rows["level"] == "organisation"]
    if units.empty:
        return Section(*named, (say("units_none"),))
    latest = list(released.latest(units))
    tables = tuple(table for group, wave, part in latest for table in tables_of(released, group, wave, part))
    heads = ("group", "wave", "scale", "unit", "mean", "conf_low", "conf_high", "n", "percent_high")
    every = tuple(
        (
            released.group(row["respondent_group"]),
            released.wave(row["wave"]),
            released.scale(row["scale"]),
            plain(str(row["unit"])),
            *released.cells(row, KINDS),
        )
        for _, part in units.groupby(["respondent_group", "wave", "scale"], sort=False)
        for row in rows_of(part.sort_values(["is_hidden", "unit"], kind="stable"))
    )
    sheet = Table(say("units_all"), released.heads(*heads), every, n_labels=4)
    gone = tuple(line for group, wave, part in latest if (line := _gone(released, group, wave, part)))
    return Section(*named, (say("units_reading"), *gone), tables=tables, sheet=sheet)


def tables_of(released: Released, group: str, wave: str, rows: pd.DataFrame) -> list[Table]:
    """Set some scales side by side, one row an organisation of which something is shown."""
    say = released.wording.say
    caption = say("units_caption", group=released.group(group), wave=released.wave(wave))
    shown = sorted(rows.loc[~rows["is_hidden"].astype(bool), "unit"].unique())
    means = {(row["unit"], row["scale"]): released.cells(row, {"mean": "mean"})[0] for row in rows_of(rows)}
    made = list[Table]()
    for part in side_by_side(released, rows):
        lines = tuple((plain(unit), *(_cell(released, means, unit, scale) for scale in part)) for unit in shown)
        made.append(Table(caption, (say("unit"), *(released.scale(each) for each in part)), lines))
    return made


def side_by_side(released: Released, rows: pd.DataFrame) -> list[list[str]]:
    """Return which scales stand beside each other in every table of some rows."""
    scales = [each for each in released.scales if (rows["scale"] == each).any()]
    return [scales[start : start + MOST_SCALES] for start in range(0, len(scales), MOST_SCALES)]


def _gone(released: Released, group: str, wave: str, rows: pd.DataFrame) -> str:
    """Name the organisations of which nothing is shown, all in one breath; empty without any."""
    names, of = names_gone(rows), {"group": released.group(group), "wave": released.wave(wave)}
    return released.wording.say("units_gone", names=", ".join(names), **of) if names else ""


def names_gone(rows: pd.DataFrame) -> list[str]:
    """Return the names of organisations of which some rows show nothing, in their order."""
    names = set(rows["unit"]) - set(rows.loc[~rows["is_hidden"].astype(bool), "unit"])
    return [plain(str(name)) for name in sorted(names)]


def _cell(released: Released, means: dict[tuple[str, str], Cell], unit: str, scale: str) -> Cell:
    return means.get((unit, scale), released.wording.say("not_shown"))
