"""How a table is described: its grain, key and columns, and the pandera schema made from them.

Put here the description's form; the tables themselves are in ``raw``, ``core`` and ``out``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas as pa

TEXT, WHOLE, SMALL, NUMBER, TRUTH, MOMENT, DAY = (
    "str",
    "Int64",
    "Int16",
    "Float64",
    "boolean",
    "datetime64[us, UTC]",
    "date",
)
DUCKDB_TYPES: Mapping[str, str] = {
    TEXT: "VARCHAR",
    WHOLE: "BIGINT",
    SMALL: "SMALLINT",
    NUMBER: "DOUBLE",
    TRUTH: "BOOLEAN",
    MOMENT: "TIMESTAMPTZ",
    DAY: "DATE",
}


@dataclass(frozen=True)
class ColumnOf:
    """One column: type, meaning and rules.

    Attributes:
        kind: One of the type names of this module.
        meaning: What it holds, with unit.
        may_be_missing: Whether cells may be empty.
        is_among: Closed list of values.
        least: Smallest value.
        most: Largest value.
        if_absent: What rows hold that were written before the column was there; without it such a table is read as if
            it had no rows.
    """

    kind: str
    meaning: str
    may_be_missing: bool = False
    is_among: tuple[object, ...] = ()
    least: float | None = None
    most: float | None = None
    if_absent: str | None = None

    def checks(self) -> "list[pa.Check]":
        """Return the pandera checks of the column."""
        import pandera.pandas as pa  # noqa: PLC0415 - takes a tenth of a second; most commands validate nothing

        found: list[pa.Check] = []
        if self.is_among:
            found.append(pa.Check.isin(list(self.is_among)))
        if self.least is not None:
            found.append(pa.Check.ge(self.least))
        if self.most is not None:
            found.append(pa.Check.le(self.most))
        return found


@dataclass(frozen=True)
class Table:
    """One table of the warehouse.

    Attributes:
        name: ``layer.content``.
        grain: ``One row a …``; begins the table's comment.
        key: Columns that are unique together.
        columns: Columns by name, in order.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: Mapping[str, ColumnOf]

    def schema(self) -> "pa.DataFrameSchema":
        """Return the pandera schema: types, closed lists, ranges, uniqueness of the key."""
        import pandera.pandas as pa  # noqa: PLC0415

        columns = {
            name: pa.Column(
                None if column.kind == DAY else column.kind,
                column.checks(),
                nullable=column.may_be_missing,
                description=column.meaning,
            )
            for name, column in self.columns.items()
        }
        unique = list(self.key) if self.key else None
        return pa.DataFrameSchema(columns, unique=unique, strict=True, name=self.name, description=self.grain)

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, with its types."""
        return self._empty.copy()

    @cached_property
    def _empty(self) -> pd.DataFrame:
        return self.typed(pd.DataFrame({name: [] for name in self.columns}))

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with exactly the table's columns, in order, in the table's types.

        Raises:
            KeyError: When the frame lacks a column of the table.
        """
        typed = {name: _of_kind(frame[name], column.kind) for name, column in self.columns.items()}
        return pd.DataFrame(typed)


def _of_kind(cells: pd.Series, kind: str) -> "pd.Series | pd.api.extensions.ExtensionArray":
    if kind == DAY:
        return cells.reset_index(drop=True)
    return cells.array if cells.dtype == kind else cells.astype(kind).array  # pyright: ignore[reportCallIssue, reportArgumentType]


def number(meaning: str) -> ColumnOf:
    """Describe a figure that may be impossible to compute."""
    return ColumnOf(NUMBER, meaning, may_be_missing=True)


def count(meaning: str) -> ColumnOf:
    """Describe a count."""
    return ColumnOf(WHOLE, meaning, least=0)
