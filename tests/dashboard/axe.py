"""What axe finds against WCAG 2.2 A and AA on a page in Chromium."""

from pathlib import Path

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
FAULTS = """tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(found =>
    found.violations.flatMap(fault => fault.nodes.map(node => `${fault.id}: ${node.target} ${node.failureSummary}`)))"""
SIDEWAYS = """() => [document.documentElement, document.querySelector('.stMain')]
    .filter(part => part.scrollWidth > part.clientWidth).map(part => part.tagName)"""
"""Parts of a page that have to be moved sideways to be read."""


def violations(page: Page) -> list[str]:
    """Return every violation on a page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    return page.evaluate(FAULTS, list(TAGS))
