"""Tables of fits: the same figures in all notations, marks and notes that are always there, the same bytes again."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from zipfile import ZipFile

import docx
import openpyxl
import pytest

from pipelines.report_tables.excel import excel_workbook, number_format
from pipelines.report_tables.html import html_page
from pipelines.report_tables.latex import latex_document
from pipelines.report_tables.numerals import Numerals
from pipelines.report_tables.regressions import MOST_COLUMNS, arrange, chosen, regression_table
from pipelines.report_tables.reported import Style
from pipelines.report_tables.summaries import adjusted_r_squared
from pipelines.report_tables.value import Document, Table
from pipelines.report_tables.word import word_document
from tests.latex_reader import read
from tests.reported_fits import REGRESSORS, reported, responses, six_fits, words

WRITERS = {"html": html_page, "latex": latex_document, "word": word_document, "excel": excel_workbook}
SAID = ("note", "notes", "in_words", "sheet_table", "sheet_text")
STYLES = [Style(), Style("error"), Style("interval", "stars"), Style("error", "stars", 4)]


def document(table: Table, language: str = "en", *more: Table) -> Document:
    said = words(language)
    return Document("Six & more", language, {key: said.say(key) for key in SAID}, ("PRIVATE",), (table, *more))


@pytest.fixture(scope="module", params=["en", "da"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def fits(language: str):
    return six_fits(language)


def table_of(fits, language: str = "en", style: Style = STYLES[0]) -> Table:
    (arranged,) = chosen(fits, words(language))
    return regression_table(arranged, 1, words(language), style)


class Cells(HTMLParser):
    """Rows of the first table of a page: labels and cells, lines of a cell apart."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[list[str]]] = []
        self.is_in = self.is_note = False
        self.attributes: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.attributes.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append([""])
            self.is_in = True
        elif tag == "span" and self.is_in and self.rows[-1][-1] != [""]:
            self.rows[-1][-1].append("")

    def handle_endtag(self, tag):
        self.is_in = self.is_in and tag not in ("th", "td")

    def handle_data(self, data):
        if self.is_in:
            self.rows[-1][-1][-1] += data


def cells_of_html(content: bytes) -> list[list[str]]:
    reader = Cells()
    reader.feed(content.decode())
    return [["|".join(line.strip() for line in cell if line.strip()) for cell in row] for row in reader.rows]


def cells_of_latex(content: bytes) -> list[list[str]]:
    (rows,) = read(content.decode()).tables
    return [[cell.replace("\n ", "\n").replace("\n", "|") for cell in row] for row in rows[1:]]


def cells_of_word(content: bytes) -> list[list[str]]:
    (grid,) = docx.Document(io.BytesIO(content)).tables
    rows = []
    for row in grid.rows:
        cells = dict.fromkeys(row.cells) if row.cells[0] is row.cells[-1] else row.cells
        texts = ["|".join(paragraph.text.strip() for paragraph in cell.paragraphs).strip("|") for cell in cells]
        rows.append(texts[:1] if len(set(texts)) == 1 and len(texts) > 1 and texts[0] else texts)
    return rows


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.uncertainty}-{style.p_values}-{style.decimals}")
def test_html_latex_and_word_print_the_same_cells(fits, language, style):
    table = table_of(fits, language, style)
    expected = [
        [
            plain(f"{row.label}{' ' if row.mark else ''}{row.mark}"),
            *(plain("|".join(_lines(cell))) for cell in row.cells),
        ]
        for row in table.rows
    ]
    made = document(table, language)
    found = {
        "html": cells_of_html(html_page(made)),
        "latex": cells_of_latex(latex_document(made)),
        "word": cells_of_word(word_document(made)),
    }
    for name, rows in found.items():
        assert len(rows) == len(expected) + 1, name
        for own, wanted in zip(rows[1:], expected, strict=True):
            told = [plain(cell) for cell in own]
            assert told[0].replace(" †", "†") == wanted[0].replace(" †", "†"), name
            assert told[1:] == wanted[1:], name


def _lines(cell) -> list[str]:
    return [line + (cell.stars if place == 0 else "") for place, line in enumerate(cell.lines)]


def shown(value: float, formatted: str, numerals: Numerals) -> str:
    """Show a number as a spreadsheet does under a format."""
    for condition, limit, told in re.findall(r'\[([<>])([\d.]+)\]"([^"]*)"', formatted):
        if (value < float(limit)) if condition == "<" else (value > float(limit)):
            return told
    pattern = formatted.rsplit(";", maxsplit=1)[-1]
    if pattern == "#,##0":
        return numerals.whole(value)
    decimals = len(pattern.partition(".")[2])
    return numerals.plain(value, decimals) if pattern.startswith("0") else numerals.without_nought(value, decimals)


def test_the_workbook_holds_the_same_figures_as_numbers(fits, language):
    table = table_of(fits, language)
    sheet = openpyxl.load_workbook(io.BytesIO(excel_workbook(document(table, language)))).worksheets[0]
    numerals, found = Numerals(language), list[str]()
    for row in sheet.iter_rows(min_row=6, min_col=2):
        found += [
            shown(cell.value, cell.number_format, numerals) for cell in row if isinstance(cell.value, int | float)
        ]
    printed = [plain(re.sub(r"[\[\]p]", "", line)) for row in table.rows for cell in row.cells if cell.numbers
               for line in _figures_of(cell)]  # fmt: skip
    assert plain(" ".join(found)) == " ".join(printed)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def _figures_of(cell) -> list[str]:
    """Return the figures that a cell prints, and those that only a workbook shows, in the workbook's order."""
    told = dict(cell.numbers)
    numerals = Numerals("da" if any("," in line and ";" in line for line in cell.lines) else "en")
    if len(told) <= 1:
        return [cell.lines[0]]
    printed = {"estimate": cell.lines[0], "p_value": cell.lines[-1].replace("p =", "").replace("p", "").strip()}
    ends = re.findall(r"[−\d.,]+\d", cell.lines[1])
    printed |= {"conf_low": ends[0], "conf_high": ends[-1]} if "conf_low" in told else {}
    in_order = [part for part in ("estimate", "std_error", "conf_low", "conf_high", "df", "p_value") if part in told]
    return [printed.get(part) or numerals.plain(told[part].value, told[part].decimals) for part in in_order]


@pytest.mark.parametrize("writer", WRITERS, ids=str)
def test_the_same_tables_give_the_same_bytes_without_a_time(writer):
    made = document(table_of(six_fits()))
    assert WRITERS[writer](made) == WRITERS[writer](made)
    if writer in ("word", "excel"):
        with ZipFile(io.BytesIO(WRITERS[writer](made))) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"created" not in archive.read("docProps/core.xml")


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.uncertainty}-{style.p_values}-{style.decimals}")
def test_every_column_carries_its_mark_and_a_mixed_table_says_so(fits, language, style):
    table, said = table_of(fits, language, style), words(language)
    for fit, column in zip(fits, table.columns, strict=True):
        assert column.lines[1] == said.say(fit.label)
    assert "(1)" in table.notes[0]
    assert (
        said.say("mixed", confirmatory="(1)", exploratory=said.listed([f"({n})" for n in range(2, 7)]))
        in table.notes[0]
    )
    for place, sentence in ((1, sentence) for sentence in table.sentences if sentence.startswith("(1)")):
        assert said.say("confirmatory").lower() in sentence, place


@pytest.mark.parametrize("label", ["confirmatory", "exploratory"])
def test_a_table_of_one_kind_says_which(label):
    table = table_of([reported(label=label)])
    assert table.notes[0].startswith(words().say(f"all_{label}"))
    assert table.columns[0].lines[1] == words().say(label)


@pytest.mark.parametrize(
    ("told", "changes"),
    [
        ("clubSandwich::coef_test(vcov = 'CR2')", {}),
        ("sandwich::vcovHC(type = 'HC3')", {"covariance": "HC3", "cluster": None}),
        ("sandwich::vcovHC(type = 'HC3') in", {"covariance": "HC3", "cluster": None}),
        (
            "inverse observed information",
            {"estimator": "logit", "outcome": "is_high", "covariance": "classical", "cluster": None},
        ),
        ("Coefficients of Logit are log odds", {"estimator": "logit", "outcome": "is_high"}),
        ("Smallest effect of interest, in units of the outcome: (1) 0.10", {}),
        ("No inference to a population in (1)", {"has_no_inference": True}),
        ("would withhold (1): few people", {"withheld": "few people"}),
        ("not met: (1): Trust (Staff): omega", {"missed": ("Trust (Staff): omega",), "n_missed": 1}),
        ("(1) H1, 3 tests", {"family": "H1", "n_in_family": 3, "holm_p": 0.01}),
        ("the family of each has one declared test", {"family": "H1", "n_in_family": 1, "holm_p": 0.01}),
        ("used of the population: (1) 100 %", {}),
        ("fewer responses than the least cell size", {}),
        ("h1.main.OLS", {}),
    ],
)
def test_the_notes_say(told, changes):
    notes = plain(" ".join(table_of([reported(**changes)]).notes))
    assert (told in notes) == (not told.endswith(" in"))


def test_terms_of_interest_come_first_with_their_products_and_categories_stand_under_their_variable():
    labels = [(row.kind, row.depth, row.label) for row in table_of([reported()]).rows][:13]
    assert labels == [
        ("heading", 0, "Of interest"),
        ("figures", 1, "Vertical integration"),
        ("figures", 1, "Vertical integration × Psychological safety as colleagues in the same team see it"),
        ("heading", 0, "Other variables"),
        ("figures", 1, "Psychological safety as colleagues in the same team see it"),
        ("figures", 1, "How often did you, yourself, ask for help?"),
        ("heading", 1, "Region (reference: North & <West>)"),
        ("figures", 2, "South_10 %"),
        ("figures", 2, "=SUM(A1) {x}"),
        ("heading", 1, "Wave (reference: First wave)"),
        ("figures", 2, "Second wave"),
        ("figures", 0, "Intercept"),
        ("summary", 0, "Responses"),
    ]


def test_categories_with_another_reference_do_not_share_a_row():
    other = (*REGRESSORS[:3], {"variable": "region", "use": "category", "reference": 2})
    rows = table_of([reported(), reported(regressors=other)]).rows
    headings = [row.label for row in rows if row.label.startswith("Region")]
    assert headings == ["Region (reference: North & <West>)", "Region (reference: South_10 %)"]


def test_a_variable_of_interest_in_one_column_stands_with_those_of_the_others():
    rows = table_of([reported(), reported(focal="safety")]).rows
    block = [row.label for row in rows[: next(n for n, row in enumerate(rows) if row.label == "Other variables")]]
    assert {"Vertical integration", "Psychological safety as colleagues in the same team see it"} < set(block)
    assert len([row for row in rows if row.label == "Vertical integration"]) == 1


def test_small_categories_are_marked_and_no_others():
    marked = [row.label for row in table_of([reported()]).rows if row.mark]
    assert marked == ["=SUM(A1) {x}"]


def test_an_estimate_in_tiny_units_gets_decimals_of_its_own():
    rows = responses()
    rows["question"] = rows["question"] * 1e5
    table = table_of([reported(rows=rows)])
    by_label = {row.label: row.cells[0].lines for row in table.rows if row.cells}
    assert re.fullmatch(r"−?0\.00", by_label["Vertical integration"][0][:5].lstrip("−")[:4]) is None
    assert len(by_label["Vertical integration"][0].partition(".")[2]) == 2
    tiny = by_label["How often did you, yourself, ask for help?"]
    assert len(tiny[0].partition(".")[2]) > 5
    assert set(tiny[0]) & set("123456789")


def test_variants_go_beside_their_model_in_tables_of_at_most_six_columns():
    main = reported()
    variants = [replace(main, variant=f"v{n}", fit_id=f"v{n}") for n in range(8)]
    parts = arrange([main, *variants], words())
    assert [len(each.fits) for each in parts] == [6, 4]
    assert all(each.fits[0] is main and len(each.fits) <= MOST_COLUMNS for each in parts)
    assert {fit.fit_id for each in parts for fit in each.fits} == {main.fit_id, *(f"v{n}" for n in range(8))}


def test_declared_variants_without_a_column_are_named_under_every_part():
    main = reported()
    variants = [replace(main, variant=f"v{n}", fit_id=f"v{n}") for n in range(8)]
    declared = {"h1": ["main", *(f"v{n}" for n in range(9)), "curve"]}
    for part in arrange([main, *variants], words(), declared):
        assert part.absent == ("v8", "curve")
        notes = " ".join(regression_table(part, 1, words(), Style()).notes)
        assert re.search(r"Declared as well, and without a column here.*: h1/v8 and h1/curve\.", notes)
    whole = arrange([main], words(), {"h1": ["main"]})
    assert "Declared as well" not in " ".join(regression_table(whole[0], 1, words(), Style()).notes)


def test_models_of_the_same_outcome_go_side_by_side_first():
    other = replace(reported(), spec=reported().spec.model_copy(update={"name": "h2"}), fit_id="h2")
    first, *each = arrange([reported(), other], words())
    assert [fit.fit_id for fit in first.fits] == ["h1.main.OLS", "h2"]
    assert first.caption == "Models of Co-production"
    assert [len(one.fits) for one in each] == [1, 1]


def test_adjusted_r_squared_is_what_r_gives():
    """R 4.2.2, 2026-11-26: summary(lm(mpg ~ wt + hp, mtcars))$r.squared 0.8267855, adj.r.squared 0.8148396."""
    fit = replace(reported(), r_squared=0.8267855, n_obs=32, df_resid=29.0)
    assert adjusted_r_squared(fit) == pytest.approx(0.8148396, abs=1e-7)


def test_a_page_is_a_table_for_those_who_listen_to_it(fits, language):
    reader = Cells()
    reader.feed(html_page(document(table_of(fits, language), language)).decode())
    tags = [tag for tag, _ in reader.attributes]
    assert dict(reader.attributes)["html"] == {"lang": language}
    assert tags.count("caption") == tags.count("table") == 1
    assert all(given.get("scope") in ("col", "row", "rowgroup") for tag, given in reader.attributes if tag == "th")
    assert "script" not in tags
    assert not [given for _, given in reader.attributes if {"src", "href", "onclick", "style"} & set(given)]


def test_a_word_table_repeats_its_head_and_has_no_vertical_rules(fits, language):
    table = table_of(fits, language)
    with ZipFile(io.BytesIO(word_document(document(table, language)))) as archive:
        xml = archive.read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") == 1
    assert xml.count("<w:cantSplit/>") == len(table.rows)
    assert not re.search(r"<w:(left|right|start|end|insideV)\b[^>]*w:val=", xml)
    assert 'w:orient="landscape"' in xml
    assert 'w:orient="landscape"' not in _xml(document(table_of(fits[:1], language), language))


def _xml(made: Document) -> str:
    with ZipFile(io.BytesIO(word_document(made))) as archive:
        return archive.read("word/document.xml").decode()


def test_a_workbook_has_a_sheet_a_table_frozen_panes_and_all_notes(fits, language):
    table = table_of(fits, language)
    book = openpyxl.load_workbook(io.BytesIO(excel_workbook(document(table, language))))
    assert book.sheetnames == [table.number, words(language).say("notes")]
    assert book.worksheets[0].freeze_panes == "B6"
    told = [cell.value for cell in book.worksheets[1]["B"]]
    assert told[1:] == ["PRIVATE", *table.notes, *table.sentences]


def test_a_p_value_reads_the_same_in_a_workbook():
    numerals = Numerals("en")
    table = table_of([reported()])
    for row in table.rows:
        for part, number in (pair for cell in row.cells for pair in cell.numbers):
            if part == "p_value":
                assert plain(numerals.written(number)) == shown(number.value, number_format(number, "."), numerals)


def sheet_of(n_columns: int):
    content = excel_workbook(document(table_of(six_fits()[:n_columns])))
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


@pytest.mark.parametrize("n_columns", [1, 2, 3, 6])
def test_a_sheet_is_printed_without_parting_a_column_of_the_table(n_columns):
    sheet = sheet_of(n_columns)
    heads = [each for each in sheet.merged_cells.ranges if each.min_row == each.max_row == 4]
    assert len(heads) == n_columns
    last_of_pages = {each.id for each in sheet.col_breaks.brk}
    assert last_of_pages <= {each.max_col for each in heads}
    assert bool(sheet.sheet_properties.pageSetUpPr.fitToPage) == (n_columns < 3)
    assert len(last_of_pages) == (n_columns - 1) // 2
    assert sheet.print_title_cols == "$A:$A"


def test_rows_of_a_sheet_are_as_high_as_their_labels_need_and_set_in():
    sheet = sheet_of(1)
    rows = {row[0].value: row[0] for row in sheet.iter_rows(min_row=6) if row[0].value}
    long = next(cell for label, cell in rows.items() if label.startswith("Psychological safety as"))
    short = rows["Vertical integration"]
    assert sheet.row_dimensions[long.row].height == 2 * sheet.row_dimensions[short.row].height
    assert (short.alignment.horizontal, short.alignment.indent) == ("left", 1)
    summary = rows["Responses"]
    assert summary.border.top.style == "thin"


def test_names_of_fits_may_be_broken_and_no_page_of_latex_is_left_without_a_row():
    table = table_of([reported(fit_id="a_long_name.main.0a7594ca4734")])
    written = latex_document(document(replace(table, rows=table.rows[:3]))).decode()
    assert r"a\_\allowbreak{}long\_\allowbreak{}name.main" in written
    rows, _, notes = written.partition(r"\end{longtable}")
    assert rows.rstrip().endswith(r"\\")
    assert notes.lstrip().startswith(r"\raggedright")
