"""One release file, opened read-only and locked down, asked on behalf of one viewer.

The only way from a page to a table: a question names tables in braces and is given the rows that its viewer may see.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import pandas as pd

from dashboard.permission import ROWS, Permission
from dashboard.pointer import UnusableReleaseError, verify

LOCKED_DOWN: Mapping[str, str] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "memory_limit": "256MB",
    "threads": "1",
    "lock_configuration": "true",
}
ANSWERS_KEPT = 64
_NAMED_OUTRIGHT = re.compile(r"\b(meta|out)\b\W*\.", re.IGNORECASE)


class NotPermittedError(Exception):
    """A question goes round what a viewer may see: a defect of the software."""


@dataclass(frozen=True)
class Release:
    """One published file, open for one viewer.

    Attributes:
        folder: Where it lies.
        file: Its name.
        sha256: Of the file's bytes, in hexadecimal.
        number: Number of the release, counted from 1.
        published_at: ISO time of publication.
        schema_version: Version of its tables.
        connection: The locked-down connection; every question takes a cursor of its own.
        permission: What the viewer may see.
    """

    folder: Path
    file: str
    sha256: str
    number: int
    published_at: str
    schema_version: int
    connection: duckdb.DuckDBPyConnection
    permission: Permission

    def ask(self, question: str, **values: str) -> pd.DataFrame:
        """Answer a question from the rows that the viewer may see.

        Args:
            question: SQL with ``{table}`` for each table of ``permission.ROWS`` and ``$name`` for each of the values.
            **values: What the question's ``$name`` stand for.

        Raises:
            NotPermittedError: When it goes round the viewer's permission, or names a table that nobody may see.
        """
        if _NAMED_OUTRIGHT.search(question):
            raise NotPermittedError(f"name tables in braces, such as {{fits}}, in: {question}")
        try:
            permitted = question.format_map({name: f"({rows})" for name, rows in ROWS.items()})
        except KeyError as error:
            raise NotPermittedError(f"permission.ROWS does not say who may see {error}") from error
        return _answered(self, permitted, tuple(sorted(values.items()))).copy(deep=False)


@lru_cache(maxsize=ANSWERS_KEPT)
def _answered(release: Release, permitted: str, values: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Ask once: a release never changes, and its viewer's permission is part of it."""
    seen: dict[str, object] = {
        "whole_release": release.permission.whole_release,
        "units": sorted(release.permission.units),
    }
    used = {name: value for name, value in seen.items() if f"${name}" in permitted}
    with release.connection.cursor() as cursor:
        return cursor.execute(permitted, {**dict(values), **used}).df()


@lru_cache(maxsize=4)
def connect(path: Path, sha256: str) -> duckdb.DuckDBPyConnection:
    """Check a release file once and open it read-only, locked down.

    A file name is never used twice, so a connection under a name stays right.

    Raises:
        UnusableReleaseError: When the file is missing, changed or no database.
    """
    verify(path, sha256)
    try:
        return duckdb.connect(path, read_only=True, config=dict(LOCKED_DOWN))
    except duckdb.Error as error:
        raise UnusableReleaseError("file_unreadable") from error
