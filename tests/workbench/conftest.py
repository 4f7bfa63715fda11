"""Pages of this process over a study folder that a test names, and the workbench as a program of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from workbench_pages import Seen, open_page
from workbench_studies import build_coded_and_read_study, build_planned_and_released_study

from pipelines.workbench.opening import ROOM_VARIABLE, STUDY_VARIABLE
from tests.dashboard.chromium import wait_until_ready
from tests.served_commands import Serving, serving


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Callable[..., Seen]]]:
    """Let pages be those of a study."""

    def over(folder: Path) -> Callable[..., Seen]:
        monkeypatch.setenv(STUDY_VARIABLE, str(folder))
        monkeypatch.setenv(ROOM_VARIABLE, str(tmp_path / "copies"))
        return open_page

    yield over
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """``sensemaking workbench`` over a study with a locked plan, fits, measurement and a release."""
    folder = tmp_path_factory.mktemp("workbench")
    with serving(folder / "log", "workbench", build_planned_and_released_study(folder / "small")) as served:
        wait_until_ready(served.address)
        yield served


@pytest.fixture(scope="module")
def coding_workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """``sensemaking workbench`` over a study whose answers were coded by two."""
    folder = tmp_path_factory.mktemp("coding")
    with serving(folder / "log", "workbench", build_coded_and_read_study(folder / "small")) as served:
        wait_until_ready(served.address)
        yield served
