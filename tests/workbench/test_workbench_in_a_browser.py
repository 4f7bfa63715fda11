"""The workbench as a program: a methodologist walks through it in Chromium, and its end leaves no copy behind.

Pictures of every page in both themes, wide and narrow, are kept in the folder that the environment variable
SENSEMAKING_PICTURES names, or in pytest's own.
"""

import signal
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipelines.workbench.app import PAGES
from tests.dashboard.axe import SIDEWAYS, THEMES, WIDTHS, show_as, violations
from tests.dashboard.chromium import READY_SECONDS, chromium, save_picture, watched
from tests.served_commands import Serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHOICES = {
    "Missingness": ["Scale", "Model"],
    "Codebook": ["Instrument", "Language"],
    "Measurement": ["Measurement specification"],
    "Models": ["Fit"],
    "Compare": ["First fit", "Second fit"],
}
"""Title of a page → what a methodologist chooses there."""
BUTTONS = {"Releases": ["Look at what it would hold"]}
EVERYTHING_IS_DRAWN = """() => document.querySelector('.stApp[data-test-script-state="notRunning"] h1')
    && !document.querySelector("[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]")"""
OPEN_WHAT_IS_CLOSED = "document.querySelectorAll('details:not([open]) > summary').forEach(each => each.click())"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def wait_until_drawn(page: Page) -> None:
    page.wait_for_function(EVERYTHING_IS_DRAWN, timeout=READY_SECONDS * 1000)
    page.wait_for_timeout(500)


def use_everything(page: Page) -> tuple[list[str], list[str]]:
    """Make every choice, press every button and open all that is closed; return the names of choices and buttons."""
    boxes, buttons = page.get_by_role("combobox"), page.locator("[data-testid=stButton] button")
    chosen, pressed = [], []
    for place in range(boxes.count()):
        chosen.append(boxes.nth(place).locator("xpath=ancestor::*[@data-testid='stSelectbox']//label").inner_text())
        boxes.nth(place).click()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        wait_until_drawn(page)
    for place in range(buttons.count()):
        pressed.append(buttons.nth(place).inner_text())
        buttons.nth(place).click()
        wait_until_drawn(page)
    page.evaluate(OPEN_WHAT_IS_CLOSED)
    return chosen, pressed


def carry_away_every_table(page: Page) -> None:
    for button in page.locator("[data-testid=stDownloadButton] button:visible").all():
        with page.expect_download() as download:
            button.click()
        assert Path(download.value.path()).read_bytes().startswith(BYTE_ORDER_MARK)


def walk(browser: Browser, served: Serving, title: str, pictures: Path, name: str) -> int:
    """Use all of a page, wide and narrow, and return how many tables it has."""
    page, complaints, hosts = watched(browser, WIDTHS[0])
    page.goto(f"{served.address}/{title.lower() if title != next(iter(PAGES)) else ''}")
    page.get_by_role("heading", name=title, level=1).wait_for(timeout=READY_SECONDS * 1000)
    wait_until_drawn(page)
    used, found = use_everything(page), {}
    for width, theme in product(WIDTHS, THEMES):
        show_as(page, theme, width)
        wait_until_drawn(page)
        save_picture(page, pictures / f"workbench-{name}-{theme}-{width}.png")
        found[width, theme, "sideways"] = page.evaluate(SIDEWAYS)
        found[width, theme, "axe"] = violations(page)
    carry_away_every_table(page)
    n_tables, failed = (page.locator(f"[data-testid={kind}]").count() for kind in ("stDataFrame", "stException"))
    page.close()
    assert used == (CHOICES.get(title, []), BUTTONS.get(title, []))
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert (complaints, failed) == ([], 0)
    assert hosts == {"127.0.0.1"}
    assert "Traceback" not in served.log.read_text()
    return n_tables


@pytest.mark.parametrize("title", PAGES)
def test_a_methodologist_uses_all_of_a_page_on_either_screen(
    browser: Browser, workbench: Serving, pictures: Path, title: str
):
    n_tables = walk(browser, workbench, title, pictures, title)
    assert (n_tables > 0) == (title not in ("Coding", "Runs")), "nothing is coded, and steps ran without a run"


def test_a_methodologist_follows_the_coding_on_either_screen(
    browser: Browser, coding_workbench: Serving, pictures: Path
):
    assert walk(browser, coding_workbench, "Coding", pictures, "Coding of a study") > 0


def test_the_choice_of_a_fit_is_kept_in_the_address(browser: Browser, workbench: Serving):
    page, _, _ = watched(browser, WIDTHS[0])
    page.goto(f"{workbench.address}/models")
    page.get_by_role("combobox").click()
    chosen = page.get_by_role("option").last
    name = chosen.inner_text()
    chosen.click()
    page.wait_for_url(f"**/models?fit={name}", timeout=READY_SECONDS * 1000)
    page.goto(page.url)
    page.get_by_text(f"sensemaking rerun STUDY {name}").wait_for(timeout=READY_SECONDS * 1000)
    page.close()


def test_the_end_leaves_no_copy_behind(workbench: Serving):
    assert list((workbench.study / "warehouse" / "workbench").iterdir())
    workbench.process.send_signal(signal.SIGTERM)
    assert workbench.process.wait(60) == 0
    assert not list((workbench.study / "warehouse" / "workbench").iterdir())
