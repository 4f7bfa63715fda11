"""Which version of the software made a fit and a release: in fit, file and log; what is older still opens."""

from importlib import metadata

import duckdb
import pytest

from dashboard import queries
from dashboard.permission import WHOLE_RELEASE
from pipelines import release
from pipelines.commands.shown_releases import log_document
from pipelines.release import publish
from pipelines.store import Store
from pipelines.store.released import read_release
from pipelines.tables import out
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study

VERSION = metadata.version("sensemaking")


@pytest.fixture(scope="module")
def study_and_store(tmp_path_factory):
    return bring_up_to_date(build_small_study(tmp_path_factory.mktemp("versions") / "small"))


def test_fits_releases_and_the_log_name_the_version(study_and_store):
    study, store = study_and_store
    assert set(store.read(out.FITS)["software_version"]) == {VERSION}
    number = publish(study, store, "Ann").number
    assert read_release(study.releases, number, (), {}).manifest["software_version"] == VERSION
    assert log_document(study)["releases"][-1]["software_version"] == VERSION


def test_what_was_made_before_the_version_was_recorded_still_opens(study_and_store, monkeypatch):
    study, store = study_and_store
    made = release._manifest
    monkeypatch.setattr(release, "_manifest", lambda *args: made(*args).query("key != 'software_version'"))
    number = publish(study, store, "Ann").number
    monkeypatch.undo()
    with duckdb.connect(study.warehouse / "study.duckdb") as connection:
        for name in ("releases", "fits"):
            connection.execute(f"ALTER TABLE out.{name} DROP COLUMN software_version")
    old = Store(study.warehouse)
    assert set(old.read(out.FITS)["software_version"]) == {""}
    assert log_document(study)["releases"][-1]["software_version"] is None
    assert "software_version" not in read_release(study.releases, number, (), {}).manifest
    assert queries.open_current(study.releases, WHOLE_RELEASE).number == number
    assert publish(study, old, "Ann").number == number + 1
    assert log_document(study)["releases"][-1]["software_version"] == VERSION
