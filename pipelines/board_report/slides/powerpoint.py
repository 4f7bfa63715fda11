"""Slides → a PowerPoint file: native charts and tables, alt texts, notes; no link, no macro, nobody's name, no time."""

import io
from typing import Any

from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Emu, Pt

from pipelines.board_report.slides.charts import Place, add_bars
from pipelines.board_report.slides.colours import MUTED, WARNING
from pipelines.board_report.slides.grids import add_grid
from pipelines.board_report.slides.lettering import size_for, write
from pipelines.board_report.slides.parts import name_parts
from pipelines.board_report.slides.value import Bars, Deck, Grid, Slide
from pipelines.board_report.words import Wording
from pipelines.report_tables.packaged import core_properties, repacked

WIDTH, HEIGHT, EDGE = Emu(12192000), Emu(6858000), Emu(500000)
WIDER = 4 / 3
"""The template is 4:3."""
INNER = Emu(WIDTH - 2 * EDGE)
TITLE_TOP, TITLE_HEIGHT = Emu(230000), Emu(1050000)
BODY_TOP, GAP = Emu(1380000), Emu(80000)
FOOT_TOP, FOOT_HEIGHT = Emu(HEIGHT - 430000), Emu(330000)
LINE_HEIGHT, LETTERS_A_LINE = 270000, 120
FIRST_SIZES = ((60, 40), (120, 32), (300, 24))
TITLE_SIZES = ((70, 28), (130, 24), (200, 20), (400, 16))
BODY_SIZES = ((500, 20), (1000, 16), (2000, 14), (4000, 11))
FIRST, WORDS, FIGURE = 0, 1, 5
"""Layouts of the template: a title slide, a title with words, a title alone."""


def powerpoint_of(deck: Deck, wording: Wording) -> bytes:
    """Write the file; the same bytes for the same release.

    Args:
        deck: Its slides.
        wording: Its language.
    """
    made = Presentation()
    layouts = {kind: made.slide_layouts[kind] for kind in (FIRST, WORDS, FIGURE)}
    _fit_template(made, list(layouts.values()))
    _write_first(made.slides.add_slide(layouts[FIRST]), deck)
    for slide in deck.slides:
        added = made.slides.add_slide(layouts[FIGURE if slide.figure else WORDS])
        _write_slide(added, slide, deck, wording)
    name_parts(made, deck)
    out = io.BytesIO()
    made.save(out)
    return repacked(out.getvalue(), {"docProps/core.xml": core_properties(deck.title, deck.language)})


def _fit_template(made: Any, layouts: list[Any]) -> None:  # noqa: ANN401
    """Make it 16:9; take out what no slide uses: other layouts, a picture of the template, settings of a printer."""
    made.slide_width, made.slide_height = WIDTH, HEIGHT
    for layout in list(made.slide_layouts):
        if layout not in layouts:
            made.slide_layouts.remove(layout)
    for holder in (made.slide_master, *layouts):
        for shape in holder.placeholders:
            shape.left, shape.top, shape.width, shape.height = (
                Emu(round(shape.left * WIDER)), shape.top, Emu(round(shape.width * WIDER)), shape.height,
            )  # fmt: skip
    package = made.part.package
    for each in [each for each in package.iter_rels() if each.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        package.drop_rel(each.rId)
    for name in [key for key, each in made.part.rels.items() if each.reltype == RELATIONSHIP_TYPE.PRINTER_SETTINGS]:
        made.part.rels.pop(name)


def _write_first(added: Any, deck: Deck) -> None:  # noqa: ANN401
    title, subtitle = added.shapes.title, added.placeholders[1]
    _put(title, (EDGE, Emu(1500000), INNER, Emu(1700000)))
    _put(subtitle, (EDGE, Emu(3350000), INNER, Emu(1600000)))
    title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    write(_first_of(title), deck.title, size_for(deck.title, FIRST_SIZES), deck.language, bold=True)
    write(_first_of(subtitle), deck.subtitle, Pt(20), deck.language, MUTED)
    if deck.warning:
        line = subtitle.text_frame.add_paragraph()
        line.alignment = PP_ALIGN.LEFT
        write(line, deck.warning, Pt(16), deck.language, WARNING, bold=True)
    _write_notes(added, deck.notes, deck.language)


def _write_slide(added: Any, slide: Slide, deck: Deck, wording: Wording) -> None:  # noqa: ANN401
    """Write title, words, figure, foot, in the order in which they are read aloud."""
    title, language = added.shapes.title, deck.language
    _put(title, (EDGE, TITLE_TOP, INNER, TITLE_HEIGHT))
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    write(_first_of(title), slide.title, size_for(slide.title, TITLE_SIZES), language, bold=True)
    if slide.figure is None:
        body = added.placeholders[1]
        _put(body, (EDGE, BODY_TOP, INNER, Emu(FOOT_TOP - BODY_TOP - GAP)))
        _write_lines(body, slide.lines, language, size_for(" ".join(slide.lines), BODY_SIZES))
    else:
        _add_figure(added, slide.figure, _add_lines(added, slide.lines, language), wording)
    foot = added.shapes.add_textbox(EDGE, FOOT_TOP, INNER, FOOT_HEIGHT)
    foot.text_frame.word_wrap = True
    write(_first_of(foot), f"{deck.title} · {deck.subtitle}", Pt(10), language, MUTED)
    if deck.warning:
        write(_first_of(foot), f" {deck.warning}", Pt(10), language, WARNING, bold=True)
    _write_notes(added, slide.notes, language)


def _add_lines(added: Any, lines: tuple[str, ...], language: str) -> Place:  # noqa: ANN401
    """Write sentences above a figure; return the place that is left for the figure."""
    top = BODY_TOP
    if lines:
        high = Emu(sum(1 + len(line) // LETTERS_A_LINE for line in lines) * LINE_HEIGHT)
        body = added.shapes.add_textbox(EDGE, top, INNER, high)
        body.text_frame.word_wrap = True
        _write_lines(body, lines, language, Pt(14))
        top = Emu(top + high + GAP)
    return EDGE, top, INNER, Emu(FOOT_TOP - top - GAP)


def _add_figure(added: Any, figure: Bars | Grid, place: Place, wording: Wording) -> None:  # noqa: ANN401
    if isinstance(figure, Bars):
        frame = add_bars(added.shapes, figure, place, wording.language)
    else:
        frame = add_grid(added.shapes, figure, place, wording)
    (named,) = frame.element.xpath("./p:nvGraphicFramePr/p:cNvPr")
    named.set("descr", figure.told)


def _put(shape: Any, place: Place) -> None:  # noqa: ANN401
    shape.left, shape.top, shape.width, shape.height = place
    shape.text_frame.word_wrap = True


def _first_of(shape: Any) -> Any:  # noqa: ANN401
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    return paragraph


def _write_lines(shape: Any, lines: tuple[str, ...], language: str, size: Any) -> None:  # noqa: ANN401
    for place, line in enumerate(lines):
        write(shape.text_frame.add_paragraph() if place else _first_of(shape), line, size, language)


def _write_notes(added: Any, notes: tuple[str, ...], language: str) -> None:  # noqa: ANN401
    frame = added.notes_slide.notes_text_frame
    for place, line in enumerate(notes):
        write(frame.add_paragraph() if place else frame.paragraphs[0], line, Pt(12), language)
