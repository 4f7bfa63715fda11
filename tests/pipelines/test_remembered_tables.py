"""Tables kept in memory: given out only while the database is as this process left it, unchanged by readers."""

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import pipelines.store as store_module
from pipelines.store import Store, Write, remembered
from pipelines.store.remembered import Remembered, mark_of
from pipelines.tables.base import TEXT, WHOLE, ColumnOf, Table
from pipelines.tables.raw import WRITES

NAMES = Table("core.names", "One row a name", ("name",), {"name": ColumnOf(TEXT, "Name"), "n": ColumnOf(WHOLE, "n")})
OTHERS = Table("core.others", "One row a name", ("name",), NAMES.columns)


def rows_of(*names: str) -> pd.DataFrame:
    return NAMES.typed(pd.DataFrame({"name": list(names), "n": range(len(names))}))


def write(store: Store, table: Table, *names: str) -> None:
    store.write([Write(table, rows_of(*names))], input_hash="", run_id="")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "warehouse")
    write(store, NAMES, "a")
    write(store, OTHERS, "z")
    return store


def names_in(store: Store, table: Table = NAMES) -> list[str]:
    return list(store.read(table)["name"])


def test_a_table_is_read_once_until_it_is_written(store: Store, monkeypatch: pytest.MonkeyPatch):
    opened = []
    attached = store_module.attached
    monkeypatch.setattr(
        store_module, "attached", lambda *arguments, **options: opened.append(1) or attached(*arguments, **options)
    )
    assert [names_in(store), names_in(store), names_in(Store(store.folder))] == [["a"]] * 3
    assert len(opened) == 1
    names_in(store, OTHERS)
    write(store, NAMES, "b")
    assert names_in(store, OTHERS) == ["z"]
    assert len(opened) == 3
    assert names_in(store) == ["b"]
    assert store.provenance()["core.names", ""]["n_rows"] == 1


def test_what_another_program_wrote_is_seen_at_once(store: Store):
    assert names_in(store) == ["a"]
    with duckdb.connect(store.database) as connection:
        connection.execute("UPDATE core.names SET name = 'c'")
    assert names_in(store) == ["c"]


def test_what_another_program_wrote_before_an_own_write_is_seen(store: Store):
    assert names_in(store) == ["a"]
    with duckdb.connect(store.database) as connection:
        connection.execute("UPDATE core.names SET name = 'c'")
    write(store, OTHERS, "y")
    assert names_in(store) == ["c"]


def test_a_write_that_was_not_moved_into_the_file_yet_is_seen(store: Store):
    assert names_in(store) == ["a"]
    with duckdb.connect(store.database) as connection:
        connection.execute("SET wal_autocheckpoint = '1GB'")
        before = mark_of(store.database)
        connection.execute("UPDATE core.names SET name = 'c'")
        assert mark_of(store.database) != before


def test_a_file_put_in_the_place_of_another_is_seen(store: Store, tmp_path: Path):
    other = Store(tmp_path / "other")
    write(other, NAMES, "other")
    assert names_in(store) == ["a"]
    shutil.copyfile(other.database, store.database)
    assert names_in(store) == ["other"]
    store.database.unlink()
    assert names_in(store) == []


def test_a_write_that_fails_leaves_the_old_rows(store: Store):
    assert names_in(store) == ["a"]
    with pytest.raises(KeyError):
        store.write(
            [Write(NAMES, rows_of("b")), Write(OTHERS, pd.DataFrame({"name": ["x"]}))], input_hash="", run_id=""
        )
    assert names_in(store) == ["a"]
    assert names_in(store, OTHERS) == ["z"]


def test_people_deleted_are_not_given_out_again(store: Store):
    with duckdb.connect(store.database) as connection:
        connection.execute("CREATE TABLE core.people AS SELECT 'r1' AS response_id")
    people = Table("core.people", "One row a response", ("response_id",), {"response_id": ColumnOf(TEXT, "Response")})
    assert len(store.read(people)) == 1
    assert len(store.provenance()) == 2
    store.delete_people(["r1"], [])
    assert store.read(people).empty
    assert store.provenance() == {}


def test_what_a_reader_does_to_its_rows_is_not_seen_by_others(store: Store):
    first = store.read(NAMES)
    first.loc[0, "name"] = "changed"
    first["n"] += 1
    second = store.read(NAMES)
    second["name"] = "changed"
    second["more"] = 1
    third = store.read(NAMES)
    assert list(third.columns) == ["name", "n"]
    assert third.to_dict("list") == {"name": ["a"], "n": [0]}


def test_a_table_with_other_columns_is_another_table(store: Store):
    assert names_in(store) == ["a"]
    fewer = Table(NAMES.name, NAMES.grain, NAMES.key, {"name": NAMES.columns["name"]})
    assert list(store.read(fewer).columns) == ["name"]


def test_memory_is_bounded_and_the_oldest_goes_first(store: Store, monkeypatch: pytest.MonkeyPatch):
    kept, rows = Remembered(), rows_of(*map(str, range(100)))
    size = int(rows.memory_usage(index=False).sum())
    monkeypatch.setattr(remembered, "MOST_BYTES", 2 * size + 1)
    mark = mark_of(store.database)
    for table in (NAMES, OTHERS, WRITES):
        kept.keep(store.database, mark, table, rows)
    assert [kept.table(store.database, table) is None for table in (NAMES, OTHERS, WRITES)] == [True, False, False]
    kept.keep(store.database, mark, NAMES, pd.concat([rows] * 3))
    assert [kept.table(store.database, table) is None for table in (NAMES, OTHERS, WRITES)] == [True, False, False]
