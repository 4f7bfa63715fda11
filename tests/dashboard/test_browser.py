"""Every page in a real Chromium: charts are drawn, the console stays silent, nothing is asked of another machine."""

import re
from pathlib import Path

import build_release
import pytest
from chromium import CHARTS, PATHS, save_picture, served, wait_until_drawn, watched
from marked_release import EVERYWHERE, NUMBERS, marked_tables
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDEST_WORD_OF_THE_TITLE = """() => {
    const title = document.querySelector("h1"), drawn = document.createElement("canvas").getContext("2d")
    drawn.font = getComputedStyle(title).font
    return Math.max(...title.innerText.split(/\\s+/).map(word => drawn.measureText(word).width))
}"""
FREE_CHOICE_OF_THE_PAGE = ".stMain [data-testid=stButtonGroup] [aria-checked=false]"
KINDS_OF_RESULT = ("confirmatory", "exploratory")
HEADINGS = {
    ("overview", "en"): "Who answered",
    ("overview", "da"): "Hvem har svaret",
    ("perspectives", "en"): "Perspectives",
    ("perspectives", "da"): "Perspektiver",
    ("integration", "en"): "Integration",
    ("integration", "da"): "Integration",
    ("units", "en"): "One organisation",
    ("units", "da"): "En organisation",
    ("method", "en"): "Method and protection",
    ("method", "da"): "Metode og beskyttelse",
    ("take-away", "en"): "Take away",
    ("take-away", "da"): "Tag med",
    ("results", "en"): "What goes together",
    ("results", "da"): "Hvad der hænger sammen",
}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("name", "language"), HEADINGS)
def test_page_is_drawn_without_complaint_and_without_another_machine(
    browser: Browser, address: str, tmp_path: Path, name: str, language: str, width: int
):
    page, complaints, hosts = watched(browser, width)
    page.goto(f"{address}{PATHS[name]}?lang={language}&scale=collective_leadership")
    wait_until_drawn(page, charts=CHARTS[name])
    page.get_by_role("heading", name=HEADINGS[name, language]).first.wait_for()
    save_picture(page, tmp_path / f"{name}-{language}-{width}.png")
    widest = page.evaluate(
        "Math.max(0, ...[...document.querySelectorAll('svg.marks')].map(s => s.getBoundingClientRect().right))"
    )
    torn = page.evaluate(WIDEST_WORD_OF_THE_TITLE) > page.evaluate("document.querySelector('h1').clientWidth")
    axis = " ".join(page.locator("svg .role-axis-label text").all_text_contents())
    spoken = page.evaluate("document.documentElement.lang")
    page.close()
    assert complaints == []
    assert hosts == {"127.0.0.1"}
    assert widest <= width, "a chart is cut off at the right"
    assert not torn, "a word of the title does not fit into a line"
    assert spoken == language
    if name == "results":
        assert ("0,1" in axis, "0.1" in axis) == (language == "da", language == "en")


def test_language_switch_and_page_change_keep_the_choice_in_the_address(browser: Browser, address: str):
    page, complaints, _ = watched(browser, 1440)
    page.goto(address)
    wait_until_drawn(page)
    page.get_by_role("radio", name="Dansk").click()
    page.get_by_role("heading", name="Hvem har svaret").wait_for()
    page.get_by_role("link", name="Hvad der hænger sammen").click()
    page.get_by_role("heading", name="Hvad der hænger sammen").wait_for()
    wait_until_drawn(page)
    found = page.url
    page.close()
    assert found.startswith(f"{address}/results")
    assert "lang=da" in found
    assert complaints == []


def test_a_choice_after_another_release_came_out_shows_that_release_alone(browser: Browser, tmp_path: Path):
    pages = ["overview", "perspectives", "integration", "units"]
    first, *later = [
        build_release.write_release(tmp_path, marked_tables(number), number) for number in NUMBERS[: len(pages) + 1]
    ]
    build_release.point_at(tmp_path, first)
    shown = dict[str, set[str]]()
    page, complaints, _ = watched(browser, 1440)
    with served(tmp_path) as address:
        for name, pointer in zip(pages, later, strict=True):
            page.goto(f"{address}{PATHS[name]}?lang=en")
            wait_until_drawn(page, charts=1)
            build_release.point_at(tmp_path, pointer)
            page.locator(FREE_CHOICE_OF_THE_PAGE).last.click()
            page.get_by_text(f"Release {pointer['release']},").wait_for()
            wait_until_drawn(page, charts=1)
            shown[name] = set(EVERYWHERE.findall(page.locator("[data-testid=stMain]").inner_text()))
        page.close()
    assert shown == {name: {str(pointer["release"])} for name, pointer in zip(pages, later, strict=True)}
    assert complaints == []


@pytest.mark.parametrize(
    ("language", "confirmatory", "exploratory"),
    [("en", "Confirmatory", "Exploratory"), ("da", "Bekræftende", "Udforskende")],
)
def test_what_was_not_planned_is_seen_to_be_exploratory(
    browser: Browser, address: str, language: str, confirmatory: str, exploratory: str
):
    page, complaints, _ = watched(browser, 1440)
    page.goto(f"{address}/results?lang={language}")
    wait_until_drawn(page, charts=2)
    marks = {word: page.locator("strong", has_text=re.compile(f"^{word}$")) for word in (confirmatory, exploratory)}
    seen = {word: sum(each.is_visible() for each in found.all()) for word, found in marks.items()}
    drawn = " ".join(page.locator(".legend").all_text_contents())
    page.close()
    labels = build_release.release_tables()["out.fits"].query("variant == 'main'")["label"]
    assert seen == {word: (labels == label).sum() for word, label in zip(marks, KINDS_OF_RESULT, strict=True)}
    assert all(f"({word.lower()})" in drawn for word in marks), "the chart that holds both kinds says which is which"
    assert complaints == []
