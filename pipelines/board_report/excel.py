"""A report → a workbook: a sheet a section with figures as numbers, and one of notes. Nothing in it is a formula."""

import io
from collections.abc import Iterable, Iterator
from textwrap import wrap

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.board_report.value import Cell, Figure, Kind, Report, Table
from pipelines.board_report.words import Wording
from pipelines.report_tables.packaged import core_properties, repacked

FORMATS: dict[Kind, str] = {
    "count": "#,##0",
    "mean": "0.00",
    "estimate": "0.000",
    "p_value": "0.000",
    "per_cent": '0"%"',
    "share": "0%",
    "end": "General",
}
HEAD_ROW = 3
RISKY = ("=", "+", "-", "@", "\t", "\r")
FONT, LINE_HEIGHT = "Calibri", 15
LEAST_WIDTH, MOST_WIDTH, TITLE_WIDTH, TEXT_WIDTH, MARGIN = 11, 48, 30, 110, 3
WARNING_COLOUR = "8A1C1C"


def workbook_of(report: Report, wording: Wording) -> bytes:
    """Write the workbook; the same bytes for the same release.

    Args:
        report: What it says.
        wording: Its language.
    """
    book = Workbook()
    book.remove(book.active)
    _notes(book.create_sheet(wording.say("notes")), report, wording)
    for section in report.sections:
        if section.sheet is not None:
            _fill(book.create_sheet(section.name), section.sheet, report)
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue(), {"docProps/core.xml": core_properties(report.title, report.language)})


def _fill(sheet: Worksheet, table: Table, report: Report) -> None:
    write_text(sheet.cell(1, 1), table.caption).font = Font(FONT, bold=True)
    write_text(sheet.cell(2, 1), report.warning).font = Font(FONT, bold=True, color=WARNING_COLOUR)
    for column, head in enumerate(table.heads, start=1):
        cell = write_text(sheet.cell(HEAD_ROW, column), head)
        cell.font, cell.border = Font(FONT, bold=True), Border(bottom=Side(style="thin"))
        is_label = column <= table.n_labels
        cell.alignment = Alignment(horizontal="left" if is_label else "right", vertical="bottom", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = _width(table, column - 1)
    widths = [_width(table, place) for place in range(len(table.heads))]
    sheet.row_dimensions[HEAD_ROW].height = _height(zip(table.heads, widths, strict=True))
    for place, row in enumerate(table.rows, start=HEAD_ROW + 1):
        for column, value in enumerate(row, start=1):
            _put(sheet.cell(place, column), value, is_label=column <= table.n_labels)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    last = get_column_letter(len(table.heads))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last}{HEAD_ROW + max(1, len(table.rows))}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    _set_pages(sheet)


def _width(table: Table, place: int) -> int:
    longest = max((len(word) for word in table.heads[place].split()), default=0)
    if place < table.n_labels:
        longest = max([longest, *(len(str(row[place])) for row in table.rows)])
    return min(max(LEAST_WIDTH, longest + MARGIN), MOST_WIDTH)


def _height(texts: Iterable[tuple[str, int]]) -> int:
    """Return the height of a row whose texts are broken to the widths of their columns."""
    return LINE_HEIGHT * max(1, *(len(wrap(text, width - MARGIN)) for text, width in texts))


def _put(cell: SheetCell, value: Cell, *, is_label: bool) -> None:
    if isinstance(value, Figure):
        cell.value, cell.number_format = value.value, FORMATS[value.kind]
        cell.alignment = Alignment(vertical="top")
        return
    horizontal = "left" if is_label else "right"
    write_text(cell, value).alignment = Alignment(horizontal=horizontal, vertical="top", wrap_text=is_label)


def _notes(sheet: Worksheet, report: Report, wording: Wording) -> None:
    rows = [(wording.say("section"), wording.say("text")), *_noted(report)]
    for place, (title, text) in enumerate(rows, start=1):
        write_text(sheet.cell(place, 1), title).alignment = Alignment(vertical="top", wrap_text=True)
        write_text(sheet.cell(place, 2), text).alignment = Alignment(vertical="top", wrap_text=True)
        sheet.row_dimensions[place].height = _height([(title, TITLE_WIDTH), (text, TEXT_WIDTH - 8)])
    for column in (1, 2):
        sheet.cell(1, column).font = Font(FONT, bold=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = TITLE_WIDTH, TEXT_WIDTH
    sheet.freeze_panes = "A2"
    _set_pages(sheet)


def _noted(report: Report) -> Iterator[tuple[str, str]]:
    yield report.title, report.subtitle
    if report.warning:
        yield "", report.warning
    for section in report.sections:
        for text in (*section.lines, *section.findings):
            yield section.title, text


def _set_pages(sheet: Worksheet) -> None:
    """Lay a sheet across A4, on one page's width."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def write_text(cell: SheetCell, text: str) -> SheetCell:
    """Write a text as a text, whatever it begins with; one that looks like a formula stays a text when it is edited."""
    if text:
        cell.value = text
        cell.data_type = "s"
    if text.startswith(RISKY):
        cell.quotePrefix = True
    return cell
