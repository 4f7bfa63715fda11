"""Who looks at the dashboard: anybody on this machine, or people who sign in and are listed in ``access.yaml``.

The access file is read at every interaction, and twice a minute while a page stands open, so that whoever is struck
off it sees nothing from then on.
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.document import dress
from dashboard.identity import Denied, permission_of
from dashboard.launch import ADDRESS
from dashboard.permission import WHOLE_RELEASE, Permission
from dashboard.views.page import choose, plain
from dashboard.wording import DEFAULT_LANGUAGE, WORDINGS, Words
from instruments.faults import SpecError
from pipelines.access import VARIABLE, read_access

MAY_SIGN_IN = ("signed_out", "expired")
MAY_SIGN_OUT = ("not_for_this_dashboard", "no_person", "email_not_verified", "not_listed")
SECONDS_BETWEEN_LOOKS = 30
SIGNED_OUT_KEPT_SECONDS = 31 * 24 * 3600  # a day longer than browsers keep Streamlit's cookie
_signed_out: dict[str, float] = {}
"""Fingerprint of a token whose bearer signed out → when. Streamlit clears the cookie, but other tabs go on with it."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who may see something.

    Attributes:
        permission: What.
        has_signed_in: Whether there is something to sign out of.
    """

    permission: Permission
    has_signed_in: bool


def viewer() -> Viewer | Denied:
    """Find out who interacts now and what they may see."""
    path = os.environ.get(VARIABLE, "")
    if not path:
        is_local = st.get_option("server.address") == ADDRESS
        return Viewer(WHOLE_RELEASE, has_signed_in=False) if is_local else Denied("not_local")
    try:
        access = read_access(Path(path))
    except SpecError:
        return Denied("access_unusable")
    claims = claims_of_browser()
    if _fingerprint(claims) in _signed_out:
        return Denied("signed_out")
    found = permission_of(claims, access, time.time())
    return found if isinstance(found, Denied) else Viewer(found, has_signed_in=True)


def claims_of_browser() -> Mapping[str, object]:
    """Return the claims of the token with which the browser's connection began; nothing before somebody signs in."""
    return {name: value for name, value in st.user.to_dict().items() if name != "tokens"}


def permitted(entries: Sequence[StreamlitPage], permission: Permission) -> list[StreamlitPage]:
    """Return the pages that a viewer may open; the one at the root of the address counts as the overview."""
    return [entry for entry in entries if permission.may_open(entry.url_path or "overview")]


def show_viewer(permission: Permission, words: Words) -> None:
    """Show a viewer who has signed in what is shown to them, and how to sign out; look again while nobody clicks."""
    _look_again(permission)
    left, right = st.columns([5, 1], vertical_alignment="center")
    if not permission.whole_release:
        left.caption(words.say("own_units_only", units=plain(", ".join(sorted(permission.units)))))
    with right:
        offer_sign_out(words)


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _look_again(permission: Permission) -> None:
    """Take the results off a screen that was left open once its viewer may not see them any more, or others."""
    if not is_still_seen(viewer(), permission):
        st.rerun()


def is_still_seen(found: Viewer | Denied, permission: Permission) -> bool:
    """Tell whether somebody may see just what a page was opened for."""
    return isinstance(found, Viewer) and found.permission == permission


def show_denied(denied: Denied) -> None:
    """Show why there is nothing to see and how to sign in or out; no release is opened."""
    words = show_front()
    say = st.info if denied.reason == "signed_out" else st.warning
    say(words.say(f"denied_{denied.reason}", person=plain(denied.person)))
    if denied.reason in MAY_SIGN_IN:
        if st.button(words.say("sign_in"), type="primary"):
            st.login()
    elif denied.reason in MAY_SIGN_OUT:
        offer_sign_out(words)


def show_front() -> Words:
    """Show what stands above a reason why there are no results, and let the reader choose the language of it."""
    language = choose("lang", list(WORDINGS), _language_of_browser(), "Language / Sprog", _name_of_language)
    words = Words(language)
    dress(words)
    st.set_page_config(page_title=words.say("dashboard"))
    st.title(words.say("dashboard"), anchor=False)
    return words


def offer_sign_out(words: Words) -> None:
    """Let the viewer sign out, here and in every other tab with the same token.

    Nothing runs after it: a part that found its viewer gone would run the page again, and Streamlit forgets at a new
    run what it has not sent yet, so that neither the cookie nor the sign-in at the provider would end.
    """
    if st.button(words.say("sign_out")):
        now = time.time()
        for old in [each for each, since in _signed_out.items() if since < now - SIGNED_OUT_KEPT_SECONDS]:
            del _signed_out[old]
        _signed_out[_fingerprint(claims_of_browser())] = now
        st.logout()
        st.stop()


def _fingerprint(claims: Mapping[str, object]) -> str:
    """Tell one sign-in from another: each has a nonce and a time of its own."""
    return hashlib.sha256(json.dumps(claims, sort_keys=True, default=str).encode()).hexdigest()


def _language_of_browser() -> str:
    spoken = (st.context.locale or DEFAULT_LANGUAGE).partition("-")[0]
    return spoken if spoken in WORDINGS else DEFAULT_LANGUAGE


def _name_of_language(code: str) -> str:
    return WORDINGS[code]["language"]
