"""Screens where there is nothing to see: axe finds nothing, the console is silent, in both languages and themes."""

from collections.abc import Callable
from pathlib import Path

import build_release
import pytest
from axe import faults_anywhere
from chromium import served, watched
from playwright.sync_api import Browser
from test_hostile_releases import FILES, TOMORROW

from dashboard.figures import date
from dashboard.wording import WORDINGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTHING = "nothing_released"
SPOILT: dict[str, Callable[[Path], object]] = {
    NOTHING: lambda folder: (folder / "current.json").unlink(),
    "withdrawn": FILES["withdrawn"][0],
    "under_embargo": FILES["under embargo"][0],
    "no_audit": FILES["no audit"][0],
}
"""What is wrong → what makes it so."""


@pytest.mark.parametrize("reason", SPOILT)
def test_screen_without_a_release_is_for_everybody_in_their_language(
    browser: Browser, tmp_path: Path, pictures: Path, reason: str
):
    build_release.publish(tmp_path)
    SPOILT[reason](tmp_path)
    with served(tmp_path) as address:
        for language in WORDINGS:
            page, complaints, hosts = watched(browser, 1280)
            page.goto(f"{address}/?lang={language}")
            page.get_by_text(WORDINGS[language][reason].format(until=date(TOMORROW, language))).wait_for()
            found = faults_anywhere(page, pictures, f"{reason}-{language}")
            title, spoken = page.title(), page.evaluate("document.documentElement.lang")
            page.close()
            assert found == {}
            assert complaints == []
            assert hosts == {"127.0.0.1"}
            assert (title, spoken) == (WORDINGS[language]["dashboard"], language)


def test_reader_chooses_the_language_of_a_screen_without_a_release(browser: Browser, tmp_path: Path):
    with served(tmp_path) as address:
        page, _, _ = watched(browser, 1280)
        page.goto(address)
        page.get_by_role("radio", name="Dansk").click()
        page.get_by_text(WORDINGS["da"][NOTHING]).wait_for()
        page.close()


@pytest.mark.parametrize("language", WORDINGS)
def test_unknown_address_is_told_kindly_and_leads_to_the_pages(
    browser: Browser, address: str, pictures: Path, language: str
):
    page, _, hosts = watched(browser, 1280)
    page.goto(f"{address}/overveiw?lang={language}")
    page.get_by_text(WORDINGS[language]["unknown_address_told"]).wait_for()
    found = faults_anywhere(page, pictures, f"unknown_address-{language}")
    page.get_by_role("link", name=WORDINGS[language]["method"]).click()
    page.get_by_role("heading", name=WORDINGS[language]["method"]).wait_for()
    page.close()
    assert found == {}
    assert hosts == {"127.0.0.1"}


def test_address_of_the_overview_leads_to_it_with_its_choices(browser: Browser, address: str):
    page, complaints, _ = watched(browser, 1280)
    page.goto(f"{address}/overview?lang=da&group=FRL")
    page.get_by_role("heading", name=WORDINGS["da"]["who_answered"]).wait_for()
    page.get_by_role("radio", name="Frontmedarbejdere", checked=True).first.wait_for()
    assert page.url == f"{address}/?lang=da&group=FRL"
    page.close()
    assert complaints == []
