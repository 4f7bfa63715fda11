"""The workbook inside a native chart: its bars as numbers, names as texts, nothing else.

Office opens it when somebody edits a chart. python-pptx would write names that look like formulas as formulas, and
addresses as links.
"""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.util import lazyproperty

from pipelines.board_report.excel import FORMATS, write_text
from pipelines.board_report.slides.value import Bars
from pipelines.board_report.value import Cell, Figure
from pipelines.report_tables.packaged import core_properties, repacked

SHEET = "Sheet1"
"""The name that the references of a chart expect."""


class ReleasedBars(CategoryChartData):
    """The data of a native chart, with a workbook of released figures and inert names."""

    def __init__(self, bars: Bars, number_format: str, language: str) -> None:
        super().__init__(number_format)
        self._blob = workbook_of(bars, language)
        self.categories = bars.categories
        for each in bars.series:
            self.add_series(each.name, [cell.value if isinstance(cell, Figure) else None for cell in each.values])

    @lazyproperty
    def _workbook_writer(self) -> CategoryWorkbookWriter:
        return _Written(self, self._blob)


class _Written(CategoryWorkbookWriter):
    """Says where things stand in a workbook that is written already."""

    def __init__(self, chart_data: CategoryChartData, blob: bytes) -> None:
        super().__init__(chart_data)
        self._blob = blob

    @property
    def xlsx_blob(self) -> bytes:
        """The workbook."""
        return self._blob


def workbook_of(bars: Bars, language: str) -> bytes:
    """Write the workbook of a chart: categories down the first column, a column a series."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    columns: Sequence[tuple[str, Sequence[Cell]]] = (
        ("", bars.categories),
        *((each.name, each.values) for each in bars.series),
    )
    for across, (name, cells) in enumerate(columns, start=1):
        write_text(sheet.cell(1, across), name)
        for down, cell in enumerate(cells, start=2):
            if isinstance(cell, Figure):
                sheet.cell(down, across, cell.value).number_format = FORMATS[cell.kind]
            else:
                write_text(sheet.cell(down, across), cell)
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue(), {"docProps/core.xml": core_properties("", language)})
