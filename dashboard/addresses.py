"""Addresses that a browser asks the server for: other spellings of a page's lead to it, unknown ones to kind words.

Streamlit serves the first page at the root alone and answers every other address with it, under an English dialog.
"""

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.palette import DARK, LIGHT
from dashboard.wording import DEFAULT_LANGUAGE, WORDINGS

PAGES: Mapping[str, str] = {
    "overview": "",
    "perspectives": "perspectives",
    "integration": "integration",
    "units": "units",
    "results": "results",
    "take_away": "take-away",
    "method": "method",
}
"""Wording key of a page's title → its address, below the root."""
_OF_THE_SERVER = ("_stcore", "auth", "component", "media", "oauth2callback", "static", "index.html")
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
:root {{color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif}}
body {{max-width: 40rem; margin: 4rem auto; padding: 0 1rem;
  color: light-dark({ink}, {pale}); background: light-dark({paper}, {night})}}
a {{color: light-dark({link}, {light_link})}}
a:focus-visible {{outline: 3px solid currentColor; outline-offset: 2px}}
</style></head><body><main><h1>{title}</h1><p>{told}</p><ul>{links}</ul></main></body></html>"""


class Addresses:
    """Answers what no page is at, and hands everything else on to an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; see the ASGI specification."""
        answer = _answer(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)


def _answer(scope: Scope) -> RedirectResponse | HTMLResponse | None:
    """Return the answer to a browser that opens no page's address; None for Streamlit to answer."""
    headers = Headers(scope=scope)
    asked = scope["path"].strip("/")
    is_opened = headers.get("sec-fetch-dest") == "document" and scope["method"] == "GET"
    if not is_opened or scope["path"] == "/" or asked.partition("/")[0] in _OF_THE_SERVER:
        return None
    query = scope["query_string"].decode("latin-1")
    spelt = asked.casefold().replace("_", "-")
    name = "" if spelt == "overview" else spelt
    if name not in PAGES.values():
        return HTMLResponse(_unknown(_language(query, headers.get("accept-language", ""))), status_code=404)
    address = f"/{name}"
    return None if scope["path"] == address else RedirectResponse(f"{address}?{query}" if query else address)


def _language(query: str, accepted: str) -> str:
    """Return the language in the address, or the first that the browser asks for and there is."""
    asked: Iterable[str] = (*parse_qs(query).get("lang", []), *(each.strip()[:2] for each in accepted.split(",")))
    return next((each for each in asked if each in WORDINGS), DEFAULT_LANGUAGE)


def _unknown(language: str) -> str:
    say = WORDINGS[language]
    links = "".join(
        f'<li><a href="/{address}?lang={language}">{escape(say[title])}</a></li>' for title, address in PAGES.items()
    )
    colours = {
        "ink": LIGHT["textColor"],
        "paper": LIGHT["backgroundColor"],
        "link": LIGHT["primaryColor"],
        "pale": DARK["textColor"],
        "night": DARK["backgroundColor"],
        "light_link": DARK["primaryColor"],
    }
    texts = {"title": escape(say["unknown_address"]), "told": escape(say["unknown_address_told"])}
    return _PAGE.format(language=language, links=links, **texts, **colours)
