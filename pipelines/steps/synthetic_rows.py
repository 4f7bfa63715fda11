"""Rows that fits used → invented rows that are like them and nobody's, in the same tables.

Put here which columns of a study are drawn and which are dealt out; how rows are drawn is in ``models.synthetic``.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.regression.design import ORDER_OF_WAVES
from models.regression.sampled import UNITS_SAMPLED
from models.sections.dyads import DYAD
from models.sections.panel import COLLABORATION
from models.synthetic.closeness import Closeness, closeness, repeats_a_rare_row
from models.synthetic.draw import DrawnRows, RealRows, draw_rows
from pipelines.steps.deidentified_rows import CODED, Rows, refuse_unsafe_columns
from pipelines.steps.row_disclosure import joined_rows

DEALT_OUT = (ORDER_OF_WAVES, UNITS_SAMPLED)
"""Numbers that go with the row lent: facts about a wave and the sample, not answers."""
GROUPS = (COLLABORATION, DYAD)
"""Groups within organisations, of which an invented organisation has as many."""


@dataclass(frozen=True)
class Invented:
    """Invented rows.

    Attributes:
        rows: Invented rows by the hash of the rows that they stand for.
        closeness: How near they come to the real ones, by the same.
        n_left_out: Drawn rows that were equal to a rare real one in some table, and left out of all.
    """

    rows: Rows
    closeness: dict[str, Closeness]
    n_left_out: int


def invented(rows: Rows, known: pd.DataFrame, least_cell_size: int, seed: int) -> Invented:
    """Draw rows.

    Args:
        rows: Rows of every fit by their hash.
        known: ``core.analysis``: response_id, organisation_id, wave and respondent_group.
        least_cell_size: Fewest values behind a number of a margin, and fewest real rows with a combination.
        seed: Of chance.

    Raises:
        RowsRefused: When a column may hold more than answers in numbers.
    """
    refuse_unsafe_columns(rows)
    table = joined_rows(rows)
    about = known.set_index("response_id").loc[table.index]
    numbers = [name for name in table if name not in DEALT_OUT and _is_number(table[name])]
    chance = np.random.default_rng(seed)
    real = RealRows(
        table[numbers].astype("float64"),
        _codes(about["organisation_id"].where(about["organisation_id"].notna(), table.index.to_series())),
        _codes(about["wave"]),
        _codes(about["respondent_group"]),
    )
    drawn = draw_rows(real, least_cell_size, chance)
    persons = _persons(drawn, real)
    numbered = {column: _numbered(table, column, about["organisation_id"]) for column in GROUPS if column in table}
    made = {name: _table(name, own, table, drawn, (persons, numbered)) for name, own in rows.items()}
    left_out: set[str] = set()
    for name, own in rows.items():
        is_rare = repeats_a_rare_row(*_compared(made[name], own), least_cell_size)
        left_out |= set(made[name].loc[is_rare, "response_id"])
    kept = {name: each[~each["response_id"].isin(left_out)].reset_index(drop=True) for name, each in made.items()}
    near = {name: closeness(*_compared(kept[name], own)) for name, own in rows.items()}
    return Invented(kept, near, len(left_out))


def _persons(drawn: DrawnRows, real: RealRows) -> NDArray[np.intp]:
    """Return who each row is of: a person belongs to one organisation and group, and has one row a wave at most."""
    places = pd.DataFrame({"cluster": drawn.clusters, "stratum": real.strata[drawn.patterns]})
    number = places.groupby(["cluster", "stratum", real.periods[drawn.patterns]]).cumcount()
    return np.asarray(places.assign(number=number).groupby(["cluster", "stratum", "number"]).ngroup(), dtype=np.intp)


def _numbered(table: pd.DataFrame, column: str, organisations: pd.Series) -> pd.Series:
    """Number the groups of each organisation, so that invented organisations can have some of their own."""
    grouped = table[column].groupby(organisations.fillna(""))
    return grouped.transform(lambda own: pd.Series(pd.factorize(own, sort=True)[0], index=own.index)).astype("int64")


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _codes(column: pd.Series) -> NDArray[np.intp]:
    return np.asarray(pd.factorize(column.astype("str"))[0], dtype=np.intp)


def _table(
    name: str,
    own: pd.DataFrame,
    table: pd.DataFrame,
    drawn: DrawnRows,
    together: tuple[NDArray[np.intp], dict[str, pd.Series]],
) -> pd.DataFrame:
    """Return the invented rows of one table: those whose pattern is a row of it.

    Persons of the drawn rows, and numbers of the groups of the real ones, say which rows go together.
    """
    persons, numbered = together
    lenders = table.index[drawn.patterns]
    rows = np.flatnonzero(lenders.isin(own["response_id"]))
    width = len(str(len(table)))
    made: dict[str, pd.Series] = {}
    lent = own.set_index("response_id").loc[lenders[rows]]
    for column in map(str, own):
        if column == "response_id":
            values = pd.Series([f"s{row + 1:0{width}d}" for row in rows], dtype="str")
        elif column == "organisation_id":
            values = pd.Series([f"o{code + 1:0{width}d}" for code in drawn.clusters[rows]], dtype="str")
        elif column in GROUPS:
            pairs = zip(drawn.clusters[rows], numbered[column].loc[lenders[rows]], strict=True)
            values = pd.Series([f"{CODED[column]}{code + 1:0{width}d}_{number}" for code, number in pairs], dtype="str")
        elif column in CODED:
            values = pd.Series([f"p{code + 1:0{width}d}" for code in persons[rows]], dtype="str")
        elif column not in DEALT_OUT and _is_number(own[column]):
            place = f"{column}@{name}" if f"{column}@{name}" in table else column
            values = _in_type(drawn.columns[place].to_numpy()[rows], str(own[column].dtype))
        else:
            values = lent[column].reset_index(drop=True)
        made[column] = values
    return pd.DataFrame(made)


def _in_type(values: NDArray[np.float64], kind: str) -> pd.Series:
    found: pd.Series = pd.Series(np.round(values) if kind.lower().startswith("int") else values)
    return found.astype(pd.api.types.pandas_dtype(kind))


def _compared(made: pd.DataFrame, own: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the numbers of a table, drawn and real."""
    columns = [str(name) for name in own if name not in {*CODED, *DEALT_OUT} and _is_number(own[name])]
    drawn, real = (each[columns].to_numpy(dtype=float, na_value=np.nan) for each in (made, own))
    return drawn, real
