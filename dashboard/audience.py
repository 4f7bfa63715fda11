"""Who looks now and which release they may see: found out before anything is shown, at every run of a page or part."""

import os
from pathlib import Path

import streamlit as st

from dashboard import queries, sign_in
from dashboard.identity import Denied
from dashboard.pointer import FOLDER_VARIABLE

_MEMORY = "looked_at"
Look = tuple[sign_in.Viewer | Denied, queries.Shown]
"""Who looks, and what is shown to them; no release to somebody who is denied."""


def look() -> Look:
    """Find out who looks and what is shown to them, and remember it for this visitor."""
    found = st.session_state[_MEMORY] = _look()
    return found


def has_changed() -> bool:
    """Tell whether somebody else looks, or other things are shown, than when the page of this visitor was run."""
    return _look() != st.session_state.get(_MEMORY)


def _look() -> Look:
    viewer = sign_in.viewer()
    folder = os.environ.get(FOLDER_VARIABLE, "")
    if isinstance(viewer, Denied) or not folder:
        return viewer, queries.Shown(None, "no_folder")
    return viewer, queries.reader_of(Path(folder)).shown(viewer.permission)
