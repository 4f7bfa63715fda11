"""Reads release files: the one that ``current.json`` names, checked and locked down, and tables of any other.

For whoever carries away or proves what was released; the dashboard has questions of its own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from instruments.faults import DataError, UsageError
from models.origin import software_version
from pipelines.embargo import is_out, local_day
from pipelines.files import file_sha256
from pipelines.store.layouts import NewerFile
from pipelines.store.machine import WarehouseError, environment_faults
from pipelines.store.slices import columns_of, full_name, literal, quoted, selected
from pipelines.tables.base import Table
from pipelines.tables.released import MANIFEST, SCHEMA_VERSION

POINTER = "current.json"
AUDIT_PASSED: Mapping[str, str] = {"audit": "passed"}
"""What the manifest of a file says whose tables passed the disclosure audit."""


@dataclass(frozen=True, eq=False)
class ReleaseFile:
    """The tables of a release.

    Attributes:
        number: Number of the release, counted from 1.
        sha256: Of the file, in hexadecimal.
        published_on: Day of publication, ISO.
        manifest: Its properties.
        tables: Name → rows, sorted by key.
    """

    number: int
    sha256: str
    published_on: str
    manifest: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]


def read_current_release(folder: Path, tables: Sequence[Table]) -> ReleaseFile:
    """Read tables of the current release of a study.

    Args:
        folder: Its releases.
        tables: Tables of ``pipelines.tables.released``.

    Raises:
        UsageError: When nothing has been released, or nothing that may be shown today.
        DataError: When the file is not the one that was published, or an earlier version of the software wrote it.
        NewerFile: When newer software wrote it.
    """
    if not (folder / POINTER).is_file():
        raise UsageError(
            "nothing has been released yet; run sensemaking release STUDY first, or ask for --private tables"
        )
    said = _shown_today(json.loads((folder / POINTER).read_text(encoding="utf-8")))
    path = folder / Path(said["file"]).name
    if not path.is_file() or file_sha256(path) != said["sha256"]:
        raise DataError(
            f"{path.name} is not the file that was published; release again with: sensemaking release STUDY"
        )
    _refuse_newer(path, said["schema_version"])
    if said["schema_version"] != SCHEMA_VERSION:
        raise DataError("the current release was made by an earlier version of the software; release again")
    return _read(path, int(said["release"]), str(said["published_at"])[:10], tables)


def _shown_today(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Choose, of the files that the pointer names, the newest that is not under embargo."""
    named = [*([said] if "file" in said else []), *said.get("next", [])]
    out = [each for each in named if is_out(str(each.get("embargo_until", "")), local_day())]
    if out:
        return max(out, key=lambda each: int(each["release"]))
    if named:
        first = min(named, key=lambda each: str(each["embargo_until"]))
        raise UsageError(
            f"release {first['release']} is under embargo until {first['embargo_until']}, and no other is out; "
            f"ask for it by its number: --release {first['release']}"
        )
    raise UsageError("every release was withdrawn; run sensemaking release STUDY first, or ask for --private tables")


def read_release(folder: Path, number: int, tables: Sequence[Table], withdrawn: Mapping[int, str]) -> ReleaseFile:
    """Read tables of any release of a study, also of one under embargo.

    Args:
        folder: Its releases.
        number: Of the release, from 1.
        tables: Tables of ``pipelines.tables.released``.
        withdrawn: Number → reason of the releases that are refused.

    Raises:
        UsageError: When there is no such release, it is refused, or its file is not as it was published.
        DataError: When an earlier version of the software wrote it.
        NewerFile: When newer software wrote it.
    """
    path = release_file(folder, number, withdrawn)
    properties = released_rows(path, MANIFEST, ("key", "value")).set_index("key")["value"]
    if properties["schema_version"] != str(SCHEMA_VERSION):
        raise DataError(
            f"release {number} was made by an earlier version of the software, whose tables this one does not read; "
            "use the version of then, or release again"
        )
    return _read(path, number, str(properties["released_at"])[:10], tables)


def _read(path: Path, number: int, published_on: str, tables: Sequence[Table]) -> ReleaseFile:
    with _opened(path) as connection:
        rows = {each.name: _rows(connection, each) for each in (MANIFEST, *tables)}
    properties = rows[MANIFEST.name]
    manifest = dict(zip(properties["key"].astype(str), properties["value"].astype(str), strict=True))
    return ReleaseFile(number, file_sha256(path), published_on, manifest, rows)


@contextmanager
def _opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a release read-only and locked down, whoever in this process has it open with settings of its own."""
    with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
        connection.execute(f"ATTACH {literal(str(path))} AS released (READ_ONLY)")
        connection.execute("USE released")
        _refuse_newer(path, _version_in(connection))
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


def _version_in(connection: duckdb.DuckDBPyConnection) -> object:
    try:
        found = connection.execute("SELECT value FROM meta.manifest WHERE key = 'schema_version'").fetchall()
    except duckdb.CatalogException:  # what DuckDB raises where there is no such table
        return None
    return found[0][0] if found else None


def _refuse_newer(path: Path, version: object) -> None:
    if str(version).isdigit() and int(str(version)) > SCHEMA_VERSION:
        raise NewerFile(
            f"{path.name} was released by newer software: its tables are of version {version}, and this version "
            f"({software_version()}) reads up to {SCHEMA_VERSION}; use that version or a newer one"
        )


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> pd.DataFrame:
    columns = selected(table, columns_of(connection, table))
    if columns is None:
        raise DataError(f"the release has no table {table.name} that this version of the software reads; release again")
    order = ", ".join(map(quoted, table.key))
    rows = connection.sql(f"SELECT {columns} FROM {full_name(table)} ORDER BY {order}")  # noqa: S608 - quoted
    return table.typed(rows.df())


def number_of_release(name: str) -> int:
    """Return the number in the name of a release, such as ``3``, ``r000003`` or ``r000003-0123456789ab.duckdb``.

    Raises:
        UsageError: When it has none.
    """
    digits = name.removeprefix("r").partition("-")[0]
    if not digits.isdigit():
        raise UsageError(f"there is no release '{name}'; give its number, such as --release 1")
    return int(digits)


def release_file(folder: Path, number: int, withdrawn: Mapping[int, str]) -> Path:
    """Return the file of a published release, as it was published.

    Args:
        folder: The releases of a study.
        number: Of the release, from 1.
        withdrawn: Number → reason of the releases that are refused.

    Raises:
        UsageError: When there is no such release, it is refused, or its file is not as it was published.
    """
    if number in withdrawn:
        raise UsageError(f"release {number} was withdrawn: {withdrawn[number]}; see: sensemaking releases STUDY")
    found = {number_of_release(path.name): path for path in folder.glob(f"r{'[0-9]' * 6}-*.duckdb")}
    if number not in found:
        raise UsageError(f"there is no release {number}; published: {', '.join(map(str, sorted(found))) or 'none yet'}")
    path = found[number]
    if file_sha256(path)[:12] != path.stem.partition("-")[2]:
        raise UsageError(f"{path} is not as it was published: its name carries another hash; restore it from a backup")
    return path


def released_rows(path: Path, table: Table, names: Sequence[str]) -> pd.DataFrame:
    """Return some columns of a table of a release.

    Raises:
        WarehouseError: When the file is no database, or has no such table and columns.
    """
    wanted = replace(table, columns={name: table.columns[name] for name in names})
    with environment_faults(path), _opened(path) as connection:
        columns = selected(wanted, columns_of(connection, wanted))
        if columns is None:
            raise WarehouseError(f"{path} has no table {table.name} with {', '.join(names)}; it cannot be proved")
        rows = connection.sql(f"SELECT {columns} FROM {full_name(table)}").to_arrow_table()  # noqa: S608 - quoted
        return wanted.typed(rows.to_pandas())
