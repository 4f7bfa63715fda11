"""The files of a report: accessible, alone, the same bytes again, released figures only, hostile names inert."""

import html
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from textwrap import wrap
from xml.etree import ElementTree as ET

import pytest
import typst
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from dashboard.reports import KINDS, carried
from pipelines.board_report.excel import workbook_of
from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import document_of, pdf_of
from pipelines.board_report.words import WORDINGS, Wording, wording_of
from tests.board_reports import (
    DIGITS,
    HOSTILE_SHOWN,
    LANGUAGES,
    invented_release,
    numbers_in,
    own_numbers,
    publish_hostile,
    released_numbers,
    report,
)
from tests.command_line import done, sensemaking
from tests.small_study import build_small_study


def wording(language: str) -> Wording:
    return wording_of(language, invented_release().tables["meta.texts"])


def book(language: str) -> Workbook:
    return load_workbook(io.BytesIO(workbook_of(report(language), wording(language))))


class Page(HTMLParser):
    """The elements of a page and its text but for the style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.within = tag

    def handle_data(self, data: str) -> None:
        if self.within != "style":
            self.texts.append(data)


def page(language: str) -> Page:
    return Page(html_of(report(language), wording(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_of_the_same_release_are_the_same_bytes(language: str):
    for write in (pdf_of, workbook_of, html_of):
        assert write(report(language), wording(language)) == write(report(language), wording(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_accessible_and_says_its_language_and_the_day_of_the_release(language: str):
    made = pdf_of(report(language), wording(language))
    assert made.startswith(b"%PDF")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert f"/Lang({language}".encode() in made
    assert b"D:20261122" in made


def test_a_hostile_title_is_no_command_of_the_typesetting():
    titled = html.unescape(pdf_of(report("en"), wording("en")).decode("latin-1"))
    assert HOSTILE_SHOWN in titled


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_pdf_prints_are_released_numbers(language: str):
    known = released_numbers(invented_release()) | own_numbers()
    printed = [
        text for section in document_of(report(language), wording(language))["sections"] for text in _texts(section)
    ]
    assert len(printed) > 100
    for text in printed:
        assert numbers_in(text, language) <= known, text


def _texts(value: object, name: str = "") -> list[str]:
    if isinstance(value, str):
        return [" ".join(Page(value).texts)] if name == "drawing" else [value]
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in _texts(each, str(key))]
    return [text for each in value for text in _texts(each)] if isinstance(value, list | tuple) else []


def test_a_figure_without_words_for_those_who_do_not_see_stops_the_pdf():
    with pytest.raises(typst.TypstError, match="alt"):
        typst.compile(
            b'#set document(title: "t")\n#image(bytes(sys.inputs.d), format: "svg")',
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"d": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'},
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_the_workbook_are_released_numbers_with_a_format(language: str):
    known = released_numbers(invented_release())
    numbers = [cell for sheet in book(language) for row in sheet.iter_rows() for cell in row if cell.data_type == "n"]
    values = [cell for cell in numbers if cell.value is not None]
    assert len(values) > 500
    assert {round(abs(float(str(cell.value))), DIGITS) for cell in values} <= known
    assert all(cell.number_format for cell in values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_the_workbook_hold_released_numbers_and_no_formulas(language: str):
    known = released_numbers(invented_release()) | own_numbers()
    cells = [cell for sheet in book(language) for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    for cell in cells:
        if isinstance(cell.value, str):
            assert numbers_in(cell.value, language) <= known, cell.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_are_all_seen_with_their_heads_frozen_and_widths_set(language: str):
    sheets = list(book(language))
    assert sheets[0].title == WORDINGS[language]["notes"]
    assert len(sheets) == 9
    for sheet in sheets:
        assert sheet.sheet_state == "visible"
        assert sheet.freeze_panes in ("A2", "A4")
        assert all(not each.hidden and each.width > 8 for each in sheet.column_dimensions.values())
        assert not any(each.hidden for each in sheet.row_dimensions.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_of_sheets_are_neither_broken_within_a_word_nor_printed_over_the_warning(language: str):
    for sheet in list(book(language))[1:]:
        for head in sheet[3]:
            width = sheet.column_dimensions[head.column_letter].width
            assert max(map(len, head.value.split())) < width
            assert sheet.row_dimensions[3].height >= 15 * len(wrap(head.value, int(width)))


def test_the_workbook_holds_no_links_macros_or_other_workbooks():
    with zipfile.ZipFile(io.BytesIO(workbook_of(report("en"), wording("en")))) as archive:
        assert not [name for name in archive.namelist() if re.search("external|vba|embed|connection|comment", name)]


def test_names_that_begin_like_formulas_are_texts():
    risky = [
        cell
        for sheet in book("en")
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
    ]
    assert {str(cell.value) for cell in risky} == {"=1+1", HOSTILE_SHOWN}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_runs_nothing_and_asks_for_nothing(language: str):
    elements = page(language).elements
    tags = {tag for tag, _ in elements}
    assert tags.isdisjoint({"script", "link", "iframe", "img", "object", "embed", "form", "base"})
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    addresses = [value for _, attributes in elements for name, value in attributes.items() if name in ("href", "src")]
    assert all(str(each).startswith("#part-") for each in addresses)
    text = html_of(report(language), wording(language))
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_can_be_read_aloud(language: str):
    elements = page(language).elements
    named = [tag for tag, _ in elements]
    assert dict(elements)["html"]["lang"] == language
    assert named.count("caption") == named.count("table") > 5
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in elements if tag == "th")
    assert named.count("desc") == named.count("svg") > 2
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [tag for tag in named if tag in ("h1", "h2")] == ["h1"] + ["h2"] * 9


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_the_page_are_released_numbers(language: str):
    known = released_numbers(invented_release()) | own_numbers()
    for text in page(language).texts:
        assert numbers_in(text, language) <= known, text


def test_hostile_names_are_printed_as_they_are_and_turn_nothing_round():
    text = html_of(report("en"), wording("en"))
    assert HOSTILE_SHOWN in page("en").texts
    assert "<script" not in text
    assert "\u202e" not in text
    assert list(ET.fromstring(_heading(text)).itertext()) == [HOSTILE_SHOWN]


def _heading(text: str) -> str:
    return text[text.index("<h1>") : text.index("</h1>") + len("</h1>")]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("study") / "small")
    publish_hostile(folder / "releases")
    return folder


@pytest.mark.parametrize("asked", [[], ["--release", "1", "--language", "da"]])
def test_the_command_writes_four_files_and_the_same_again(study: Path, tmp_path: Path, asked: list[str]):
    document = done(sensemaking("report", study, "--to", tmp_path / "board", *asked, "--json")).document
    language = "da" if asked else "en"
    assert (document["release"], document["language"]) == (1, language)
    assert [Path(each).name for each in document["files"]] == [
        f"small-r000001-{language}.{ending}" for ending in ("pdf", "pptx", "xlsx", "html")
    ]
    assert all(Path(each).stat().st_size > 10_000 for each in document["files"])


def test_the_dashboard_offers_what_the_command_wrote(study: Path, tmp_path: Path):
    for language in LANGUAGES:
        done(sensemaking("report", study, "--language", language))
    pointer = json.loads((study / "releases" / "current.json").read_text())
    found = carried(study / "releases", pointer["release"], pointer["sha256"])
    assert [each.trouble for each in found] == [None] * 2 * len(KINDS)
    assert {each.language for each in found} == set(LANGUAGES)
    assert all((study / "reports" / each.name).read_bytes() == each.content for each in found)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(["--language", "sv"], "no language sv"), (["--release", "7"], "there is no release 7")],
)
def test_wrong_usage_is_told(study: Path, tmp_path: Path, asked: list[str], expected: str):
    ended = sensemaking("report", study, "--to", tmp_path / "board", *asked, "--json")
    assert ended.code == 2
    assert expected in ended.document["error"]["message"]
    assert not (tmp_path / "board").exists()
