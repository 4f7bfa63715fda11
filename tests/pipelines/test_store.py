"""The warehouse: a write replaces its slice or nothing, whatever happens to the process or the disk meanwhile."""

import errno
import resource
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from models.origin import data_hash
from pipelines.files import file_sha256
from pipelines.store import Query, Store, WarehouseError, Write, environment_faults, quoted
from pipelines.tables.base import DAY, DUCKDB_TYPES, MOMENT, NUMBER, SMALL, TEXT, TRUTH, WHOLE, ColumnOf, Table
from pipelines.tables.raw import LAYOUTS, WRITES
from tests.small_disks import mounted

ANSWERS = Table(
    "core.answers",
    "One row a response",
    ("response_id",),
    {
        "response_id": ColumnOf(TEXT, "The response's name"),
        "wave": ColumnOf(TEXT, "Wave"),
        "v1": ColumnOf(SMALL, "I speak up.", may_be_missing=True),
        "order": ColumnOf(NUMBER, "A column called as a word of SQL", may_be_missing=True),
    },
)
EVERY_KIND = Table(
    "core.kinds",
    "One row a value",
    ("text",),
    {
        kind_name: ColumnOf(kind, kind_name, may_be_missing=True)
        for kind_name, kind in zip(
            ("text", "whole", "small", "number", "truth", "moment", "day"),
            (TEXT, WHOLE, SMALL, NUMBER, TRUTH, MOMENT, DAY),
            strict=True,
        )
    },
)
# Run in a process of its own with the warehouse as its argument.
SETTING = """
import os, signal, sys
from pathlib import Path
import pandas as pd
import pipelines.store.attaching as attaching
import pipelines.store.slices as slices
from pipelines.store import Store, WarehouseError, Write
from test_store import ANSWERS, rows_of
store = Store(Path(sys.argv[1]))
def die(): os.kill(os.getpid(), signal.SIGKILL)
"""
KILLED_BETWEEN_TWO_INSERTS = """
insert, done = slices.insert_rows, []
def insert_and_die(*arguments):
    insert(*arguments)
    done.append(1)
    if len(done) == 3:
        die()
slices.insert_rows = insert_and_die
"""
KILLED_AT_THE_COMMIT = """
class Connection:
    def __init__(self, inner): self.inner = inner
    def __getattr__(self, name): return getattr(self.inner, name)
    def cursor(self): return Connection(self.inner.cursor())
    def commit(self):
        {before}
        self.inner.commit()
        die()
connect = attaching.duckdb.connect
attaching.duckdb.connect = lambda *arguments, **options: Connection(connect(*arguments, **options))
"""
WRITE_NEW_ROWS = """
writes = [Write(ANSWERS, rows_of("spring", 500, v1=2), {"wave": "spring"}),
          Write(ANSWERS, rows_of("autumn", 500, v1=2), {"wave": "autumn"})]
try:
    store.write(writes, input_hash="new", run_id="new")
except WarehouseError as error:
    print(error)
    sys.exit(3)
"""


def rows_of(wave, n=2, v1=1):
    return pd.DataFrame({"response_id": [f"{wave}/{k}" for k in range(n)], "wave": wave, "v1": v1, "order": 0.5})


def write(store, rows, where=None, table=ANSWERS, input_hash="inputs"):
    store.write([Write(table, rows, where or {})], input_hash=input_hash, run_id="run-1")


def run(folder, *code, preexec=None):
    program = SETTING + "\n".join(textwrap.dedent(part) for part in code)
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        env={"PYTHONPATH": str(Path(__file__).parent), "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=preexec,
        timeout=120,
    )


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "warehouse")


@pytest.fixture
def old(store):
    """A warehouse with two waves, and its rows."""
    write(store, rows_of("spring"), {"wave": "spring"})
    write(store, rows_of("autumn"), {"wave": "autumn"})
    return store.read(ANSWERS)


def test_a_table_that_was_never_written_is_empty(store):
    assert store.read(ANSWERS).equals(ANSWERS.empty())
    assert store.provenance() == {}
    assert not store.database.exists()


def test_what_is_written_is_read_back_in_its_types(store):
    rows = pd.DataFrame(
        {
            "text": ["æ' \"; DROP TABLE", None, ""],
            "whole": [2**62, None, -1],
            "small": [32767, None, -32768],
            "number": [0.1 + 0.2, None, -1e300],
            "truth": [True, None, False],
            "moment": [pd.Timestamp("2026-03-29 01:30", tz="UTC"), None, pd.Timestamp("1999-12-31 23:59:59.999999Z")],
            "day": [pd.Timestamp("2026-02-28").date(), None, pd.Timestamp("1962-05-01").date()],
        }
    )
    write(store, rows, table=EVERY_KIND)
    read = store.read(EVERY_KIND).sort_values("text", na_position="last", ignore_index=True)
    expected = EVERY_KIND.typed(rows).sort_values("text", na_position="last", ignore_index=True)
    pd.testing.assert_frame_equal(read.drop(columns="day"), expected.drop(columns="day"), check_exact=True)
    assert [str(pd.Timestamp(day).date()) for day in read["day"].dropna()] == ["1962-05-01", "2026-02-28"]


def test_rows_come_back_sorted_by_their_key(store):
    write(store, rows_of("spring", 30).sample(frac=1, random_state=1))
    assert store.read(ANSWERS)["response_id"].is_monotonic_increasing


def test_a_write_replaces_its_slice_and_no_other_row(store, old):
    write(store, rows_of("spring", 1, v1=3), {"wave": "spring"})
    assert store.read(ANSWERS)[["response_id", "v1"]].to_numpy().tolist() == [
        ["autumn/0", 1],
        ["autumn/1", 1],
        ["spring/0", 3],
    ]


def test_a_slice_may_become_empty(store, old):
    write(store, ANSWERS.empty(), {"wave": "spring"})
    assert set(store.read(ANSWERS)["wave"]) == {"autumn"}
    assert store.provenance()["core.answers", "spring"]["n_rows"] == 0


def test_writing_the_same_slice_twice_changes_nothing(store, old):
    write(store, rows_of("spring"), {"wave": "spring"})
    assert store.read(ANSWERS).equals(old)


def test_a_write_without_a_slice_replaces_the_table(store, old):
    write(store, rows_of("winter", 1))
    assert store.read(ANSWERS)["response_id"].tolist() == ["winter/0"]


def test_columns_are_matched_by_name_whatever_their_order(store):
    rows = rows_of("spring", 1).assign(v1=3, order=0.25)
    write(store, rows[["order", "v1", "wave", "response_id"]])
    assert store.read(ANSWERS).iloc[0].to_dict() == {
        "response_id": "spring/0",
        "wave": "spring",
        "v1": 3,
        "order": 0.25,
    }


def test_a_description_in_another_order_writes_into_the_right_columns(store, old):
    columns = {name: ANSWERS.columns[name] for name in ("wave", "order", "response_id", "v1")}
    turned = Table(ANSWERS.name, ANSWERS.grain, ANSWERS.key, columns)
    write(store, rows_of("spring"), {"wave": "spring"}, table=turned)
    assert store.read(ANSWERS).equals(old)


def test_rows_without_a_column_of_the_table_are_refused_and_nothing_is_written(store, old):
    with pytest.raises(KeyError, match="v1"):
        write(store, rows_of("spring").drop(columns="v1"))
    assert store.read(ANSWERS).equals(old)


def test_of_several_writes_all_or_none_are_done(store, old):
    writes = [Write(ANSWERS, rows_of("spring", 9), {"wave": "spring"}), Write(ANSWERS, pd.DataFrame({"wave": ["x"]}))]
    with pytest.raises(KeyError):
        store.write(writes, input_hash="new", run_id="new")
    assert store.read(ANSWERS).equals(old)
    assert set(store.read(WRITES)["input_hash"]) == {"inputs"}


def staged_rows(rows: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.register("given", rows)
    connection.execute("CREATE TABLE staged AS FROM given")
    connection.unregister("given")
    return connection


def test_rows_of_an_open_private_database_replace_their_slice_as_rows_in_memory_do(store, old, tmp_path):
    rows = rows_of("spring", 9)
    private = staged_rows(rows)
    store.write([Write(ANSWERS, Query("FROM staged", private), {"wave": "spring"})], input_hash="new", run_id="new")
    other = Store(tmp_path / "other")
    write(other, old)
    write(other, rows, {"wave": "spring"})
    pd.testing.assert_frame_equal(store.read(ANSWERS), other.read(ANSWERS))
    assert private.execute("SELECT count(*) FROM staged").fetchall() == [(9,)]


def test_a_write_from_a_private_database_that_fails_changes_nothing_and_can_be_tried_again(store, old):
    private = staged_rows(rows_of("spring", 9))
    good = Write(ANSWERS, Query("FROM staged", private), {"wave": "spring"})
    bad = Write(ANSWERS, Query("SELECT error('broken') AS v1, * EXCLUDE (v1) FROM staged", private), {"wave": "autumn"})
    with pytest.raises(duckdb.Error, match="broken"):
        store.write([good, bad], input_hash="new", run_id="new")
    assert store.read(ANSWERS).equals(old)
    store.write([good], input_hash="new", run_id="new")
    assert len(store.read(ANSWERS).query("wave == 'spring'")) == 9


def test_too_little_memory_is_an_error_of_the_machine(store):
    with pytest.raises(WarehouseError, match="more memory"), environment_faults(store.folder):
        raise duckdb.OutOfMemoryException("could not allocate block of size 256.0 KiB")


def test_a_write_leaves_its_provenance(store, old):
    provenance = store.provenance()
    assert set(provenance) == {("core.answers", "spring"), ("core.answers", "autumn")}
    row = provenance["core.answers", "spring"]
    assert (row["input_hash"], row["run_id"], row["n_rows"]) == ("inputs", "run-1", 2)
    assert row["content_hash"] == data_hash(ANSWERS.typed(rows_of("spring")))
    write(store, rows_of("spring", 3), {"wave": "spring"}, input_hash="other")
    assert len(store.read(WRITES)) == 2
    assert store.provenance()["core.answers", "spring"]["input_hash"] == "other"


def test_comments_of_a_table_and_its_columns_begin_with_its_grain(store, old):
    with duckdb.connect(store.database, read_only=True) as connection:
        tables = connection.execute("SELECT comment FROM duckdb_tables()").fetchall()
        columns = dict(
            connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'answers' AND NOT internal"
            ).fetchall()
        )
        kinds = dict(
            connection.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE NOT internal").fetchall()
        )
    assert {comment for (comment,) in tables} == {ANSWERS.grain, WRITES.grain, LAYOUTS.grain}
    assert columns == {name: f"One row a response. {column.meaning}" for name, column in ANSWERS.columns.items()}
    assert kinds["v1"] == DUCKDB_TYPES[SMALL]


def test_new_columns_leave_the_rows_of_other_slices(store, old):
    changed = Table(
        ANSWERS.name,
        ANSWERS.grain,
        ANSWERS.key,
        {
            **{name: ANSWERS.columns[name] for name in ("response_id", "wave", "v1")},
            "v2": ColumnOf(SMALL, "I keep quiet.", may_be_missing=True),
        },
    )
    assert store.read(changed).empty
    write(store, rows_of("spring", 1).assign(v2=3), {"wave": "spring"}, table=changed)
    read = store.read(changed).fillna(-1)
    assert read.to_numpy().tolist() == [
        ["autumn/0", "autumn", 1, -1],
        ["autumn/1", "autumn", 1, -1],
        ["spring/0", "spring", 1, 3],
    ]


def test_a_column_of_another_type_keeps_what_it_can_in_other_slices(store, old):
    columns = {**ANSWERS.columns, "v1": ColumnOf(TEXT, "In words", may_be_missing=True)}
    changed = Table(ANSWERS.name, ANSWERS.grain, ANSWERS.key, columns)
    write(store, rows_of("spring", 1).assign(v1="often"), {"wave": "spring"}, table=changed)
    assert store.read(changed).set_index("response_id")["v1"].fillna("").to_dict() == {
        "autumn/0": "1",
        "autumn/1": "1",
        "spring/0": "often",
    }


def test_a_file_is_kept_byte_for_byte_under_its_hash_once(store, tmp_path):
    export = tmp_path / "export.csv"
    export.write_bytes(b"\xff\x00id;v1\r\n")
    sha256 = store.keep_file(export)
    kept = store.kept_file(sha256)
    first = kept.stat().st_mtime_ns
    assert kept.name == sha256 == file_sha256(export)
    assert kept.read_bytes() == export.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o400
    assert store.keep_file(export) == sha256
    assert kept.stat().st_mtime_ns == first
    assert [path.name for path in kept.parent.iterdir()] == [sha256]


def test_rows_of_a_fit_are_kept_under_their_hash_and_read_back(store):
    rows = ANSWERS.typed(rows_of("spring", 5))
    name = store.keep_rows(rows)
    assert store.keep_rows(rows) == name == data_hash(rows)
    assert data_hash(store.kept_rows(name)) == name


def test_rows_that_are_gone_are_said_to_be_gone(store):
    with pytest.raises(WarehouseError, match="the rows aaaaaaaaaaaa are no longer in"):
        store.kept_rows("a" * 64)


def test_a_file_that_is_no_warehouse_is_said_to_be_none(store):
    store.folder.mkdir()
    store.database.write_bytes(b"not a database" * 1000)
    with pytest.raises(WarehouseError, match=r"study\.duckdb cannot be opened or written"):
        store.read(ANSWERS)


def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path):
    (tmp_path / "warehouse").write_text("a file", encoding="utf-8")
    with pytest.raises(WarehouseError, match="a file of that name stands where the folder should be; move it away"):
        write(Store(tmp_path / "warehouse"), rows_of("spring"))


@pytest.mark.parametrize(
    ("error", "helps"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "check the folder's permissions"),
        (OSError(errno.EFBIG, "File too large"), r"limit set for your account \(ulimit -f\)"),
        (duckdb.IOException("IO Error: Could not write file: File too large"), r"limit set for your account"),
        (OSError(errno.ENOSPC, "No space left on device"), "make room and run again"),
        (OSError(errno.EROFS, "Read-only file system"), "mounted read-only"),
        (OSError(errno.EPIPE, "Broken pipe"), "see to it that the folder is there"),
    ],
)
def test_what_is_in_the_way_of_a_write_is_said_with_what_helps(tmp_path, error, helps):
    with pytest.raises(WarehouseError, match=helps), environment_faults(tmp_path / "study.duckdb"):
        raise error


@pytest.mark.parametrize("name", ["plain", 'with "quotes"', "a b; --"])
def test_any_name_can_be_quoted(name):
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT 1 AS {quoted(name)}").description[0][0] == name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("death", "survives"),
    [
        (KILLED_BETWEEN_TWO_INSERTS, "old"),
        (KILLED_AT_THE_COMMIT.format(before="die()"), "old"),
        (KILLED_AT_THE_COMMIT.format(before="pass"), "new"),
    ],
    ids=["between two inserts", "before the commit", "after the commit"],
)
def test_a_killed_write_leaves_the_old_rows_or_the_new_never_a_mixture(store, old, death, survives):
    ended = run(store.folder, death, WRITE_NEW_ROWS)
    assert (ended.returncode, ended.stderr) == (-signal.SIGKILL, "")
    rows, origins = store.read(ANSWERS), set(store.read(WRITES)["input_hash"])
    if survives == "old":
        assert rows.equals(old)
        assert origins == {"inputs"}
    else:
        assert (len(rows), set(rows["v1"])) == (1000, {2})
        assert origins == {"new"}
    write(store, rows_of("winter"), {"wave": "winter"})
    assert len(store.read(ANSWERS)) == len(rows) + 2


@pytest.mark.slow
def test_two_processes_that_write_at_once_lose_nothing(store):
    program = SETTING + textwrap.dedent(
        """
        for k in range(15):
            wave = f"{sys.argv[2]}{k}"
            store.write([Write(ANSWERS, rows_of(wave, 20), {"wave": wave})], input_hash=wave, run_id=sys.argv[2])
        """
    )
    env = {"PYTHONPATH": str(Path(__file__).parent), "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"}
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(store.folder), name], env=env) for name in ("one", "two")
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    rows = store.read(ANSWERS)
    assert rows.groupby("wave").size().to_dict() == {f"{name}{k}": 20 for name in ("one", "two") for k in range(15)}
    assert len(store.provenance()) == 30


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))


WRITE_MORE_THAN_FITS = """
import numpy as np
rows = rows_of("spring", 400_000).assign(order=np.random.default_rng(1).random(400_000))
try:
    store.write([Write(ANSWERS, rows, {"wave": "spring"})], input_hash="new", run_id="new")
except WarehouseError as error:
    print(error)
    sys.exit(3)
"""


def test_a_disk_that_takes_no_more_bytes_is_an_error_of_the_machine_and_old_rows_are_unharmed(store, old):
    ended = run(store.folder, WRITE_MORE_THAN_FITS, preexec=limit_file_size)
    assert ended.returncode == 3, ended.stderr
    assert "study.duckdb cannot be opened or written" in ended.stdout
    assert store.read(ANSWERS).equals(old)
    assert set(store.read(WRITES)["input_hash"]) == {"inputs"}
    write(store, rows_of("spring", 1), {"wave": "spring"})
    assert len(store.read(ANSWERS)) == 3


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 24 MB; where none can be mounted, None: the test of the file size limit stands in."""
    with mounted(tmp_path / "small", "24m") as disk:
        yield disk


def fill(disk, but):
    free = shutil.disk_usage(disk).free - but
    (disk / "ballast").write_bytes(np.random.default_rng(1).bytes(free))


@pytest.mark.parametrize("room", [0, 60_000, 1_000_000])
def test_a_full_disk_is_an_error_of_the_machine_and_old_rows_are_unharmed(small_disk, store, room):
    store = Store(small_disk / "warehouse") if small_disk else store
    write(store, rows_of("spring"), {"wave": "spring"})
    old = store.read(ANSWERS)
    rows = rows_of("spring", 200_000).assign(order=np.random.default_rng(1).random(200_000))
    if small_disk is None:
        ended = run(store.folder, WRITE_MORE_THAN_FITS, preexec=limit_file_size)
        assert ended.returncode == 3
    else:
        fill(small_disk, room)
        with pytest.raises(WarehouseError, match=r"the disk of .* is full .* earlier tables are unharmed"):
            write(store, rows, {"wave": "spring"})
    assert store.read(ANSWERS).equals(old)
    if small_disk:
        (small_disk / "ballast").unlink()
    write(store, rows.head(10), {"wave": "spring"})
    assert len(store.read(ANSWERS)) == 10


def test_a_full_disk_keeps_no_half_file(small_disk, store, tmp_path):
    export = tmp_path / "export.csv"
    export.write_bytes(b"x" * 3_000_000)
    if small_disk is None:
        keep = f"try: store.keep_file(Path({str(export)!r}))\nexcept WarehouseError: sys.exit(3)"
        assert run(store.folder, keep, preexec=limit_file_size).returncode == 3
    else:
        store = Store(small_disk / "warehouse")
        fill(small_disk, 1_000_000)
        with pytest.raises(WarehouseError, match="is full"):
            store.keep_file(export)
    assert list((store.folder / "raw").iterdir()) == []


def test_reads_within_reading_share_one_connection_that_is_closed_again(tmp_path):
    store = Store(tmp_path)
    store.write([Write(ANSWERS, rows_of("w1", 1), {"wave": "w1"})], input_hash="", run_id="")
    with store.reading(), store.reading():
        assert [len(store.read(ANSWERS)), len(store.read(WRITES))] == [1, 1]
        with pytest.raises(AssertionError, match="nothing is written"):
            store.write([Write(ANSWERS, rows_of("w2", 1), {"wave": "w2"})], input_hash="", run_id="")
        with pytest.raises(duckdb.Error, match="already attached"):
            duckdb.connect(store.database)
    duckdb.connect(store.database).close()
    store.write([Write(ANSWERS, rows_of("w2", 1), {"wave": "w2"})], input_hash="", run_id="")
    assert len(store.read(ANSWERS)) == 2


def test_reading_where_nothing_was_written_finds_no_rows(tmp_path):
    store = Store(tmp_path)
    with store.reading():
        assert store.read(ANSWERS).empty
