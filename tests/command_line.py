"""The command ``sensemaking`` as tests use it, in this process or as a program of its own; and what it left behind."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import duckdb
import pandas as pd

from pipelines.cli import main

CHECKOUT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "pipelines.cli")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything else there is an error."""
        return json.loads(self.stdout)


def sensemaking(*arguments: object) -> Ended:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["sensemaking", *map(str, arguments)]
    with patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return Ended(int(code or 0), out.getvalue(), err.getvalue())


def program(*arguments: object) -> Ended:
    """Run a command as a program of its own."""
    command = [*PROGRAM, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=180, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def environment() -> dict[str, str]:
    """Return the variables under which programs of this checkout run."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "DAGSTER_DISABLE_TELEMETRY": "1"}


def done(ended: Ended) -> Ended:
    """Return how a command ended, when it ended well."""
    assert ended.code == 0, ended.stderr
    return ended


def table(study: Path, name: str) -> pd.DataFrame:
    """Read a table of the warehouse without our own software."""
    with duckdb.connect(study / "warehouse" / "study.duckdb", read_only=True) as connection:
        return connection.execute(f"FROM {name} ORDER BY ALL").df()


def content_hashes(study: Path) -> dict[str, str]:
    """Hash every table of core and out as it is stored; times of fitting and records of releases and runs left out."""
    with duckdb.connect(study / "warehouse" / "study.duckdb", read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name IN ('core', 'out') "
            "AND table_name NOT IN ('releases', 'runs', 'run_changes')"
        ).fetchall()
        tables = {name: connection.execute(f"FROM {name} ORDER BY ALL").df() for (name,) in sorted(names)}
    return {name: hash_of(rows.drop(columns="fitted_at", errors="ignore")) for name, rows in tables.items()}


def hash_of(rows: pd.DataFrame) -> str:
    """Hash a table's cells, row by row."""
    return hashlib.sha256(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes()).hexdigest()


def state_of(study: Path) -> tuple[dict[str, str], bytes, list[str]]:
    """Return everything that a failing run must leave as it is."""
    pointer = (study / "releases" / "current.json").read_bytes()
    return content_hashes(study), pointer, sorted(path.name for path in (study / "releases").iterdir())


def release_contents(study: Path) -> dict[str, pd.DataFrame]:
    """Read every table of the release that ``current.json`` names; the time of release left out."""
    pointer = json.loads((study / "releases" / "current.json").read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder:
        # A copy, since a dashboard in this process may hold the file itself open, with settings of its own.
        copy = shutil.copyfile(study / "releases" / pointer["file"], Path(folder) / "release.duckdb")
        with duckdb.connect(copy, read_only=True) as connection:
            names = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
            tables = {name: connection.execute(f"FROM {name} ORDER BY ALL").df() for (name,) in sorted(names)}
    manifest = tables["meta.manifest"]
    tables["meta.manifest"] = manifest[manifest["key"] != "released_at"].reset_index(drop=True)
    return tables


def traces_of_a_traceback(ended: Ended) -> bool:
    """Say whether a user would see Python's own words."""
    return "Traceback" in ended.stdout + ended.stderr
