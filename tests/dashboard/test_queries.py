"""A release is opened locked down, followed by its pointer, and the last good one is kept when anything is wrong."""

import dataclasses
import hashlib
import json
from pathlib import Path

import build_release
import duckdb
import pytest

from dashboard import queries
from dashboard.permission import WHOLE_RELEASE
from dashboard.pointer import UnusableReleaseError, read_pointer
from pipelines.tables import released


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_release.publish(tmp_path)
    return tmp_path


def _point_at(folder: Path, **changes: object) -> None:
    said = json.loads((folder / "current.json").read_text())
    build_release.point_at(folder, {**said, **changes})


def _spoil_file(folder: Path) -> None:
    said = build_release.write_release(folder, build_release.release_tables(2), 2)
    path = folder / str(said["file"])
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    build_release.point_at(folder, said)


def _publish_no_database(folder: Path) -> None:
    content = b"this is text"
    digest = hashlib.sha256(content).hexdigest()
    name = f"r000009-{digest[:12]}.duckdb"
    (folder / name).write_bytes(content)
    _point_at(folder, file=name, sha256=digest)


TROUBLES = {
    "nothing_released": lambda folder: (folder / "current.json").unlink(),
    "pointer_unreadable": lambda folder: (folder / "current.json").write_text('{"file": "r0000'),
    "file_missing": lambda folder: _point_at(folder, file="r000002-0123456789ab.duckdb"),
    "file_changed": _spoil_file,
    "file_unreadable": _publish_no_database,
    "newer_schema": lambda folder: _point_at(folder, schema_version=queries.SUPPORTED_SCHEMA_VERSION + 1),
}


@pytest.mark.parametrize("reason", TROUBLES)
def test_last_good_release_stays_when_the_current_one_cannot_be_used(folder: Path, reason: str):
    reader = queries.ReleaseReader(folder)
    good = reader.shown(WHOLE_RELEASE)
    TROUBLES[reason](folder)
    shown = reader.shown(WHOLE_RELEASE)
    assert (good.trouble, shown.trouble) == (None, reason)
    assert shown.release == good.release
    assert queries.manifest(shown.release)["release"] == "1"


@pytest.mark.parametrize("reason", TROUBLES)
def test_without_a_good_release_there_is_none_to_show(folder: Path, reason: str):
    TROUBLES[reason](folder)
    assert queries.ReleaseReader(folder).shown(WHOLE_RELEASE) == queries.Shown(None, reason)


def test_folder_that_is_not_there_is_named_as_the_reason(tmp_path: Path):
    assert queries.ReleaseReader(tmp_path / "none").shown(WHOLE_RELEASE) == queries.Shown(None, "no_folder")


@pytest.mark.parametrize(
    "changes",
    [{"file": "../secure.duckdb"}, {"file": "/etc/passwd"}, {"file": 7}, {"release": "many"}, {"schema_version": None}],
)
def test_pointer_out_of_the_folder_or_out_of_form_is_refused(folder: Path, changes: dict[str, object]):
    _point_at(folder, **changes)
    with pytest.raises(UnusableReleaseError, match="pointer_unreadable"):
        read_pointer(folder)


def test_next_release_is_shown_as_soon_as_the_pointer_names_it(folder: Path):
    reader = queries.ReleaseReader(folder)
    first = reader.shown(WHOLE_RELEASE).release
    build_release.publish(folder, 2)
    second = reader.shown(WHOLE_RELEASE).release
    assert (first.number, second.number) == (1, 2)
    assert queries.manifest(first)["release"] == "1", "a page run that holds the first release keeps it"
    assert queries.manifest(second)["release"] == "2"


def test_file_is_checked_and_opened_once_while_the_pointer_stays(folder: Path):
    reader = queries.ReleaseReader(folder)
    assert reader.shown(WHOLE_RELEASE).release.connection is reader.shown(WHOLE_RELEASE).release.connection


@pytest.mark.parametrize(
    "refused",
    [
        "COPY out.fits TO 'taken.csv'",
        "ATTACH 'other.duckdb'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPORT DATABASE 'taken'",
        "SET enable_external_access = true",
        "SET threads = 2",
        "CREATE TABLE out.more (a INTEGER)",
        "DELETE FROM out.fits",
        "UPDATE meta.manifest SET value = 'false'",
        "DROP TABLE out.fits",
    ],
)
def test_locked_down_connection_refuses(folder: Path, refused: str):
    with queries.open_current(folder, WHOLE_RELEASE).connection.cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(refused)
    assert not list(folder.glob("taken*"))


def test_python_variables_are_out_of_reach_of_questions(folder: Path):
    secret = build_release.release_tables()["out.fits"]
    assert len(secret)
    with pytest.raises(duckdb.CatalogException):
        queries.open_current(folder, WHOLE_RELEASE).ask("SELECT * FROM secret")


def test_values_are_passed_as_values_and_never_as_sql(folder: Path):
    release = queries.open_current(folder, WHOLE_RELEASE)
    assert queries.distributions(release, "x' OR 1=1 --", "FRL", "spring").empty


def test_text_is_taken_in_the_language_asked_for_then_without_language_then_in_english(folder: Path):
    texts = queries.texts(queries.open_current(folder, WHOLE_RELEASE), "da")
    assert texts["group_title", "CIT"] == "Borgere"
    assert texts["hypothesis", "h1"].startswith("Managers with more identity work")
    assert texts["item_text", "CL_4"] == "We talk openly about who is accountable."


def test_questions_return_every_row_of_the_release(folder: Path):
    release, tables = queries.open_current(folder, WHOLE_RELEASE), build_release.release_tables()
    assert len(queries.response_rates(release)) == len(tables["out.response_rates"])
    assert len(queries.scale_means(release)) == len(tables["out.scale_means"])
    assert list(queries.scales(release)["scale"]) == list(build_release.SCALES)
    assert len(queries.estimates(release)) == len(tables["out.estimates"])
    assert queries.fits(release)["variant"].iloc[0] == "main"
    assert len(queries.distributions(release, "collective_leadership", "FRL", "spring")) == 18


def test_fits_of_a_release_before_plans_say_that_nothing_was_locked(folder: Path):
    release = queries.open_current(folder, WHOLE_RELEASE)
    older = dataclasses.replace(release, schema_version=queries.FIRST_VERSION_WITH_LABELS - 1)
    assert set(queries.fits(older)["label_because"]) == {"never_locked"}
    assert set(queries.fits(release)["label_because"]) == {"locked", "changed_after_lock", "never_locked"}


def test_dashboard_supports_the_version_of_tables_that_releases_are_made_in():
    assert queries.SUPPORTED_SCHEMA_VERSION == released.SCHEMA_VERSION
