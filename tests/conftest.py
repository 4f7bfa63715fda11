"""Settings and fixtures of all tests: one thread for linear algebra, the folder of reference data."""

import gc
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from unittest.mock import patch

for _library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_library, "1")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
if "PYTEST_XDIST_WORKER" not in os.environ:
    _keys = tempfile.TemporaryDirectory(prefix="sensemaking-keys-")
    os.environ["SENSEMAKING_KEYS"] = _keys.name

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).parent.parent
settings.register_profile("quick", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("full", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("SENSEMAKING_HYPOTHESIS", "quick"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what all tests share out of Python's search for garbage, which Streamlit asks for at every run of a page."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """Let what was kept out be found again, so that libraries see their objects go before Python ends."""
    gc.unfreeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of minutes begin first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session", autouse=True)
def migrations_of_dagster_are_read_once() -> Iterator[None]:
    """Keep what Alembic reads: for every file of Dagster's records, of which a run makes six, it reads all again."""
    read, kept = ScriptDirectory.from_config, {}

    def once(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        return kept[place] if place in kept else kept.setdefault(place, read(config))

    with patch.object(ScriptDirectory, "from_config", once):
        yield


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder where tests in Chromium keep pictures: the one that SENSEMAKING_PICTURES names, or pytest's own."""
    kept = os.environ.get("SENSEMAKING_PICTURES")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of real exports and R's results; without it tests are skipped, or fail where it must be there."""
    folder = Path(os.environ.get("SENSEMAKING_REFERENCE", CHECKOUT.parent / "shared"))
    if (folder / "data" / "INDEX.md").is_file():
        return folder
    message = f"REFERENCE DATA NOT FOUND in {folder}; set SENSEMAKING_REFERENCE to the folder that holds data/INDEX.md"
    if os.environ.get("SENSEMAKING_REQUIRE_REFERENCE") == "1":
        pytest.fail(message)
    pytest.skip(message)
