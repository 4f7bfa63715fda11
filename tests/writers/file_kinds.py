"""A table of text cells → the same answers as a workbook, an SPSS or Stata file, a zipped CSV. Knows no reader."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyreadstat

from tests.writers.delimited import delimited, write_workbook

Labels = Mapping[str, Mapping[int, str]]


def rows_of(table: pd.DataFrame) -> Sequence[Sequence[str]]:
    """Return a table of texts as rows of cells, headers first."""
    return [list(table.columns), *table.to_numpy().tolist()]


def workbook(table: pd.DataFrame, path: Path, _: Labels) -> None:
    """Write an XLSX workbook of one sheet."""
    write_workbook(path, {"Answers": rows_of(table)})


def zipped(table: pd.DataFrame, path: Path, _: Labels) -> None:
    """Write a zip of one CSV."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.csv", delimited(rows_of(table)))


def spss(table: pd.DataFrame, path: Path, labels: Labels) -> None:
    """Write a .sav whose labelled columns hold codes; columns of whole numbers become numbers."""
    pyreadstat.write_sav(_coded(table, labels), str(path), variable_value_labels=dict(labels))


def stata(table: pd.DataFrame, path: Path, labels: Labels) -> None:
    """Write a .dta whose labelled columns hold codes; columns of whole numbers become numbers."""
    pyreadstat.write_dta(_coded(table, labels), str(path), variable_value_labels=dict(labels))


WRITERS: Mapping[str, Callable[[pd.DataFrame, Path, Labels], None]] = {
    "xlsx": workbook, "zip": zipped, "sav": spss, "dta": stata,
}  # fmt: skip


def everything_in(path: Path) -> bytes:
    """Return the bytes of a file and what a compressed one holds: members of a zip, cells of a Parquet file."""
    content = path.read_bytes()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content += b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"PAR1"):
        content += pd.read_parquet(path).to_csv(index=False).encode()
    return content


def _coded(table: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    coded = table.copy()
    for name, known in labels.items():
        coded[name] = table[name].map({label: float(code) for code, label in known.items()})
    for name in coded.columns.difference(list(labels)):
        if table[name].str.fullmatch("[0-9]+").all():
            coded[name] = table[name].astype(float)
    return coded
