"""A page of the dashboard as a reader meets it, run in this process over releases of a folder."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import build_release
import pandas as pd
import pytest
import streamlit as st
from chromium import chromium, served
from playwright.sync_api import Browser
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.launch import ADDRESS, APP
from dashboard.pointer import FOLDER_VARIABLE

HEAD = '<div class="figures">'
TILES = '<ul class="tiles"'


def frame_of(html: str) -> pd.DataFrame:
    """Read a table of a page."""
    table = ET.fromstring(html)
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
    return pd.DataFrame(rows[1:], columns=rows[0])


def lines_of(html: str) -> list[str]:
    """Read the lines of the tiles of a page; of other HTML, none."""
    return ["".join(line.itertext()) for line in ET.fromstring(html).iter("p")] if html.startswith(TILES) else []


class Seen:
    """What a reader of one page run meets."""

    def __init__(self, app: AppTest, charts: list[dict]) -> None:
        self.app = app
        self.charts_drawn = list(charts)
        self.charts = json.dumps(charts, ensure_ascii=False)
        self.frames = [frame_of(element.proto.body) for element in app.get("html") if HEAD in element.proto.body]
        self.tables = "\n".join(frame.to_csv() for frame in self.frames)
        self.warnings = [warning.value for warning in app.warning]
        kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.warning, app.info)
        self.text = "\n".join(element.value for kind in kinds for element in kind)
        self.text += "\n".join(line for element in app.get("html") for line in lines_of(element.proto.body))
        self.everything = self.text + self.tables + self.charts


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dashboard that shows an invented release."""
    releases = tmp_path_factory.mktemp("releases")
    build_release.publish(releases)
    with served(releases) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of a file."""
    with chromium() as found:
        yield found


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., "Seen"]:
    """Open a page of the dashboard over the releases in ``tmp_path``, with query parameters."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    config.set_option("server.address", ADDRESS)
    charts: list[dict] = []
    draw = st.altair_chart

    def record(chart, **options):
        charts.append({**chart.to_dict(validate=True), "alt": options["alt"]})
        return draw(chart, **options)

    monkeypatch.setattr(st, "altair_chart", record)

    def open_it(page: str = "overview", app: AppTest | None = None, **query: str) -> Seen:
        app = app or AppTest.from_file(str(APP), default_timeout=60)
        app.query_params.update(query)
        app._page_hash = calc_hash("" if page == "overview" else page)
        charts.clear()
        st.cache_resource.clear()
        app.run()
        assert not app.exception, [error.message for error in app.exception]
        return Seen(app, charts)

    return open_it
