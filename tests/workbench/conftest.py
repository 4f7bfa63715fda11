"""Pages of this process over a study folder that a test names."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from workbench_pages import Seen, open_page

from pipelines.workbench.opening import ROOM_VARIABLE, STUDY_VARIABLE


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Callable[..., Seen]]]:
    """Let pages be those of a study."""

    def over(folder: Path) -> Callable[..., Seen]:
        monkeypatch.setenv(STUDY_VARIABLE, str(folder))
        monkeypatch.setenv(ROOM_VARIABLE, str(tmp_path / "copies"))
        return open_page

    yield over
    st.cache_resource.clear()
