"""What tests of studies share: pages of the workbench of the study that a module builds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st

from pipelines.workbench.opening import ROOM_VARIABLE, STUDY_VARIABLE
from tests.workbench.workbench_pages import Seen, open_page


@pytest.fixture
def pages(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Seen]]:
    monkeypatch.setenv(STUDY_VARIABLE, str(study))
    monkeypatch.setenv(ROOM_VARIABLE, str(tmp_path / "copies"))
    yield open_page
    st.cache_resource.clear()
