"""Responses that were erased stay away although the platform still holds them, and nothing that is kept names them."""

import zipfile

import duckdb
import pytest

from instruments.faults import EnvironmentFault
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.load import load_study
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.pulling import DELETIONS, PULLS
from tests.command_line import done, sensemaking
from tests.fake_platform import KINDS, FakePlatform
from tests.pulled_study import build_pulled_study, pull
from tests.run_steps import bring_up_to_date

READ = {"core/responses"}


@pytest.fixture(params=["qualtrics", *(pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS[1:])])
def platform(request):
    with FakePlatform(request.param) as running:
        if running.kind in ("redcap", "limesurvey"):
            running.clock = 7_654_320
        for number in range(8):
            running.respond(TW_1=str(1 + number % 5))
        yield running


@pytest.fixture
def folder(tmp_path, platform, monkeypatch):
    monkeypatch.setenv("SENSEMAKING_KEYS", str(tmp_path / "keys"))
    return build_pulled_study(tmp_path / "study", platform)


def holding(folder, text):
    """List the files under a folder that hold a text, archives unpacked, and the columns of tables that do."""
    found = []
    for path in (each for each in sorted(folder.rglob("*")) if each.is_file()):
        contents = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                contents += [archive.read(name) for name in archive.namelist()]
        found += [path.name] if any(text.encode() in each for each in contents) else []
    return found + _tables_holding(folder / "warehouse/study.duckdb", text)


def _tables_holding(database, text):
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
            "WHERE NOT internal AND data_type = 'VARCHAR'"
        ).fetchall()
        wanted = "SELECT count(*) FROM {} WHERE contains({}, ?)"
        return [
            f"{table}.{column}"
            for table, column in columns
            if connection.execute(wanted.format(table, f'"{column}"'), [text]).fetchall()[0][0]
        ]


def erased(folder, name):
    return erase(load_study(folder), Wanted(f"staff/{name}", None), "asked on 3 May")


def test_erased_response_is_named_nowhere_and_never_pulled_again(folder, platform):
    pull(folder)
    bring_up_to_date(folder, READ)
    name = list(platform.responses)[2]
    platform.edit(name, TW_1="5")
    pull(folder)
    assert holding(folder, name)
    told = erased(folder, name)
    assert told.pulled
    assert told.still_held == []
    assert holding(folder, name) == []
    again = pull(folder).pulled[0]
    assert (again.n_listed, again.n_new, again.n_changed, again.n_deleted, again.n_erased) == (7, 0, 0, 0, 1)
    platform.edit(name, TW_1="1")
    platform.respond(TW_1="3")
    assert pull(folder).pulled[0].n_new == 1
    study, store = bring_up_to_date(folder, READ)
    assert holding(folder, name) == []
    assert set(store.read(core.answers(study))["response_id"]) == {
        f"staff/{each}" for each in platform.responses if each != name
    }
    platform.delete(name)
    last = pull(folder).pulled[0]
    assert (last.n_deleted, last.n_erased) == (0, 0)
    assert store.read(DELETIONS).empty
    assert list(store.read(PULLS)["n_erased"]) == [0, 0, 1, 1, 0]


def test_erasure_that_was_stopped_is_finished_by_the_same_command(folder, platform, monkeypatch):
    pull(folder)
    bring_up_to_date(folder, READ)
    name = next(iter(platform.responses))
    for place in ("pipelines.commands.erase.take_out_of_pulled", "pipelines.store.Store.delete_people"):

        def stop(*_):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as stopped:
            stopped.setattr(place, stop)
            with pytest.raises(EnvironmentFault, match="is full"):
                erased(folder, name)
    assert erased(folder, name).n_responses == 1
    assert holding(folder, name) == []
    assert pull(folder).pulled[0].n_erased == 1


@pytest.fixture
def of_qualtrics(tmp_path, monkeypatch):
    monkeypatch.setenv("SENSEMAKING_KEYS", str(tmp_path / "keys"))
    with FakePlatform("qualtrics") as running:
        for _ in range(3):
            running.respond()
        yield build_pulled_study(tmp_path / "study", running), running


@pytest.mark.slow
def test_unfinished_pull_is_forgotten_with_whoever_is_erased(of_qualtrics):
    folder, platform = of_qualtrics
    pull(folder)
    bring_up_to_date(folder, READ)
    name = next(iter(platform.responses))
    platform.edit(name, TW_1="5")
    reply = platform.reply

    def without_rest(request):
        platform.outages["broken"] = 9 * (request.path.endswith("ES_4") and "ES_4" in platform.kept)
        return reply(request)

    platform.reply = without_rest
    assert pull(folder).failures
    platform.reply, platform.outages["broken"] = reply, 0
    erased(folder, name)
    assert not list((folder / "warehouse/pull/staff").glob("pieces-*"))
    assert holding(folder, name) == []


@pytest.mark.slow
def test_command_says_that_the_platform_still_holds_whom_it_should_not(of_qualtrics):
    folder, platform = of_qualtrics
    pull(folder)
    done(sensemaking("run", folder, "--select", "core/responses"))
    name = next(iter(platform.responses))
    said = done(sensemaking("erase", folder, "--response", f"staff/{name}", "--because", "asked")).stdout
    assert "staff-000001.csv" in said
    assert holding(folder, name) == []
    said = done(sensemaking("pull", folder)).stdout
    assert "staff: 1 response erased here and still held by the platform: delete them there" in " ".join(said.split())
    assert name not in said


def test_without_the_key_of_erasures_nothing_is_pulled(of_qualtrics, tmp_path):
    folder, platform = of_qualtrics
    pull(folder)
    bring_up_to_date(folder, READ)
    erased(folder, next(iter(platform.responses)))
    for path in (tmp_path / "keys").rglob("erasure.key"):
        path.unlink()
    platform.respond()
    [(source, error)] = pull(folder).failures
    assert source == "staff"
    assert "erasure.key is missing" in str(error)
    assert len(Store(folder / "warehouse").read(core.RESPONSES)) == 2
