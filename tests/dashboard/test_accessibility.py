"""Every page for everybody: axe finds nothing, keys reach everything, small screens, less motion, paper.

Pictures of every page in both languages and themes, wide and narrow, and its print are kept in the folder that the
environment variable SENSEMAKING_PICTURES names, or in pytest's own.
"""

from pathlib import Path

import pytest
from axe import SIDEWAYS, THEMES, WIDTHS, show_as, violations
from chromium import CHARTS, PATHS, save_picture, wait_until_drawn, watched
from playwright.sync_api import Browser, Page

from dashboard.wording import WORDINGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LUMINANCE = """colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
}"""
PALE_WORDS = f"""() => {{
    const luminance = {LUMINANCE}
    const page = luminance(getComputedStyle(document.querySelector('.stApp')).backgroundColor)
    return [...document.querySelectorAll('svg.marks text')].filter(text => text.textContent).filter(text => {{
        const own = luminance(getComputedStyle(text).fill)
        return (Math.max(own, page) + 0.05) / (Math.min(own, page) + 0.05) < 4.5
    }}).map(text => text.textContent)
}}"""
SIGNS_NOT_DRAWN = """() => [...document.querySelectorAll('.legend li')].filter(line => {
    const sign = line.querySelector('.sign'), style = sign && getComputedStyle(sign)
    return !sign?.offsetWidth || style.backgroundColor === 'rgba(0, 0, 0, 0)'
}).map(line => line.textContent)"""
CHARTS_WITHOUT_TABLE = """() => {
    const kinds = '[data-testid=stVegaLiteChart], [data-testid=stHeading], [data-testid=stExpander]'
    const parts = [...document.querySelectorAll(kinds)]
    return parts.filter((part, place) => {
        if (!part.matches('[data-testid=stVegaLiteChart]')) return false
        const next = parts.slice(place).find(other => !other.matches('[data-testid=stVegaLiteChart]'))
        return !next?.querySelector('table')
    }).length
}"""
CONTROLS = """() => [...document.querySelectorAll(
    'header a, main a[href], main button, main input, main summary, header button')]
    .filter(each => each.checkVisibility() && each.tabIndex >= 0 && !each.closest('[inert]'))
    .map(each => each.closest('[role=radiogroup]')?.ariaLabel ?? each.ariaLabel ?? each.innerText)"""
IS_DRAWN = "each => each.checkVisibility({contentVisibilityAuto: true})"
FOCUSED = """() => {
    const own = document.activeElement, style = getComputedStyle(own)
    const name = own.closest('[role=radiogroup]')?.ariaLabel ?? own.ariaLabel ?? own.innerText
    return {name, isMain: own.id === 'stMain', isInPage: own !== document.body,
            hasEdge: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2}
}"""


def _opened(browser: Browser, address: str, name: str, language: str) -> tuple[Page, list[str]]:
    page, complaints, _ = watched(browser, WIDTHS[0])
    page.goto(f"{address}{PATHS[name]}?lang={language}&scale=collective_leadership")
    page.get_by_role("heading", level=2).first.wait_for()
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]')
    wait_until_drawn(page, charts=CHARTS[name])
    return page, complaints


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("name", PATHS)
def test_axe_finds_no_violation_in_either_theme_on_either_screen(
    browser: Browser, address: str, pictures: Path, name: str, language: str
):
    page, complaints = _opened(browser, address, name, language)
    found = {"charts without a table": page.evaluate(CHARTS_WITHOUT_TABLE)}
    for width in WIDTHS:
        for theme in THEMES:
            show_as(page, theme, width)
            save_picture(page, pictures / f"{name}-{language}-{theme}-{width}.png")
            found[theme, width, "signs"] = page.evaluate(SIGNS_NOT_DRAWN)
            found[theme, width, "pale"] = page.evaluate(PALE_WORDS)
    page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(each => each.click())")
    for width in WIDTHS[::-1]:
        for theme in THEMES:
            show_as(page, theme, width)
            found[theme, width, "sideways"] = page.evaluate(SIDEWAYS)
            found[theme, width, "axe"] = violations(page)
    page.close()
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert complaints == []


@pytest.mark.parametrize("name", PATHS)
def test_every_control_is_reached_by_key_and_shows_it(browser: Browser, address: str, name: str):
    page, _ = _opened(browser, address, name, "en")
    wanted, reached, without_edge = set(page.evaluate(CONTROLS)), set(), []
    for _step in range(4 * len(wanted) + 20):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUSED)
        if not focus["isInPage"]:
            break
        reached.add(focus["name"])
        without_edge += [] if focus["hasEdge"] else [focus["name"]]
    page.close()
    assert len(wanted) >= len(PATHS) + 1, "the menu and the choice of language"
    assert wanted - reached == set()
    assert without_edge == []


@pytest.mark.parametrize("language", WORDINGS)
def test_first_key_leads_past_the_menu_to_the_content(browser: Browser, address: str, language: str):
    page, _ = _opened(browser, address, "method", language)
    page.keyboard.press("Tab")
    offered = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    focus = page.evaluate(FOCUSED)
    landmarks = page.locator("main").count()
    page.close()
    assert offered == WORDINGS[language]["skip"]
    assert focus["isMain"]
    assert landmarks == 1


def test_language_is_chosen_by_key(browser: Browser, address: str):
    page, complaints = _opened(browser, address, "method", "en")
    page.get_by_role("radio", name="English").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_role("heading", name="Metode og beskyttelse").wait_for()
    page.close()
    assert complaints == []


def test_nothing_moves_for_readers_who_want_less_motion(browser: Browser, address: str):
    page, _ = _opened(browser, address, "overview", "en")
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter(each => {
        const {transitionDuration, animationDuration} = getComputedStyle(each)
        return Math.max(...`${transitionDuration},${animationDuration}`.split(',').map(parseFloat)) > 0.001
    }).length""")
    page.close()
    assert moving == 0


@pytest.mark.parametrize("name", PATHS)
def test_page_prints_as_a_memo_in_light_colours_with_every_table(
    browser: Browser, address: str, pictures: Path, name: str
):
    page, _ = _opened(browser, address, name, "en")
    page.emulate_media(color_scheme="dark")
    page.pdf(path=pictures / f"{name}.pdf", prefer_css_page_size=True, print_background=True)
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 680, "height": 960})
    page.wait_for_timeout(700)
    save_picture(page, pictures / f"{name}-print.png")
    to_press = page.locator(
        "header, [data-testid=stDownloadButton], [data-testid=stButton], .st-key-choose_lang, [aria-checked=false]"
    )
    seen = [each.inner_text() for each in to_press.all() if each.is_visible()]
    tables = page.locator("table").all()
    hidden_tables = [table for table in tables if not table.evaluate(IS_DRAWN)]
    cut = page.evaluate("""() => [...document.querySelectorAll('svg.marks, table, p, li')]
        .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
        .map(each => each.textContent.slice(0, 40))""")
    dark = page.evaluate(f"""() => {{
        const luminance = {LUMINANCE}
        return [...document.querySelectorAll('main :is(p, li, td, th, h1, h2, h3, input)')]
            .filter(each => luminance(getComputedStyle(each).color) > 0.2).map(each => each.textContent.slice(0, 40))
    }}""")
    page.close()
    assert seen == []
    assert bool(tables) == (name != "take-away")
    assert hidden_tables == []
    assert cut == []
    assert dark == []
