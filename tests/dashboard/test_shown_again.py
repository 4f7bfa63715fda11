"""What was drawn once is shown again as it was: the same to the same kind of viewer, never to another."""

from pathlib import Path

import build_release
import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import sign_in
from dashboard.launch import ADDRESS, APP
from dashboard.permission import WHOLE_RELEASE, Permission
from dashboard.pointer import FOLDER_VARIABLE
from dashboard.views import shown_again

PAGES = ("overview", "perspectives", "integration", "units", "results", "method")


@pytest.fixture(autouse=True)
def _nothing_drawn_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    st.cache_resource.clear()
    config.set_option("server.address", ADDRESS)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    build_release.publish(tmp_path)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the parts that were drawn, not shown again."""
    found: list[str] = []
    show_part = shown_again._drawn

    def noted(part, identity, choices, draw):
        show_part(part, identity, choices, lambda: (found.append(part), draw()))

    monkeypatch.setattr(shown_again, "_drawn", noted)
    return found


def elements(page: str, **query: str) -> list[bytes]:
    """Open a page as somebody who comes for the first time and return every element on it, as sent to the browser."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update(query)
    app._page_hash = calc_hash("" if page == "overview" else page)
    app.run()
    assert not app.exception
    sent = [getattr(element, "proto", None) for element in app.main]
    return [proto.SerializeToString(deterministic=True) for proto in sent if proto is not None]


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("page", PAGES)
def test_a_second_reader_meets_what_the_first_met_and_nothing_is_drawn_for_them(page, language, drawn):
    first = elements(page, lang=language)
    assert drawn
    drawn.clear()
    assert elements(page, lang=language) == first
    assert not drawn


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "one", "other"),
    [
        ("overview", {"lang": "en"}, {"lang": "da"}),
        ("overview", {"group": "TMT"}, {"group": "FRL"}),
        ("overview", {"group": "FRL", "wave": "spring"}, {"group": "FRL", "wave": "autumn"}),
        ("perspectives", {"wave": "spring"}, {"wave": "autumn"}),
        ("integration", {"group": "TMT"}, {"group": "FRL"}),
        ("units", {"unit": "Org 01"}, {"unit": "Org 04"}),
    ],
)
def test_each_choice_has_a_drawing_of_its_own(page, one, other):
    fresh = {"one": elements(page, **one)}
    st.cache_resource.clear()
    fresh["other"] = elements(page, **other)
    assert fresh["one"] != fresh["other"]
    assert elements(page, **one) == fresh["one"]
    assert elements(page, **other) == fresh["other"]


def test_a_new_release_is_drawn_anew(tmp_path):
    first = elements("overview")
    build_release.publish(tmp_path, number=2)
    second = elements("overview")
    st.cache_resource.clear()
    assert first != second == elements("overview")


def test_what_was_drawn_for_one_viewer_is_never_shown_to_one_who_may_see_less(monkeypatch):
    units = build_release.ORGANISATIONS
    permissions = [WHOLE_RELEASE, *(Permission(whole_release=False, units=frozenset({unit})) for unit in units[:3])]

    def as_seen_by(permission: Permission) -> list[bytes]:
        monkeypatch.setattr(sign_in, "viewer", lambda: sign_in.Viewer(permission, has_signed_in=False))
        return elements("units")

    fresh = []
    for permission in permissions:
        st.cache_resource.clear()
        fresh.append(as_seen_by(permission))
    assert [as_seen_by(permission) for permission in permissions] == fresh
    for permission, seen in zip(permissions[1:], fresh[1:], strict=True):
        others = [unit for unit in units if unit not in permission.units]
        assert not any(unit.encode() in element for unit in others for element in seen)


def test_a_part_that_cannot_be_drawn_is_not_remembered(monkeypatch, drawn):
    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("dashboard.views.method._show_protection", fail)
        app = AppTest.from_file(str(APP), default_timeout=60)
        app._page_hash = calc_hash("method")
        assert app.run().exception
    drawn.clear()
    assert elements("method")
    assert drawn
