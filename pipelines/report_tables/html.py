"""Tables → one HTML page that needs nothing else: for screens, phones, paper and those who listen to it."""

import base64
import hashlib
from collections.abc import Iterator

from instruments.codebooks.markup import text
from pipelines.report_tables.value import Cell, Column, Document, Row, Table

STYLE = """
:root { color-scheme: light; --ink: #1b2230; --quiet: #414957; --line: #c9ced6; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 84rem; color: var(--ink); background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
section { margin: 3rem 0; }
.warning { border: 2px solid #8a1c1c; background: #fdf0f0; padding: .5rem .75rem; font-weight: 600; margin: .5rem 0; }
.warning.quiet { border-color: var(--line); background: #f3f5f8; font-weight: 400; }
.wide { overflow-x: auto; }
.wide:focus-visible { outline: 3px solid #0a4680; outline-offset: 2px; }
table { border-collapse: collapse; font-size: .92rem; line-height: 1.35; border-bottom: 2px solid var(--ink); }
caption { text-align: left; padding: 0 0 .6rem; }
caption span { display: block; position: sticky; left: 0; max-width: min(62rem, calc(100vw - 2.2rem)); }
caption b { display: block; }
caption i { font-size: 1.02rem; }
thead { border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); }
thead th { font-weight: 400; text-align: right; vertical-align: top; padding: .4rem .7rem; min-width: 7.2rem;
  max-width: 13rem; }
thead th span { display: block; }
thead th .slanted { font-style: italic; }
thead th.short { min-width: 3.4rem; }
thead th:first-child, tbody th { text-align: left; }
tbody th { font-weight: 400; min-width: 13rem; max-width: 26rem; vertical-align: top; }
tbody th, td { padding: .28rem .7rem; }
td { text-align: right; vertical-align: top; font-variant-numeric: tabular-nums; }
td span { display: block; white-space: nowrap; }
td.words span { white-space: normal; }
td span + span { color: var(--quiet); font-size: .88em; }
td.starred { padding-right: 2.2rem; }
td sup { display: inline-block; width: 1.6em; margin-right: -1.6em; text-align: left; line-height: 0; }
.heading th { font-style: italic; padding-top: .7rem; }
.heading.depth1 th { font-style: normal; padding-top: .28rem; }
.depth1 th { padding-left: 1.7rem; }
.depth2 th { padding-left: 2.7rem; }
.first-summary > * { border-top: 1px solid var(--ink); padding-top: .5rem; }
.notes, .said { max-width: 62rem; font-size: .9rem; overflow-wrap: anywhere; }
.notes p { margin: .3rem 0; }
.said li { margin: .35rem 0; }
@media screen and (max-width: 48rem) {
  table { font-size: .85rem; }
  tbody th, thead th:first-child { position: sticky; left: 0; background: #fff; min-width: 8.5rem; max-width: 9.5rem; }
  tbody th { hyphens: auto; }
  thead th { min-width: 6.6rem; padding: .4rem .45rem; }
  tbody th, td { padding: .28rem .45rem; }
  .depth1 th { padding-left: .9rem; }
  .depth2 th { padding-left: 1.5rem; }
}
@media print {
  @page { size: landscape; margin: 15mm; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  section { break-before: page; margin: 0; }
  section:first-of-type { break-before: auto; }
  .wide { overflow: visible; }
  tr, .notes p, .said li { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""


def html_page(document: Document) -> bytes:
    """Write the page: UTF-8, the same bytes for the same document; no script."""
    hashed = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    parts = [
        "<!doctype html>",
        f"<html lang='{text(document.language)}'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hashed}'\">",
        f"<title>{text(document.title)}</title>",
        f"<style>{STYLE}</style></head><body>",
        f"<header><h1>{text(document.title)}</h1>",
        *(f"<p class='warning'>{text(each)}</p>" for each in document.warnings),
        "</header><main>",
        *(part for number, each in enumerate(document.tables, start=1) for part in _section(each, number, document)),
        "</main></body></html>",
    ]
    return ("\n".join(parts) + "\n").encode()


def _section(table: Table, number: int, document: Document) -> Iterator[str]:
    yield f"<section aria-labelledby='table-{number}'>"
    yield f"<div class='wide' role='region' aria-labelledby='table-{number}' tabindex='0'><table>"
    caption = f"<b>{text(table.number)}</b> <i>{text(table.caption)}</i>"
    yield f"<caption id='table-{number}'><span>{caption}</span></caption>"
    yield (
        "<thead><tr>"
        + f"<th scope='col'>{text(table.stub)}</th>"
        + "".join(f"<th scope='col'{_width(column)}>{_head(column)}</th>" for column in table.columns)
        + "</tr></thead><tbody>"
    )
    is_starred = any(cell.stars for row in table.rows for cell in row.cells)
    was_summary = False
    for row in table.rows:
        is_first = row.kind == "summary" and not was_summary
        was_summary = row.kind == "summary"
        yield _row(row, len(table.columns), is_first=is_first, is_starred=is_starred)
    yield "</tbody></table></div>"
    if table.notes:
        first, *others = table.notes
        yield f"<div class='notes'><p><i>{text(document.said['note'])}</i> {text(first)}</p>"
        yield "".join(f"<p>{text(each)}</p>" for each in others) + "</div>"
    if table.sentences:
        said = "".join(f"<li>{text(each)}</li>" for each in table.sentences)
        yield f"<div class='said'><h2>{text(document.said['in_words'])}</h2><ul>{said}</ul></div>"
    yield "</section>"


def _head(column: Column) -> str:
    kinds = (" class='slanted'" if place == column.slanted else "" for place in range(len(column.lines)))
    return " ".join(f"<span{kind}>{text(line)}</span>" for kind, line in zip(kinds, column.lines, strict=True))


def _width(column: Column) -> str:
    return " class='short'" if len(column.lines) == 1 else ""


def _row(row: Row, n_columns: int, *, is_first: bool, is_starred: bool) -> str:
    kinds = [row.kind, f"depth{row.depth}", *(["first-summary"] if is_first else [])]
    mark = f" <sup>{text(row.mark)}</sup>" if row.mark else ""
    if not row.cells:
        return (
            f"<tr class='{' '.join(kinds)}'><th scope='rowgroup' colspan='{n_columns + 1}'>{text(row.label)}</th></tr>"
        )
    cells = "".join(_cell(cell, is_starred=is_starred) for cell in row.cells)
    return f"<tr class='{' '.join(kinds)}'><th scope='row'>{text(row.label)}{mark}</th>{cells}</tr>"


def _cell(cell: Cell, *, is_starred: bool) -> str:
    """Write a cell; the lines after the first stand below it, and stars beside it without moving it."""
    kinds = ["starred"] if is_starred else []
    if cell.lines and not cell.numbers:
        kinds.append("words")
    kind = f" class='{' '.join(kinds)}'" if kinds else ""
    stars = f"<sup>{text(cell.stars)}</sup>" if cell.stars else ""
    lines = [f"<span>{text(line)}{stars if place == 0 else ''}</span>" for place, line in enumerate(cell.lines)]
    return f"<td{kind}>{' '.join(lines)}</td>"
