"""Proves a database file: that it opens, that every block of it can be read, and that its log is written into it.

Put here what is found out about the file as such; what its tables mean is for others.
"""

from collections.abc import Mapping
from pathlib import Path

from pipelines.files import flush_file
from pipelines.lock import exclusive
from pipelines.store.attaching import attached
from pipelines.store.machine import environment_faults
from pipelines.store.slices import names_of_tables, quoted


def log_of(database: Path) -> Path:
    """Return where DuckDB logs what it has not yet written into a database file."""
    return database.with_name(f"{database.name}.wal")


def read_through(database: Path) -> Mapping[str, int]:
    """Read every cell of a database, so that DuckDB proves the checksum of every block.

    Args:
        database: The file, as ``study.duckdb`` of a warehouse.

    Returns:
        Table → rows.

    Raises:
        WarehouseError: When it does not open, or a block is not as it was written.
    """
    found: dict[str, int] = {}
    with (
        environment_faults(database),
        exclusive(database.with_name("store.lock"), "a proof of the warehouse"),
        attached(database, read_only=True) as connection,
    ):
        for name in sorted(names_of_tables(connection)):
            named = ".".join(map(quoted, name.split(".")))
            statement = f"SELECT count(*), bit_xor(hash(t)) FROM {named} t"  # noqa: S608 - quoted
            found[name] = int(connection.execute(statement).fetchall()[0][0])
    return found


def write_log_into_file(database: Path) -> None:
    """Let a database take in its log, and wait until it is on the disk.

    Raises:
        WarehouseError: When it cannot be opened or written.
    """
    with (
        environment_faults(database),
        exclusive(database.with_name("store.lock"), "a write to the warehouse"),
        attached(database, read_only=False) as connection,
    ):
        connection.execute("CHECKPOINT")
    flush_file(database)
