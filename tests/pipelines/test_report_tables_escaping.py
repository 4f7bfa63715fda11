"""Any label in any notation: printed as it is, never a command, a tag, an entity, a comment or a formula."""

import io
from html.parser import HTMLParser

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.report_tables.excel import excel_workbook
from pipelines.report_tables.html import html_page
from pipelines.report_tables.latex import escape, latex_document
from pipelines.report_tables.value import Cell, Column, Document, Number, Row, Table, one_line
from pipelines.report_tables.word import word_document
from tests.latex_reader import read, text

SPECIAL = "\\{}$&#^_~%<>|\"'`[]*-,?!=+@;()/:.×−–—“”‘’…†²³αωχ≤≥±æøåÆØÅé "
LABELS = st.text(st.sampled_from(SPECIAL + "abc123"), min_size=1, max_size=30) | st.text(min_size=1, max_size=20)
WORST = (
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\\input{/etc/passwd}",
    "\\\\[1ex] & x",
    "[*] a",
    "* b",
    "100 % $5 #1 a_b^c~d",
    "<script>alert(1)</script>",
    "&amp; &#60;",
    "{",
    "}}",
    "--- ,, '' ``",
    "?` !`",
    "]]>",
    "a\x00b",
    "tab\there",
    "line\nbreak",
    "\u202eright to left",
    "%",
    "\\",
    "~",
    "^^41",
    "\\end{document}",
    "x\\",
    "a & b",
)


def document(label: str) -> Document:
    cell = Cell(("0.12", "[0.01, 0.23]"), (("estimate", Number(0.12, 2)),))
    rows = (Row(label, kind="heading"), Row(label, (cell,), depth=1), Row("n", (Cell((label,)),), kind="summary"))
    table = Table(
        "Table 1", label, "Term", (Column(("(1)", label), slanted=1),), rows, notes=(label,), sentences=(label,)
    )
    said = {"note": "Note.", "notes": "Notes", "in_words": "In words", "sheet_table": "Table", "sheet_text": "Text"}
    return Document(label, "en", said, (label,), (table,))


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts = [""]

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data


TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "main",
    "section",
    "div",
    "table",
    "caption",
    "thead",
}
TAGS |= {"tbody", "tr", "th", "td", "span", "h1", "h2", "p", "b", "i", "sup", "ul", "li"}


def check_html(label: str) -> None:
    reader = Texts()
    reader.feed(html_page(document(label)).decode())
    assert reader.tags <= TAGS
    assert [each.strip() for each in reader.texts].count(label) >= 7


def check_latex(label: str) -> None:
    found = read(latex_document(document(label)).decode())
    (rows,) = found.tables
    label = label.replace("\N{REPLACEMENT CHARACTER}", "?")
    assert rows[0][0].split("\n")[1] == label
    assert rows[1][1].split("\n")[1].strip() == label
    assert [row[0].strip() for row in rows[2:4]] == [label, label]
    assert rows[4][1] == label


def check_word(label: str) -> None:
    file = docx.Document(io.BytesIO(word_document(document(label))))
    (grid,) = file.tables
    assert [row.cells[0].text for row in grid.rows[1:3]] == [label, label]
    assert grid.rows[3].cells[1].text == label
    assert f"Note. {label}" in [each.text for each in file.paragraphs]


def check_excel(label: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(excel_workbook(document(label))))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in book.worksheets[0]["A"]][4:6] == [label, label]
    assert {cell.data_type for cell in cells} <= {"n", "s", "inlineStr"}
    assert all(cell.quotePrefix for cell in cells if cell.value == label and label[0] in "=+-@")


CHECKS = (check_html, check_latex, check_word, check_excel)


@pytest.mark.parametrize("label", WORST, ids=ascii)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_an_awkward_label_is_printed_as_it_is(check, label):
    check(one_line(label))


@given(LABELS)
@settings(max_examples=60, deadline=None)
def test_any_label_is_printed_as_it_is_in_html_and_latex(label):
    if shown := one_line(label):
        check_html(shown)
        check_latex(shown)


@given(LABELS)
@settings(max_examples=12, deadline=None)
def test_any_label_is_printed_as_it_is_in_office_files(label):
    if shown := one_line(label):
        check_word(shown)
        check_excel(shown)


@given(st.text(st.sampled_from(SPECIAL + "abc"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_latex_reads_back_what_was_escaped(label):
    assert text(escape(label)).strip() == label.replace("\N{NO-BREAK SPACE}", " ").strip()


@given(st.text(max_size=60))
def test_a_label_is_one_line_of_signs_that_files_can_hold(label):
    shown = one_line(label)
    assert shown == one_line(shown)
    assert not set(shown) & set("\n\r\t\x00\x0b\x1b\ufffe\uffff")
