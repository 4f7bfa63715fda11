"""A part of a page in which readers choose: a choice runs the part again and leaves the rest of the page alone."""

from collections.abc import Callable

import streamlit as st

from dashboard import audience
from dashboard.views.page import Page


@st.fragment
def show_choices(page: Page, part: Callable[[Page], None]) -> None:
    """Show a part with its choices; the whole page anew once another release is out or its viewer may see less.

    Args:
        page: What the page run shows.
        part: Shows the part from the page and the choices that it offers.
    """
    if audience.has_changed():
        st.rerun()
    part(page)
