"""How people are taken out of the warehouse's database: rows deleted, files renamed, the database written afresh.

Put here the SQL; whose rows they are is decided by the command.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from pipelines.files import flush_file
from pipelines.store.slices import literal, quoted

RESPONSES = ("response_id", "other_response_id", "person_id")
PEOPLE = ("respondent_key", "unit_id", "referred_by")
_LASTING = ("raw.keys", "raw.erasures", "raw.erased_responses", "raw.checks", "raw.failures")


def rename_file(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> None:
    """Let every row that came from a file name the file that took its place."""
    for table, column in _columns(connection, ("file_sha256",)):
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [new, old])  # noqa: S608 - quoted


def delete_people(
    connection: duckdb.DuckDBPyConnection, responses: Collection[str], people: Collection[str]
) -> Mapping[str, int]:
    """Delete every row of some responses and people, and the provenance of what depends on them.

    Returns:
        Table → rows deleted.
    """
    deleted: dict[str, int] = {}
    for names, values in ((RESPONSES, responses), (PEOPLE, people)):
        for table, column in _columns(connection, names):
            found = connection.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?::VARCHAR[]))",  # noqa: S608 - quoted
                [list(values)],
            ).fetchall()
            name = table.replace('"', "")
            deleted[name] = deleted.get(name, 0) + int(found[0][0])
    lasting = ", ".join(map(literal, _LASTING))
    if _columns(connection, ("input_hash",)):
        connection.execute(f"DELETE FROM raw.writes WHERE table_name NOT IN ({lasting})")  # noqa: S608 - our names
    return {name: n for name, n in deleted.items() if n}


def write_afresh(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Copy every table to a new database file: deleted rows stay readable in the pages of the old one."""
    for leftover in (target, target.with_name(f"{target.name}.wal")):
        leftover.unlink(missing_ok=True)
    connection.execute("CHECKPOINT")
    own = quoted(str(connection.execute("SELECT current_database()").fetchall()[0][0]))
    connection.execute(f"ATTACH {literal(str(target))} AS fresh")
    connection.execute(f"COPY FROM DATABASE {own} TO fresh")
    connection.execute("CHECKPOINT fresh")
    connection.execute("DETACH fresh")
    flush_file(target)


def _columns(connection: duckdb.DuckDBPyConnection, names: Collection[str]) -> list[tuple[str, str]]:
    listed = ", ".join(map(literal, names))
    rows = connection.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() "  # noqa: S608 - our names
        f"WHERE database_name = current_database() AND NOT internal AND column_name IN ({listed}) ORDER BY ALL"
    ).fetchall()
    return [(f"{quoted(schema)}.{quoted(table)}", quoted(column)) for schema, table, column in rows]
