"""Parts of pages that are drawn once and shown again as they were: most of what a page run would cost.

A part is known by what it shows: the release file, what its viewer may see, the language, and the reader's choices.
Whether the release may still be shown, and to whom, is found out anew at every page run, before any part.
"""

from collections.abc import Callable

import streamlit as st

from dashboard.views.page import Page

PARTS_KEPT = 256


def show_part(page: Page, part: Callable[..., None], *choices: str) -> None:
    """Show a part of a page, drawn only where nobody has seen the same before.

    Args:
        page: What the page run shows.
        part: Draws it from the page and the choices, and nothing else; it offers no choice of its own.
        choices: What the reader chose of what the part depends on.
    """
    _drawn(f"{part.__module__}.{part.__qualname__}", page.identity, choices, lambda: part(page, *choices))


@st.cache_resource(max_entries=PARTS_KEPT, show_spinner=False)
def _drawn(part: str, identity: tuple[str, ...], choices: tuple[str, ...], _draw: Callable[[], None]) -> None:  # noqa: ARG001
    _draw()
