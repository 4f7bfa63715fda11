"""Tables → a LaTeX document that compiles by itself with pdfLaTeX, LuaLaTeX or XeLaTeX; every special sign is escaped.

Each table is a ``longtable`` with ``booktabs`` rules, to be copied into a paper with the same two packages.
"""

from collections.abc import Iterator

from pipelines.report_tables.layout import Layout, layout
from pipelines.report_tables.value import Cell, Column, Document, Row, Table

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_\allowbreak{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{MINUS SIGN}": r"$-$",
    "\N{EN DASH}": r"\textendash{}",
    "\N{EM DASH}": r"\textemdash{}",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{SUPERSCRIPT TWO}": r"$^{2}$",
    "\N{SUPERSCRIPT THREE}": r"$^{3}$",
    "\N{GREEK SMALL LETTER ALPHA}": r"$\alpha$",
    "\N{GREEK SMALL LETTER OMEGA}": r"$\omega$",
    "\N{GREEK SMALL LETTER CHI}": r"$\chi$",
    "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
    "\N{LEFT DOUBLE QUOTATION MARK}": r"\textquotedblleft{}",
    "\N{RIGHT DOUBLE QUOTATION MARK}": r"\textquotedblright{}",
    "\N{LEFT SINGLE QUOTATION MARK}": r"\textquoteleft{}",
    "\N{RIGHT SINGLE QUOTATION MARK}": r"\textquoteright{}",
    "\N{HORIZONTAL ELLIPSIS}": r"\textellipsis{}",
    "\N{DAGGER}": r"\textdagger{}",
    "\N{REPLACEMENT CHARACTER}": r"\textbf{?}",
}
_LIGATURES = ("--", ",,", "''")
_OPTIONS = ("[", "*")
_BABEL = {"en": "english", "da": "danish"}
_ROOM, _GAP = 0.97, {True: 6 / 729, False: 6 / 482}
PREAMBLE = r"""\documentclass[a4paper,10pt]{article}
\usepackage{iftex}
\ifpdftex
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{textcomp}
\else
  \usepackage{fontspec}
\fi
\usepackage[%s]{babel}
\usepackage[margin=20mm]{geometry}
\usepackage{array,booktabs,longtable,pdflscape}
\setlength{\parindent}{0pt}
\setlength{\tabcolsep}{3pt}
\newcolumntype{L}[1]{>{\raggedright\arraybackslash\hangindent=1em}p{#1}}
\newcolumntype{R}[1]{>{\raggedleft\arraybackslash}p{#1}}
\begin{document}
"""


def latex_document(document: Document) -> bytes:
    """Write the document: UTF-8, the same bytes for the same tables."""
    lines = [
        PREAMBLE % _BABEL.get(document.language, "english"),
        rf"\section*{{{escape(document.title)}}}",
        *(rf"\textbf{{{escape(each)}}}\par\medskip" for each in document.warnings),
        *(line for table in document.tables for line in _table(table, document)),
        r"\end{document}",
    ]
    return ("\n".join(lines) + "\n").encode()


def escape(text: str) -> str:
    """Write a text so that LaTeX prints the same words: no command, no comment, no ligature, no option after a row.

    A name such as that of a fit may be broken after each of its underscores, or it would run off the page.
    """
    written = "".join(_SIGNS.get(sign, sign) for sign in text)
    for twice in _LIGATURES:
        written = written.replace(twice, f"{twice[0]}{{}}{twice[1]}").replace(twice, f"{twice[0]}{{}}{twice[1]}")
    return written


def _table(table: Table, document: Document) -> Iterator[str]:
    laid, n_columns = layout(table), len(table.columns)
    if laid.is_wide:
        yield r"\begin{landscape}"
    yield r"\begingroup\footnotesize"
    yield rf"\begin{{longtable}}[l]{{@{{}}{_columns(laid)}@{{}}}}"
    caption = rf"\multicolumn{{{n_columns + 1}}}{{@{{}}p{{{_ROOM}\linewidth}}@{{}}}}"
    yield rf"{caption}{{\textbf{{{escape(table.number)}}}\newline\textit{{{escape(table.caption)}}}}}\\[1ex]"
    yield r"\toprule"
    yield " & ".join([_label(table.stub), *(_head(column) for column in table.columns)]) + r" \\"
    yield r"\midrule\endhead"
    yield r"\bottomrule\endfoot"
    before: Row | None = None
    for row in table.rows:
        yield from _between(before, row)
        yield _row(row, n_columns)
        before = row
    yield r"\end{longtable}"
    yield from _below(table, document)
    yield r"\endgroup"
    yield r"\end{landscape}" if laid.is_wide else r"\bigskip"


def _columns(laid: Layout) -> str:
    """Return the columns as ``longtable`` wants them, the gaps between them taken off."""
    gap = _GAP[laid.is_wide] * len(laid.columns) / (len(laid.columns) + 1)
    widths = [max(20, int(1000 * (share - gap))) / 1000 for share in (laid.label, *laid.columns)]
    label, *others = [rf"{{{width:.3f}\linewidth}}" for width in widths]
    return f"L{label}" + "".join(f"R{each}" for each in others)


def _label(text: str) -> str:
    """Escape a text that begins a row, where a bracket or a star would be taken for an option of the row before."""
    return ("{}" if text.startswith(_OPTIONS) else "") + escape(text)


def _head(column: Column) -> str:
    lines = [escape(line) for line in column.lines]
    if column.slanted is not None:
        lines[column.slanted] = rf"\textit{{{lines[column.slanted]}}}"
    return r"\par ".join(lines)


def _between(before: Row | None, row: Row) -> Iterator[str]:
    """Yield what stands above a row; nothing stands below the last, or a page with no row might follow."""
    if before is not None and any(len(cell.lines) > 1 for cell in before.cells):
        yield r"\addlinespace"
    if row.kind == "summary" and (before is None or before.kind != "summary"):
        yield r"\midrule"
    if row.kind == "heading" and before is not None and before.kind != "heading":
        yield r"\addlinespace"


def _row(row: Row, n_columns: int) -> str:
    indent = rf"\hangindent={row.depth + 1}em\hspace*{{{row.depth}em}}" if row.depth else ""
    label = indent + _label(row.label) + (rf"\textsuperscript{{{escape(row.mark)}}}" if row.mark else "")
    if not row.cells:
        slanted = rf"\textit{{{escape(row.label)}}}" if row.depth == 0 else label
        return rf"\multicolumn{{{n_columns + 1}}}{{@{{}}p{{{_ROOM}\linewidth}}@{{}}}}{{{slanted}}} \\*"
    return " & ".join([label, *(_cell(cell) for cell in row.cells)]) + r" \\"


def _cell(cell: Cell) -> str:
    lines = [escape(line) for line in cell.lines]
    if cell.stars:
        lines[0] += rf"\rlap{{\textsuperscript{{{escape(cell.stars)}}}}}"
    return r"\par ".join(lines)


def _below(table: Table, document: Document) -> Iterator[str]:
    yield r"\raggedright"
    for place, note in enumerate(table.notes):
        begins = rf"\textit{{{escape(document.said['note'])}}} " if place == 0 else ""
        yield rf"{begins}{escape(note)}\par"
    if table.sentences:
        yield rf"\medskip\textbf{{{escape(document.said['in_words'])}}}\par"
    for sentence in table.sentences:
        yield rf"{escape(sentence)}\par"
