"""Reads the release that ``current.json`` names: checked against its hash, opened read-only and locked down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from instruments.faults import DataError, UsageError
from pipelines.files import file_sha256
from pipelines.store.slices import full_name, quoted
from pipelines.tables.base import Table
from pipelines.tables.released import MANIFEST, SCHEMA_VERSION

POINTER = "current.json"
LOCKED_DOWN: Mapping[str, str] = {"enable_external_access": "false", "threads": "1", "lock_configuration": "true"}


@dataclass(frozen=True, eq=False)
class ReleaseFile:
    """The tables of the current release.

    Attributes:
        number: Number of the release, counted from 1.
        published_on: Day of publication, ISO.
        manifest: Its properties.
        tables: Name → rows, sorted by key.
    """

    number: int
    published_on: str
    manifest: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]


def read_current_release(folder: Path, tables: Sequence[Table]) -> ReleaseFile:
    """Read tables of the current release of a study.

    Args:
        folder: Its releases.
        tables: Tables of ``pipelines.tables.released``.

    Raises:
        UsageError: When nothing has been released.
        DataError: When the file is not the one that was published, or another version of the software wrote it.
    """
    if not (folder / POINTER).is_file():
        raise UsageError(
            "nothing has been released yet; run sensemaking release STUDY first, or ask for --private tables"
        )
    said = json.loads((folder / POINTER).read_text(encoding="utf-8"))
    path = folder / Path(said["file"]).name
    if not path.is_file() or file_sha256(path) != said["sha256"]:
        raise DataError(
            f"{path.name} is not the file that was published; release again with: sensemaking release STUDY"
        )
    if said["schema_version"] != SCHEMA_VERSION:
        raise DataError("the current release was made by another version of the software; release again")
    with duckdb.connect(path, read_only=True, config=dict(LOCKED_DOWN)) as connection:
        rows = {each.name: _rows(connection, each) for each in (MANIFEST, *tables)}
    properties = rows[MANIFEST.name]
    manifest = dict(zip(properties["key"].astype(str), properties["value"].astype(str), strict=True))
    return ReleaseFile(int(said["release"]), str(said["published_at"])[:10], manifest, rows)


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> pd.DataFrame:
    return table.typed(connection.table(full_name(table)).order(", ".join(map(quoted, table.key))).df())
