"""Slides: native charts with released figures only, nothing hidden or linked, names inert, read aloud in order."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.enum.lang import MSO_LANGUAGE_ID

from pipelines.board_report.content import report_of
from pipelines.board_report.slides.colours import colour_of, ink_on
from pipelines.board_report.slides.deck import deck_of
from pipelines.board_report.slides.powerpoint import powerpoint_of
from pipelines.board_report.slides.value import Bars, Deck, Grid
from pipelines.board_report.words import WORDINGS, wording_of
from tests.board_reports import (
    DIGITS,
    HOSTILE_SHOWN,
    LANGUAGES,
    invented_release,
    numbers_in,
    own_numbers,
    released_numbers,
    report,
)
from tests.dashboard.build_release import HIDDEN_MEAN, ORGANISATIONS

PARTS = ("short", "who", "scores", "change", "together", "method")
APPENDIX = ("models", "regions", "units", "answers")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "http://elsewhere.example/x", "\\\\elsewhere\\x")


@cache
def deck(language: str) -> Deck:
    return deck_of(invented_release(), report(language))


@cache
def content(language: str) -> bytes:
    return powerpoint_of(deck(language), wording_of(language, invented_release().tables["meta.texts"]))


def opened(language: str) -> Any:
    return Presentation(io.BytesIO(content(language)))


def entries(language: str, pattern: str) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content(language))) as archive:
        yield from (archive.read(name) for name in archive.namelist() if re.fullmatch(pattern, name))


def texts(language: str) -> Iterator[str]:
    """Yield every text of slides and notes, of cells of tables, and every alt text."""
    for slide in opened(language).slides:
        for shape in slide.shapes:
            yield from shape.element.xpath(".//p:cNvPr/@descr")
            yield from (each.text for each in shape.element.iter("{*}t"))
        yield slide.notes_slide.notes_text_frame.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_of_the_same_release_are_the_same_bytes(language: str):
    again = deck_of(invented_release(), report_of(invented_release(), language))
    assert powerpoint_of(again, wording_of(language, invented_release().tables["meta.texts"])) == content(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbooks_in_charts_hold_released_numbers_in_one_sheet_that_is_seen(language: str):
    known, inside = released_numbers(invented_release()), own_numbers()
    books = [load_workbook(io.BytesIO(each)) for each in entries(language, r"ppt/embeddings/.*\.xlsx")]
    n_charts = sum(isinstance(slide.figure, Bars) for slide in deck(language).slides)
    assert len(books) == n_charts > 10
    for book in books:
        (sheet,) = book.worksheets
        assert (sheet.sheet_state, list(book.defined_names)) == ("visible", [])
        assert not any(each.hidden for each in (*sheet.column_dimensions.values(), *sheet.row_dimensions.values()))
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert (cell.data_type in "ns", cell.hyperlink, cell.comment) == (True, None, None)
            found = numbers_in(cell.value, language) if cell.data_type == "s" else {round(abs(cell.value), DIGITS)}
            assert found <= known | (inside if cell.data_type == "s" else set()), cell.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_that_charts_draw_are_those_of_their_workbooks_and_released(language: str):
    drawn = [each.decode() for each in entries(language, r"ppt/charts/chart[^/]*\.xml")]
    caches = [cache for each in drawn for cache in re.findall(r"<c:numCache>.*?</c:numCache>", each, re.DOTALL)]
    values = {round(abs(float(each)), DIGITS) for cache in caches for each in re.findall(r"<c:v>([^<]+)</c:v>", cache)}
    in_books = {
        round(abs(cell.value), DIGITS)
        for each in entries(language, r"ppt/embeddings/.*\.xlsx")
        for row in load_workbook(io.BytesIO(each)).worksheets[0].iter_rows()
        for cell in row
        if cell.data_type == "n" and cell.value is not None
    }
    assert values == in_books
    assert values <= released_numbers(invented_release())
    assert HIDDEN_MEAN not in values


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_notes_and_alt_texts_hold_released_numbers(language: str):
    known = released_numbers(invented_release()) | own_numbers()
    said = list(texts(language))
    assert len(said) > 200
    for text in said:
        assert numbers_in(text, language) <= known, text
    assert {round(abs(figure.value), DIGITS) for figure in deck(language).figures()} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_the_file_leads_out_runs_or_names_anybody(language: str):
    with zipfile.ZipFile(io.BytesIO(content(language))) as archive:
        names = archive.namelist()
        links = [name for name in names if name.endswith(".rels") and b"External" in archive.read(name)]
        core = archive.read("docProps/core.xml").decode()
    assert links == []
    assert not [name for name in names if re.search("vba|comment|printer|thumbnail|oleObject|activeX", name)]
    assert not re.search("creator|lastModifiedBy|created|modified", core)
    assert f"<dc:language>{language}</dc:language>" in core


def test_names_that_look_like_formulas_or_addresses_are_texts_in_every_workbook():
    release = invented_release()
    texts = release.tables["meta.texts"].copy()
    named = texts["kind"].isin(["scale_title", "wave_title", "point_label", "item_text"])
    texts.loc[named, "text"] = [FORMULAS[place // 2 % len(FORMULAS)] for place in range(int(named.sum()))]
    renamed = replace(release, tables={**release.tables, "meta.texts": texts})
    made = powerpoint_of(deck_of(renamed, report_of(renamed, "en")), wording_of("en", texts))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        books = [io.BytesIO(archive.read(each)) for each in archive.namelist() if each.endswith(".xlsx")]
    cells = [cell for book in books for row in load_workbook(book).worksheets[0].iter_rows() for cell in row]
    for name in FORMULAS:
        written = [cell for cell in cells if str(cell.value).startswith(name)]
        assert written
        assert {(cell.data_type, cell.hyperlink) for cell in written} == {("s", None)}
        assert {cell.quotePrefix for cell in written} == {name.startswith(("=", "+", "-", "@"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slide_has_a_title_of_its_own_read_first_and_its_figure_is_told(language: str):
    slides = list(opened(language).slides)
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert titles == [deck(language).title, *(slide.title for slide in deck(language).slides)]
    assert len(set(titles)) == len(titles)
    for slide in slides:
        assert next(iter(slide.shapes)).shape_id == slide.shapes.title.shape_id
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert len(shape.element.xpath(".//p:cNvPr/@descr")[0]) > 20
            elif shape.is_placeholder:
                assert shape.text_frame.text, "a place without words is read aloud as empty"


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_carry_their_language_and_every_slide_says_that_the_data_are_invented(language: str):
    expected = {"en": MSO_LANGUAGE_ID.ENGLISH_UK, "da": MSO_LANGUAGE_ID.DANISH}[language]
    for slide in opened(language).slides:
        runs = [
            run for shape in slide.shapes if shape.has_text_frame
            for line in shape.text_frame.paragraphs for run in line.runs
        ]  # fmt: skip
        assert {run.font.language_id for run in runs} == {expected}
        assert WORDINGS[language]["synthetic"] in " ".join(run.text for run in runs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_notes_say_what_not_shown_means_and_how_many_people_there_are_at_least(language: str):
    for slide in opened(language).slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert WORDINGS[language]["method_hidden"] in notes
        assert WORDINGS[language]["method_least"].format(least=10) in notes


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_with_a_message_are_sentences_of_the_report(language: str):
    said = [text for section in report(language).sections for text in section.findings]
    captions = [table.caption for section in report(language).sections for table in section.tables]
    gone = WORDINGS[language]["slide_gone"].partition(":")[0]
    own = (gone, WORDINGS[language]["short_title"])
    for slide in deck(language).slides:
        known = [*said, *captions, *(section.title for section in report(language).sections), *own]
        assert any(slide.title in text or slide.title.startswith(text) for text in known), slide.title


def test_hidden_cells_of_organisations_are_hatched_and_say_so_and_hidden_ones_are_named_apart():
    grids = [
        (shape.table, slide)
        for slide in opened("en").slides
        for shape in slide.shapes
        if shape.has_table and slide.shapes.title.text_frame.text.startswith("Mean scores of organisations")
    ]
    cells = [cell for table, _ in grids for row in list(table.rows)[1:] for cell in list(row.cells)[1:]]
    hidden = [cell for cell in cells if cell.text_frame.text == "not shown"]
    assert hidden
    assert all(bool(cell._tc.xpath(".//a:pattFill")) == (cell in hidden) for cell in cells)
    assert all(table.first_row and table.first_col for table, _ in grids)
    names = [row.cells[0].text_frame.text for table, _ in grids for row in list(table.rows)[1:]]
    assert HOSTILE_SHOWN in " ".join(texts("en"))
    assert ORGANISATIONS[0] not in names
    gone = [slide.lines for slide in deck("en").slides if slide.title.startswith("Organisations of which nothing")]
    assert all(ORGANISATIONS[0] in line for (line,) in gone)
    assert len(gone) == 2


def test_shades_follow_the_distance_from_everybody_and_a_hidden_cell_has_none():
    for grid in (slide.figure for slide in deck("en").slides if isinstance(slide.figure, Grid) and slide.figure.shades):
        shaded = dict(grid.shades)
        for down, row in enumerate(grid.table.rows):
            assert {across for (at, across) in shaded if at == down} == {
                across for across, cell in enumerate(row) if across and cell != "not shown"
            }
        assert set(shaded.values()) <= {-2, -1, 0, 1, 2}


def test_bars_without_a_figure_say_so_in_words_and_have_no_bar():
    bars = next(
        slide.figure for slide in deck("en").slides if isinstance(slide.figure, Bars) and slide.figure.is_stacked
    )
    place = next(k for k, each in enumerate(bars.categories) if each.endswith("(not shown)"))
    assert {series.values[place] for series in bars.series} == {"not shown"}
    assert bars.told.count("(not shown)") == 1


def test_a_release_without_models_units_or_answers_still_has_its_slides():
    release = invented_release()
    empty = ("out.fits", "out.estimates", "out.unit_means", "out.comparisons", "out.distributions")
    tables = {name: rows.iloc[:0] if name in empty else rows for name, rows in release.tables.items()}
    bare = replace(release, tables=tables)
    made = deck_of(bare, report_of(bare, "en"))
    assert powerpoint_of(made, wording_of("en", tables["meta.texts"])).startswith(b"PK")
    assert WORDINGS["en"]["together_none"] in [line for slide in made.slides for line in slide.lines]


@pytest.mark.parametrize("tone", [place / 20 for place in range(21)])
def test_figures_on_bars_can_be_read(tone: float):
    colour = colour_of(tone)
    lighter, darker = sorted((luminance(colour), luminance(ink_on(colour))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) > 3.5


def luminance(colour: Any) -> float:
    parts = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_stand_in_the_parts_of_the_report_each_in_one(language: str):
    made = opened(language)
    sections = made.element.xpath(".//*[local-name()='section']")
    say = WORDINGS[language]
    titles = [say[f"{each}_title"] for each in PARTS]
    titles += [say["appendix"].format(title=say[f"{each}_title"]) for each in APPENDIX]
    assert [each.get("name") for each in sections] == [HOSTILE_SHOWN, *titles]
    listed = [each.get("id") for section in sections for each in section.iter("{*}sldId")]
    assert listed == [each.get("id") for each in made.element.sldIdLst]
    assert len({each.get("id") for each in sections}) == len(sections)
    assert made.element[-1].tag.endswith("}extLst")


def test_the_first_slides_tell_in_short_what_the_report_finds_and_only_clear_connections():
    short, together = deck("en").parts[0].slides
    in_short, clear, who, _, _, models, *_ = report("en").sections
    assert (in_short.findings, clear.findings) == (short.lines, together.lines)
    assert short.lines[: len(who.findings)] == who.findings
    assert together.lines
    said = " ".join(models.findings)
    for line in together.lines:
        sentence, _, label = line.rpartition(" (")
        assert sentence in said
        assert "No clear" not in sentence
        assert label in ("exploratory)", "confirmatory)")
