"""A release as the sections read it: its tables, the order of waves, groups and scales, and the words for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.board_report.value import Cell, Kind
from pipelines.board_report.words import Wording
from pipelines.store.released import ReleaseFile


@dataclass(frozen=True)
class Released:
    """One release in one language.

    Attributes:
        file: Its tables and properties.
        wording: Language.
    """

    file: ReleaseFile
    wording: Wording

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows of a table."""
        return self.file.tables[name]

    def named(self, key: str) -> list[str]:
        """Return names in a property of the manifest, such as ``waves``; none where it is not there."""
        return [each.strip() for each in self.file.manifest.get(key, "").split(",") if each.strip()]

    @property
    def waves(self) -> list[str]:
        """Waves in order of time."""
        return self.named("waves")

    @property
    def scales(self) -> list[str]:
        """Scales in order of appearance."""
        return [str(each) for each in self.table("meta.scales").sort_values("position")["scale"]]

    def arranged(self, name: str) -> pd.DataFrame:
        """Return the rows of a table by respondent group, wave and scale or item, in their order."""
        rows = self.table(name)
        orders = {"respondent_group": self.named("respondent_groups"), "wave": self.waves, "scale": self.scales}
        by = [each for each in orders if each in rows.columns]
        place = pd.DataFrame({each: rows[each].astype(str).map(_rank(orders[each])).fillna(len(rows)) for each in by})
        return rows.loc[place.sort_values(by, kind="stable").index]

    def latest(self, rows: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """Yield every respondent group with the last of its waves and the rows of that wave."""
        for group, of_group in rows.groupby("respondent_group", sort=False):
            wave = [each for each in self.waves if (of_group["wave"] == each).any()][-1:]
            if wave:
                yield str(group), wave[0], of_group[of_group["wave"] == wave[0]]

    def group(self, name: object) -> str:
        """Return the title of a respondent group."""
        return self.wording.text("group_title", str(name))

    def wave(self, name: object) -> str:
        """Return the title of a wave."""
        return self.wording.text("wave_title", str(name))

    def scale(self, name: object) -> str:
        """Return the title of a scale."""
        return self.wording.text("scale_title", str(name))

    def heads(self, *keys: str) -> tuple[str, ...]:
        """Return heads of columns."""
        return tuple(self.wording.say(key) for key in keys)

    def cells(self, row: Mapping[str, Any], kinds: Mapping[str, Kind]) -> tuple[Cell, ...]:
        """Return the figures of a row, all "not shown" where it is hidden."""
        hidden = bool(row["is_hidden"])
        return tuple(self.wording.cell(row[name], kind, is_hidden=hidden) for name, kind in kinds.items())


def rows_of(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table by column."""
    names = [str(name) for name in table.columns]
    yield from (dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None))


def _rank(names: list[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}
