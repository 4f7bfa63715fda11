"""Drawings of measurement in a real Chromium: no words lie on others, none are cut, none leave their box."""

import pytest
from drawn_measurement import drawings
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAULTS = """() => {
    const svg = document.querySelector("svg"), sheet = svg.getBoundingClientRect(), found = []
    const words = [...svg.querySelectorAll("text")].map(each => [each.textContent, each.getBoundingClientRect()])
    words.forEach(([text, at], place) => {
        if (at.left < sheet.left || at.right > sheet.right || at.top < sheet.top || at.bottom > sheet.bottom)
            found.push("cut: " + text)
        for (const [other, beside] of words.slice(place + 1)) {
            const wide = Math.min(at.right, beside.right) - Math.max(at.left, beside.left)
            const high = Math.min(at.bottom, beside.bottom) - Math.max(at.top, beside.top)
            if (wide > 1 && high > 4) found.push("on each other: " + text + " | " + other)
        }
        for (const box of [...svg.querySelectorAll("rect")].slice(1).map(each => each.getBoundingClientRect())) {
            const middle = (at.top + at.bottom) / 2
            const isOf = at.left >= box.left && at.left < box.right && middle > box.top && middle < box.bottom
            if (isOf && at.right > box.right) found.push("out of its box: " + text)
        }
    })
    return found
}"""


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("kind", ["path", "loadings", "ladder", "answers", "correlations"])
def test_words_lie_beside_each_other(browser: Browser, kind: str, language: str):
    page = browser.new_page(viewport={"width": 1700, "height": 1400})
    page.set_content(f"<body style='margin:0'>{drawings(language)[kind]}</body>")
    assert page.evaluate(FAULTS) == []
    page.close()
