"""What a release would hold, and what was published of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from models.origin import data_hash
from pipelines.release_fits import FitsOfARelease
from pipelines.release_hidden import Hidden, hidden_because
from pipelines.release_slices import Slices
from pipelines.tables.base import Table
from pipelines.tables.released import MANIFEST

Tables = list[tuple[Table, pd.DataFrame]]


@dataclass(frozen=True)
class Released:
    """A published release.

    Attributes:
        number: Its number, from 1.
        path: The file.
        sha256: Hash of the file.
        n_hidden: Cells withheld, by table.
        withheld_fits: Fits withheld and models without a fit, with the reason.
        as_before: What stays as it was published, a wave and respondent group or a fit → the release that it is taken
            from.
        hidden_because: Why those cells are withheld.
        embargo_until: First day on which it may be shown, ISO; empty for at once.
    """

    number: int
    path: Path
    sha256: str
    n_hidden: dict[str, int]
    withheld_fits: dict[str, str]
    as_before: dict[str, int]
    hidden_because: list[Hidden]
    embargo_until: str = ""


@dataclass(frozen=True, eq=False)
class Draft:
    """What a release would hold, protected and audited.

    Attributes:
        number: Its number, from 1.
        tables: Its tables.
        slices: Waves and respondent groups, published anew or as before.
        beside: Fits that stay as before, or cannot be shown beside what was published.
        withheld_fits: Fits withheld and models without a fit, with the reason.
        embargo_until: First day on which it may be shown, ISO; empty for at once.
    """

    number: int
    tables: Tables
    slices: Slices
    beside: FitsOfARelease
    withheld_fits: dict[str, str]
    embargo_until: str = ""

    @property
    def n_hidden(self) -> dict[str, int]:
        """Cells withheld, by table."""
        marked = [(table, rows) for table, rows in self.tables if "is_hidden" in rows and len(rows)]
        return {table.name: int(rows["is_hidden"].sum()) for table, rows in marked}

    @property
    def hidden_because(self) -> list[Hidden]:
        """Why cells are withheld, by table, wave and respondent group."""
        return hidden_because(self.tables, self.slices.rows, self.slices.policy)

    @property
    def sha256(self) -> str:
        """Hash of everything it would show, in hexadecimal; its properties, which hold the time, left out."""
        shown = [data_hash(rows.sort_values(list(table.key))) for table, rows in self.tables if table is not MANIFEST]
        return hashlib.sha256("".join(shown).encode()).hexdigest()

    @property
    def as_before(self) -> dict[str, int]:
        """What stays as it was published, a wave and respondent group or a fit → the release that it is taken from."""
        slices = {f"{wave}, {group}": past.number for (wave, group), past in self.slices.carried.items()}
        fits = {f"fit {'.'.join(each.model)}": each.past.number for each in self.beside.carried.values()}
        return slices | fits
