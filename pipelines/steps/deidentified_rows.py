"""Rows that fits used → the same rows without anything that names a response, a person or an organisation.

Put here what is taken out and what takes its place; whether such rows may leave is in ``steps.row_disclosure``.
"""

import random
from collections.abc import Mapping

import pandas as pd

from instruments.faults import DataError
from pipelines.steps.disclosure import FORBIDDEN_COLUMNS

Rows = dict[str, pd.DataFrame]
"""Hash of the rows of a fit → these rows."""
CODED = {"response_id": "r", "organisation_id": "o", "respondent_key": "p", "collaboration_id": "c", "dyad_id": "d"}
WORDS_OF_THE_STUDY = ("wave", "respondent_group", "source", "language", "label_seen")
"""Columns of text that hold names which the specifications give, and nobody's answer."""
_NUMBERS = ("Int16", "Int64", "int64", "Float64", "float64", "boolean", "bool")


class RowsRefused(DataError):
    """Rows hold, or tell, what must not leave; ``reasons`` say what."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("no rows were written:\n" + "\n".join(f"  {reason}" for reason in reasons))


def refuse_unsafe_columns(rows: Rows) -> None:
    """Refuse moments, days, open text and whatever else names somebody.

    Raises:
        RowsRefused: With every such column.
    """
    found = {
        str(name): str(table[name].dtype)
        for table in rows.values()
        for name in table
        if name not in CODED and not _is_safe(str(name), str(table[name].dtype))
    }
    if found:
        raise RowsRefused(
            tuple(
                f"the column {name} ({kind}) may hold open text, a time or an identifier; leave it out of the models "
                "of the package"
                for name, kind in sorted(found.items())
            )
        )


def deidentified(rows: Rows, chance: random.Random) -> Rows:
    """Put fresh codes in the place of identifiers, the same everywhere, and sort the rows by them.

    Codes are dealt out by chance and written down nowhere, so that nobody can turn them back; the order of rows tells
    nothing either. Equal codes stay equal, so that clusters stay.

    Args:
        rows: Rows of every fit by their hash.
        chance: Source of chance; ``random.SystemRandom()`` outside tests.

    Raises:
        RowsRefused: When a column may hold more than answers in numbers.
    """
    refuse_unsafe_columns(rows)
    codes = {column: _codes(rows, column, prefix, chance) for column, prefix in CODED.items()}
    return {name: _recoded(table, codes) for name, table in rows.items()}


def _is_safe(name: str, kind: str) -> bool:
    if name in FORBIDDEN_COLUMNS:
        return False
    return kind in _NUMBERS or (kind == "str" and name in WORDS_OF_THE_STUDY)


def _codes(rows: Rows, column: str, prefix: str, chance: random.Random) -> dict[str, str]:
    values = sorted({str(value) for table in rows.values() if column in table for value in table[column].dropna()})
    numbers = list(range(1, len(values) + 1))
    chance.shuffle(numbers)
    width = len(str(len(values)))
    return {value: f"{prefix}{number:0{width}d}" for value, number in zip(values, numbers, strict=True)}


def _recoded(table: pd.DataFrame, codes: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    coded = {column: table[column].map(known).astype("str") for column, known in codes.items() if column in table}
    return table.assign(**coded).sort_values("response_id", kind="stable").reset_index(drop=True)
