"""One engine a process: files are attached for a call, and free again afterwards, whatever happened in it."""

import os
import signal
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.store.attaching import attached


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "one.duckdb"
    with attached(path, read_only=False) as connection:
        connection.execute("CREATE TABLE names AS SELECT 'a' AS name")
    return path


def names(database: Path) -> list[str]:
    with attached(database, read_only=True) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM names ORDER BY name").fetchall()]


def test_files_are_told_apart_and_free_after_every_call(database: Path, tmp_path: Path):
    with attached(tmp_path / "two.duckdb", read_only=False) as connection:
        connection.execute("CREATE TABLE names AS SELECT 'b' AS name")
    assert [names(database), names(tmp_path / "two.duckdb"), names(database)] == [["a"], ["b"], ["a"]]
    with duckdb.connect(database) as connection:
        connection.execute("INSERT INTO names VALUES ('c')")
    assert names(database) == ["a", "c"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.duckdb", "two.duckdb"]


def test_whoever_reads_may_be_entered_again_and_nobody_writes_meanwhile(database: Path):
    with attached(database, read_only=True) as connection:
        assert names(database) == ["a"]
        with pytest.raises(duckdb.Error, match="read-only"), attached(database, read_only=False) as writing:
            writing.execute("INSERT INTO names VALUES ('c')")
        assert connection.execute("SELECT count(*) FROM names").fetchone() == (1,)
    assert names(database) == ["a"]


def test_what_is_not_committed_is_rolled_back_and_the_next_call_works(database: Path):
    with pytest.raises(duckdb.Error), attached(database, read_only=False) as connection:
        connection.execute("BEGIN; INSERT INTO names VALUES ('c'); SELECT * FROM no_such_table")
    assert names(database) == ["a"]


def test_a_file_that_is_no_database_is_an_error_and_the_next_call_works(database: Path, tmp_path: Path):
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"no database" * 1000)
    with pytest.raises(duckdb.Error), attached(broken, read_only=True):
        pass
    assert names(database) == ["a"]


def test_settings_of_one_call_are_not_those_of_the_next(database: Path):
    with attached(database, read_only=False) as connection:
        connection.execute("RESET threads")
    with attached(database, read_only=True) as connection:
        assert connection.execute("SELECT current_setting('threads')").fetchone() == (1,)
        assert connection.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)
        assert connection.execute("SELECT current_setting('temp_directory')").fetchone() == (f"{database}.tmp",)
        with pytest.raises(duckdb.Error):
            connection.execute("INSTALL spatial FROM community")


def test_a_process_that_was_forked_has_an_engine_of_its_own(database: Path):
    names(database)
    child = os.fork()
    if not child:
        os._exit(0 if names(database) == ["a"] else 1)
    until = time.monotonic() + 60
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < until:
        time.sleep(0.05)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
    assert ended[1] == 0
    assert ended[0] == child
