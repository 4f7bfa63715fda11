"""Tables of a replication package: CSV, with the types of its columns beside it, read back to the same bits."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

TYPES = ("str", "Int16", "Int64", "Float64", "float64", "int64", "boolean", "bool")
TRUTHS = {"True": True, "False": False}


def write_table(rows: pd.DataFrame, path: Path) -> dict[str, str]:
    """Write rows as CSV: UTF-8, missing as nothing, numbers with all their digits.

    Returns:
        The type of every column, which ``read_table`` asks for.

    Raises:
        ValueError: When a column is of a type that has no place in a package, such as a moment.
    """
    types = {str(name): str(rows[name].dtype) for name in rows}
    if bad := [name for name, kind in types.items() if kind not in TYPES]:
        raise ValueError(f"columns {', '.join(bad)} are of a type that no table of a package has")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(types)
        writer.writerows(zip(*(_texts(rows[name], kind) for name, kind in types.items()), strict=True) if types else ())
    return types


def read_table(path: Path, types: Mapping[str, str]) -> pd.DataFrame:
    """Read rows back.

    Raises:
        ValueError: When columns are not those that the types were told for.
    """
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    if sorted(header) != sorted(types):
        raise ValueError(f"{path.name} has the columns {', '.join(header)}; expected {', '.join(types)}")
    columns = zip(*lines, strict=True) if lines else ((),) * len(header)
    return pd.DataFrame({name: _typed(list(texts), types[name]) for name, texts in zip(header, columns, strict=True)})


def _texts(column: pd.Series, kind: str) -> list[str]:
    values = column.astype("object").where(column.notna(), None).tolist()
    if kind in ("Float64", "float64"):
        return ["" if value is None else repr(float(value)) for value in values]
    return ["" if value is None else str(value) for value in values]


def _typed(texts: list[str], kind: str) -> pd.Series:
    if kind == "str":
        return pd.Series(texts, dtype="str")
    if kind in ("boolean", "bool"):
        return pd.Series([TRUTHS.get(text) for text in texts], dtype=kind)
    of = float if kind in ("Float64", "float64") else int
    values = [of(text) if text else None for text in texts]
    return pd.Series(values, dtype=kind)
