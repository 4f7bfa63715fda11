"""What axe finds against WCAG 2.2 A and AA on a page in Chromium."""

from pathlib import Path

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
FAULTS = """tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(found =>
    found.violations.flatMap(fault => fault.nodes.map(node => `${fault.id}: ${node.target} ${node.failureSummary}`)))"""
SIDEWAYS = """() => [document.documentElement, document.querySelector('.stMain')]
    .filter(part => part && part.scrollWidth > part.clientWidth).map(part => part.tagName)"""
"""Parts of a page that have to be moved sideways to be read."""


WIDTHS = (1280, 390)
THEMES = ("light", "dark")
IS_IN_THEME = """theme => {
    const app = document.querySelector('.stApp')
    return !app || getComputedStyle(app).colorScheme === theme
}"""


def show_as(page: Page, theme: str, width: int) -> None:
    """Show a page in a theme on a screen of a width."""
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(IS_IN_THEME, arg=theme)
    page.wait_for_timeout(400)


def faults_anywhere(page: Page, pictures: Path, name: str) -> dict[tuple[str, int, str], list[str]]:
    """Look at a page in both themes on both screens, keep a picture of each, and return what is wrong where."""
    found = {}
    for width in WIDTHS:
        for theme in THEMES:
            show_as(page, theme, width)
            page.screenshot(path=pictures / f"{name}-{theme}-{width}.png")
            found[theme, width, "sideways"] = page.evaluate(SIDEWAYS)
            found[theme, width, "axe"] = violations(page)
    return {where: faults for where, faults in found.items() if faults}


def violations(page: Page) -> list[str]:
    """Return every violation on a page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    return page.evaluate(FAULTS, list(TAGS))
