"""A page of the workbench as a methodologist meets it, run in this process over a study folder."""

import json
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pipelines.workbench.launch import APP
from pipelines.workbench.opening import ROOM_VARIABLE, STUDY_VARIABLE


class Seen:
    """What a reader of one page run meets."""

    def __init__(self, app: AppTest) -> None:
        self.app = app
        self.tables = {frame.proto.alt: frame.value for frame in app.dataframe}
        self.subheaders = [each.value for each in app.subheader]
        self.captions = [each.value for each in app.caption]
        self.text = "\n".join(each.value for kind in (app.text, app.warning, app.info, app.caption) for each in kind)
        self.drawings = [each for each in _protos(app) if each.WhichOneof("type") == "imgs"]
        shown = [frame.value.to_csv() for frame in app.dataframe]
        self.everything = "\n".join([self.text, *shown, json.dumps([str(each) for each in _protos(app)])])


def _protos(app: AppTest) -> list:
    return [each.proto for each in app.get("imgs")]


@contextmanager
def of_study(folder: Path, room: Path, monkeypatch):
    """Let pages of this process be those of a study."""
    room.mkdir(parents=True, exist_ok=True)
    with monkeypatch.context() as patched:
        patched.setenv(STUDY_VARIABLE, str(folder))
        patched.setenv(ROOM_VARIABLE, str(room))
        yield
    st.cache_resource.clear()


def open_page(page: str, **query: str) -> Seen:
    """Open a page by its title, with query parameters."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params.update(query)
    app._page_hash = calc_hash("" if page == "Fieldwork" else page.lower().replace(" ", "-"))
    app.run()
    assert not app.exception, [error.message for error in app.exception]
    return Seen(app)
