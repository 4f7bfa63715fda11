"""Addresses as browsers ask for them: every spelling of a page's leads to it, unknown ones get kind words."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from starlette.responses import PlainTextResponse

from dashboard.addresses import PAGES, Addresses
from dashboard.app import VIEWS
from dashboard.wording import WORDINGS

OPENED: Mapping[str, str] = {"sec-fetch-dest": "document"}
HANDED_ON = "handed on"


def ask(address: str, headers: Mapping[str, str] = OPENED, method: str = "GET") -> httpx.Response:
    """Ask for an address of the dashboard; what is handed on to Streamlit is answered by one text."""

    async def answered() -> httpx.Response:
        transport = httpx.ASGITransport(app=Addresses(PlainTextResponse(HANDED_ON)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, address, headers=dict(headers))

    return asyncio.run(answered())


def test_every_page_has_an_address():
    assert list(PAGES) == list(VIEWS)


@pytest.mark.parametrize("address", ["/", "/?lang=da", *(f"/{each}?lang=da" for each in PAGES.values() if each)])
def test_address_of_a_page_is_handed_on(address: str):
    assert ask(address).text == HANDED_ON


@pytest.mark.parametrize(
    ("address", "lead_to"),
    [
        ("/overview", "/"),
        ("/overview?lang=da&group=FRL", "/?lang=da&group=FRL"),
        ("/Overview/", "/"),
        ("/units/", "/units"),
        ("/Take_Away?lang=da", "/take-away?lang=da"),
        ("/overview?next=//evil.example.org", "/?next=//evil.example.org"),
    ],
)
def test_other_spelling_leads_to_the_page_with_its_choices(address: str, lead_to: str):
    answer = ask(address)
    assert (answer.status_code, answer.headers["location"]) == (307, lead_to)


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize(
    "address",
    [
        "/overveiw",
        "/units/Org%2001",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "http://127.0.0.1//evil.example.org/units",
        "/../x",
    ],
)
def test_unknown_address_is_told_kindly_in_the_readers_language(address: str, language: str):
    by_link = ask(f"{address}?lang={language}")
    by_browser = ask(address, {**OPENED, "accept-language": f"fr, {language}-XX;q=0.8"})
    assert by_link.text == by_browser.text
    assert by_link.status_code == 404
    assert f'<html lang="{language}">' in by_link.text
    assert WORDINGS[language]["unknown_address_told"] in by_link.text
    assert [title for title in PAGES if WORDINGS[language][title] not in by_link.text] == []
    assert "script" not in by_link.text
    assert "evil" not in by_link.text


@pytest.mark.parametrize("lang", ["", "xx", "%00", "en%22%3E%3Cscript%3E"])
def test_language_that_there_is_not_is_taken_for_english(lang: str):
    assert ask(f"/nowhere?lang={lang}").text == ask("/nowhere?lang=en").text


@pytest.mark.parametrize(
    ("address", "headers", "method"),
    [
        ("/_stcore/health", OPENED, "GET"),
        ("/oauth2callback?code=1", OPENED, "GET"),
        ("/auth/login", OPENED, "GET"),
        ("/media/file.pdf", OPENED, "GET"),
        ("/static/js/index.js", {"sec-fetch-dest": "script"}, "GET"),
        ("/favicon.png", {"sec-fetch-dest": "image"}, "GET"),
        ("/units/_stcore/health", {"sec-fetch-dest": "empty"}, "GET"),
        ("/nowhere", {}, "GET"),
        ("/nowhere", OPENED, "POST"),
    ],
)
def test_what_is_not_opened_as_a_page_is_left_to_the_server(address: str, headers: Mapping[str, str], method: str):
    assert ask(address, headers, method).text == HANDED_ON
