"""Dagster's own records of a study: SQLite as Dagster writes it, through connections that stay open.

Dagster opens and closes its files for every event, which took a fifth of a run, and waits for the disk after each. Put
here how its records are kept; never what the pipeline does.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from instruments.faults import UsageError
from pipelines.dagster_settings import write_settings


def _wait_for_the_disk_at_checkpoints(connection: SqliteConnection, _: object) -> None:
    """Keep the log whole whatever happens; a power cut may cost its last events, a killed program none."""
    connection.execute("PRAGMA synchronous = NORMAL")


class KeptEventLog(SqliteEventLogStorage):
    """The event log, with one connection to each of its files for as long as the storage lives."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if shard not in self._engines:
            with super()._connect(shard):
                pass  # the file is made when it is not there
            settings = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
            self._engines[shard] = create_engine(
                self.conn_string_for_shard(shard), poolclass=StaticPool, connect_args=settings
            )
            event.listen(self._engines[shard], "connect", _wait_for_the_disk_at_checkpoints)
        with self._db_lock, self._engines[shard].begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the files."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


class KeptStorage(DagsterSqliteStorage):
    """Runs, schedules and the event log in one folder, as Dagster's default storage has them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        index = self._event_log_storage.path_for_shard(INDEX_SHARD_NAME)
        self._event_log_storage.dispose()
        self._event_log_storage = KeptEventLog(str(Path(index).parent))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: SqliteStorageConfig) -> "KeptStorage":
        """Make the storage that Dagster's settings ask for."""
        return cls.from_local(inst_data=inst_data, **config_value)


def open_instance(home: Path) -> dg.DagsterInstance:
    """Open Dagster's own storage of a study, SQLite in ``warehouse/dagster/``, telemetry off.

    Raises:
        UsageError: When the path holds a sign that has a meaning of its own in SQLite's addresses.
    """
    if set("?%") & set(str(home.absolute())):
        raise UsageError(f"a '?' or '%' stands in the path {home}, which Dagster cannot use; rename the folder")
    home.mkdir(parents=True, exist_ok=True)
    write_settings(home)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    # Dagster reads dagster.yaml through a glob and misses it where the path holds brackets.
    kept = {"module": KeptStorage.__module__, "class": KeptStorage.__name__, "config": {"base_dir": str(home)}}
    # Dagster's own way takes what a run prints through four programs, to which Ctrl-C is an error with a traceback.
    unkept = {"module": NoOpComputeLogManager.__module__, "class": NoOpComputeLogManager.__name__}
    overrides = {"telemetry": {"enabled": False}, "storage": {"custom": kept}, "compute_logs": unkept}
    return dg.DagsterInstance.local_temp(str(home), overrides=overrides)
