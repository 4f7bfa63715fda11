"""Moves the tables of a warehouse on to the layout of this software, in one transaction."""

from pathlib import Path

from pipelines.lock import exclusive
from pipelines.store.attaching import attached
from pipelines.store.layouts import LAYOUT, MIGRATIONS, Migration, record_layout, recorded_layout
from pipelines.store.machine import environment_faults
from pipelines.store.remembered import REMEMBERED
from pipelines.store.slices import names_of_tables


def layout_of(database: Path) -> int:
    """Return the layout of a warehouse; that of this software where there is none yet.

    Raises:
        NewerFile: When this software does not know it.
        WarehouseError: When the file cannot be opened.
    """
    if not database.exists():
        return LAYOUT
    with (
        environment_faults(database),
        exclusive(database.with_name("store.lock"), "a look at the warehouse"),
        attached(database, read_only=True) as connection,
    ):
        return recorded_layout(connection)


def migrate(database: Path) -> list[Migration]:
    """Apply what leads from the layout of a warehouse to that of this software: all of it or nothing.

    Args:
        database: The file; there is a backup of it.

    Returns:
        What was applied, in order.

    Raises:
        NewerFile: When this software does not know its layout.
        WarehouseError: When the disk is full or the file cannot be written; everything stays as it was.
    """
    with (
        environment_faults(database),
        exclusive(database.with_name("store.lock"), "an upgrade of the warehouse"),
        REMEMBERED.through_write(database, None),
        attached(database, read_only=False) as connection,
    ):
        before = recorded_layout(connection)
        due = [each for each in MIGRATIONS if each.layout > before]
        there = names_of_tables(connection)
        connection.begin()
        for migration in due:
            for table, statement in migration.statements:
                if table in there:
                    connection.execute(statement)
            record_layout(connection, migration.layout)
        connection.commit()
    return due
