"""The executives' dashboard: finds the current release, chooses the language, runs one page.

Started by ``sensemaking dashboard``; the folder of releases comes in the environment variable SENSEMAKING_RELEASES.
"""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from dashboard import audience, queries, sign_in
from dashboard.addresses import PAGES
from dashboard.document import dress
from dashboard.figures import date
from dashboard.identity import Denied
from dashboard.views import integration, method, overview, perspectives, results, take_away, units
from dashboard.views.opening import open_page
from dashboard.views.page import Page, choose, chosen, names_in, plain
from dashboard.wording import DEFAULT_LANGUAGE, WORDINGS, Words

VIEWS: Mapping[str, Callable[[Page], None]] = {
    "overview": overview.show,
    "perspectives": perspectives.show,
    "integration": integration.show,
    "units": units.show,
    "results": results.show,
    "take_away": take_away.show,
    "method": method.show,
}
"""Wording key of a page's title → what shows it."""


def main() -> None:
    """Run the dashboard once, for one visitor and one interaction."""
    st.set_page_config(layout="wide")
    viewer, shown = audience.look()
    if isinstance(viewer, Denied):
        sign_in.show_denied(viewer)
        return
    if shown.release is None:
        _show_nothing(shown)
        return
    languages = _languages(queries.manifest(shown.release))
    page = open_page(shown.release, chosen("lang", languages, languages[0]))
    say = page.words.say
    entries = [
        st.Page(partial(show, page), title=say(title), url_path=PAGES[title] or title, default=not PAGES[title])
        for title, show in VIEWS.items()
    ]
    entry = st.navigation(sign_in.permitted(entries, viewer.permission), position="top")
    _show_head(page, shown)
    if viewer.has_signed_in:
        sign_in.show_viewer(viewer.permission, page.words)
    entry.run()


def _languages(manifest: Mapping[str, str]) -> list[str]:
    released = [language for language in names_in(manifest.get("languages", "")) if language in WORDINGS]
    return released or [DEFAULT_LANGUAGE]


def _show_nothing(shown: queries.Shown) -> None:
    words = sign_in.show_front()
    say = st.info if shown.trouble == "nothing_released" else st.warning
    say(_trouble(words, shown))


def _trouble(words: Words, shown: queries.Shown) -> str:
    return words.say(str(shown.trouble), until=date(shown.until, words.language))


def _show_head(page: Page, shown: queries.Shown) -> None:
    """Write what stands above every page: warnings, title, release, language."""
    words, release = page.words, page.release
    dress(words)
    if shown.trouble is not None:
        st.warning(words.say("last_good", release=release.number, reason=_trouble(words, shown)))
    if page.manifest.get("is_synthetic", "").casefold() == "true":
        st.warning(f"**{words.say('synthetic')}**")
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    with left:
        titles = [text for (kind, _), text in words.titles.items() if kind == "study_title"]
        st.title(plain(titles[0] if titles else words.say("dashboard")), anchor=False)
        published = date(release.published_at, words.language)
        least = page.manifest.get("least_cell_size", "10")
        st.caption(words.say("release_line", release=release.number, date=published, least=least))
    with right:
        languages = _languages(page.manifest)
        choose("lang", languages, languages[0], words.say("choose_language"), lambda code: WORDINGS[code]["language"])


if __name__ == "__main__":
    main()
