"""Which layout the tables of a warehouse have: recorded in it, proved at every opening, moved on by migrations.

A layout changes only where rows that cannot be made again would otherwise be lost or read wrongly; tables that a run
makes again take on their new columns by themselves. Migrations are SQL as it was written then and are never changed:
each in one transaction, a statement for each table that is there.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from instruments.faults import EnvironmentFault
from models.origin import software_version
from pipelines.store.slices import WAREHOUSE, create_table, names_of_tables
from pipelines.tables.raw import LAYOUTS

UNRECORDED = 0
"""The layout of warehouses from before layouts were recorded."""


class NewerFile(EnvironmentFault):
    """Newer software wrote the file, in a way that this software does not know."""


@dataclass(frozen=True)
class Migration:
    """How a layout becomes the next one.

    Attributes:
        layout: The layout that it leads to, from the one before.
        meaning: What it does, in words.
        statements: Table → what is done to it where it is there, in order.
    """

    layout: int
    meaning: str
    statements: Sequence[tuple[str, str]]


def _filled(table: str, column: str, kind: str, value: str) -> list[tuple[str, str]]:
    return [
        (table, f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {kind}"),
        (table, f"UPDATE {table} SET {column} = {value} WHERE {column} IS NULL"),  # noqa: S608 - our own names
    ]


MIGRATIONS = (
    Migration(
        1,
        "what releases and fits did not say of themselves in earlier versions is filled in, and the layout is recorded",
        [
            *_filled("out.releases", "schema_version", "BIGINT", "5"),
            *_filled("out.releases", "embargo_until", "VARCHAR", "''"),
            *_filled("out.releases", "supersedes", "BIGINT", "0"),
            *_filled("out.releases", "hidden_json", "VARCHAR", "''"),
            *_filled("out.releases", "software_version", "VARCHAR", "''"),
            *_filled("out.fits", "is_current", "BOOLEAN", "FALSE"),
            *_filled("out.fits", "label_because", "VARCHAR", "'never_locked'"),
            *_filled("out.fits", "label_reason", "VARCHAR", "'recorded before analysis plans could be locked'"),
            *_filled("out.fits", "plan_hash", "VARCHAR", "''"),
            *_filled("out.fits", "recipe_hash", "VARCHAR", "''"),
            *_filled("out.fits", "engine", "VARCHAR", "'rows'"),
            *_filled("out.fits", "engine_reason", "VARCHAR", "''"),
            *_filled("out.fits", "software_version", "VARCHAR", "''"),
        ],
    ),
)
LAYOUT = MIGRATIONS[-1].layout


def settle_layout(connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
    """Refuse a warehouse of newer software; record the layout of a new one.

    Args:
        connection: To the warehouse, in which no transaction has begun.
        read_only: Whether nothing may be written.

    Raises:
        NewerFile: When its layout is one that this software does not know.
    """
    layout = recorded_layout(connection)
    if layout > LAYOUT:
        raise NewerFile(
            f"the tables of this warehouse have the layout {layout}, which newer software wrote; this version "
            f"({software_version()}) knows layouts up to {LAYOUT}: use that version or a newer one, or restore a "
            "backup from before the upgrade into another folder"
        )
    if layout == UNRECORDED and not read_only and not names_of_tables(connection):
        connection.begin()
        record_layout(connection, LAYOUT)
        connection.commit()


def recorded_layout(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the layout that a warehouse records; ``UNRECORDED`` where it records none."""
    try:
        found = connection.execute(f"SELECT max(layout) FROM {WAREHOUSE}.{LAYOUTS.name}").fetchall()  # noqa: S608
    except duckdb.CatalogException:  # what DuckDB raises where there is no such table
        return UNRECORDED
    return int(found[0][0] or UNRECORDED)


def record_layout(connection: duckdb.DuckDBPyConnection, layout: int) -> None:
    """Record a layout, with a transaction begun."""
    if LAYOUTS.name not in names_of_tables(connection):
        create_table(connection, LAYOUTS)
    row = [layout, dt.datetime.now(dt.UTC), software_version()]
    connection.execute(f"INSERT INTO {LAYOUTS.name} VALUES (?, ?, ?)", row)  # noqa: S608 - our own name
