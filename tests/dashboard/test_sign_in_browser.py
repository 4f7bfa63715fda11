"""People sign in with a real browser at a small provider: who is listed sees what they may, everybody else nothing."""

import http.client
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import build_release
import pandas as pd
import pytest
from axe import faults_anywhere
from chromium import free_port, served, wait_until_drawn, written_down
from oidc_provider import CLIENT_ID, CLIENT_SECRET, VALID_SECONDS, Provider, provided
from playwright.sync_api import Browser, Page

from dashboard.wording import WORDINGS
from pipelines.access import FILE
from pipelines.access_secrets import FILE as SECRETS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWN, OTHER = "Org 01", "Org 04"
OWN_MEAN, OTHER_MEAN = "2.22", "4.56"
ANNA, BO = "anna@example.org", "bo@example.org"
PEOPLE = {
    ANNA: f"  - person: {ANNA}\n    role: executive\n",
    BO: f"  - person: {BO}\n    role: unit\n    units: [{OWN}]\n",
}
HEADING = "Making sense of co-production"
NOT_LISTED = "you have not been given access"
PLEASE_SIGN_IN = "These results are for people who were given access."


@dataclass
class Dashboard:
    """A dashboard that people sign in to, with its provider and its access file."""

    address: str
    provider: Provider
    access: Path

    def let_in(self, *people: str) -> None:
        """Write the access file anew."""
        said = (
            f"address: {self.address}\nprovider:\n  issuer: {self.provider.issuer}\n  client_id: {CLIENT_ID}\npeople:\n"
        )
        draft = self.access.with_suffix(".draft")
        draft.write_text(said + "".join(PEOPLE[each] for each in people), encoding="utf-8")
        draft.replace(self.access)


def _tables() -> dict[str, pd.DataFrame]:
    """Give every organisation but one figures that stand nowhere else in the release."""
    tables = build_release.release_tables()
    cells = tables["out.unit_means"]
    figures = ["mean", "conf_low", "conf_high", "percent_high", "n_obs", "is_hidden"]
    for is_own, values in ((True, (2.22, 2.12, 2.32, 61, 15, False)), (False, (4.56, 4.51, 4.61, 87, 98765, False))):
        chosen = (cells["level"] == "organisation") & ((cells["unit"] == OWN) == is_own)
        cells.loc[chosen, figures] = values
    return tables


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    folder = tmp_path_factory.mktemp("study")
    build_release.point_at(folder / "releases", build_release.write_release(folder / "releases", _tables()))
    secrets = folder / SECRETS
    secrets.touch(mode=0o600)
    secrets.write_text(f"client_secret: {CLIENT_SECRET}\ncookie_secret: {'c' * 32}\n")
    port = free_port()
    with provided() as provider:
        found = Dashboard(f"http://127.0.0.1:{port}", provider, folder / FILE)
        found.let_in(ANNA, BO)
        with served(folder / "releases", found.access, port):
            yield found


@dataclass
class Visit:
    """One browser of one person: its pages share what the browser keeps."""

    dashboard: Dashboard
    open_tab: Callable[[], Page]
    frames: list[bytes] = field(default_factory=list)

    def tab(self, path: str = "/?lang=en") -> Page:
        page = self.open_tab()
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))
        page.goto(self.dashboard.address + path)
        return page

    def _hear(self, frame: bytes | str) -> None:
        self.frames.append(frame if isinstance(frame, bytes) else frame.encode())

    def heard(self, text: str) -> bool:
        return any(text.encode() in frame for frame in self.frames)

    def sign_in(self, **claims: object) -> Page:
        self.dashboard.provider.claims = claims
        page = self.tab()
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.dashboard.address}/")
        return page


@pytest.fixture
def visit(browser: Browser, dashboard: Dashboard) -> Iterator[Visit]:
    dashboard.let_in(ANNA, BO)
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    yield Visit(dashboard, context.new_page)
    context.close()


def sees(page: Page, text: str) -> None:
    page.get_by_text(text).first.wait_for()


def has_no_results(visit: Visit) -> bool:
    return not any(
        visit.heard(text) for text in ("arrowVegaLiteChart", "arrow_vega_lite", "Who answered", HEADING, OWN)
    )


@pytest.mark.parametrize(("host", "answer"), [("127.0.0.1", 101), ("evil.example.org", 403)])
def test_another_web_site_cannot_pass_for_the_dashboard(dashboard: Dashboard, host: str, answer: int):
    """A site whose name is turned to 127.0.0.1 while somebody looks at it is of the same origin for the browser."""
    port = urlsplit(dashboard.address).port
    asked = {
        "Host": f"{host}:{port}",
        "Origin": f"http://{host}:{port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "c2Vuc2VtYWtpbmctdGVzdA==",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/_stcore/stream", headers=asked)
    answered = connection.getresponse().status
    connection.close()
    assert answered == answer


@pytest.mark.parametrize(("language", "told"), [("en", PLEASE_SIGN_IN), ("da", "Resultaterne er for personer")])
def test_nothing_is_sent_before_somebody_signs_in(visit: Visit, language: str, told: str):
    for path in ("/", "/units", "/results", "/method"):
        sees(visit.tab(f"{path}?lang={language}"), told)
    assert has_no_results(visit)


def test_executive_signs_in_sees_every_organisation_and_signs_out_of_every_tab(visit: Visit):
    page = visit.sign_in(email=ANNA)
    sees(page, HEADING)
    wait_until_drawn(page)
    second = visit.tab("/units?lang=en&group=FRL&wave=spring")
    wait_until_drawn(second, charts=2)
    assert visit.heard(OTHER_MEAN)
    assert visit.heard(OTHER)
    assert not has_no_results(visit), "what is looked for is what results are sent as"
    assert {"/authorize", "/token", "/keys"} <= set(visit.dashboard.provider.requests)
    page.get_by_role("button", name="Sign out").click()
    sees(page, PLEASE_SIGN_IN)
    assert "/end" in visit.dashboard.provider.requests
    second.get_by_text("Citizens", exact=True).first.click()
    sees(second, PLEASE_SIGN_IN)
    sees(visit.tab(), PLEASE_SIGN_IN)
    cookies = {each.get("name", "") for each in page.context.cookies()}
    assert not {name for name in cookies if name.startswith("_streamlit_user")}


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"email": ANNA, "aud": "another", "azp": CLIENT_ID}, "Your sign-in was not made for this dashboard."),
        ({"email": ANNA, "email_verified": False}, "nobody has checked yet that this address is yours"),
        ({"email": "carla@example.org"}, NOT_LISTED),
        ({"exp": 0, "email": ANNA}, PLEASE_SIGN_IN),
        ({"aud": "another", "email": ANNA}, PLEASE_SIGN_IN),
        ({"iss": "https://login.example.org", "email": ANNA}, PLEASE_SIGN_IN),
        ({"nonce": "of another sign-in", "email": ANNA}, PLEASE_SIGN_IN),
    ],
    ids=["audience", "unverified", "unlisted", "over", "no audience", "issuer", "nonce"],
)
def test_who_is_not_let_in_is_told_why_and_sent_nothing(visit: Visit, claims: dict[str, object], told: str):
    page = visit.sign_in(**claims)
    sees(page, told)
    assert has_no_results(visit)


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize(
    ("reason", "claims"),
    [
        ("signed_out", None),
        ("not_listed", {"email": "carla@example.org"}),
        ("email_not_verified", {"email": ANNA, "email_verified": False}),
    ],
)
def test_screen_of_who_is_not_let_in_is_for_everybody(
    visit: Visit, pictures: Path, reason: str, claims: dict[str, object] | None, language: str
):
    person = (claims or {}).get("email")
    told = {each: words[f"denied_{reason}"].format(person=person) for each, words in WORDINGS.items()}
    page = visit.tab() if claims is None else visit.sign_in(**claims)
    sees(page, told["en"])
    complaints, hosts = written_down(page)
    page.goto(f"{visit.dashboard.address}/?lang={language}")
    sees(page, told[language])
    found = faults_anywhere(page, pictures, f"{reason}-{language}")
    title, spoken = page.title(), page.evaluate("document.documentElement.lang")
    assert found == {}
    assert complaints == []
    assert hosts == {"127.0.0.1"}
    assert (title, spoken) == (WORDINGS[language]["dashboard"], language)


def test_sign_in_that_runs_out_ends_the_session_and_can_be_renewed(visit: Visit):
    page = visit.sign_in(email=ANNA, exp=int(time.time()) + 15)
    sees(page, HEADING)
    page.get_by_role("radio", name="Dansk").click()
    sees(page, "Hvem har svaret")
    sees(page, "Dit log-in er udløbet.")
    page.locator("[data-testid=stVegaLiteChart]").first.wait_for(state="detached")
    visit.dashboard.provider.claims = {"email": ANNA, "exp": int(time.time()) + VALID_SECONDS}
    page.get_by_role("button", name="Log ind").click()
    sees(page, HEADING)


@pytest.mark.parametrize(("role", "name"), [("link", "Organisations"), ("radio", "Citizens")], ids=["page", "choice"])
@pytest.mark.parametrize("left", [(BO,), ()], ids=["struck off", "no list"])
def test_who_is_struck_off_while_looking_sees_nothing_more(
    visit: Visit, left: tuple[str, ...], role: Literal["link", "radio"], name: str
):
    page = visit.sign_in(email=ANNA)
    sees(page, HEADING)
    wait_until_drawn(page)
    visit.dashboard.let_in(*left)
    visit.frames.clear()
    page.get_by_role(role, name=name).first.click()
    sees(page, NOT_LISTED if left else "the list of who may see them cannot be used")
    page.locator("[data-testid=stVegaLiteChart]").first.wait_for(state="detached")
    assert has_no_results(visit)


def test_reader_of_one_unit_is_sent_the_figures_of_no_other(visit: Visit):
    page = visit.sign_in(email=BO)
    sees(page, f"and the scores of {OWN}")
    for path in ("/units?lang=en", f"/units?lang=en&unit={OTHER}&region=north&from=2", "/method?lang=en", "/results"):
        tab = visit.tab(path)
        sees(tab, HEADING)
        tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    units = visit.tab(f"/units?lang=en&unit={OTHER}")
    wait_until_drawn(units, charts=2)
    assert visit.heard(OWN_MEAN)
    assert OTHER not in units.url
    strangers = [name for name in build_release.ORGANISATIONS if name != OWN]
    told = [OTHER_MEAN, "4.51", "98765", "98,765", "south", *(name.strip("\u202e") for name in strangers)]
    assert [text for text in told if visit.heard(text)] == []
    assert units.get_by_role("link", name="Organisations").count() >= 1
