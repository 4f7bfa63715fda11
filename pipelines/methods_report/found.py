"""What the report is written from: tables of the warehouse, fits as tables report them, and the words of a language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from instruments.spec_file import Texts
from pipelines.board_report.value import Cell, Figure, Kind
from pipelines.board_report.words import Wording, plain
from pipelines.load import Study
from pipelines.methods_report.danish import DANISH
from pipelines.methods_report.english import ENGLISH
from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.words import Words
from pipelines.tables.base import Table as StoredTable

WORDINGS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "da": DANISH}
NOTHING = (None, "")


@dataclass(frozen=True, eq=False)
class Found:
    """A study after a run.

    Attributes:
        study: Its specifications.
        tables: Rows by name of the table.
        fits: Current fits of declared models, models as written before their variants; empty without models.
        words: The study's texts in the language, and the words of tables of fits.
        run: The run that wrote last.
        written_on: Day of it, ISO.
    """

    study: Study
    tables: Mapping[str, pd.DataFrame]
    fits: tuple[ReportedFit, ...]
    words: Words
    run: str
    written_on: str

    @property
    def wording(self) -> Wording:
        """How numbers are written."""
        return Wording(self.words)

    def rows(self, table: StoredTable) -> pd.DataFrame:
        """Return the rows of a table."""
        return self.tables[table.name]

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of this report with its placeholders filled."""
        return WORDINGS[self.words.language][key].format(**values)

    def maybe(self, key: str, otherwise: str) -> str:
        """Return a wording of this report or of tables of fits, else another text."""
        return WORDINGS[self.words.language].get(key) or self.words.maybe(key, plain(otherwise))

    def heads(self, *keys: str) -> tuple[str, ...]:
        """Return heads of columns."""
        return tuple(self.say(key) for key in keys)

    def cell(self, value: object, kind: Kind = "estimate", missing: str = "not_computed") -> Cell:
        """Return a figure, or in words that there is none."""
        if value is None or value is pd.NA or pd.isna(value):
            return self.say(missing)
        number = float(str(value))
        return Figure(number, kind) if abs(number) != float("inf") else self.say("infinite")

    def cells(self, row: Mapping[str, Any], kinds: Mapping[str, Kind]) -> tuple[Cell, ...]:
        """Return the figures of a row by column."""
        return tuple(self.cell(row[name], kind) for name, kind in kinds.items())

    def number(self, value: object, kind: Kind = "estimate") -> str:
        """Write a figure within a sentence or beside others in one cell."""
        return self.wording.figure(self.cell(value, kind))

    def text(self, kind: str, name: object) -> str:
        """Return the study's text for a name, else the name in words; "all together" for no name."""
        return self.wording.text(kind, str(name)) if name not in NOTHING else self.say("everybody")

    def variable(self, name: str) -> str:
        """Return the title of a scale or the wording of an item, else the name in words."""
        return plain(self.words.variable(name))

    def texts(self, texts: Texts) -> str:
        """Return a text in the language of the report, else in English, else in another; empty for none."""
        language = self.words.language
        return plain(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))

    def groups(self, rows: pd.DataFrame) -> str:
        """Say which respondent groups and waves some rows are of."""
        pairs = rows[["respondent_group", "wave"]].drop_duplicates().itertuples(index=False)
        return "; ".join(f"{self.text('group_title', group)}, {self.text('wave_title', wave)}" for group, wave in pairs)

    def arranged(self, rows: pd.DataFrame, *then: str) -> pd.DataFrame:
        """Sort rows by respondent group and wave as the study names them, and then by columns."""
        ranks = {
            "respondent_group": list(self.study.spec.respondent_groups),
            "wave": list(self.study.spec.waves),
        }
        place = pd.DataFrame(
            {
                name: rows[name].map({each: rank for rank, each in enumerate(ranks[name])} if name in ranks else str)
                for name in (*ranks, *then)
                if name in rows
            }
        )
        return rows.loc[place.sort_values(list(place), kind="stable").index] if len(rows) else rows

    def listed(self, names: Iterable[str]) -> str:
        """Join names by commas; "none" for none."""
        return ", ".join(names) or self.say("none")
