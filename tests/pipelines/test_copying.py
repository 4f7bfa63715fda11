"""Copies of the warehouse: the last commit, whoever writes; no lock; private; gone when outdated, erased or ended."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from pipelines.lock import exclusive
from pipelines.store import Store, WarehouseError, Write, copying
from pipelines.store.copying import WarehouseCopies, remove_copies, room_for_copies
from pipelines.tables.raw import CHECKS
from tests.command_line import environment

OPEN_AND_WRITE = """
import sys, time
from pathlib import Path
from pipelines.lock import exclusive
from pipelines.store.attaching import attached
warehouse = Path(sys.argv[1])
with exclusive(warehouse / "store.lock", "test"), attached(warehouse / "study.duckdb", read_only=False) as connection:
    connection.begin()
    connection.execute("DELETE FROM raw.checks")
    connection.execute("CREATE TABLE raw.heavy AS SELECT random() AS x FROM range(2000000)")
    print("begun", flush=True)
    sys.stdin.readline()
    connection.commit()
"""
WRITE_AND_DIE = """
import os, sys
import duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("SET checkpoint_threshold = '1GB'")
connection.execute("UPDATE raw.checks SET n_failures = 77")
os._exit(0)
"""


def write_checks(warehouse: Path, n_failures: int) -> None:
    row = {
        "check_name": "each",
        "wave": "w1",
        "passed": True,
        "n_failures": n_failures,
        "checked_at": pd.Timestamp.now("UTC"),
    }
    Store(warehouse).write([Write(CHECKS, pd.DataFrame([row]))], input_hash="", run_id="test")
    time.sleep(2 * copying.SETTLED_SECONDS)


def seen(copies: WarehouseCopies) -> tuple[list[int], bool]:
    with copies.reading() as reading:
        return Store(reading.copy.folder).read(CHECKS)["n_failures"].tolist(), reading.is_late


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    write_checks(tmp_path / "warehouse", 1)
    return tmp_path / "warehouse"


@pytest.fixture
def copies(warehouse: Path) -> WarehouseCopies:
    return WarehouseCopies(warehouse, warehouse / "workbench" / "1")


def test_a_page_reads_the_last_commit_and_then_the_next(warehouse: Path, copies: WarehouseCopies):
    assert seen(copies) == ([1], False)
    write_checks(warehouse, 2)
    assert seen(copies) == ([2], False)
    assert len(list((warehouse / "workbench" / "1").iterdir())) == 1


def test_before_any_run_there_is_nothing_to_read_and_nothing_is_made_but_the_private_folder(tmp_path: Path):
    copies = WarehouseCopies(tmp_path / "warehouse", tmp_path / "warehouse" / "workbench" / "1")
    assert seen(copies) == ([], False)
    assert [path.name for path in (tmp_path / "warehouse").iterdir()] == ["workbench"]
    write_checks(tmp_path / "warehouse", 3)
    assert seen(copies) == ([3], False)


def test_reading_takes_no_lock_and_waits_for_none(warehouse: Path, copies: WarehouseCopies):
    (warehouse / "store.lock").unlink()
    with exclusive(warehouse / "run.lock", "a run"):
        assert seen(copies) == ([1], False)
    assert not (warehouse / "store.lock").exists()


def test_what_is_being_written_is_not_seen_and_the_writer_is_not_held_up(warehouse: Path, copies: WarehouseCopies):
    writer = subprocess.Popen(
        [sys.executable, "-c", OPEN_AND_WRITE, str(warehouse)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    with writer:
        assert writer.stdout.readline() == "begun\n"
        time.sleep(2 * copying.SETTLED_SECONDS)
        assert seen(copies)[0] == [1]
        writer.communicate("\n", timeout=60)
    assert writer.returncode == 0
    time.sleep(2 * copying.SETTLED_SECONDS)
    assert seen(copies) == ([], False)


def test_what_a_killed_writer_committed_is_seen(warehouse: Path, copies: WarehouseCopies):
    command = [sys.executable, "-c", WRITE_AND_DIE, str(warehouse / "study.duckdb")]
    subprocess.run(command, check=True, timeout=60)
    assert (warehouse / "study.duckdb.wal").exists()
    time.sleep(2 * copying.SETTLED_SECONDS)
    assert seen(copies) == ([77], False)


def restless(warehouse: Path, end: threading.Event) -> None:
    while not end.is_set():
        os.utime(warehouse / "study.duckdb")
        time.sleep(0.002)


def test_while_it_is_written_without_a_pause_the_last_copy_is_shown_and_said_to_be_late(
    warehouse: Path, copies: WarehouseCopies, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(copying, "_TIMES_OF_THE_FIRST", 3)
    monkeypatch.setattr(copying, "_PAUSE_SECONDS", 0.01)
    assert seen(copies) == ([1], False)
    end = threading.Event()
    writer = threading.Thread(target=restless, args=(warehouse, end))
    before = (warehouse / "study.duckdb").stat().st_mtime_ns
    writer.start()
    try:
        while (warehouse / "study.duckdb").stat().st_mtime_ns == before:
            time.sleep(0.001)
        with monkeypatch.context() as patched:
            patched.setattr(copying, "SETTLED_SECONDS", 30)  # a writer whom a busy machine holds up is not at rest
            assert seen(copies) == ([1], True)
            with pytest.raises(WarehouseError, match="load the page again"):
                seen(WarehouseCopies(warehouse, warehouse / "workbench" / "2"))
    finally:
        end.set()
        writer.join()
    time.sleep(2 * copying.SETTLED_SECONDS)
    assert seen(copies) == ([1], False)


def test_a_page_keeps_its_copy_while_a_newer_one_is_made(warehouse: Path, copies: WarehouseCopies):
    with copies.reading() as earlier:
        write_checks(warehouse, 2)
        assert seen(copies) == ([2], False)
        assert Store(earlier.copy.folder).read(CHECKS)["n_failures"].tolist() == [1]
    assert not earlier.copy.folder.exists()


def test_copies_are_for_the_owner_only(warehouse: Path, copies: WarehouseCopies):
    with copies.reading() as reading:
        found = [reading.copy.folder, *reading.copy.folder.parents[:2], reading.copy.folder / "study.duckdb"]
        assert [oct(path.stat().st_mode & 0o777) for path in found] == ["0o700", "0o700", "0o700", "0o600"]


def test_what_is_kept_by_its_hash_is_read_where_it_lies(warehouse: Path, copies: WarehouseCopies):
    name = Store(warehouse).keep_rows(pd.DataFrame({"response_id": ["r1"]}))
    with copies.reading() as reading:
        assert Store(reading.copy.folder).kept_rows(name)["response_id"].tolist() == ["r1"]


def test_an_erasure_leaves_no_copy_behind(warehouse: Path, copies: WarehouseCopies):
    seen(copies)
    Store(warehouse).write_afresh()
    assert list((warehouse / "workbench").rglob("*")) == []
    time.sleep(2 * copying.SETTLED_SECONDS)
    assert seen(copies) == ([1], False)
    remove_copies(warehouse)
    assert seen(copies) == ([1], False)


def test_the_room_of_a_server_goes_with_it_and_with_it_what_killed_ones_left(warehouse: Path):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    of_dead, of_others = warehouse / "workbench" / dead.stdout.decode().strip(), warehouse / "workbench" / "1"
    for folder in (of_dead, of_others):
        folder.mkdir(parents=True)
    with room_for_copies(warehouse) as room:
        assert (room.is_dir(), of_dead.exists(), of_others.exists()) == (True, False, True)
        (room / "copy").mkdir()
    assert not room.exists()
