"""Mean scores of organisations and of groups of them; those of which nothing is shown are named apart."""

from typing import Literal

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
    every = (table for each in latest for table in tables_of(released, *each))
    tables = tuple(table for table in every if table.rows)
    sheet = _sheet(released, "unit", units)
    gone = tuple(line for group, wave, part in latest if (line := _gone(released, group, wave, part)))
    return Section(*named, (say("units_reading"), *gone), tables=tables, sheet=sheet)


def regions(released: Released) -> tuple[Section, ...]:
    """Write the section of groups of organisations, each beside everybody; none where there are no such groups."""
    say, rows = released.wording.say, in_regions(released)
    if rows.empty:
        return ()
    latest = released.latest(rows)
    tables = tuple(table for each in latest for table in tables_of(released, *each, kind="region"))
    named = (say("regions_sheet"), say("regions_title"))
    return (Section(*named, (say("regions_reading"),), tables=tables, sheet=_sheet(released, "region", rows)),)


def in_regions(released: Released) -> pd.DataFrame:
    """Return the rows of ``out.unit_means`` of everybody and of every region, with ``unit`` in words.

    Nothing where a single region holds every organisation, since it would repeat everybody.
    """
    rows, known = released.arranged("out.unit_means"), released.table("meta.units")
    names = set(rows.loc[rows["level"] == "region", "unit"])
    of_organisations = set(known.loc[known["level"] == "organisation", "region"])
    if not names or (len(names) == 1 and of_organisations == names):
        return rows.iloc[:0]
    titles = {name: released.wording.text("region_title", str(name)) for name in names}
    kept = rows[rows["level"].isin(["all", "region"])]
    return kept.assign(unit=kept["unit"].map(titles).mask(kept["level"] == "all", released.wording.say("of_everybody")))


def _sheet(released: Released, kind: Literal["unit", "region"], units: pd.DataFrame) -> Table:
    """List every mean of units, hidden ones last."""
    heads = ("group", "wave", "scale", kind, "mean", "conf_low", "conf_high", "n", "percent_high")
    every = tuple(
        (
            released.group(row["respondent_group"]),
            released.wave(row["wave"]),
            released.scale(row["scale"]),
            plain(str(row["unit"])),
            *released.cells(row, KINDS),
        )
        for _, part in units.assign(is_one=units["level"] != "all").groupby(
            ["respondent_group", "wave", "scale"], sort=False
        )
        for row in rows_of(part.sort_values(["is_hidden", "is_one", "unit"], kind="stable"))
    )
    return Table(released.wording.say(f"{kind}s_all"), released.heads(*heads), every, n_labels=4)


def tables_of(
    released: Released, group: str, wave: str, rows: pd.DataFrame, kind: Literal["unit", "region"] = "unit"
) -> list[Table]:
    """Set some scales side by side, one row a unit of which something is shown, everybody first."""
    say = released.wording.say
    caption = say(f"{kind}s_caption", group=released.group(group), wave=released.wave(wave))
    seen = rows.assign(is_one=rows["level"] != "all")[~rows["is_hidden"].astype(bool)]
    shown = list(dict.fromkeys(seen.sort_values(["is_one", "unit"], kind="stable")["unit"]))
    means = {(row["unit"], row["scale"]): released.cells(row, {"mean": "mean"})[0] for row in rows_of(rows)}
    made = list[Table]()
    for part in side_by_side(released, rows):
        lines = tuple((plain(unit), *(_cell(released, means, unit, scale) for scale in part)) for unit in shown)
        made.append(Table(caption, (say(kind), *(released.scale(each) for each in part)), lines))
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
