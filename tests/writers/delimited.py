"""Rows of text cells → the bytes of a delimited file or a workbook, as platforms write them. Knows no reader."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

Rows = Sequence[Sequence[str]]


def delimited(rows: Rows, delimiter: str = ",", encoding: str = "utf-8", line_end: str = "\r\n") -> bytes:
    """Write rows; cells are quoted where they must be."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode(encoding)


def write_workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write sheets of text cells; whole numbers become numbers, as platforms write codes."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([int(text) if text.isdigit() and text.isascii() and len(text) < 9 else text for text in row])
    book.save(path)
    return path
