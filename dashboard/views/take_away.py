"""Page of files to carry away: those that were made of the shown release, as they were made."""

import streamlit as st

from dashboard.figures import decimal, whole
from dashboard.reports import KINDS, Carried, carried
from dashboard.views.page import Page, names_in, plain
from dashboard.wording import WORDINGS

KILO, MEGA = 1_000, 1_000_000


def show(page: Page) -> None:
    """Show the page."""
    say, release = page.words.say, page.release
    st.header(say("take_away"), anchor=False)
    st.markdown(say("take_away_intro", release=release.number))
    found = carried(release.folder, release.number, release.sha256)
    for language in _languages(page, found):
        st.subheader(WORDINGS[language]["language"], anchor=False)
        offered = [each for each in found if each.language == language and each.content is not None]
        for each in sorted(offered, key=lambda each: list(KINDS).index(each.kind)):
            _offer(page, each)
        if not offered:
            st.markdown(say("take_away_none"))
            command = f"sensemaking report STUDY --release {release.number} --language {language}"
            st.markdown(f"**{plain(command)}**")
    troubles = [each for each in found if each.content is None]
    if troubles:
        st.warning("\n".join(f"- {say(str(each.trouble), file=plain(each.name))}" for each in troubles))
    st.caption(say("take_away_reading"))


def _languages(page: Page, found: list[Carried]) -> list[str]:
    """Return languages of the release and of files, that of the page first."""
    offered = [each.language for each in found if each.content is not None]
    known = [each for each in (*names_in(page.manifest.get("languages", "")), *offered) if each in WORDINGS]
    return list(dict.fromkeys([page.words.language, *known]))


def _offer(page: Page, file: Carried) -> None:
    say, content = page.words.say, file.content or b""
    size, language = _size(len(content), page.words.language), WORDINGS[file.language]["language"]
    st.markdown(say(f"carried_{file.kind}"))
    st.download_button(
        say("download", kind=say(f"kind_{file.kind}"), language=language, size=size),
        content,
        file_name=file.name,
        mime=KINDS[file.kind],
        key=f"download_{file.name}",
        on_click="ignore",
    )


def _size(n_bytes: int, language: str) -> str:
    if n_bytes < MEGA:
        return f"{whole(max(1, round(n_bytes / KILO)), language)} kB"
    return f"{decimal(n_bytes / MEGA, language, 1)} MB"
