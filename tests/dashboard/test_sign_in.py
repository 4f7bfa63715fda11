"""Pages for people who may not see the results, and for readers of some units, run in this process."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import build_release
import pytest
import streamlit as st
from streamlit import config

from dashboard import sign_in
from dashboard.identity import Denial, Denied
from dashboard.open_release import Release
from dashboard.permission import WHOLE_RELEASE, Permission
from dashboard.served import sign_in_settings
from dashboard.sign_in import Viewer, is_still_seen
from dashboard.wording import WORDINGS, Words
from pipelines.access import FILE, VARIABLE, read_access
from pipelines.access_secrets import AccessSecrets

OWN, OTHER = "Org 01", "Org 04"
ACCESS = f"""\
address: http://127.0.0.1:8501
provider:
  issuer: https://login.example.org/realms/city/
  client_id: sensemaking
people:
  - person: anna@example.org
    role: executive
  - person: bo@example.org
    role: unit
    units: [{OWN}]
  - person: carla@example.org
    role: unit
    units: [Org 99]
"""
CLAIMS = {
    "is_logged_in": True,
    "iss": "https://login.example.org/realms/city/",
    "aud": "sensemaking",
    "email_verified": True,
}


@pytest.fixture
def read_as(open_page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Open a page as somebody: their claims, over those of a sign-in that lasts an hour."""
    build_release.publish(tmp_path)
    (tmp_path / FILE).write_text(ACCESS, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path / FILE))

    def read(page: str = "overview", app=None, query: dict[str, str] | None = None, **claims: object):
        said = {**CLAIMS, "exp": time.time() + 3600, **claims}
        monkeypatch.setattr(sign_in, "claims_of_browser", lambda: said)
        return open_page(page, app, **(query or {}))

    return read


def button_of(seen) -> list[str]:
    return [button.label for button in seen.app.button]


@pytest.mark.parametrize("language", WORDINGS)
def test_every_reason_to_show_nothing_has_words(language: str):
    told = [Words(language).say(f"denied_{reason}", person="bo@example.org") for reason in get_args(Denial)]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("claims", "told", "offered"),
    [
        ({"is_logged_in": False}, "denied_signed_out", "sign_in"),
        ({"email": "anna@example.org", "exp": 1}, "denied_expired", "sign_in"),
        ({"email": "anna@example.org", "aud": "another"}, "denied_not_for_this_dashboard", "sign_out"),
        ({"email": "*dora*@example.org"}, "denied_not_listed", "sign_out"),
    ],
)
@pytest.mark.parametrize("language", WORDINGS)
def test_who_is_not_let_in_reads_why_and_nothing_is_asked_of_a_release(
    read_as, monkeypatch: pytest.MonkeyPatch, language: str, claims: dict[str, object], told: str, offered: str
):
    monkeypatch.setattr(Release, "ask", lambda *_, **__: pytest.fail("a release was asked"))
    seen = read_as("units", query={"lang": language}, **claims)
    words = Words(language)
    assert words.say(told, person=r"\*dora\*@example.org") in seen.text
    assert button_of(seen) == [words.say(offered)]
    assert seen.charts_drawn == []


def test_without_sign_in_another_address_than_this_machine_shows_nothing(
    open_page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    build_release.publish(tmp_path)
    monkeypatch.setattr(st, "get_option", lambda name: {"server.address": "0.0.0.0"}.get(name, config.get_option(name)))
    seen = open_page(lang="en")
    assert Words("en").say("denied_not_local") in seen.text
    assert (seen.charts_drawn, button_of(seen)) == ([], [])


def test_access_file_that_is_gone_lets_nobody_in(read_as, tmp_path: Path):
    (tmp_path / FILE).unlink()
    assert Words("en").say("denied_access_unusable") in read_as(email="anna@example.org").text


def test_executive_sees_every_organisation_and_can_sign_out(read_as):
    seen = read_as("units", email="anna@example.org")
    assert OTHER in seen.everything
    assert button_of(seen) == ["Sign out"]


@pytest.mark.parametrize("query", [{}, {"unit": OTHER, "region": "south", "from": "2", "group": "CIT"}])
def test_reader_of_a_unit_sees_its_figures_and_no_other_whatever_the_address_says(read_as, query: dict[str, str]):
    seen = read_as("units", query=query, email="bo@example.org")
    assert Words("en").say("own_units_only", units=OWN) in seen.text
    assert OWN in seen.charts
    assert [name for name in build_release.ORGANISATIONS if name != OWN and name in seen.everything] == []
    choices = [option for box in seen.app.selectbox for option in box.options]
    assert OTHER not in choices


@pytest.mark.parametrize(
    ("found", "is_seen"),
    [
        (Viewer(WHOLE_RELEASE, has_signed_in=True), True),
        (Viewer(Permission(whole_release=False, units=frozenset({OWN})), has_signed_in=True), False),
        (Denied("not_listed"), False),
    ],
    ids=["the same", "less", "nothing"],
)
def test_screen_left_open_stays_only_while_its_viewer_may_see_the_same(found: Viewer | Denied, is_seen: bool):
    assert is_still_seen(found, WHOLE_RELEASE) == is_seen


def test_reader_of_a_unit_that_the_release_does_not_show_is_told_so(read_as):
    seen = read_as("units", email="carla@example.org")
    assert Words("en").say("no_own_units", units="Org 99") in seen.text
    assert seen.charts_drawn == []


def test_choice_made_as_an_executive_is_forgotten_when_only_a_unit_is_left(read_as, tmp_path: Path):
    first = read_as("units", query={"unit": OTHER, "group": "FRL"}, email="anna@example.org")
    assert OTHER in first.charts
    (tmp_path / FILE).write_text(ACCESS.replace("bo@", "anna@").replace("anna@", "erik@", 1), encoding="utf-8")
    second = read_as("units", first.app, email="anna@example.org")
    assert OWN in second.charts
    assert OTHER not in second.everything
    assert "unit" not in second.app.query_params or second.app.query_params["unit"] != [OTHER]


def test_streamlit_is_told_where_to_sign_in_and_asks_for_no_more_than_the_claim(tmp_path: Path):
    (tmp_path / FILE).write_text(ACCESS, encoding="utf-8")
    settings = sign_in_settings(read_access(tmp_path / FILE), AccessSecrets("hush", "c" * 32))["auth"]
    assert settings["redirect_uri"] == "http://127.0.0.1:8501/oauth2callback"
    assert settings["server_metadata_url"] == "https://login.example.org/realms/city/.well-known/openid-configuration"
    assert settings["client_kwargs"] == {"scope": "openid email"}
    assert "expose_tokens" not in settings
