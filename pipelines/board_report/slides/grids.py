"""A table on a slide: a real one, with heads that are known as such; hidden cells are hatched and say so."""

from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from pipelines.board_report.slides.charts import Place
from pipelines.board_report.slides.colours import FIRST, HEAD, INK, LINE, PAPER, SHADES
from pipelines.board_report.slides.columns import shares_of
from pipelines.board_report.slides.lettering import write
from pipelines.board_report.slides.value import Grid
from pipelines.board_report.words import Wording

SIZE, SMALL = Pt(14), Pt(12)
MOST_COLUMNS = 5
"""Columns from which on letters are small."""
MARGIN = Emu(45720)
ROW_HEIGHT = Emu(330000)


def add_grid(shapes: Any, grid: Grid, place: Place, wording: Wording) -> Any:  # noqa: ANN401
    """Add a table to the shapes of a slide.

    Args:
        shapes: Of the slide.
        grid: Its rows.
        place: Left, top, width, height at most.
        wording: Language.

    Returns:
        The shape that holds it.
    """
    left, top, width, height = place
    rows, heads, shades = grid.table.rows, grid.table.heads, dict(grid.shades)
    high = Emu(min(int(height), int(ROW_HEIGHT) * (len(rows) + 1)))
    frame = shapes.add_table(len(rows) + 1, len(heads), left, top, width, high)
    table = frame.table
    table.first_row, table.first_col, table.horz_banding = True, True, False
    _set_widths(table, grid, int(width))
    size = SMALL if len(heads) > MOST_COLUMNS else SIZE
    for across, head in enumerate(heads):
        _fill(table.cell(0, across), head, size, wording.language, PAPER)
        _paint(table.cell(0, across), HEAD)
    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            place_of = table.cell(down + 1, across)
            _fill(place_of, wording.figure(cell), size, wording.language, INK)
            if cell == wording.say("not_shown"):
                _hatch(place_of)
            else:
                _paint(place_of, FIRST if across == 0 else SHADES[shades.get((down, across), 0)])
    for row in table.rows:
        for cell in list(row.cells)[grid.table.n_labels :]:
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    return frame


def _set_widths(table: Any, grid: Grid, width: int) -> None:  # noqa: ANN401
    shares = shares_of(grid.table)
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Emu(int(width * share / sum(shares)))


def _fill(cell: Any, text: str, size: Any, language: str, colour: RGBColor) -> None:  # noqa: ANN401
    cell.margin_top = cell.margin_bottom = MARGIN
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(cell.text_frame.paragraphs[0], text, size, language, colour)


def _paint(cell: Any, colour: str) -> None:  # noqa: ANN401
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(colour)


def _hatch(cell: Any) -> None:  # noqa: ANN401
    cell.fill.patterned()
    cell.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
    cell.fill.fore_color.rgb, cell.fill.back_color.rgb = LINE, PAPER
