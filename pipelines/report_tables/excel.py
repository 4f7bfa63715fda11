"""Tables → a workbook: one sheet a table with figures as numbers, and one of notes. Nothing in it is a formula."""

import io
from collections.abc import Iterator, Sequence
from textwrap import wrap

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.report_tables.numerals import Numerals
from pipelines.report_tables.packaged import core_properties, repacked
from pipelines.report_tables.value import Column, Document, Number, Row, Table

_FIRST_ROW = 4
_LABEL_WIDTH, _FIGURE_WIDTH, _TEXT_WIDTH = 48, 10, 110
_INDENT_WIDTH, _PAGE_WIDTH = 2, 170
_SCALE = 60
_FONT = "Calibri"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_THICK, _THIN = Side(style="medium"), Side(style="thin")
_LINE_HEIGHT, _SIGNS_A_LINE = 15, 20
_VALUE = "estimate"


def excel_workbook(document: Document) -> bytes:
    """Write the workbook, the same bytes for the same tables."""
    book = Workbook()
    book.remove(book.active)
    for table in document.tables:
        _table_sheet(book.create_sheet(table.number[:31]), table, document)
    _notes_sheet(book.create_sheet(document.said["notes"]), document)
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue(), {"docProps/core.xml": core_properties(document.title, document.language)})


def number_format(number: Number, decimal_mark: str) -> str:
    """Return the format under which a workbook shows a figure as the other notations print it.

    Args:
        number: The figure.
        decimal_mark: Of the language, for the words ``< .001``; a workbook writes numbers as its user's settings say.
    """
    if number.kind == "whole":
        return "#,##0"
    figures = "." + "0" * number.decimals if number.decimals else ""
    if number.kind == "p":
        return f'[<0.001]"< {decimal_mark}001";[>0.9995]"> {decimal_mark}999";{figures}'
    return figures if number.kind == "share" and abs(number.value) < 1 else f"0{figures}"


def _table_sheet(sheet: Worksheet, table: Table, document: Document) -> None:
    parts = _parts_of(table)
    _write(sheet.cell(1, 1), f"{table.number}. {table.caption}").font = Font(_FONT, bold=True)
    starts, column = list[int](), 2
    for own in parts:
        starts.append(column)
        column += len(own)
    _head(sheet, table, parts, starts)
    named = any(len(own) > 1 for own in parts)
    first = _FIRST_ROW + 1 + named
    for place, row in enumerate(table.rows, start=first):
        _row(sheet, place, row, list(zip(parts, starts, strict=True)), Numerals(document.language).mark)
    _frame(sheet, table.rows, first, column - 1)
    width = _FIGURE_WIDTH if named else _FIGURE_WIDTH + 6
    sheet.column_dimensions["A"].width = _LABEL_WIDTH
    for each in range(2, column):
        sheet.column_dimensions[get_column_letter(each)].width = width
    sheet.freeze_panes = f"B{first}"
    _warn(sheet, " ".join(document.warnings), min(column - 1, _room_for(width) + 1), width)
    sheet.print_title_rows, sheet.print_title_cols = f"{_FIRST_ROW}:{first - 1}", "A:A"
    _set_pages(sheet, _last_columns(starts, column, _room_for(width)))


def _room_for(width: int) -> int:
    """Return how many columns of figures a page holds beside the labels."""
    return (_PAGE_WIDTH - _LABEL_WIDTH) // width


def _warn(sheet: Worksheet, warning: str, n_columns: int, width: int) -> None:
    """Write what has to be said of all figures above them, on as many lines as the first page needs for it."""
    cell = _write(sheet.cell(2, 1), warning)
    cell.font = Font(_FONT, color="8A1C1C", bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=n_columns)
    room = _LABEL_WIDTH + width * (n_columns - 1)
    sheet.row_dimensions[2].height = _LINE_HEIGHT * max(1, len(wrap(warning, room - room // 8)))


def _last_columns(starts: list[int], end: int, room: int) -> list[int]:
    """Return the last column of each page but the last, so that no column of the table is parted."""
    lasts, first = list[int](), 2
    for start, following in zip(starts, [*starts[1:], end], strict=True):
        if following - first > room and start > first:
            lasts.append(start - 1)
            first = start
    return lasts


def _set_pages(sheet: Worksheet, last_columns: Sequence[int] = ()) -> None:
    """Lay a sheet across A4: on one page's width, or on several that end with given columns."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    if not last_columns:
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        return
    sheet.page_setup.scale = _SCALE
    for column in last_columns:
        sheet.col_breaks.append(Break(id=column))


def _parts_of(table: Table) -> list[list[tuple[str, str]]]:
    """Return for every column which parts of its cells there are, in order; at least one."""
    found: list[list[tuple[str, str]]] = []
    for place in range(len(table.columns)):
        held = {part for row in table.rows if row.cells for part, _ in row.cells[place].numbers}
        own = [(part, name) for part, name in table.parts if part in held]
        found.append(own or [(_VALUE, "")])
    return found


def _head(sheet: Worksheet, table: Table, parts: list[list[tuple[str, str]]], starts: list[int]) -> None:
    _write(sheet.cell(_FIRST_ROW, 1), table.stub)
    for column, own, start in zip(table.columns, parts, starts, strict=True):
        cell = _write(sheet.cell(_FIRST_ROW, start), "\n".join(column.lines))
        cell.alignment = Alignment(horizontal="center", vertical="bottom", wrap_text=True)
        if len(own) > 1:
            sheet.merge_cells(
                start_row=_FIRST_ROW, end_row=_FIRST_ROW, start_column=start, end_column=start + len(own) - 1
            )
            for place, (_, name) in enumerate(own):
                _write(sheet.cell(_FIRST_ROW + 1, start + place), name).alignment = Alignment(horizontal="right")
    sheet.row_dimensions[_FIRST_ROW].height = _LINE_HEIGHT * max(
        [1, *(_lines_high(column, len(own)) for column, own in zip(table.columns, parts, strict=True))]
    )


def _lines_high(column: Column, n_parts: int) -> int:
    return sum(1 + len(line) // (_SIGNS_A_LINE + _FIGURE_WIDTH * (n_parts - 1)) for line in column.lines)


def _row(sheet: Worksheet, place: int, row: Row, columns: list[tuple[list[tuple[str, str]], int]], mark: str) -> None:
    label = _write(sheet.cell(place, 1), f"{row.label} {row.mark}".strip())
    label.alignment = Alignment(horizontal="left", indent=row.depth, wrap_text=True, vertical="top")
    label.font = Font(_FONT, italic=row.kind == "heading" and row.depth == 0)
    room = _LABEL_WIDTH - _INDENT_WIDTH * (row.depth + 1)
    sheet.row_dimensions[place].height = _LINE_HEIGHT * max(1, len(wrap(row.label, room)))
    for cell, (own, start) in zip(row.cells, columns, strict=False):
        numbers = dict(cell.numbers)
        for offset, (part, _) in enumerate(own):
            if part in numbers:
                written = sheet.cell(place, start + offset, numbers[part].value)
                written.number_format = number_format(numbers[part], mark)
                written.alignment = Alignment(vertical="top")
        if cell.lines and not numbers:
            words = _write(sheet.cell(place, start), " ".join(cell.lines))
            words.alignment = Alignment(horizontal="center" if len(own) > 1 else "right", vertical="top")
            if len(own) > 1:
                sheet.merge_cells(start_row=place, end_row=place, start_column=start, end_column=start + len(own) - 1)


def _frame(sheet: Worksheet, rows: Sequence[Row], first: int, width: int) -> None:
    """Draw rules above and below the table, under its head and above the summary."""
    last = first + len(rows) - 1
    summary = next((place for place, row in enumerate(rows, start=first) if row.kind == "summary"), None)
    for column in range(1, width + 1):
        sheet.cell(_FIRST_ROW, column).border = Border(top=_THICK)
        sheet.cell(first - 1, column).border = Border(top=_THICK if first - 1 == _FIRST_ROW else None, bottom=_THIN)
        if summary is not None:
            sheet.cell(summary, column).border = Border(top=_THIN)
        sheet.cell(last, column).border = Border(top=_THIN if last == summary else None, bottom=_THICK)


def _notes_sheet(sheet: Worksheet, document: Document) -> None:
    for place, (number, text) in enumerate(_noted(document), start=1):
        _write(sheet.cell(place, 1), number).alignment = Alignment(vertical="top")
        _write(sheet.cell(place, 2), text).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[place].height = _LINE_HEIGHT * (1 + len(text) // _TEXT_WIDTH)
    for column in (1, 2):
        sheet.cell(1, column).font = Font(_FONT, bold=True)
    sheet.freeze_panes = "A2"
    _set_pages(sheet)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, _TEXT_WIDTH


def _noted(document: Document) -> Iterator[tuple[str, str]]:
    yield document.said["sheet_table"], document.said["sheet_text"]
    for warning in document.warnings:
        yield "", warning
    for table in document.tables:
        for text in (*table.notes, *table.sentences):
            yield table.number, text


def _write(cell: SheetCell, text: str) -> SheetCell:
    """Write a text as a text, whatever it begins with; one that looks like a formula stays a text when it is edited."""
    cell.value = text
    if text:
        cell.data_type = "s"
    if text.startswith(_RISKY):
        cell.quotePrefix = True
    return cell
