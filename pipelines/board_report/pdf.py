"""A report → a PDF for a board: A4, tagged after PDF/UA-1, set by typst with the letters that it brings with it.

Texts reach typst as data, never as markup, so that no name can be a command.
"""

import json
from importlib.resources import files
from typing import Any

import typst

from pipelines.board_report.drawing import drawing_of
from pipelines.board_report.value import Report, Section, Table
from pipelines.board_report.words import Wording
from pipelines.report_tables.numerals import NO_BREAK

TEMPLATE = "report.typ"
STANDARD = "ua-1"
LEAST_SIGNS, MOST_SIGNS, GAP, WORD_GAP = 8, 48, 6, 5
"""Room that a column has at least; for a line that may be broken at most, of one of two that hold words; beside figures
and beside words."""
MOST_UNBROKEN = 18
"""Signs of an interval that a narrow column has room for; a longer one goes on under itself, not over its neighbour."""


def pdf_of(report: Report, wording: Wording) -> bytes:
    """Write the PDF; the same bytes for the same release.

    Args:
        report: What it says; sections that are looked up rather than read are left out.
        wording: Its language.

    Raises:
        typst.TypstError: When the document is not accessible, such as a figure without words for those who do not see.
    """
    template = files("pipelines.board_report").joinpath(TEMPLATE).read_bytes()
    inputs = {"report": json.dumps(document_of(report, wording), ensure_ascii=False)}
    made = typst.compile(
        template, format="pdf", ignore_system_fonts=True, sys_inputs=inputs, pdf_standards=[STANDARD]
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def document_of(report: Report, wording: Wording) -> dict[str, Any]:
    """Return all that the template prints: texts, written numbers and drawings."""
    year, month, day = (int(part) for part in report.published_on.split("-"))
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "language": report.language,
        "date": {"year": year, "month": month, "day": day},
        "warning": report.warning,
        "page": wording.say("page"),
        "contents": wording.say("contents") if report.has_contents else "",
        "definitions": wording.say("definitions"),
        "sections": [_section(section, wording) for section in report.sections if not section.is_detail],
    }


def _section(section: Section, wording: Wording) -> dict[str, object]:
    return {
        "title": section.title,
        "depth": section.depth,
        "anchor": section.anchor,
        "code": section.code,
        "lines": section.lines,
        "findings": section.findings,
        "charts": [{"drawing": drawing_of(chart, wording), "told": chart.told} for chart in section.charts],
        "tables": [_table(table, wording) for table in section.tables],
    }


def _widths(table: Table, wording: Wording) -> list[int]:
    """Return how much of the line every column needs: heads of figures their longest word, of words some beside it."""
    rows = [[wording.figure(cell) for cell in row] for row in table.rows if len(row) > 1]
    heads = [head if place < table.n_labels else "\n".join(head.split()) for place, head in enumerate(table.heads)]
    columns = zip(heads, *rows, strict=True)
    most = 2 * MOST_SIGNS // max(table.n_labels, 2)
    needed = [max(_need(line, most) for cell in column for line in cell.splitlines() or [""]) for column in columns]
    return [need + (GAP if place >= table.n_labels else WORD_GAP) for place, need in enumerate(needed)]


def _need(line: str, most: int) -> int:
    return max([LEAST_SIGNS, min(len(line), most), *(len(word) for word in line.split())])


def _breakable(text: str) -> str:
    """Let lines that are too long for a narrow column be broken between their figures."""
    lines = (line.replace(NO_BREAK, " ") if len(line) > MOST_UNBROKEN else line for line in text.split("\n"))
    return "\n".join(lines)


def _table(table: Table, wording: Wording) -> dict[str, object]:
    return {
        "caption": table.caption,
        "heads": table.heads,
        "labels": table.n_labels,
        "widths": _widths(table, wording) if table.n_labels > 1 else [],
        "rows": [[_breakable(wording.figure(cell)) for cell in row] for row in table.rows],
        "notes": table.notes,
        "defined": [{"text": link.text, "anchor": link.anchor} for link in table.defined],
    }
