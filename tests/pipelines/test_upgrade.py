"""Warehouses of every earlier layout are read, upgraded after a backup, and refused when newer software wrote them."""

import json
import shutil
from pathlib import Path
from unittest.mock import patch

import duckdb
import pandas as pd
import pytest

from dashboard import queries
from dashboard.permission import WHOLE_RELEASE
from pipelines.files import file_sha256
from pipelines.recovering import upgrading
from pipelines.release_log import published
from pipelines.store import Store, Write, migrating
from pipelines.store.layouts import LAYOUT, MIGRATIONS, UNRECORDED, Migration, NewerFile
from pipelines.store.migrating import layout_of, migrate
from pipelines.tables import out
from pipelines.tables.raw import FILES, LAYOUTS
from pipelines.tables.released import SCHEMA_VERSION
from pipelines.tables.releases import RELEASES
from tests.command_line import done, release_contents, sensemaking, table
from tests.small_study import build_small_study

EARLIER = sorted((Path(__file__).parent / "earlier_layouts").glob("*.sql"))
WITHOUT_CURRENT = "first_release"
LASTING = {"fits": 2, "releases": 1}


def database_of(folder: Path, statements: Path) -> Path:
    """Make the database that an earlier version of the software left."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(folder / "study.duckdb") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(statements.read_text(encoding="utf-8"))
    return folder / "study.duckdb"


@pytest.fixture(params=EARLIER, ids=lambda path: path.stem)
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A study whose warehouse is of an earlier version, and which one."""
    study = build_small_study(tmp_path / "small")
    database_of(study / "warehouse", request.param)
    return study, request.param.stem


def test_there_is_a_warehouse_of_every_earlier_layout():
    assert len(EARLIER) == 4
    assert [each.layout for each in MIGRATIONS] == list(range(1, LAYOUT + 1))


def test_a_warehouse_of_an_earlier_version_is_read_as_it_is(earlier: tuple[Path, str]):
    study, version = earlier
    store = Store(study / "warehouse")
    assert layout_of(store.database) == UNRECORDED
    assert len(store.read(FILES)) == 2
    assert len(store.read(out.FITS)) == (0 if version == WITHOUT_CURRENT else LASTING["fits"])
    has_record = version in ("record_of_releases", "embargoes")
    assert [each.number for each in published(store)] == ([1] if has_record else [])
    store.write([Write(FILES, store.read(FILES))], input_hash="", run_id="")
    assert layout_of(store.database) == UNRECORDED


def test_an_upgrade_backs_up_and_then_loses_and_changes_nothing(earlier: tuple[Path, str], tmp_path: Path):
    study, version = earlier
    store = Store(study / "warehouse")
    before = {name: table(study, name) for name in ("out.fits", "out.estimates", "raw.files", "raw.writes")}
    read, releases = store.read(out.FITS), published(store)
    document = done(sensemaking("upgrade", study, "--backup", tmp_path / "backup", "--json")).document
    assert (document["before"], document["after"], document["backup"]) == (0, LAYOUT, str(tmp_path / "backup"))
    assert document["done"] == [each.meaning for each in MIGRATIONS]
    for name, rows in before.items():
        after = table(study, name)
        pd.testing.assert_frame_equal(after[list(rows.columns)], rows)
        assert not after[[each for each in after if each not in rows]].isna().any(axis=None)
    assert published(store) == releases
    fits = store.read(out.FITS)
    assert len(fits) == LASTING["fits"]
    if version != WITHOUT_CURRENT:
        pd.testing.assert_frame_equal(fits, read)
    assert fits["is_current"].any() == (version != WITHOUT_CURRENT)
    assert table(study, "raw.layouts")["layout"].tolist() == [LAYOUT]
    assert layout_of(tmp_path / "backup" / "study" / "warehouse" / "study.duckdb") == UNRECORDED


@pytest.mark.slow
def test_an_upgraded_study_runs_and_keeps_its_earlier_fits(earlier: tuple[Path, str], tmp_path: Path):
    study, _ = earlier
    earlier_fits = set(table(study, "out.fits")["fit_id"])
    done(sensemaking("upgrade", study, "--backup", tmp_path / "backup"))
    done(sensemaking("run", study))
    fits = Store(study / "warehouse").read(out.FITS)
    assert earlier_fits <= set(fits["fit_id"])
    assert fits.loc[fits["is_current"].astype(bool), "fit_id"].nunique() == LASTING["fits"]


def test_an_upgrade_needs_a_place_for_the_backup_and_is_done_once(earlier: tuple[Path, str], tmp_path: Path):
    study, _ = earlier
    refused = sensemaking("upgrade", study)
    assert refused.code == 2
    assert "--backup PATH" in refused.stderr
    assert layout_of(study / "warehouse" / "study.duckdb") == UNRECORDED
    done(sensemaking("upgrade", study, "--backup", tmp_path / "backup"))
    again = done(sensemaking("upgrade", study))
    assert "its tables have the layout of this software" in again.stdout
    assert len(table(study, "raw.layouts")) == 1


def test_the_doctor_names_an_earlier_layout_and_what_to_do(earlier: tuple[Path, str]):
    study, _ = earlier
    found = {each["kind"]: each for each in sensemaking("doctor", study, "--json").document["findings"]}
    assert found["earlier-layout"]["outcome"] == "note"
    assert "sensemaking upgrade STUDY --backup PATH" in found["earlier-layout"]["remedy"]


def test_an_upgrade_that_breaks_off_changes_nothing(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    database = database_of(study / "warehouse", EARLIER[0])
    before = table(study, "out.fits")
    broken = Migration(2, "breaks", [("out.fits", "ALTER TABLE out.fits ADD COLUMN fit_id VARCHAR")])
    with patch.object(migrating, "MIGRATIONS", (*MIGRATIONS, broken)), pytest.raises(duckdb.Error):
        migrate(database)
    pd.testing.assert_frame_equal(table(study, "out.fits"), before)
    assert layout_of(database) == UNRECORDED


def test_nothing_is_changed_where_the_backup_fails(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    database = database_of(study / "warehouse", EARLIER[0])
    assert sensemaking("upgrade", study, "--backup", study / "backup").code == 2
    assert layout_of(database) == UNRECORDED
    with patch.object(upgrading, "migrate", lambda _: pytest.fail("migrated without a backup")):
        assert sensemaking("upgrade", study, "--backup", tmp_path / "absent" / "backup").code == 2


def test_a_new_warehouse_records_its_layout_with_its_first_write(tmp_path: Path):
    store = Store(tmp_path / "warehouse")
    assert store.read(LAYOUTS).empty
    assert layout_of(store.database) == LAYOUT
    store.write([Write(FILES, FILES.empty())], input_hash="", run_id="")
    assert store.read(LAYOUTS)["layout"].tolist() == [LAYOUT]
    store.write_afresh()
    assert store.read(LAYOUTS)["layout"].tolist() == [LAYOUT]


def test_a_study_that_was_never_run_needs_no_upgrade(tmp_path: Path):
    assert "layout of this software" in done(sensemaking("upgrade", build_small_study(tmp_path / "small"))).stdout
    assert sensemaking("upgrade", tmp_path).code == 2


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose warehouse and release were written by newer software; not to be changed."""
    study = build_small_study(tmp_path_factory.mktemp("newer") / "small")
    done(sensemaking("run", study))
    done(sensemaking("release", study, "--sign-off", "Test"))
    with duckdb.connect(study / "warehouse" / "study.duckdb") as connection:
        connection.execute("INSERT INTO raw.layouts VALUES (?, now(), '9.0.0')", [LAYOUT + 1])
    return study


@pytest.mark.parametrize(
    "command",
    [
        ("run",),
        ("fit", "trust"),
        ("rerun", "0" * 12),
        ("compare", "0" * 12, "1" * 12),
        ("release", "--sign-off", "Test"),
        ("releases",),
        ("withdraw", "--release", "1", "--because", "x", "--sign-off", "Test"),
        ("plan", "status"),
        ("upgrade",),
        ("backup", "--to", "backup"),
    ],
    ids=lambda command: command[0],
)
def test_a_warehouse_of_newer_software_is_refused_with_the_reason(
    newer: Path, tmp_path: Path, command: tuple[str, ...]
):
    before = (newer / "warehouse" / "study.duckdb").read_bytes()
    name, *rest = command
    words = [name, rest.pop(0)] if name == "plan" else [name]
    ended = sensemaking(*words, newer, *(tmp_path / each if each == "backup" else each for each in rest))
    assert ended.code == 3, ended.stderr
    assert f"layout {LAYOUT + 1}, which newer software wrote" in ended.stderr
    assert (newer / "warehouse" / "study.duckdb").read_bytes() == before
    assert not (tmp_path / "backup").exists()


def test_the_doctor_does_not_call_a_newer_warehouse_damaged(newer: Path):
    ended = sensemaking("doctor", newer, "--json")
    assert ended.code == 3
    assert [each["kind"] for each in ended.document["findings"]] == ["newer"]


def test_reading_a_warehouse_of_newer_software_leaves_the_next_one_readable(newer: Path, tmp_path: Path):
    with pytest.raises(NewerFile):
        Store(newer / "warehouse").read(FILES)
    other = Store(tmp_path / "warehouse")
    other.write([Write(FILES, FILES.empty())], input_hash="", run_id="")
    assert other.read(FILES).empty


def test_a_release_of_newer_software_is_refused_with_the_reason(newer: Path, tmp_path: Path):
    study = Path(shutil.copytree(newer, tmp_path / "small"))
    with duckdb.connect(study / "warehouse" / "study.duckdb") as connection:
        connection.execute("DELETE FROM raw.layouts WHERE layout > ?", [LAYOUT])
    pointer = study / "releases" / "current.json"
    said = json.loads(pointer.read_text())
    release_contents(study)
    pointer.write_text(json.dumps(said | {"schema_version": SCHEMA_VERSION + 1}))
    ended = sensemaking("report", study)
    assert ended.code == 3
    assert f"version {SCHEMA_VERSION + 1}, and this version" in ended.stderr
    shown = queries.reader_of(study / "releases").shown(WHOLE_RELEASE)
    assert (shown.release, shown.trouble) == (None, "newer_schema")


@pytest.mark.parametrize("command", ["report", "rerun"])
def test_a_release_file_that_says_it_is_newer_is_refused(newer: Path, tmp_path: Path, command: str):
    study = Path(shutil.copytree(newer, tmp_path / "small"))
    with duckdb.connect(study / "warehouse" / "study.duckdb") as connection:
        connection.execute("DELETE FROM raw.layouts WHERE layout > ?", [LAYOUT])
    file = study / "releases" / json.loads((study / "releases" / "current.json").read_text())["file"]
    file.chmod(0o600)
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE meta.manifest SET value = ? WHERE key = 'schema_version'", [str(SCHEMA_VERSION + 1)])
    renamed = file.with_name(f"r000001-{file_sha256(file)[:12]}.duckdb")
    file.rename(renamed)
    ended = sensemaking(command, study, "--release", "1")
    assert ended.code == 3, ended.stderr
    assert "was released by newer software" in ended.stderr


def test_an_upgrade_says_that_a_release_has_tables_of_an_earlier_version(newer: Path, tmp_path: Path):
    study = Path(shutil.copytree(newer, tmp_path / "small"))
    with duckdb.connect(study / "warehouse" / "study.duckdb") as connection:
        connection.execute("DELETE FROM raw.layouts WHERE layout > ?", [LAYOUT])
        connection.execute(f"UPDATE {RELEASES.name} SET schema_version = 4")
    assert f"release again: sensemaking release {study}" in done(sensemaking("upgrade", study)).stdout
