"""What the report is written from: tables of the warehouse, fits as tables report them, and the words of a language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from instruments.spec_file import Texts
from pipelines.board_report.value import Cell, Figure, Kind
from pipelines.board_report.words import Wording, plain
from pipelines.load import Study
from pipelines.methods_report.danish import DANISH
from pipelines.methods_report.english import ENGLISH
from pipelines.report_tables.of_record import figure
from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.words import Words
from pipelines.steps.release_texts import titles_of
from pipelines.steps.term_labels import term_label
from pipelines.tables.base import Table as StoredTable

WORDINGS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "da": DANISH}
NOTHING = (None, "")


@dataclass(frozen=True, eq=False)
class Found:
    """A study after a run.

    Attributes:
        study: Its specifications.
        tables: Rows by name of the table.
        writes: Rows of ``raw.writes`` about these tables, and about ``core.analysis``, which is not read itself.
        fits: Current fits of declared models, models as written before their variants; empty without models.
        words: The study's texts in the language, and the words of tables of fits.
        run: The run that wrote the last of these tables.
        written_on: Day of it, ISO.
    """

    study: Study
    tables: Mapping[str, pd.DataFrame]
    writes: pd.DataFrame
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
        number = figure(value)
        if number is None:
            return self.say(missing)
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
        """Return what a variable or regressor is called: its title or wording, else the name in words."""
        said = self.words.variable(name)
        is_known = said != name.replace("_", " ")
        return plain(said if is_known else term_label(name, self.titles, self.words.language).replace("_", " "))

    @cached_property
    def titles(self) -> dict[str, Texts]:
        """What everything that a term may name is called."""
        return titles_of(self.study)

    def texts(self, texts: Texts) -> str:
        """Return a text in the language of the report, else in English, else in another; empty for none."""
        language = self.words.language
        return plain(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))

    def groups(self, rows: pd.DataFrame) -> str:
        """Say which respondent groups and waves some rows are of."""
        pairs = rows[["respondent_group", "wave"]].drop_duplicates().itertuples(index=False)
        return "; ".join(f"{self.text('group_title', group)}, {self.text('wave_title', wave)}" for group, wave in pairs)

    def of_scale(self, table: StoredTable, scale: str) -> pd.DataFrame:
        """Return the rows of a table about a scale, by respondent group and wave as the study names them."""
        if table.name not in self.arranged_tables:
            self.arranged_tables[table.name] = self.arranged(self.rows(table))
        rows = self.arranged_tables[table.name]
        return rows[rows["scale"] == scale]

    @cached_property
    def arranged_tables(self) -> dict[str, pd.DataFrame]:
        """Tables that were put in order already, by name."""
        return {}

    def arranged(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Sort rows by respondent group, wave and exclusion rule, those as the study names them."""
        spec = self.study.spec
        orders = {
            "respondent_group": list(spec.respondent_groups),
            "wave": list(spec.waves),
            "exclusions": ["", *spec.screening.exclusions],
        }
        place = pd.DataFrame(
            {
                name: rows[name].map({each: rank for rank, each in enumerate(order)}).fillna(len(order))
                for name, order in orders.items()
                if name in rows
            },
            index=rows.index,
        )
        return rows.loc[place.sort_values(list(place), kind="stable").index] if len(rows) else rows

    def listed(self, names: Iterable[str]) -> str:
        """Join names by commas; "none" for none."""
        return ", ".join(names) or self.say("none")
