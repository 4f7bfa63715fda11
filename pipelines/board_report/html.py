"""A report → one HTML file that opens without a server: no script, and nothing fetched from anywhere."""

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from pipelines.board_report.drawing import drawing_of
from pipelines.board_report.value import Report, Section, Table
from pipelines.board_report.words import Wording

STYLE = "report.css"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LISTED_DEPTH = 2
LETTERS = str.maketrans("0123456789", "abcdefghij")
MOST_OPEN = 40
"""Rows of a table that stands open; longer ones are opened by the reader."""


def html_of(report: Report, wording: Wording) -> str:
    """Write the page; the same for the same release.

    Args:
        report: What it says.
        wording: Its language.
    """
    style = files("pipelines.board_report").joinpath(STYLE).read_text(encoding="utf-8")
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{report.language}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(report.title)}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            "<header>",
            f"<h1>{escape(report.title)}</h1>",
            f"<p>{escape(report.subtitle)}</p>",
            *([f'<p class="warning">{escape(report.warning)}</p>'] if report.warning else []),
            "</header>",
            *_contents(report, wording),
            "<main>",
            *(line for place, section in enumerate(report.sections) for line in _section(place, section, wording)),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _contents(report: Report, wording: Wording) -> Iterator[str]:
    title = escape(wording.say("contents"))
    yield f'<nav aria-label="{title}"><ul>'
    for place, section in enumerate(report.sections):
        if section.depth <= LISTED_DEPTH:
            kind = "" if section.depth == 1 else ' class="within"'
            yield f'<li{kind}><a href="#{_anchor(place, section)}">{escape(section.title)}</a></li>'
    yield "</ul></nav>"


def _anchor(place: int, section: Section) -> str:
    return section.anchor or "part-" + str(place).translate(LETTERS)


def _section(place: int, section: Section, wording: Wording) -> Iterator[str]:
    name, level = _anchor(place, section), section.depth + 1
    yield f'<section aria-labelledby="{name}"><h{level} id="{name}">{escape(section.title)}</h{level}>'
    yield from (f"<p>{escape(line)}</p>" for line in section.lines)
    if section.code:
        yield f"<pre><code>{escape(section.code)}</code></pre>"
    if section.findings:
        yield "<ul>" + "".join(f"<li>{escape(found)}</li>" for found in section.findings) + "</ul>"
    if section.charts:
        yield '<div class="charts">' + "".join(drawing_of(chart, wording) for chart in section.charts) + "</div>"
    for table in section.tables:
        yield from _table(table, wording)
    yield "</section>"


def _table(table: Table, wording: Wording) -> Iterator[str]:
    caption, is_long = escape(table.caption), len(table.rows) > MOST_OPEN
    if is_long:
        yield f"<details><summary>{escape(wording.say('details'))}: {caption}</summary>"
    yield f'<div class="table" role="region" tabindex="0" aria-label="{caption}">'
    yield f"<table><caption><span>{caption}</span></caption>"
    heads = "".join(
        f'<th scope="col"{_side(table, place)}>{escape(head)}</th>' for place, head in enumerate(table.heads)
    )
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in table.rows:
        first, *others = (escape(wording.figure(cell)) for cell in row)
        if not others:
            yield f'<tr><th scope="rowgroup" class="over" colspan="{len(table.heads)}">{first}</th></tr>'
            continue
        cells = "".join(f"<td{_side(table, place)}>{text}</td>" for place, text in enumerate(others, start=1))
        yield f'<tr><th scope="row">{first}</th>{cells}</tr>'
    yield "</tbody></table></div>"
    yield from _under(table, wording)
    if is_long:
        yield "</details>"


def _under(table: Table, wording: Wording) -> Iterator[str]:
    yield from (f'<p class="note">{escape(note)}</p>' for note in table.notes)
    if table.defined:
        links = "; ".join(f'<a href="#{link.anchor}">{escape(link.text)}</a>' for link in table.defined)
        yield f'<p class="note">{escape(wording.say("definitions"))} {links}</p>'


def _side(table: Table, place: int) -> str:
    return "" if place < table.n_labels else ' class="figure"'
