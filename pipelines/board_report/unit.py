"""The report for one organisation or region: its own released figures, those of everybody, and no other's.

A release is narrowed to the unit before anything is written, so that no section can say anything of another one.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace

import pandas as pd

from pipelines.board_report.answers import answers
from pipelines.board_report.changes import changes
from pipelines.board_report.content import report_of_sections
from pipelines.board_report.method import method
from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.scores import charts_of, scores
from pipelines.board_report.together import what_goes_together
from pipelines.board_report.value import Cell, Chart, Kind, Report, Section, Table
from pipelines.board_report.who import who_answered
from pipelines.board_report.words import plain, wording_of
from pipelines.store.released import ReleaseFile

KINDS: dict[str, Kind] = {
    "mean": "mean",
    "conf_low": "mean",
    "conf_high": "mean",
    "n_obs": "count",
    "percent_high": "per_cent",
}
HEADS = ("wave", "scale", "mean", "conf_low", "conf_high", "n", "percent_high", "everybody")
EVERYBODY = "all"
MOST_LETTERS, HASH_DIGITS = 40, 12
LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss"})


@dataclass(frozen=True, order=True)
class Unit:
    """An organisation or region.

    Attributes:
        level: ``organisation`` or ``region``.
        name: As the release has it.
    """

    level: str
    name: str

    @property
    def file_stem(self) -> str:
        """A name for files: letters, digits and hyphens, different for every unit and the same every time.

        The readable part is what is left of the name; the digits are the beginning of its SHA-256.
        """
        letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", self.name).casefold().translate(LETTERS))
        readable = re.sub(r"[^a-z0-9]+", "-", letters.encode("ascii", "ignore").decode())[:MOST_LETTERS].strip("-")
        digits = hashlib.sha256(f"{self.level}\n{self.name}".encode()).hexdigest()[:HASH_DIGITS]
        return "-".join(part for part in (self.level, readable, digits) if part)


def units_of(file: ReleaseFile) -> list[Unit]:
    """Return every organisation and region that a release names, in order."""
    units = file.tables["meta.units"]
    return sorted(
        Unit(str(row["level"]), str(row["unit"])) for row in rows_of(units[units["level"] != EVERYBODY])
    )  # fmt: skip


def has_figures(file: ReleaseFile, unit: Unit) -> bool:
    """Tell whether a release shows at least one figure of a unit."""
    return bool((~_own(file, unit)["is_hidden"].astype(bool)).any())


def narrowed(file: ReleaseFile, unit: Unit) -> ReleaseFile:
    """Return a release without any other unit: what it says of the unit, and of everybody."""
    means, texts, units = (file.tables[name] for name in ("out.unit_means", "meta.texts", "meta.units"))
    is_own = (units["level"] == unit.level) & (units["unit"] == unit.name)
    is_other_region = (texts["kind"] == "region_title") & ((unit.level != "region") | (texts["name"] != unit.name))
    tables = {
        **file.tables,
        "out.unit_means": pd.concat([_own(file, unit), means[means["level"] == EVERYBODY]]),
        "meta.units": units[is_own].assign(region=""),
        "meta.texts": texts[~is_other_region],
    }
    return replace(file, tables=tables)


def _own(file: ReleaseFile, unit: Unit) -> pd.DataFrame:
    means = file.tables["out.unit_means"]
    return means[(means["level"] == unit.level) & (means["unit"] == unit.name)]


def unit_report_of(file: ReleaseFile, unit: Unit, language: str) -> Report:
    """Write the report of a unit.

    Args:
        file: Every table of ``pipelines.tables.released``.
        unit: One of ``units_of``.
        language: ``en`` or ``da``.

    Returns:
        The report, the same for the same release.
    """
    only = narrowed(file, unit)
    released = Released(only, wording_of(language, only.tables["meta.texts"]))
    others = (who_answered, scores, changes, what_goes_together, answers, method)
    made = report_of_sections(released, (_section(released, unit), *(make(released) for make in others)))
    return replace(made, title=released.wording.say("unit_title", study=made.title, unit=_title(released, unit)))


def _title(released: Released, unit: Unit) -> str:
    return released.wording.text("region_title", unit.name) if unit.level == "region" else plain(unit.name)


def _section(released: Released, unit: Unit) -> Section:
    say, title = released.wording.say, _title(released, unit)
    means = released.arranged("out.unit_means")
    own = means[means["level"] == unit.level]
    of_all = rows_of(means[means["level"] == EVERYBODY])
    everybody = {_key(row): released.cells(row, {"mean": "mean"})[0] for row in of_all}
    tables = tuple(
        _table(released, say("unit_caption", unit=title, group=released.group(group)), rows, everybody)
        for group, rows in own.groupby("respondent_group", sort=False)
    )
    return Section(
        say("units_sheet"),
        say("unit_section", unit=title),
        (say("unit_reading", unit=title), say("unit_alone", unit=title)),
        charts=tuple(_charts(released, title, own)),
        tables=tables,
    )


def _charts(released: Released, title: str, own: pd.DataFrame) -> list[Chart]:
    """Draw the latest wave of every respondent group of which something is shown."""
    charts = list[Chart]()
    for group, wave, rows in released.latest(own):
        named = {"unit": title, "group": released.group(group), "wave": released.wave(wave)}
        charts += charts_of(released, released.wording.say("unit_chart", **named), rows)
    return [chart for chart in charts if any(point.mean is not None for point in chart.points)]


def _table(released: Released, caption: str, rows: pd.DataFrame, everybody: dict[tuple[str, ...], Cell]) -> Table:
    hidden = released.wording.say("not_shown")
    lines = tuple(
        (
            released.wave(row["wave"]),
            released.scale(row["scale"]),
            *released.cells(row, KINDS),
            everybody.get(_key(row), hidden),
        )
        for row in rows_of(rows)
    )
    return Table(caption, released.heads(*HEADS), lines, n_labels=2)


def _key(row: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("respondent_group", "wave", "scale"))
