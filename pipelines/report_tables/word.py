"""Tables → a Word document as APA wants them: real tables, no vertical rules, headers repeated, notes below."""

import io
from collections.abc import Sequence
from typing import cast

import docx
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from pipelines.report_tables.layout import Layout, layout
from pipelines.report_tables.packaged import core_properties, repacked
from pipelines.report_tables.value import Cell, Document, Row, Table

_LONG, _SHORT, _MARGIN = Cm(29.7), Cm(21.0), Cm(2.0)
_HEADING, _BODY, _SMALL = Pt(14), Pt(10), Pt(9)
_BLACK = RGBColor(0, 0, 0)
_STAR_ROOM, _CELL_MARGIN = Cm(0.45), Cm(0.1)
_ABOVE_A_ROW = Pt(3)
_RULES = {"thick": "12", "thin": "6"}


def word_document(document: Document) -> bytes:
    """Write the document, the same bytes for the same tables; wide tables lie across the page."""
    file = docx.Document()
    _style(file, document.language)
    file.add_heading(document.title, level=1)
    for warning in document.warnings:
        file.add_paragraph().add_run(warning).bold = True
    for number, table in enumerate(document.tables):
        section = file.sections[0] if number == 0 else file.add_section(WD_SECTION.NEW_PAGE)
        laid = layout(table)
        _turn(section, is_wide=laid.is_wide)
        _write_table(file, table, laid, document)
    out = io.BytesIO()
    file.save(out)
    return repacked(out.getvalue(), {"docProps/core.xml": core_properties(document.title, document.language)})


def _style(file: WordFile, language: str) -> None:
    normal = cast("ParagraphStyle", file.styles["Normal"])
    normal.font.name, normal.font.size = "Times New Roman", _BODY
    normal.paragraph_format.space_after = Pt(4)
    heading = cast("ParagraphStyle", file.styles["Heading 1"])
    heading.font.name, heading.font.size, heading.font.color.rgb = normal.font.name, _HEADING, _BLACK
    for theme in ("asciiTheme", "hAnsiTheme"):
        heading.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), {"en": "en-GB", "da": "da-DK"}.get(language, "en-GB"))
    normal.element.get_or_add_rPr().append(spoken)


def _turn(section: Section, *, is_wide: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (_LONG, _SHORT) if is_wide else (_SHORT, _LONG)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN


def _write_table(file: WordFile, table: Table, laid: Layout, document: Document) -> None:
    number = file.add_paragraph()
    number.add_run(table.number).bold = True
    caption = file.add_paragraph()
    caption.add_run(table.caption).italic = True
    for each in (number, caption):
        each.paragraph_format.keep_with_next = True
    _grid(file, table, laid)
    for place, note in enumerate(table.notes):
        paragraph = file.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4 if place == 0 else 0)
        if place == 0:
            _small(paragraph.add_run(f"{document.said['note']} ")).italic = True
        _small(paragraph.add_run(note))
    if table.sentences:
        file.add_paragraph().add_run(document.said["in_words"]).bold = True
    for sentence in table.sentences:
        file.add_paragraph(sentence)


def _small(run: Run) -> Run:
    run.font.size = _SMALL
    return run


def _grid(file: WordFile, table: Table, laid: Layout) -> None:
    grid: WordTable = file.add_table(rows=1 + len(table.rows), cols=1 + len(table.columns))
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    room = (_LONG if laid.is_wide else _SHORT) - 2 * _MARGIN
    widths = [Length(int(room * share)) for share in (laid.label, *laid.columns)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    head = grid.rows[0]
    _element(head.cells[0], "w:tr").get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _label(head.cells[0], table.stub, 0)
    for cell, column in zip(head.cells[1:], table.columns, strict=True):
        _lines(cell, column.lines, column.slanted)
    is_starred = any(cell.stars for row in table.rows for cell in row.cells)
    for word_row, row in zip(list(grid.rows)[1:], table.rows, strict=True):
        _element(word_row.cells[0], "w:tr").get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        _write_row(list(word_row.cells), row, widths, is_starred=is_starred)
        for cell in word_row.cells:
            cell.paragraphs[0].paragraph_format.space_before = _ABOVE_A_ROW
    for row in grid.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    _rule_table(grid, table.rows)


def _write_row(cells: list[WordCell], row: Row, widths: Sequence[Length], *, is_starred: bool) -> None:
    paragraph = _label(cells[0], row.label, row.depth)
    if row.mark:
        paragraph.add_run(row.mark).font.superscript = True
    if row.kind == "heading":
        paragraph.paragraph_format.keep_with_next = True
        paragraph.runs[0].italic = row.depth == 0
        cells[0].merge(cells[-1])
    for cell, written, width in zip(cells[1:], row.cells, widths[1:], strict=False):
        _figures(cell, written, width if is_starred else None)


def _label(cell: WordCell, text: str, depth: int) -> Paragraph:
    paragraph = cell.paragraphs[0]
    _tight(paragraph)
    paragraph.paragraph_format.left_indent = Cm(0.35 * depth + 0.35)
    paragraph.paragraph_format.first_line_indent = -Cm(0.35)
    _small(paragraph.add_run(text))
    return paragraph


def _lines(cell: WordCell, lines: Sequence[str], slanted: int | None = None) -> None:
    paragraphs = [cell.paragraphs[0] if place == 0 else cell.add_paragraph() for place in range(max(1, len(lines)))]
    for paragraph in paragraphs:
        _tight(paragraph)
    for place, (paragraph, line) in enumerate(zip(paragraphs, lines, strict=False)):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _small(paragraph.add_run(line)).italic = place == slanted


def _figures(cell: WordCell, written: Cell, width: Length | None) -> None:
    """Write figures to the right; with stars in the table all end at one tab stop, beyond which the stars stand."""
    if width is None or not written.numbers:
        _lines(cell, written.lines)
        return
    for place, line in enumerate(written.lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        _tight(paragraph)
        stop = Length(int(width) - 2 * _CELL_MARGIN - _STAR_ROOM)
        paragraph.paragraph_format.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.RIGHT)
        _small(paragraph.add_run(f"\t{line}"))
        if place == 0 and written.stars:
            _small(paragraph.add_run(written.stars)).font.superscript = True


def _tight(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.0


def _element(cell: WordCell, tag: str) -> BaseOxmlElement:
    """Return the element of a cell, or the row or table around it, for what python-docx has no words for."""
    element = cell.paragraphs[0].paragraph_format.element
    return next(each for each in element.iterancestors(qn(tag)))


def _rule_table(grid: WordTable, rows: Sequence[Row]) -> None:
    """Draw rules above and below the table, under its head and above the summary; none between columns."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_CELL_MARGIN.twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = _element(grid.rows[0].cells[0], "w:tbl").tblPr
    look = properties.find(qn("w:tblLook"))
    properties.append(margins) if look is None else look.addprevious(margins)
    first_summary = next((place for place, row in enumerate(rows, start=1) if row.kind == "summary"), None)
    for place, row in enumerate(grid.rows):
        edges: dict[str, str] = {}
        if place == 0:
            edges = {"top": "thick", "bottom": "thin"}
        if place == first_summary:
            edges |= {"top": "thin"}
        if place == len(rows):
            edges |= {"bottom": "thick"}
        for cell in row.cells:
            _rule_cell(cell, edges)


def _rule_cell(cell: WordCell, edges: dict[str, str]) -> None:
    properties = _element(cell, "w:tc").get_or_add_tcPr()
    for old in properties.findall(qn("w:tcBorders")):
        properties.remove(old)
    if not edges:
        return
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "bottom"):
        if side in edges:
            line = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", _RULES[edges[side]]), ("space", "0"), ("color", "000000")):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
    properties.append(borders)
