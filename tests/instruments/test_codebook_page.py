"""The page of a codebook: everything is on it, announced and escaped; nothing comes from elsewhere."""

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.codebooks.markup import Row, table, text
from instruments.codebooks.page import html_page
from instruments.codebooks.page_instrument import MissingCounts
from instruments.codebooks.xml_tree import readable
from tests.codebooks import FORM_NAMES, codebook_of, codebook_of_built_in, everything

BOOKS = {**{name: codebook_of_built_in(name) for name in FORM_NAMES}, "everything": codebook_of(everything())}
VOID = {"meta", "input", "wbr"}


class Page(HTMLParser):
    """A page as a browser takes it apart: elements, their text, and what is not closed."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.texts: dict[str, str] = {}
        self.rows: list[str] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append(dict(attributes).get("id") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else at {self.getpos()}")

    def handle_data(self, data):
        if "tr" in self.open:
            self.texts[self.rows[-1]] = self.texts.get(self.rows[-1], "") + data


@pytest.mark.parametrize("name", BOOKS)
def test_a_page_is_well_formed_and_all_its_links_lead_somewhere(name):
    page = Page(html_page(BOOKS[name]))
    assert (page.faults, page.open) == ([], [])
    identifiers = [given["id"] for _, given in page.elements if "id" in given]
    assert len(set(identifiers)) == len(identifiers)
    targets = {given["href"] for tag, given in page.elements if tag == "a"}
    assert {target.removeprefix("#") for target in targets} <= set(identifiers)
    assert all(target.startswith("#") for target in targets)


@pytest.mark.parametrize("name", BOOKS)
def test_nothing_comes_from_elsewhere_and_only_our_script_runs(name):
    content = html_page(BOOKS[name]).decode()
    page = Page(content.encode())
    assert not [given for _, given in page.elements if set(given) & {"src", "srcset", "style", "onclick", "onload"}]
    assert not {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object", "form"}
    (script,), (style,) = (re.findall(rf"<{tag}>(.*?)</{tag}>", content, re.DOTALL) for tag in ("script", "style"))
    (policy,) = [given["content"] for tag, given in page.elements if given.get("http-equiv")]
    for kind, words in (("script", script), ("style", style)):
        digest = base64.b64encode(hashlib.sha256(words.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("name", BOOKS)
def test_headings_tables_and_languages_are_announced(name):
    page = Page(html_page(BOOKS[name]))
    tags = [tag for tag, _ in page.elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert tags.count("table") == tags.count("caption") == tags.count("thead") > 0
    assert all(given.get("scope") in ("col", "row") for tag, given in page.elements if tag == "th")
    assert {given["lang"] for _, given in page.elements if "lang" in given} == {"en", "da"}
    assert page.elements[0] == ("html", {"lang": "en"})
    assert ("label", {"for": "search"}) in page.elements


@pytest.mark.parametrize("name", BOOKS)
def test_every_item_and_scale_is_a_row(name):
    book, page = BOOKS[name], Page(html_page(BOOKS[name]))
    items = [f"item-{item}" for each in book.instruments for item in each.items]
    scales = [f"scale-{scale}" for each in book.instruments for scale in each.scales]
    assert [row for row in page.rows if row.startswith("item-")] == items
    assert [row for row in page.rows if row.startswith("scale-")] == scales
    for each in book.instruments:
        for item in each.items:
            assert all(readable(words) in page.texts[f"item-{item}"] for words in each.items[item].text.values())


@pytest.mark.parametrize(
    "words",
    [
        "Validation status: draft, not validated.",
        "<q>all of it</q>",
        "On &lt;Everything&gt;",
        "ask first",
        "<strong>reverse</strong>",
        "counted as 4 minus the code: E_2",
        "missing: <code>dont_<wbr>know</code>",
        "<code>E_<wbr>a</code>, <code>E_<wbr>b</code> add up to 100.",
        "number from 0 to 60.5",
        "may identify a person",
        "The respondent left before the question.",
        "CC-BY-4.0",
    ],
)
def test_a_page_tells(words):
    assert words in html_page(BOOKS["everything"]).decode()


def test_synthetic_answers_are_called_synthetic():
    assert "SYNTHETIC" not in html_page(BOOKS["everything"]).decode()
    assert "SYNTHETIC" in html_page(replace(BOOKS["everything"], is_synthetic=True)).decode()


def test_missing_answers_are_counted_only_where_counts_are_given():
    counts = MissingCounts(10, 200, {"E_1": {"dont_know": 25}, "E_2": {}})
    without, told = (html_page(BOOKS["everything"], each).decode() for each in (None, counts))
    assert "Missing answers" not in without.split("<section id='tables'>")[0]
    assert "Of 200 responses of all groups and waves; rounded to 5; few: under 10, or under 10 answers" in told
    assert re.search(r"item-E_1'><code>E_<wbr>1</code></a></th><td[^>]*>25</td>", told)
    assert re.search(r"item-E_2'><code>E_<wbr>2</code></a></th><td[^>]*>few</td>", told)


def test_columns_without_content_and_tables_without_rows_are_left_out():
    assert table("t", ("a", "b"), []) == ""
    found = table("t", ("a", "b", "c"), [Row(["1", "", "3"]), Row(["4", "", "6"])])
    assert re.findall(r"<th scope='col'[^>]*>(\w)", found) == ["a", "c"]
    assert found.count("<td") == 2


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_of_texts_stand_out_from_every_background():
    style = html_page(BOOKS["everything"]).decode().split("</style>")[0]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
    grounds = ["#ffffff", colours["soft"], *re.findall(r"background: (#[0-9a-f]{6})", style)]
    assert len(grounds) == 4
    assert all(contrast(colours[ink], ground) >= 7 for ink in ("ink", "quiet", "link") for ground in grounds)


@given(st.text(min_size=1))
def test_any_wording_survives_and_runs_nothing(words):
    items = everything().model_dump()["items"]
    items["E_1"]["text"] = {"en": words}
    page = Page(html_page(codebook_of(everything(items=items))))
    assert (page.faults, page.open) == ([], [])
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert readable(words) in page.texts["item-E_1"]


def test_texts_are_escaped():
    assert text("<a href='x'>&\"\r") == "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;&#13;"


@pytest.mark.parametrize(
    ("labels", "ordered", "told"),
    [
        ({1: "1 (None at all)", 2: "half", 10: "10 (All my time)"}, True, "1 (None at all) … 10 (All my time)"),
        ({1: "never", 2: "often", 3: "30 times"}, True, "1 never … 3 30 times"),
        ({1: "12 years", 2: "13 years"}, True, "1 12 years … 2 13 years"),
        ({1: "Yes", 2: "No"}, False, "1 Yes, 2 No"),
        (dict.fromkeys(range(1, 9), "a long country name"), False, "8 options"),
    ],
)
def test_answer_options_are_told_in_short_beside_the_item(labels, ordered, told):
    scales = everything().model_dump()["response_scales"]
    points = {code: {"label": {"en": label}} for code, label in labels.items()}
    book = codebook_of(everything(response_scales={**scales, "tools": {"ordered": ordered, "points": points}}))
    assert f"<span class='quiet'>{told}</span>" in html_page(book).decode()


def test_answer_options_stay_a_table_on_a_phone_and_answers_are_told_from_missing_only_where_both_are_there():
    page = html_page(BOOKS["everything"]).decode()
    options = page.split("<h3>Answer options</h3>")[1]
    assert "<table role='table' class='narrow'>" in options
    assert "missing: <code>dont_<wbr>know</code>" in options
    assert "<table role='table'><caption>Items" in page
